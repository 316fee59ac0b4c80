// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/metrics/baselines.h"

#include <cassert>
#include <cmath>
#include <cstddef>

namespace fc {

namespace {

double lastPresent(std::span<const double> history)
{
    assert(!history.empty());
    for (std::size_t i = history.size(); i-- > 0;) {
        if (!std::isnan(history[i]))
            return history[i];
    }
    return history.back();
}

}  // namespace

std::vector<double> naiveForecast(std::span<const double> history, int horizon)
{
    return std::vector<double>(static_cast<std::size_t>(horizon), lastPresent(history));
}

std::vector<double> seasonalNaiveForecast(std::span<const double> history, int season, int horizon)
{
    assert(season > 0);
    std::vector<double> forecast = naiveForecast(history, horizon);
    const auto rows = static_cast<std::ptrdiff_t>(history.size());
    for (std::ptrdiff_t i = 0; i < horizon; ++i) {
        for (std::ptrdiff_t t = rows - season + i % season; t >= 0; t -= season) {
            const double value = history[static_cast<std::size_t>(t)];
            if (!std::isnan(value)) {
                forecast[static_cast<std::size_t>(i)] = value;
                break;
            }
        }
    }
    return forecast;
}

}  // namespace fc
