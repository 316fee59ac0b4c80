// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <vector>

#include "ui/plots/bars.h"
#include "ui/plots/row_clock.h"

namespace fc::ui {

/// A forecast on the axis of rows. Begins at the last known value, so that line and band open from there.
struct Fan {
    double cut = 0;            ///< last row that the forecast knew
    std::vector<double> rows;  ///< cut, cut + 1 …
    std::vector<double> middle;
    std::vector<double> lower;  ///< empty: no band
    std::vector<double> upper;
    std::vector<double> actual;  ///< empty unless it came true

    bool isEmpty() const { return rows.size() < 2; }
    double end() const { return rows.empty() ? cut : rows.back(); }
};

/// Goes on from the last of `values`.
Fan fanOf(const ForecastBand& forecast, std::span<const double> values);
/// Placed at its times among the known rows.
Fan fanOf(const WindowBand& window, std::span<const double> values, const RowClock& clock);

}  // namespace fc::ui
