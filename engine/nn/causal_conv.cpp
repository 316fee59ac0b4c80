// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/nn/causal_conv.h"

#include "engine/autograd/ops_conv.h"
#include "engine/autograd/ops_shape.h"

namespace fc {

CausalConv1d::CausalConv1d(const WeightScope& scope, std::int64_t in, std::int64_t out, const Options& o)
    : options(o)
{
    const Init init = uniformFanIn(in * o.kernelSize);
    if (o.weightNorm) {
        const NormedWeight normed(scope, {out, in, o.kernelSize}, init);
        weight = normed.direction;
        length = normed.length;
    } else {
        weight = scope.makeMatrix("weight", {out, in, o.kernelSize}, init);
    }
    bias = scope.make("bias", {out}, init);
}

Tensor CausalConv1d::convolved(const Tensor& x, std::int64_t steps, Cut cut) const
{
    const std::int64_t needed = steps + reach();
    const Tensor seen = x.size(2) > needed ? slice(x, 2, x.size(2) - needed) : x;
    return conv1d(
        seen, options.weightNorm ? fc::weightNorm(weight, length) : weight, bias,
        {.leftPad = needed - seen.size(2), .dilation = options.dilation, .relu = cut == Cut::AtZero});
}

}  // namespace fc
