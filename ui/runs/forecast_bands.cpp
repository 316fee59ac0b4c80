// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/runs/forecast_bands.h"

#include <algorithm>

#include "ui/text/text.h"

namespace fc::ui {
namespace {

/// Every channels-th value of an interleaved forecast.
std::vector<double> channelOf(const std::vector<double>& values, std::size_t channels, std::size_t channel)
{
    std::vector<double> own;
    for (std::size_t i = channel; i < values.size(); i += channels)
        own.push_back(values[i]);
    return own;
}

}  // namespace

std::optional<ShownChannel> shownChannel(const Dataset& dataset, const Bars& bars)
{
    for (std::size_t channel = 0; channel < dataset.targetNames.size(); ++channel) {
        if (bars.isMarket()) {
            const Column* column = dataset.series.column(dataset.targetNames[channel]);
            if (column && column->role == "close")
                return ShownChannel{channel, 0};
            continue;
        }
        const QString name = fromUtf8(dataset.targetNames[channel]);
        const auto line = std::find_if(bars.lines.begin(), bars.lines.end(),
                                       [&](const NamedLine& each) { return each.name == name; });
        if (line != bars.lines.end())
            return ShownChannel{channel, static_cast<int>(line - bars.lines.begin())};
    }
    return std::nullopt;
}

ForecastBand forecastBand(const FutureForecast& forecast, const ShownChannel& shown)
{
    const std::size_t channels = std::max<std::size_t>(forecast.channels.size(), 1);
    return {.time = secondsOf(forecast.times, forecast.hasClock),
            .median = channelOf(forecast.point, channels, shown.channel),
            .lower = channelOf(forecast.lower, channels, shown.channel),
            .upper = channelOf(forecast.upper, channels, shown.channel),
            .line = shown.line};
}

WindowBand windowBand(const WindowForecast& window, const Dataset& dataset, const ShownChannel& shown)
{
    const auto channels = static_cast<std::size_t>(std::max(window.channels, 1));
    WindowBand band;
    band.forecast = channelOf(window.point, channels, shown.channel);
    band.actual = channelOf(window.actual, channels, shown.channel);
    band.line = shown.line;
    if (window.quantiles.size() >= 2) {
        band.lower = channelOf(window.quantiles.front(), channels, shown.channel);
        band.upper = channelOf(window.quantiles.back(), channels, shown.channel);
    }
    const Dataset& series = dataset.at(window.series);
    const std::span<const Timestamp> times = series.times;
    const auto begin = static_cast<std::size_t>(window.origin);
    const std::size_t end = std::min(begin + band.forecast.size(), times.size());
    if (begin < end)
        band.time = secondsOf({times.begin() + static_cast<std::ptrdiff_t>(begin),
                               times.begin() + static_cast<std::ptrdiff_t>(end)},
                              series.series.hasClock);
    return band;
}

}  // namespace fc::ui
