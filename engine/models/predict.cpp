// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/models/predict.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/autograd/ops_math.h"
#include "engine/autograd/tape.h"
#include "engine/base/float_mode.h"
#include "engine/base/parallel.h"
#include "engine/models/warped_crps.h"

namespace fc {

namespace {

// Batches of this size whatever the thread count or caller, so that a window's numbers never depend on
// either.
constexpr std::int64_t predictionBatch = 256;

/// Center and scale of each window and channel, both [B, 1, C, 1].
struct WindowStatistics {
    Tensor center;
    Tensor scale;
};

struct Statistics {
    float center = 0;
    float scale = 1;
};

struct Moments {
    double mean = 0;
    double variance = 0;

    explicit Moments(std::span<const float> values)
    {
        const auto count = static_cast<double>(values.size());
        for (const float x : values)
            mean += static_cast<double>(x);
        mean /= count;
        for (const float x : values) {
            const double d = static_cast<double>(x) - mean;
            variance += d * d;
        }
        variance /= count;
    }

    /// 0 when the floats differ by their last digits alone.
    double deviation() const
    {
        const double roundOff = 10.0 * std::numeric_limits<float>::epsilon() * std::abs(mean);
        const double deviation = std::sqrt(variance);
        return deviation > roundOff ? deviation : 0.0;
    }
};

/// Moves the values about.
float median(std::span<float> values)
{
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::ranges::nth_element(values, middle);
    return values.size() % 2 == 1 ? *middle
                                  : (*middle + *std::ranges::max_element(values.begin(), middle)) / 2;
}

/// Moves the values about.
Statistics robustOf(std::span<float> values)
{
    const double deviation = Moments(values).deviation();
    const float center = median(values);
    for (float& x : values)
        x = std::abs(x - center);
    const float spread = median(values);
    if (spread > 10.0F * std::numeric_limits<float>::epsilon() * std::abs(center))
        return {center, spread};
    return {center, deviation > 0 ? static_cast<float>(0.6745 * deviation) : 1.0F};
}

/// Moves the values about.
Statistics statisticsOf(std::span<float> values, WindowNorm norm)
{
    if (norm == WindowNorm::Robust)
        return robustOf(values);
    const Moments moments(values);
    const auto mean = static_cast<float>(moments.mean);
    if (norm == WindowNorm::Standard)
        return {mean, moments.deviation() > 0 ? static_cast<float>(moments.deviation()) : 1.0F};
    constexpr double epsilon = 1e-5;
    return {norm == WindowNorm::Last ? values.back() : mean,
            static_cast<float>(std::sqrt(moments.variance + epsilon))};
}

/// Of the observed values; `mask` as Batch::pastMask. A window and channel without any keeps its unit.
WindowStatistics windowStatistics(const Tensor& past, const Tensor& mask, WindowNorm norm)
{
    const std::int64_t batch = past.size(0), length = past.size(1), channels = past.size(2);
    WindowStatistics statistics{Tensor::empty({batch, 1, channels, 1}),
                                Tensor::empty({batch, 1, channels, 1})};
    Tensor one = Tensor::empty({length});
    for (std::int64_t i = 0; i < batch * channels; ++i) {
        const std::int64_t first = i / channels * length * channels + i % channels;
        size_t count = 0;
        for (std::int64_t at = first; at < first + length * channels; at += channels) {
            if (!mask.defined() || mask.data()[at] != 0.0F)
                one.data()[count++] = past.data()[at];
        }
        const Statistics window = count > 0 ? statisticsOf({one.data(), count}, norm) : Statistics();
        statistics.center.data()[i] = window.center;
        statistics.scale.data()[i] = window.scale;
    }
    return statistics;
}

Tensor normalizedPast(const Tensor& past, const WindowStatistics& statistics)
{
    const std::int64_t batch = past.size(0), length = past.size(1), channels = past.size(2);
    Tensor scaled = Tensor::empty(past.shape());
    const float* x = past.data();
    const float* center = statistics.center.data();
    const float* scale = statistics.scale.data();
    float* y = scaled.data();
    for (std::int64_t b = 0; b < batch; ++b) {
        for (std::int64_t t = 0; t < length; ++t) {
            for (std::int64_t c = 0; c < channels; ++c, ++x, ++y)
                *y = (*x - center[b * channels + c]) / scale[b * channels + c];
        }
    }
    return scaled;
}

/// What stands before the first observed value of a window is the window's center, not the scaler's.
void centerUnseenStart(Tensor& past, const Tensor& mask)
{
    const std::int64_t batch = past.size(0), length = past.size(1), channels = past.size(2);
    for (std::int64_t b = 0; b < batch; ++b) {
        for (std::int64_t c = 0; c < channels; ++c) {
            std::int64_t i = b * length * channels + c;
            for (std::int64_t t = 0; t < length && mask.data()[i] == 0.0F; ++t, i += channels)
                past.data()[i] = 0.0F;
        }
    }
}

/// Index of the quantile nearest to the median.
size_t medianIndex(std::span<const double> quantiles)
{
    const auto nearest = std::ranges::min_element(quantiles, {}, [](double q) { return std::abs(q - 0.5); });
    return static_cast<size_t>(nearest - quantiles.begin());
}

/// One forecast number of each cell of a window's [h, C, M], by `number(cell, channel's scale)`.
template <typename Number>
std::vector<double> eachCell(const Dataset& dataset, Number number)
{
    const auto channels = static_cast<size_t>(dataset.task.channels);
    std::vector<double> out(static_cast<size_t>(dataset.task.horizon) * channels);
    for (size_t i = 0; i < out.size(); ++i)
        out[i] = number(i, dataset.targetScales[i % channels]);
    return out;
}

std::vector<double> actualOf(const Dataset& dataset, std::int64_t origin)
{
    if (origin + dataset.task.horizon > dataset.rows())
        return {};
    const auto channels = static_cast<size_t>(dataset.task.channels);
    return eachCell(dataset, [&](size_t i, const ColumnScale&) {
        return dataset.targets[i % channels][static_cast<size_t>(origin) + i / channels];
    });
}

/// Trained separately, quantiles may cross; sorted per step they are at least as good (Chernozhukov et al.,
/// 2010).
void sortQuantiles(WindowForecast& forecast)
{
    std::vector<double> sorted(forecast.quantiles.size());
    for (size_t i = 0; i < forecast.quantiles.front().size(); ++i) {
        for (size_t q = 0; q < sorted.size(); ++q)
            sorted[q] = forecast.quantiles[q][i];
        std::ranges::sort(sorted);
        for (size_t q = 0; q < sorted.size(); ++q)
            forecast.quantiles[q][i] = sorted[q];
    }
}

/// The newest value before `origin` that is there; missing when none is.
double lastValue(std::span<const double> values, std::int64_t origin)
{
    const auto end = values.rend() - origin;
    const auto last = std::find_if(end, values.rend(), [](double x) { return !std::isnan(x); });
    return last == values.rend() ? missing : *last;
}

/// A window's points [h, C] back in the unit of the series, from the last values before the forecast on where
/// the model sees changes.
std::vector<double> pointsOf(const Dataset& dataset, const float* values, std::int64_t origin)
{
    const auto channels = static_cast<size_t>(dataset.task.channels);
    const auto horizon = static_cast<size_t>(dataset.task.horizon);
    std::vector<double> points(horizon * channels);
    std::vector<double> steps(horizon);
    for (size_t c = 0; c < channels; ++c) {
        dataset.targetScales[c].inverse(values + c, channels, lastValue(dataset.targets[c], origin), steps);
        for (size_t step = 0; step < horizon; ++step)
            points[step * channels + c] = steps[step];
    }
    return points;
}

/// A window's forecast [h, C, M] of points or quantiles, back in the unit of the series.
void readQuantiles(const Dataset& dataset, const LossSpec& loss, const float* values,
                   WindowForecast& forecast)
{
    const auto outputs = static_cast<size_t>(loss.outputs());
    const auto column = [&](size_t output) {
        return eachCell(dataset, [&](size_t i, const ColumnScale& scale) {
            return scale.inverse(static_cast<double>(values[i * outputs + output]));
        });
    };
    if (loss.quantiles.empty()) {
        forecast.point = pointsOf(dataset, values, forecast.origin);
        return;
    }
    for (size_t q = 0; q < outputs; ++q)
        forecast.quantiles.push_back(column(q));
    sortQuantiles(forecast);
    forecast.point = forecast.quantiles[medianIndex(loss.quantiles)];
    for (size_t i = 0; i < forecast.actual.size(); ++i) {
        double pinball = 0;
        for (size_t q = 0; q < outputs; ++q) {
            const double e = forecast.actual[i] - forecast.quantiles[q][i];
            pinball += std::max(loss.quantiles[q] * e, (loss.quantiles[q] - 1) * e);
        }
        forecast.crps.push_back(2 * pinball / static_cast<double>(outputs));
    }
}

/// A window's numbers of a distribution [h, C, M] -> its quantiles and score. Quantiles follow every scaler
/// exactly, the score an affine one; counts are in the unit of the series already.
void readDistribution(const Dataset& dataset, const LossSpec& loss, const Distribution& distribution,
                      const float* values, WindowForecast& forecast)
{
    const auto outputs = static_cast<size_t>(loss.outputs());
    const auto numbers = [&](size_t i) { return std::span(values + i * outputs, outputs); };
    const auto unit = [&](const ColumnScale& scale) {
        return distribution.isCount() ? ColumnScale() : scale;
    };
    const auto column = [&](double p) {
        return eachCell(dataset, [&](size_t i, const ColumnScale& scale) {
            return unit(scale).inverse(distributionQuantile(distribution, numbers(i), p));
        });
    };
    for (const double p : loss.quantiles)
        forecast.quantiles.push_back(column(p));
    forecast.point = column(0.5);
    if (!forecast.actual.empty()) {
        forecast.crps = eachCell(dataset, [&](size_t i, const ColumnScale& scale) {
            const ColumnScale by = unit(scale);
            const double y = by.forward(forecast.actual[i]);
            if (std::isnan(y))
                return y;
            return by.isAffine() ? by.scale * distributionCrps(distribution, numbers(i), y)
                                 : warpedCrps(distribution, numbers(i), by, forecast.actual[i]);
        });
    }
}

/// A window's forecast [h, C, M], back in the unit of the series.
WindowForecast unscaled(const Dataset& dataset, const LossSpec& loss, const float* values,
                        std::int64_t origin)
{
    WindowForecast forecast;
    forecast.origin = origin;
    forecast.channels = dataset.task.channels;
    forecast.actual = actualOf(dataset, origin);
    if (const std::optional<Distribution> distribution = loss.distribution())
        readDistribution(dataset, loss, *distribution, values, forecast);
    else
        readQuantiles(dataset, loss, values, forecast);
    return forecast;
}

/// The size of each window and channel in the unit of the series [B, C]: the window's own under a window
/// norm, else the channel's.
Tensor levels(const LossSpec& loss, const Tensor& past, const WindowStatistics& statistics)
{
    const std::int64_t batch = past.size(0), channels = past.size(2);
    Tensor level = Tensor::empty({batch, channels});
    for (std::int64_t i = 0; i < batch * channels; ++i) {
        const auto c = static_cast<size_t>(i % channels);
        ChannelUnit unit = loss.channels.empty() ? ChannelUnit() : loss.channels[c];
        if (statistics.center.defined()) {
            unit.center += static_cast<double>(statistics.center.data()[i]) * unit.scale;
            unit.scale *= static_cast<double>(statistics.scale.data()[i]);
        }
        level.data()[i] = static_cast<float>(unit.level());
    }
    return level;
}

}  // namespace

WindowNorm windowNorm(const std::string& scaler)
{
    if (scaler == "revin")
        return WindowNorm::Mean;
    if (scaler == "revin_last")
        return WindowNorm::Last;
    if (scaler == "window_standard")
        return WindowNorm::Standard;
    return scaler == "window_robust" ? WindowNorm::Robust : WindowNorm::None;
}

Batch normalizedBatch(WindowNorm norm, const Batch& batch)
{
    Batch inner = batch;
    if (norm == WindowNorm::None)
        return inner;
    inner.past = normalizedPast(batch.past, windowStatistics(batch.past, batch.pastMask, norm));
    if (batch.pastMask.defined())
        centerUnseenStart(inner.past, batch.pastMask);
    return inner;
}

Tensor forwardNormalized(const Model& model, WindowNorm norm, const LossSpec& loss, const Batch& batch,
                         const Pass& pass)
{
    const FlushDenormals asInTraining;
    const std::optional<Distribution> distribution = loss.distribution();
    WindowStatistics statistics;
    Batch inner = batch;
    if (norm != WindowNorm::None) {
        statistics = windowStatistics(batch.past, batch.pastMask, norm);
        inner.past = normalizedPast(batch.past, statistics);
        if (batch.pastMask.defined())
            centerUnseenStart(inner.past, batch.pastMask);
    }
    const Tensor raw = model.forward(inner, pass);
    if (distribution) {
        return distributionNumbers(
            *distribution, raw,
            {.center = statistics.center,
             .scale = statistics.scale,
             .level = distribution->isCount() ? levels(loss, batch.past, statistics) : Tensor()});
    }
    return statistics.center.defined() ? add(mul(raw, statistics.scale), statistics.center) : raw;
}

void predictWindows(const Model& model, WindowNorm norm, const Dataset& dataset, const LossSpec& loss,
                    std::span<const std::int64_t> origins,
                    const std::function<void(const WindowForecast&)>& take)
{
    const TapeScope off(nullptr);
    Batch batch;
    std::vector<WindowForecast> ready;
    for (std::int64_t done = 0; done < static_cast<std::int64_t>(origins.size()); done += predictionBatch) {
        const auto left = static_cast<std::int64_t>(origins.size()) - done;
        const auto part =
            origins.subspan(static_cast<size_t>(done), static_cast<size_t>(std::min(predictionBatch, left)));
        gather(dataset, part, batch);
        const Tensor forecast = forwardNormalized(model, norm, loss, batch, {}).contiguous();
        const std::int64_t rowSize = forecast.count() / static_cast<std::int64_t>(part.size());
        const float* values = forecast.data();
        ready.assign(part.size(), {});
        // Quantiles of some distributions take a numeric inversion each.
        parallelFor(static_cast<std::int64_t>(part.size()), 16, [&](std::int64_t begin, std::int64_t end) {
            for (std::int64_t b = begin; b < end; ++b) {
                const auto i = static_cast<size_t>(b);
                const std::size_t series = Dataset::seriesOf(part[i]);
                ready[i] = unscaled(dataset.at(series), loss, values + b * rowSize, Dataset::rowOf(part[i]));
                ready[i].series = series;
            }
        });
        for (const WindowForecast& window : ready)
            take(window);
    }
}

}  // namespace fc
