// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/nn/conv.h"

#include "engine/nn/weight_norm.h"

namespace fc {

namespace {

void checkGroups(std::int64_t in, std::int64_t out, std::int64_t groups)
{
    if (groups < 1 || in % groups != 0 || out % groups != 0)
        throw Error(Message(TR("engine",
                               "A convolution from %1 to %2 channels cannot have %3 groups: they must "
                               "divide both."),
                            in, out, groups));
}

template <typename Layer>
void makeWeights(Layer& layer, const WeightScope& scope, const Shape& shape)
{
    const Init init = uniformFanIn(shape.count() / shape[0]);
    if (layer.options.weightNorm) {
        const NormedWeight normed(scope, shape, init);
        layer.weight = normed.direction;
        layer.length = normed.length;
    } else {
        layer.weight = scope.makeMatrix("weight", shape, init);
    }
    if (layer.options.bias)
        layer.bias = scope.make("bias", {shape[0]}, init);
}

}  // namespace

Conv1d::Conv1d(const WeightScope& scope, std::int64_t in, std::int64_t out, const Options& o) : options(o)
{
    checkGroups(in, out, o.conv.groups);
    makeWeights(*this, scope, {out, in / o.conv.groups, o.kernelSize});
}

Tensor Conv1d::operator()(const Tensor& x) const
{
    return conv1d(x, options.weightNorm ? fc::weightNorm(weight, length) : weight, bias, options.conv);
}

Conv2d::Conv2d(const WeightScope& scope, std::int64_t in, std::int64_t out, const Options& o) : options(o)
{
    checkGroups(in, out, o.conv.groups);
    makeWeights(*this, scope, {out, in / o.conv.groups, o.kernelSize.h, o.kernelSize.w});
}

Tensor Conv2d::operator()(const Tensor& x) const
{
    return conv2d(x, options.weightNorm ? fc::weightNorm(weight, length) : weight, bias, options.conv);
}

}  // namespace fc
