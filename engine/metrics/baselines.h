// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <vector>

namespace fc {

/// The forecasts that a trained model has to beat (Hyndman & Athanasopoulos, Forecasting: Principles and
/// Practice, 2021, section 5.2). One channel, unit of the series, oldest value first; `history` must not be
/// empty.

/// The last present value, `horizon` times; missing when every value is.
std::vector<double> naiveForecast(std::span<const double> history, int horizon);

/// The value one season before each step, the last season repeated. Where that value is missing, the one a
/// season earlier stands in; where the history reaches back to none, the naive forecast does.
std::vector<double> seasonalNaiveForecast(std::span<const double> history, int season, int horizon);

}  // namespace fc
