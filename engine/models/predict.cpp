// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/models/predict.h"

#include <algorithm>
#include <cmath>

#include "engine/autograd/ops_math.h"
#include "engine/autograd/tape.h"
#include "engine/base/float_mode.h"
#include "engine/base/parallel.h"

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

/// Of the observed values; `mask` as Batch::pastMask. A window and channel without any keeps its unit.
WindowStatistics windowStatistics(const Tensor& past, const Tensor& mask, WindowNorm norm)
{
    const std::int64_t batch = past.size(0), length = past.size(1), channels = past.size(2);
    WindowStatistics statistics{Tensor::empty({batch, 1, channels, 1}),
                                Tensor::empty({batch, 1, channels, 1})};
    const float* x = past.data();
    float* center = statistics.center.data();
    float* scale = statistics.scale.data();
    for (std::int64_t b = 0; b < batch; ++b) {
        for (std::int64_t c = 0; c < channels; ++c) {
            const std::int64_t start = b * length * channels + c;
            const float* first = x + start;
            const auto isSeen = [&](std::int64_t t) {
                return !mask.defined() || mask.data()[start + t * channels] != 0.0F;
            };
            double sum = 0;
            std::int64_t count = 0;
            std::int64_t last = 0;
            for (std::int64_t t = 0; t < length; ++t) {
                if (!isSeen(t))
                    continue;
                sum += static_cast<double>(first[t * channels]);
                ++count;
                last = t;
            }
            const std::int64_t i = b * channels + c;
            if (count == 0) {
                center[i] = 0.0F;
                scale[i] = 1.0F;
                continue;
            }
            const double mean = sum / static_cast<double>(count);
            double squares = 0;
            for (std::int64_t t = 0; t < length; ++t) {
                const double d = isSeen(t) ? static_cast<double>(first[t * channels]) - mean : 0.0;
                squares += d * d;
            }
            constexpr double epsilon = 1e-5;
            center[i] = norm == WindowNorm::Last ? first[last * channels] : static_cast<float>(mean);
            scale[i] = static_cast<float>(std::sqrt(squares / static_cast<double>(count) + epsilon));
        }
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
        forecast.point = column(0);
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

/// A window's numbers of a distribution [h, C, M] -> its quantiles and score. Quantiles and score follow an
/// affine scaler exactly; counts are in the unit of the series already.
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
            return std::isnan(y) ? y : by.scale * distributionCrps(distribution, numbers(i), y);
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
    return scaler == "revin_last" ? WindowNorm::Last : WindowNorm::None;
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
                ready[i] = unscaled(dataset, loss, values + b * rowSize, part[i]);
            }
        });
        for (const WindowForecast& window : ready)
            take(window);
    }
}

}  // namespace fc
