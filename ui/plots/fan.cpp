// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/fan.h"

#include <algorithm>
#include <cmath>

namespace fc::ui {
namespace {

/// `first`, then `rest`.
std::vector<double> after(double first, const std::vector<double>& rest)
{
    std::vector<double> all{first};
    all.insert(all.end(), rest.begin(), rest.end());
    return all;
}

Fan openFrom(double cut, double value, const std::vector<double>& middle)
{
    Fan fan;
    fan.cut = cut;
    fan.middle = after(value, middle);
    for (std::size_t i = 0; i < fan.middle.size(); ++i)
        fan.rows.push_back(cut + static_cast<double>(i));
    return fan;
}

void addBand(Fan& fan, const std::vector<double>& lower, const std::vector<double>& upper)
{
    if (lower.size() + 1 != fan.rows.size() || upper.size() + 1 != fan.rows.size())
        return;
    fan.lower = after(fan.middle.front(), lower);
    fan.upper = after(fan.middle.front(), upper);
}

}  // namespace

Fan fanOf(const ForecastBand& forecast, std::span<const double> values)
{
    if (forecast.median.empty() || values.empty())
        return {};
    Fan fan = openFrom(static_cast<double>(values.size()) - 1, values.back(), forecast.median);
    addBand(fan, forecast.lower, forecast.upper);
    return fan;
}

Fan fanOf(const WindowBand& window, std::span<const double> values, const RowClock& clock)
{
    if (window.forecast.empty() || window.time.empty() || values.empty())
        return {};
    const double cut = clock.rowOf(window.time.front()) - 1;
    const auto known = [values](double row) {
        const bool there = row >= 0 && row < static_cast<double>(values.size());
        return there ? values[static_cast<std::size_t>(row)] : missing;
    };
    Fan fan = openFrom(cut, known(cut), window.forecast);
    addBand(fan, window.lower, window.upper);
    if (window.actual.size() == window.forecast.size()) {
        fan.actual = after(known(cut), window.actual);
    } else {
        for (const double row : fan.rows)
            fan.actual.push_back(known(row));
    }
    return fan;
}

}  // namespace fc::ui
