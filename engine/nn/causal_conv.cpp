// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/nn/causal_conv.h"

#include <cmath>

#include "engine/autograd/ops_conv.h"
#include "engine/autograd/ops_math.h"
#include "engine/autograd/ops_reduce.h"

namespace fc {

namespace {

/// The length of each output's direction, so that the weight starts as `direction` itself.
Init lengthOf(const Tensor& direction)
{
    return [direction](Tensor& length, Rng&) {
        const std::int64_t each = direction.count() / length.count();
        const float* values = direction.data();
        for (std::int64_t i = 0; i < length.count(); ++i) {
            double sum = 0;
            for (std::int64_t j = i * each; j < (i + 1) * each; ++j)
                sum += static_cast<double>(values[j]) * values[j];
            length.data()[i] = static_cast<float>(std::sqrt(sum));
        }
    };
}

}  // namespace

Tensor weightNorm(const Tensor& direction, const Tensor& length)
{
    const Tensor squared = sum(square(direction), {1, 2}, Keep::Yes);
    return direction * (length * rsqrt(squared));
}

CausalConv1d::CausalConv1d(const WeightScope& scope, std::int64_t in, std::int64_t out, const Options& o)
    : options(o)
{
    const Init init = uniformFanIn(in * o.kernelSize);
    weight = scope.make(o.weightNorm ? "weight_v" : "weight", {out, in, o.kernelSize}, init);
    if (o.weightNorm)
        length = scope.make("weight_g", {out, 1, 1}, lengthOf(weight));
    bias = scope.make("bias", {out}, init);
}

Tensor CausalConv1d::operator()(const Tensor& x) const
{
    return conv1d(x, options.weightNorm ? fc::weightNorm(weight, length) : weight, bias,
                  {.leftPad = (options.kernelSize - 1) * options.dilation, .dilation = options.dilation});
}

}  // namespace fc
