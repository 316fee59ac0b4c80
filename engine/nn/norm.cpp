// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/nn/norm.h"

#include "engine/autograd/checkpointing.h"

namespace fc {

LayerNorm::LayerNorm(const WeightScope& scope, std::int64_t width, const Options& o)
    : options(o), weight(scope.make("weight", {width}, onesInit()))
{
    if (o.bias)
        bias = scope.make("bias", {width}, zerosInit());
}

RmsNorm::RmsNorm(const WeightScope& scope, std::int64_t width, float eps)
    : eps(eps), weight(scope.make("weight", {width}, onesInit()))
{
}

GroupNorm::GroupNorm(const WeightScope& scope, std::int64_t groups, std::int64_t channels, float eps)
    : groups(groups),
      eps(eps),
      weight(scope.make("weight", {channels}, onesInit())),
      bias(scope.make("bias", {channels}, zerosInit()))
{
}

BatchNorm::BatchNorm(const WeightScope& scope, std::int64_t channels, const Options& o)
    : options(o),
      weight(scope.make("weight", {channels}, onesInit())),
      bias(scope.make("bias", {channels}, zerosInit())),
      running{.mean = scope.makeBuffer("running_mean", {channels}, zerosInit()),
              .variance = scope.makeBuffer("running_var", {channels}, onesInit()),
              .momentum = o.momentum}
{
}

Tensor BatchNorm::operator()(const Tensor& x, const Pass& pass) const
{
    RunningStatistics moved = running;
    if (pass.training && isReplaying()) {  // this batch has moved them already
        moved.mean = running.mean.clone();
        moved.variance = running.variance.clone();
    }
    return batchNorm(x, weight, bias, moved, pass.training, options.eps);
}

}  // namespace fc
