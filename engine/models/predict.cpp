// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/models/predict.h"

#include <algorithm>
#include <cmath>

#include "engine/autograd/ops_math.h"
#include "engine/autograd/tape.h"

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

WindowStatistics windowStatistics(const Tensor& past, WindowNorm norm)
{
    const std::int64_t batch = past.size(0), length = past.size(1), channels = past.size(2);
    WindowStatistics statistics{Tensor::empty({batch, 1, channels, 1}),
                                Tensor::empty({batch, 1, channels, 1})};
    const float* x = past.data();
    float* center = statistics.center.data();
    float* scale = statistics.scale.data();
    for (std::int64_t b = 0; b < batch; ++b) {
        for (std::int64_t c = 0; c < channels; ++c) {
            const float* first = x + b * length * channels + c;
            double sum = 0;
            for (std::int64_t t = 0; t < length; ++t)
                sum += static_cast<double>(first[t * channels]);
            const double mean = sum / static_cast<double>(length);
            double squares = 0;
            for (std::int64_t t = 0; t < length; ++t) {
                const double d = static_cast<double>(first[t * channels]) - mean;
                squares += d * d;
            }
            constexpr double epsilon = 1e-5;
            const std::int64_t i = b * channels + c;
            center[i] = norm == WindowNorm::Last ? first[(length - 1) * channels] : static_cast<float>(mean);
            scale[i] = static_cast<float>(std::sqrt(squares / static_cast<double>(length) + epsilon));
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

/// Index of the quantile nearest to the median; 0 for point models.
int pointOutput(std::span<const double> quantiles)
{
    if (quantiles.empty())
        return 0;
    const auto nearest = std::ranges::min_element(quantiles, {}, [](double q) { return std::abs(q - 0.5); });
    return static_cast<int>(nearest - quantiles.begin());
}

/// Row `b` of a forecast [B, h, C, M], back in the unit of the series.
WindowForecast unscaled(const Dataset& dataset, const float* values, int outputs,
                        std::span<const double> quantiles, std::int64_t origin)
{
    const int channels = dataset.task.channels;
    const int cells = dataset.task.horizon * channels;
    const auto column = [&](int output) {
        std::vector<double> out(static_cast<size_t>(cells));
        for (int i = 0; i < cells; ++i) {
            const auto scaled = static_cast<double>(values[i * outputs + output]);
            out[static_cast<size_t>(i)] =
                dataset.targetScales[static_cast<size_t>(i % channels)].inverse(scaled);
        }
        return out;
    };
    WindowForecast forecast;
    forecast.origin = origin;
    forecast.channels = channels;
    for (int q = 0; q < static_cast<int>(quantiles.size()); ++q)
        forecast.quantiles.push_back(column(q));
    // Trained separately, quantiles may cross; sorted per step they are at least as good (Chernozhukov et
    // al., 2010).
    for (size_t i = 0; quantiles.size() > 1 && i < static_cast<size_t>(cells); ++i) {
        std::vector<double> sorted;
        for (const auto& each : forecast.quantiles)
            sorted.push_back(each[i]);
        std::ranges::sort(sorted);
        for (size_t q = 0; q < sorted.size(); ++q)
            forecast.quantiles[q][i] = sorted[q];
    }
    const auto point = static_cast<size_t>(pointOutput(quantiles));
    forecast.point = quantiles.empty() ? column(0) : forecast.quantiles[point];
    if (origin + dataset.task.horizon <= dataset.rows()) {
        for (int i = 0; i < cells; ++i)
            forecast.actual.push_back(dataset.targets[static_cast<size_t>(i % channels)]
                                                     [static_cast<size_t>(origin + i / channels)]);
    }
    return forecast;
}

}  // namespace

WindowNorm windowNorm(const std::string& scaler)
{
    if (scaler == "revin")
        return WindowNorm::Mean;
    return scaler == "revin_last" ? WindowNorm::Last : WindowNorm::None;
}

Tensor forwardNormalized(const Model& model, WindowNorm norm, const Batch& batch, const Pass& pass)
{
    if (norm == WindowNorm::None)
        return model.forward(batch, pass);
    const WindowStatistics statistics = windowStatistics(batch.past, norm);
    Batch inner = batch;
    inner.past = normalizedPast(batch.past, statistics);
    return add(mul(model.forward(inner, pass), statistics.scale), statistics.center);
}

void predictWindows(const Model& model, WindowNorm norm, const Dataset& dataset,
                    std::span<const double> quantiles, std::span<const std::int64_t> origins,
                    const std::function<void(const WindowForecast&)>& take)
{
    const TapeScope off(nullptr);
    Batch batch;
    for (std::int64_t done = 0; done < static_cast<std::int64_t>(origins.size()); done += predictionBatch) {
        const auto left = static_cast<std::int64_t>(origins.size()) - done;
        const auto part =
            origins.subspan(static_cast<size_t>(done), static_cast<size_t>(std::min(predictionBatch, left)));
        gather(dataset, part, batch);
        const Tensor forecast = forwardNormalized(model, norm, batch, {}).contiguous();
        const std::int64_t rowSize = forecast.count() / static_cast<std::int64_t>(part.size());
        for (size_t b = 0; b < part.size(); ++b) {
            take(unscaled(dataset, forecast.data() + static_cast<std::int64_t>(b) * rowSize,
                          static_cast<int>(forecast.size(-1)), quantiles, part[b]));
        }
    }
}

}  // namespace fc
