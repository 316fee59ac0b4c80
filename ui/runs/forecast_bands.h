// SPDX-License-Identifier: GPL-3.0-or-later
// From the engine's forecasts to what the chart draws.
#pragma once

#include <optional>

#include "engine/runs/services.h"
#include "ui/plots/bars.h"

namespace fc::ui {

/// One channel of a forecast, and which line of the chart it belongs to.
struct ShownChannel {
    std::size_t channel = 0;
    int line = 0;
};

/// The channel that fits the chart: the close of a market, else the first target; nullopt when no target is
/// drawn.
std::optional<ShownChannel> shownChannel(const Dataset& dataset, const Bars& bars);

ForecastBand forecastBand(const FutureForecast& forecast, const ShownChannel& shown);
/// `window` as computed on `dataset`, whose rows give the times.
WindowBand windowBand(const WindowForecast& window, const Dataset& dataset, const ShownChannel& shown);

}  // namespace fc::ui
