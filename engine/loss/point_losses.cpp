// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/loss/point_losses.h"

#include <algorithm>
#include <cmath>

#include "engine/loss/cells.h"
#include "engine/tensor/elementwise.h"

namespace fc {

namespace {

Tensor plain(const PointLoss& loss, const Tensor& forecast, const Tensor& target, const LossOptions& options)
{
    return pointLoss(loss, forecast, target, cellWeights(loss.name, target, options.weights),
                     options.reduction);
}

CellWeights scaledBy(double factor, CellWeights weights, const Tensor& target)
{
    if (factor == 1.0)
        return weights;
    const auto by = static_cast<float>(factor);
    weights.factor =
        weights.factor.defined() ? raw::affine(weights.factor, by, 0.0F) : Tensor::full(target.shape(), by);
    return weights;
}

double sumOf(const float* values, std::int64_t n)
{
    double sum = 0;
    for (std::int64_t i = 0; i < n; ++i)
        sum += static_cast<double>(values[i]);
    return sum;
}

/// 1 / scale for each series.
Tensor inverseScale(const char* loss, const Tensor& target, const Tensor& scale)
{
    if (target.rank() == 0 || !(scale.shape() == Shape{target.size(0)}))
        refuseShapes(loss, scale, target);
    return raw::unary(kernels::reciprocal, scale.contiguous());
}

Tensor naiveError(const Tensor& past, std::int64_t season, double (*size)(double))
{
    if (past.rank() != 2 || season < 1)
        throw Error(Message(TR("engine",
                               "Naive errors need series [B, T] and a season of at least 1, but got %1 "
                               "and %2."),
                            print(past.shape()), season));
    const Tensor x = past.contiguous();
    const std::int64_t length = x.size(1);
    Tensor errors = Tensor::empty({x.size(0)});
    for (std::int64_t b = 0; b < x.size(0); ++b) {
        const float* row = x.data() + b * length;
        double sum = 0;
        for (std::int64_t t = season; t < length; ++t)
            sum += size(static_cast<double>(row[t]) - static_cast<double>(row[t - season]));
        if (!(sum > 0))
            throw Error(Message(TR("engine",
                                   "Series %1 of the batch has no naive error: it has %2 values and a "
                                   "season of %3, or repeats itself."),
                                b + 1, length, season));
        errors.data()[b] = static_cast<float>(sum / static_cast<double>(length - season));
    }
    return errors;
}

}  // namespace

Tensor squaredError(const Tensor& forecast, const Tensor& target, const LossOptions& options)
{
    return plain({"mse", kernels::squaredError}, forecast, target, options);
}

Tensor absoluteError(const Tensor& forecast, const Tensor& target, const LossOptions& options)
{
    return plain({"mae", kernels::absoluteError}, forecast, target, options);
}

Tensor rootSquaredError(const Tensor& forecast, const Tensor& target, const LossWeights& weights)
{
    const CellResult mean = pointCells({"rmse", kernels::squaredError}, forecast, target,
                                       cellWeights("rmse", target, weights), LossReduction::Mean);
    const float root = std::sqrt(mean.value.item());
    return withSlopes(Tensor::scalar(root), {forecast}, mean.slopes, root == 0.0F ? 0.0F : 0.5F / root);
}

Tensor huber(const Tensor& forecast, const Tensor& target, double delta, const LossOptions& options)
{
    return plain({"huber", kernels::huberError, static_cast<float>(delta)}, forecast, target, options);
}

Tensor smoothL1(const Tensor& forecast, const Tensor& target, double beta, const LossOptions& options)
{
    if (beta == 0.0)
        return absoluteError(forecast, target, options);
    const CellWeights weights = cellWeights("smooth_l1", target, options.weights);
    return pointLoss({"smooth_l1", kernels::huberError, static_cast<float>(beta)}, forecast, target,
                     scaledBy(1.0 / beta, weights, target), options.reduction);
}

Tensor logCosh(const Tensor& forecast, const Tensor& target, const LossOptions& options)
{
    return plain({"log_cosh", kernels::logCoshError}, forecast, target, options);
}

Tensor squaredLogError(const Tensor& forecast, const Tensor& target, const LossOptions& options)
{
    return plain({"msle", kernels::squaredLogError}, forecast, target, options);
}

Tensor percentageError(const Tensor& forecast, const Tensor& target, const LossOptions& options)
{
    const CellWeights weights = cellWeights("mape", target, options.weights);
    return pointLoss({"mape", kernels::absoluteError}, forecast, target, overTarget(weights, target),
                     options.reduction);
}

Tensor symmetricPercentageError(const Tensor& forecast, const Tensor& target, SymmetricRange range,
                                const LossOptions& options)
{
    const CellWeights weights = cellWeights("smape", target, options.weights);
    return pointLoss({"smape", kernels::symmetricPercentageError}, forecast, target,
                     scaledBy(range == SymmetricRange::One ? 0.5 : 1.0, weights, target), options.reduction);
}

Tensor weightedPercentageError(const Tensor& forecast, const Tensor& target, const LossWeights& weights)
{
    CellWeights each = cellWeights("wape", target, weights);
    const Tensor size = target.contiguous();
    each.divisor =
        kernels::absoluteSum(size.count(), each.factor.defined() ? each.factor.data() : nullptr, size.data());
    return pointLoss({"wape", kernels::absoluteError}, forecast, target, each, LossReduction::Mean);
}

Tensor seasonalNaiveError(const Tensor& past, std::int64_t season)
{
    return naiveError(past, season, [](double step) { return std::abs(step); });
}

Tensor seasonalNaiveSquaredError(const Tensor& past, std::int64_t season)
{
    return naiveError(past, season, [](double step) { return step * step; });
}

Tensor scaledError(const Tensor& forecast, const Tensor& target, const Tensor& scale,
                   const LossOptions& options)
{
    const Tensor inverse = inverseScale("mase", target, scale);
    const CellWeights weights = timesSample(cellWeights("mase", target, options.weights), target, inverse);
    return pointLoss({"mase", kernels::absoluteError}, forecast, target, weights, options.reduction);
}

Tensor rootScaledSquaredError(const Tensor& forecast, const Tensor& target, const Tensor& scale,
                              const LossWeights& weights)
{
    if (!(forecast.shape() == target.shape()))
        refuseShapes("rmsse", forecast, target);
    const Tensor inverse = inverseScale("rmsse", target, scale);
    const CellWeights each = cellWeights("rmsse", target, weights);
    const Tensor f = forecast.contiguous();
    const Tensor t = target.contiguous();
    const std::int64_t series = target.size(0);
    const std::int64_t cells = target.count() / std::max<std::int64_t>(series, 1);
    Slopes slopes = slopesFor({forecast});
    double sum = 0;
    std::int64_t counted = 0;
    for (std::int64_t b = 0; b < series; ++b) {
        const std::int64_t at = b * cells;
        const float* factor = each.factor.defined() ? each.factor.data() + at : nullptr;
        const double weight = factor ? sumOf(factor, cells) : static_cast<double>(cells);
        const double share = weight > 0 ? static_cast<double>(inverse.data()[b]) / weight : 0.0;
        float* slope = slopes[0].defined() ? slopes[0].data() + at : nullptr;
        const double squares = kernels::squaredError({.n = cells,
                                                      .forecast = f.data() + at,
                                                      .target = t.data() + at,
                                                      .factor = factor,
                                                      .scale = static_cast<float>(share),
                                                      .slopes = slope,
                                                      .values = nullptr,
                                                      .p = 0.0F});
        const double root = std::sqrt(squares * share);
        counted += weight > 0 ? 1 : 0;
        sum += root;
        if (slope)
            kernels::affine(
                {.n = cells, .x = slope, .y = slope, .p = root > 0 ? static_cast<float>(0.5 / root) : 0.0F});
    }
    const double share = counted > 0 ? 1.0 / static_cast<double>(counted) : 0.0;
    return withSlopes(Tensor::scalar(static_cast<float>(sum * share)), {forecast}, slopes,
                      static_cast<float>(share));
}

Tensor pinball(const Tensor& forecast, const Tensor& target, std::span<const double> quantiles,
               OverQuantiles over, const LossOptions& options)
{
    const auto m = static_cast<std::int64_t>(quantiles.size());
    if (forecast.rank() != target.rank() + 1 || forecast.size(-1) != m ||
        forecast.count() != target.count() * m)
        refuseShapes("quantile", forecast, target);
    const CellWeights weights = cellWeights("quantile", target, options.weights);
    const bool each = options.reduction == LossReduction::None;
    const double share = (options.reduction == LossReduction::Mean ? 1.0 / weights.divisor : 1.0) /
                         (over == OverQuantiles::Mean && !each ? static_cast<double>(m) : 1.0);
    Tensor levels = Tensor::empty({m});
    std::ranges::transform(quantiles, levels.data(), [](double q) { return static_cast<float>(q); });
    const Tensor f = forecast.contiguous();
    const Tensor t = target.contiguous();
    Slopes slopes = slopesFor({forecast});
    Tensor values = each ? Tensor::empty(forecast.shape()) : Tensor();
    float* slope = slopes[0].defined() ? slopes[0].data() : nullptr;
    float* value = each ? values.data() : nullptr;
    constexpr std::int64_t grain = 4096;
    const double sum = blockSum(t.count(), grain, [&](std::int64_t begin, std::int64_t end) {
        return kernels::pinballError(
            {.n = end - begin,
             .m = m,
             .forecast = f.data() + begin * m,
             .target = t.data() + begin,
             .factor = weights.factor.defined() ? weights.factor.data() + begin : nullptr,
             .quantiles = levels.data(),
             .scale = static_cast<float>(share),
             .slopes = slope ? slope + begin * m : nullptr,
             .values = value ? value + begin * m : nullptr});
    });
    return withSlopes(each ? values : Tensor::scalar(static_cast<float>(sum * share)), {forecast}, slopes);
}

}  // namespace fc
