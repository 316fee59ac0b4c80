// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/loss/cells.h"

#include <algorithm>

#include "engine/autograd/tape.h"
#include "engine/tensor/elementwise.h"
#include "engine/tensor/strided.h"

namespace fc {

namespace {

constexpr std::int64_t pointGrain = 8192;
constexpr std::int64_t likelihoodGrain = 256;

/// A target's cells as samples, steps and the rest.
struct CellShape {
    std::int64_t B, h, C;

    explicit CellShape(const Shape& shape)
        : B(shape.rank() > 0 ? shape[0] : 1),
          h(shape.rank() > 1 ? shape[1] : 1),
          C(B * h > 0 ? shape.count() / (B * h) : 0)
    {
    }
};

const float* dataOf(const Tensor& x)
{
    return x.defined() ? x.data() : nullptr;
}

void checkWeight(const char* loss, const Tensor& weight, const Shape& shape, const Tensor& target)
{
    if (weight.defined() && !(weight.shape() == shape))
        throw Error(Message(TR("engine",
                               "The loss %1 got weights of shape %2 for targets of shape %3; they need the "
                               "shape %4."),
                            loss, print(weight.shape()), print(target.shape()), print(shape)));
}

Tensor factorsOf(const CellShape& cells, const Tensor& target, const Tensor& mask, const Tensor& horizon,
                 const Tensor& sample, double& sum)
{
    const Tensor given = mask.defined() ? mask.contiguous() : Tensor();
    const Tensor steps = horizon.defined() ? horizon.contiguous() : Tensor();
    const Tensor samples = sample.defined() ? sample.contiguous() : Tensor();
    Tensor factor = Tensor::empty(target.shape());
    sum = kernels::cellFactors({.B = cells.B,
                                .h = cells.h,
                                .C = cells.C,
                                .mask = dataOf(given),
                                .horizon = dataOf(steps),
                                .sample = dataOf(samples),
                                .factor = factor.data()});
    return factor;
}

double shareOf(const CellWeights& weights, LossReduction reduction)
{
    return reduction == LossReduction::Mean ? 1.0 / weights.divisor : 1.0;
}

/// Whether `input` has the shape of the target, with `numbers` of them behind it.
bool fitsCells(const Shape& input, const Shape& target, std::int64_t numbers)
{
    if (input.rank() == target.rank())
        return numbers == 1 && input == target;
    return input.rank() == target.rank() + 1 && input[-1] == numbers &&
           std::ranges::equal(input.sizes().first(static_cast<std::size_t>(target.rank())), target.sizes());
}

/// dy * slopes; the slopes themselves when dy is 1, as it is in a training step.
Tensor scaledSlopes(const Tensor& slopes, const Tensor& dy, float factor)
{
    if (dy.count() == 1 && slopes.count() >= 1) {
        const float by = factor * dy.item();
        return by == 1.0F ? slopes : raw::affine(slopes, by, 0.0F);
    }
    const Tensor each = dy.contiguous();
    Shape wide = each.shape();
    if (slopes.rank() > each.rank()) {
        std::array<std::int64_t, Shape::maxRank> sizes{};
        std::ranges::copy(each.shape().sizes(), sizes.begin());
        sizes[static_cast<std::size_t>(each.rank())] = 1;
        wide = Shape(std::span(sizes).first(static_cast<std::size_t>(each.rank()) + 1));
    }
    return raw::binary(kernels::multiply, slopes.shape(), slopes, reshapedView(each, wide));
}

}  // namespace

void refuseShapes(const char* loss, const Tensor& forecast, const Tensor& target)
{
    throw Error(
        Message(TR("engine", "The loss %1 cannot compare forecasts of shape %2 with targets of shape %3."),
                loss, print(forecast.shape()), print(target.shape())));
}

CellWeights cellWeights(const char* loss, const Tensor& target, const LossWeights& weights)
{
    const auto count = static_cast<double>(std::max<std::int64_t>(target.count(), 1));
    if (!weights.any())
        return {{}, count};
    const CellShape cells(target.shape());
    checkWeight(loss, weights.mask, target.shape(), target);
    checkWeight(loss, weights.horizon, {cells.h}, target);
    checkWeight(loss, weights.sample, {cells.B}, target);
    CellWeights result;
    double sum = 0;
    result.factor = factorsOf(cells, target, weights.mask, weights.horizon, weights.sample, sum);
    result.divisor = sum > 0 ? sum : 1.0;
    return result;
}

CellWeights timesSample(const CellWeights& weights, const Tensor& target, const Tensor& numbers)
{
    double unused = 0;
    return {factorsOf(CellShape(target.shape()), target, weights.factor, {}, numbers, unused),
            weights.divisor};
}

CellWeights timesChannel(const CellWeights& weights, const Tensor& target, const Tensor& numbers)
{
    const Tensor from = weights.factor.defined() ? weights.factor : Tensor::full(target.shape(), 1.0F);
    Tensor factor = Tensor::empty(target.shape());
    kernels::multiplyPeriodic(target.count(), numbers.count(), numbers.data(), from.data(), factor.data());
    return {factor, weights.divisor};
}

CellWeights overTarget(const CellWeights& weights, const Tensor& target)
{
    const Tensor size = target.contiguous();
    Tensor factor = Tensor::empty(target.shape());
    kernels::dividedByAbsolute(size.count(), dataOf(weights.factor), size.data(), factor.data());
    return {factor, weights.divisor};
}

Slopes slopesFor(const std::array<Tensor, 3>& inputs)
{
    Slopes slopes;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
        if (inputs[i].defined() && isRecording({inputs[i]}))
            slopes[i] = Tensor::empty(inputs[i].shape());
    }
    return slopes;
}

Tensor withSlopes(const Tensor& value, const std::array<Tensor, 3>& inputs, const Slopes& slopes,
                  float factor)
{
    return record(value, {inputs[0], inputs[1], inputs[2]}, [slopes, factor](const Tensor& dy, Grads& grads) {
        for (int i = 0; i < 3; ++i) {
            const Tensor& each = slopes[static_cast<std::size_t>(i)];
            if (each.defined() && grads.wanted(i))
                grads.add(i, scaledSlopes(each, dy, factor));
        }
    });
}

CellResult pointCells(const PointLoss& loss, const Tensor& forecast, const Tensor& target,
                      const CellWeights& weights, LossReduction reduction)
{
    if (!(forecast.shape() == target.shape()))
        refuseShapes(loss.name, forecast, target);
    const Tensor f = forecast.contiguous();
    const Tensor t = target.contiguous();
    Slopes slopes = slopesFor({forecast});
    Tensor values = reduction == LossReduction::None ? Tensor::empty(target.shape()) : Tensor();
    const double share = shareOf(weights, reduction);
    float* slope = slopes[0].defined() ? slopes[0].data() : nullptr;
    float* value = values.defined() ? values.data() : nullptr;
    const double sum = blockSum(t.count(), pointGrain, [&](std::int64_t begin, std::int64_t end) {
        return loss.kernel({.n = end - begin,
                            .forecast = f.data() + begin,
                            .target = t.data() + begin,
                            .factor = weights.factor.defined() ? weights.factor.data() + begin : nullptr,
                            .scale = static_cast<float>(share),
                            .slopes = slope ? slope + begin : nullptr,
                            .values = value ? value + begin : nullptr,
                            .p = loss.p});
    });
    if (!values.defined())
        values = Tensor::scalar(static_cast<float>(sum * share));
    return {values, slopes};
}

Tensor pointLoss(const PointLoss& loss, const Tensor& forecast, const Tensor& target,
                 const CellWeights& weights, LossReduction reduction)
{
    const CellResult result = pointCells(loss, forecast, target, weights, reduction);
    return withSlopes(result.value, {forecast}, result.slopes);
}

Tensor likelihoodLoss(const Likelihood& loss, const std::array<Tensor, 3>& inputs, const Tensor& target,
                      const CellWeights& weights, LossReduction reduction)
{
    const bool packed = loss.inputs > 1 && !inputs[1].defined();
    const std::int64_t numbers = packed ? loss.inputs * loss.width : loss.width;
    std::array<Tensor, 3> dense;
    for (std::size_t i = 0; i < 3 && inputs[i].defined(); ++i) {
        if (!fitsCells(inputs[i].shape(), target.shape(), numbers))
            refuseShapes(loss.name, inputs[i], target);
        dense[i] = inputs[i].contiguous();
    }
    const Tensor t = target.contiguous();
    Slopes slopes = slopesFor(inputs);
    Tensor values = reduction == LossReduction::None ? Tensor::empty(target.shape()) : Tensor();
    const double share = shareOf(weights, reduction);
    kernels::LikelihoodCells all{.n = t.count(),
                                 .stride = numbers,
                                 .width = loss.width,
                                 .target = t.data(),
                                 .factor = weights.factor.defined() ? weights.factor.data() : nullptr,
                                 .in = {},
                                 .slope = {},
                                 .values = values.defined() ? values.data() : nullptr,
                                 .scale = share,
                                 .p = loss.p,
                                 .option = loss.option};
    for (std::size_t i = 0; i < static_cast<std::size_t>(loss.inputs); ++i) {
        const std::size_t from = packed ? 0 : i;
        const std::int64_t offset = packed ? static_cast<std::int64_t>(i) * loss.width : 0;
        all.in[i] = dense[from].data() + offset;
        all.slope[i] = slopes[from].defined() ? slopes[from].data() + offset : nullptr;
    }
    const double sum = blockSum(t.count(), likelihoodGrain, [&](std::int64_t begin, std::int64_t end) {
        kernels::LikelihoodCells part = all;
        part.n = end - begin;
        part.target += begin;
        part.factor = all.factor ? all.factor + begin : nullptr;
        part.values = all.values ? all.values + begin : nullptr;
        for (int i = 0; i < loss.inputs; ++i) {
            part.in[i] += begin * numbers;
            part.slope[i] = all.slope[i] ? all.slope[i] + begin * numbers : nullptr;
        }
        return loss.kernel(part);
    });
    if (!values.defined())
        values = Tensor::scalar(static_cast<float>(sum * share));
    return withSlopes(values, inputs, slopes);
}

}  // namespace fc
