// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/forecast/evaluate.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>

#include "engine/metrics/baselines.h"
#include "engine/metrics/metrics.h"

namespace fc {

namespace {

/// How well the quantiles of one channel tell where the values fall.
class IntervalErrors {
public:
    explicit IntervalErrors(const std::vector<double>& levels)
        : m_levels(levels), m_low(indexOf(0.1)), m_high(indexOf(0.9))
    {
    }

    void add(const WindowForecast& window, size_t cell)
    {
        const double actual = window.actual[cell];
        if (m_levels.empty() || std::isnan(actual))
            return;
        ++m_count;
        m_crps += window.crps[cell];
        for (size_t q = 0; q < m_levels.size(); ++q) {
            const double e = actual - window.quantiles[q][cell];
            m_pinball += std::max(m_levels[q] * e, (m_levels[q] - 1) * e);
        }
        if (m_low && m_high)
            m_inside += actual >= window.quantiles[*m_low][cell] && actual <= window.quantiles[*m_high][cell];
    }

    std::map<std::string, double> values() const
    {
        if (m_count == 0)
            return {};
        const auto n = static_cast<double>(m_count);
        std::map<std::string, double> out = {
            {"crps", m_crps / n}, {"pinball", m_pinball / n / static_cast<double>(m_levels.size())}};
        if (m_low && m_high)
            out["coverage_80"] = static_cast<double>(m_inside) / n;
        return out;
    }

private:
    std::optional<size_t> indexOf(double level) const
    {
        const auto it = std::ranges::find_if(m_levels, [&](double q) { return std::abs(q - level) < 1e-6; });
        return it == m_levels.end() ? std::nullopt
                                    : std::optional(static_cast<size_t>(it - m_levels.begin()));
    }

    std::vector<double> m_levels;
    std::optional<size_t> m_low;
    std::optional<size_t> m_high;
    std::int64_t m_count = 0;
    std::int64_t m_inside = 0;
    double m_crps = 0;
    double m_pinball = 0;
};

/// The mean over channels, and over series where there are several: each counts once, whatever its unit.
template <typename Errors>
std::map<std::string, double> meanOverChannels(const std::vector<Errors>& channels)
{
    std::map<std::string, double> sums;
    std::map<std::string, int> counts;
    for (const Errors& errors : channels) {
        for (const auto& [name, value] : errors.values()) {
            sums[name] += value;
            ++counts[name];
        }
    }
    for (auto& [name, value] : sums)
        value /= counts[name];
    return sums;
}

/// Errors of one forecaster, one accumulator per channel of each series so that MASE is scaled by its own.
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

    std::map<std::string, double> values() const { return meanOverChannels(m_channels); }

private:
    std::vector<ForecastErrors> m_channels;
};

/// Of every channel of every series.
std::vector<double> maseScales(const Dataset& dataset)
{
    std::vector<double> scales;
    for (std::size_t i = 0; i < dataset.seriesCount(); ++i) {
        const Dataset& series = dataset.at(i);
        for (const std::span<const double> channel : series.targets) {
            const auto train = channel.subspan(static_cast<size_t>(series.split.train.begin),
                                               static_cast<size_t>(series.split.train.count()));
            scales.push_back(seasonalScale(train, series.season));
            series.release();
        }
    }
    return scales;
}

/// Of the cell [step * channels + channel].
const ColumnScale& scaleOf(const Dataset& dataset, size_t cell)
{
    return dataset.targetScales[cell % dataset.targetScales.size()];
}

std::vector<double> channelOf(const std::vector<double>& cells, size_t channel, size_t channels)
{
    std::vector<double> out;
    for (size_t i = channel; i < cells.size(); i += channels)
        out.push_back(cells[i]);
    return out;
}

/// The residuals of one channel at all steps.
std::vector<double> ofChannel(const std::vector<std::vector<double>>& residuals, size_t channel,
                              size_t channels)
{
    std::vector<double> all;
    for (size_t i = channel; i < residuals.size(); i += channels)
        all.insert(all.end(), residuals[i].begin(), residuals[i].end());
    return all;
}

}  // namespace

PartEvaluation evaluatePart(const Model& model, WindowNorm norm, const Dataset& dataset, const LossSpec& loss,
                            Part part)
{
    const std::vector<double> scales = maseScales(dataset);
    ChannelErrors modelErrors(scales), naiveErrors(scales), seasonalErrors(scales);
    const auto channels = dataset.targets.size();
    std::vector<IntervalErrors> intervals(scales.size(), IntervalErrors(loss.quantiles));
    PartEvaluation evaluation;
    predictWindows(
        model, norm, dataset, loss, dataset.scoredWindows(part), [&](const WindowForecast& window) {
            ++evaluation.windows;
            const Dataset& series = dataset.at(window.series);
            for (size_t c = 0; c < channels; ++c) {
                const size_t place = window.series * channels + c;
                const auto history = series.targets[c].first(static_cast<size_t>(window.origin));
                const std::vector<double> actual = channelOf(window.actual, c, channels);
                const std::vector<double> naive = naiveForecast(history, series.task.horizon);
                const double last = naive.front();
                modelErrors.add(place, channelOf(window.point, c, channels), actual, last);
                if (!std::isnan(last)) {
                    naiveErrors.add(place, naive, actual, last);
                    seasonalErrors.add(place,
                                       seasonalNaiveForecast(history, series.season, series.task.horizon),
                                       actual, last);
                }
                for (size_t i = c; i < window.actual.size(); i += channels)
                    intervals[place].add(window, i);
            }
        });
    if (evaluation.windows > 0) {
        evaluation.model = modelErrors.values();
        evaluation.model.merge(meanOverChannels(intervals));
        evaluation.baselines["naive"] = naiveErrors.values();
        evaluation.baselines["seasonal_naive"] = seasonalErrors.values();
    }
    return evaluation;
}

ResidualIntervals residualIntervals(const Model& model, WindowNorm norm, const Dataset& dataset,
                                    const LossSpec& loss)
{
    const auto cells = static_cast<size_t>(dataset.task.horizon * dataset.task.channels);
    std::vector<std::vector<double>> residuals(cells);
    predictWindows(model, norm, dataset, loss, dataset.scoredWindows(Part::Validation),
                   [&](const WindowForecast& window) {
                       for (size_t i = 0; i < cells; ++i) {
                           const ColumnScale& scale = scaleOf(dataset, i);
                           const double residual =
                               scale.warped(window.actual[i]) - scale.warped(window.point[i]);
                           if (std::isfinite(residual))
                               residuals[i].push_back(residual);
                       }
                   });
    ResidualIntervals intervals;
    for (size_t i = 0; i < cells; ++i) {
        std::vector<double> each =
            residuals[i].empty() ? ofChannel(residuals, i % dataset.targets.size(), dataset.targets.size())
                                 : residuals[i];
        if (each.empty())
            return {};
        std::ranges::sort(each);
        intervals.lower.push_back(quantile(each, 0.1));
        intervals.upper.push_back(quantile(each, 0.9));
    }
    return intervals;
}

std::vector<double> ResidualIntervals::bound(const Dataset& dataset, const std::vector<double>& point,
                                             const std::vector<double>& offsets)
{
    std::vector<double> bounds;
    for (size_t i = 0; i < offsets.size() && i < point.size(); ++i) {
        const ColumnScale& scale = scaleOf(dataset, i);
        bounds.push_back(scale.unwarped(scale.warped(point[i]) + offsets[i]));
    }
    return bounds;
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
