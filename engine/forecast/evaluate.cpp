// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/forecast/evaluate.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/metrics/baselines.h"
#include "engine/metrics/metrics.h"

namespace fc {

namespace {

/// Errors of one forecaster, one accumulator per channel so that MASE is scaled by its own channel.
class ChannelErrors {
public:
    explicit ChannelErrors(const std::vector<double>& maseScales)
    {
        for (const double scale : maseScales)
            m_channels.emplace_back(scale);
    }

    void add(size_t channel, std::span<const double> forecast, std::span<const double> actual, double last)
    {
        m_channels[channel].add(forecast, actual, last);
    }

    /// The mean over channels: a channel counts once, whatever its unit.
    std::map<std::string, double> values() const
    {
        std::map<std::string, double> sums;
        std::map<std::string, int> counts;
        for (const ForecastErrors& errors : m_channels) {
            for (const auto& [name, value] : errors.values()) {
                sums[name] += value;
                ++counts[name];
            }
        }
        for (auto& [name, value] : sums)
            value /= counts[name];
        return sums;
    }

private:
    std::vector<ForecastErrors> m_channels;
};

std::vector<double> maseScales(const Dataset& dataset)
{
    std::vector<double> scales;
    for (const std::vector<double>& channel : dataset.targets) {
        const auto train = std::span(channel).subspan(static_cast<size_t>(dataset.split.train.begin),
                                                      static_cast<size_t>(dataset.split.train.count()));
        scales.push_back(seasonalScale(train, dataset.season));
    }
    return scales;
}

std::vector<double> channelOf(const std::vector<double>& cells, size_t channel, size_t channels)
{
    std::vector<double> out;
    for (size_t i = channel; i < cells.size(); i += channels)
        out.push_back(cells[i]);
    return out;
}

}  // namespace

PartEvaluation evaluatePart(const Model& model, WindowNorm norm, const Dataset& dataset,
                            std::span<const double> quantiles, Part part)
{
    const std::vector<double> scales = maseScales(dataset);
    ChannelErrors modelErrors(scales), naiveErrors(scales), seasonalErrors(scales);
    PartEvaluation evaluation;
    const auto channels = dataset.targets.size();
    predictWindows(model, norm, dataset, quantiles, dataset.windows(part), [&](const WindowForecast& window) {
        ++evaluation.windows;
        for (size_t c = 0; c < channels; ++c) {
            const auto history = std::span(dataset.targets[c]).first(static_cast<size_t>(window.origin));
            const std::vector<double> actual = channelOf(window.actual, c, channels);
            const double last = history.back();
            modelErrors.add(c, channelOf(window.point, c, channels), actual, last);
            naiveErrors.add(c, naiveForecast(history, dataset.task.horizon), actual, last);
            seasonalErrors.add(c, seasonalNaiveForecast(history, dataset.season, dataset.task.horizon),
                               actual, last);
        }
    });
    if (evaluation.windows > 0) {
        evaluation.model = modelErrors.values();
        evaluation.baselines["naive"] = naiveErrors.values();
        evaluation.baselines["seasonal_naive"] = seasonalErrors.values();
    }
    return evaluation;
}

ResidualIntervals residualIntervals(const Model& model, WindowNorm norm, const Dataset& dataset,
                                    std::span<const double> quantiles)
{
    const auto cells = static_cast<size_t>(dataset.task.horizon * dataset.task.channels);
    std::vector<std::vector<double>> residuals(cells);
    predictWindows(model, norm, dataset, quantiles, dataset.validationWindows,
                   [&](const WindowForecast& window) {
                       for (size_t i = 0; i < cells; ++i)
                           residuals[i].push_back(window.actual[i] - window.point[i]);
                   });
    ResidualIntervals intervals;
    if (dataset.validationWindows.empty())
        return intervals;
    for (std::vector<double>& each : residuals) {
        std::ranges::sort(each);
        intervals.lower.push_back(quantile(each, 0.1));
        intervals.upper.push_back(quantile(each, 0.9));
    }
    return intervals;
}

std::string ResidualIntervals::toJson() const
{
    return nlohmann::json{{"level", 0.8}, {"lower", lower}, {"upper", upper}}.dump();
}

ResidualIntervals ResidualIntervals::fromJson(const std::string& text)
{
    ResidualIntervals intervals;
    const auto json = nlohmann::json::parse(text, nullptr, false);
    if (json.is_object()) {
        intervals.lower = json.value("lower", std::vector<double>());
        intervals.upper = json.value("upper", std::vector<double>());
    }
    return intervals;
}

}  // namespace fc
