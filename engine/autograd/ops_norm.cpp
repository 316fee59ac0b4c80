// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/autograd/ops_norm.h"

#include "engine/autograd/ops_math.h"
#include "engine/autograd/ops_reduce.h"
#include "engine/autograd/ops_shape.h"
#include "engine/autograd/tape.h"
#include "engine/tensor/elementwise.h"
#include "engine/tensor/kernels/kernels_rows.h"

namespace fc {

namespace {

Error shapesDiffer(const char* operation, const Tensor& x, const Tensor& weight)
{
    return Error(Message(TR("engine", "The operation %1 cannot use weights of shape %2 on the shape %3."),
                         operation, print(weight.shape()), print(x.shape())));
}

/// Whether `weight` is undefined or has the shape of the last `axes` axes of x.
bool fitsLast(const Tensor& x, const Tensor& weight, int axes)
{
    if (!weight.defined())
        return true;
    bool fits = weight.rank() == axes;
    for (int i = 1; fits && i <= axes; ++i)
        fits = weight.size(-i) == x.size(-i);
    return fits;
}

std::int64_t lastCount(const Tensor& x, int axes)
{
    std::int64_t n = 1;
    for (int i = 1; i <= axes; ++i)
        n *= x.size(-i);
    return n;
}

const float* valuesOf(const Tensor& x)
{
    return x.defined() ? x.data() : nullptr;
}

float* gradientOf(Grads& grads, int input)
{
    return grads.wanted(input) ? grads.into(input).data() : nullptr;
}

/// [C] -> [C, 1, ...], to go with x [B, C, ...].
Tensor perChannel(const Tensor& values, const Tensor& x)
{
    Tensor shaped = values;
    for (int i = 2; i < x.rank(); ++i)
        shaped = unsqueeze(shaped, -1);
    return shaped;
}

Tensor scaledPerChannel(const Tensor& y, const Tensor& weight, const Tensor& bias)
{
    const Tensor scaled = weight.defined() ? mul(y, perChannel(weight, y)) : y;
    return bias.defined() ? add(scaled, perChannel(bias, y)) : scaled;
}

void checkChannels(const char* operation, const Tensor& x, const Tensor& values)
{
    if (x.rank() < 2 || (values.defined() && !(values.shape() == Shape{x.size(1)})))
        throw shapesDiffer(operation, x, values);
}

}  // namespace

Tensor layerNorm(const Tensor& x, const Tensor& weight, const Tensor& bias, float eps, int axes)
{
    const int count = weight.defined() ? weight.rank() : axes;
    if (count < 1 || count > x.rank() || !fitsLast(x, weight, count) || !fitsLast(x, bias, count) ||
        x.count() == 0)
        throw shapesDiffer("layerNorm", x, weight);
    const Tensor input = x.contiguous();
    const Tensor w = weight.contiguous();
    const Tensor b = bias.contiguous();
    const std::int64_t n = lastCount(x, count);
    const std::int64_t rows = x.count() / n;
    Tensor y = Tensor::empty(x.shape());
    Tensor center = Tensor::empty({rows});
    Tensor scale = Tensor::empty({rows});
    kernels::layerNorm({rows, n, eps, valuesOf(w), valuesOf(b)}, input.data(), y.data(), center.data(),
                       scale.data());
    return record(y, {x, weight, bias}, [=](const Tensor& dy, Grads& grads) {
        const Tensor from = dy.contiguous();
        Tensor dx = grads.wanted(0) ? Tensor::empty(input.shape()) : Tensor{};
        kernels::layerNormGrad({rows, n, eps, valuesOf(w), nullptr}, from.data(), input.data(), center.data(),
                               scale.data(), dx.defined() ? dx.data() : nullptr, gradientOf(grads, 1),
                               gradientOf(grads, 2));
        if (dx.defined())
            grads.add(0, dx);
    });
}

Tensor rmsNorm(const Tensor& x, const Tensor& weight, float eps)
{
    if (x.rank() == 0 || x.count() == 0 || !fitsLast(x, weight, 1))
        throw shapesDiffer("rmsNorm", x, weight);
    const Tensor input = x.contiguous();
    const Tensor w = weight.contiguous();
    const std::int64_t n = x.size(-1);
    const std::int64_t rows = x.count() / n;
    Tensor y = Tensor::empty(x.shape());
    Tensor scale = Tensor::empty({rows});
    kernels::rmsNorm({rows, n, eps, valuesOf(w), nullptr}, input.data(), y.data(), scale.data());
    return record(y, {x, weight}, [=](const Tensor& dy, Grads& grads) {
        const Tensor from = dy.contiguous();
        Tensor dx = grads.wanted(0) ? Tensor::empty(input.shape()) : Tensor{};
        kernels::rmsNormGrad({rows, n, eps, valuesOf(w), nullptr}, from.data(), input.data(), scale.data(),
                             dx.defined() ? dx.data() : nullptr, gradientOf(grads, 1));
        if (dx.defined())
            grads.add(0, dx);
    });
}

Tensor groupNorm(const Tensor& x, std::int64_t groups, const Tensor& weight, const Tensor& bias, float eps)
{
    checkChannels("groupNorm", x, weight);
    checkChannels("groupNorm", x, bias);
    if (groups < 1 || x.size(1) % groups != 0)
        throw Error(
            Message(TR("engine", "The operation groupNorm cannot make %1 groups of the channels of %2."),
                    groups, print(x.shape())));
    const Tensor rows = reshape(x, {x.size(0) * groups, -1});
    return scaledPerChannel(reshape(layerNorm(rows, {}, {}, eps), x.shape()), weight, bias);
}

Tensor instanceNorm(const Tensor& x, const Tensor& weight, const Tensor& bias, float eps)
{
    checkChannels("instanceNorm", x, weight);
    return groupNorm(x, x.size(1), weight, bias, eps);
}

namespace {

void update(Tensor& running, const Tensor& batch, float momentum)
{
    const Tensor changed = add(mul(running, 1.0F - momentum), mul(batch, momentum));
    copyInto(running, changed);
}

}  // namespace

Tensor batchNorm(const Tensor& x, const Tensor& weight, const Tensor& bias, RunningStatistics& running,
                 bool training, float eps)
{
    for (const Tensor* values :
         std::initializer_list<const Tensor*>{&weight, &bias, &running.mean, &running.variance})
        checkChannels("batchNorm", x, *values);
    Tensor center = perChannel(running.mean.detach(), x);
    Tensor spread = perChannel(running.variance.detach(), x);
    if (training) {
        const AxisList axes = x.rank() == 2 ? AxisList{0} : AxisList{0, 2};
        if (x.rank() > 3 || x.count() <= x.size(1))
            throw Error(Message(TR("engine",
                                   "The operation batchNorm needs several values a channel, but the shape is "
                                   "%1."),
                                print(x.shape())));
        center = mean(x, axes, Keep::Yes);
        spread = variance(x, axes, Keep::Yes, 0);
        const auto count = static_cast<float>(x.count() / x.size(1));
        const TapeScope notRecording(nullptr);
        update(running.mean, reshape(center, running.mean.shape()), running.momentum);
        update(running.variance, mul(reshape(spread, running.variance.shape()), count / (count - 1.0F)),
               running.momentum);
    }
    const Tensor y = mul(sub(x, center), rsqrt(add(spread, eps)));
    return scaledPerChannel(y, weight, bias);
}

WindowStatistics windowStatistics(const Tensor& x, Level level, float eps)
{
    if (x.rank() != 3 || x.size(1) == 0)
        throw Error(Message(TR("engine",
                               "The operation windowStatistics needs [batch, steps, channels], but the shape "
                               "is %1."),
                            print(x.shape())));
    return {.location = level == Level::Mean ? mean(x, {1}, Keep::Yes) : slice(x, 1, -1),
            .scale = sqrt(add(variance(x, {1}, Keep::Yes, 0), eps))};
}

}  // namespace fc
