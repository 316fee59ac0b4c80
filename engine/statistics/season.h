// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace fc {

/// Additive parts of a series: value = trend + seasonal + rest. The trend, and with it the rest, is missing
/// in the first and last half period.
struct Decomposition {
    std::vector<double> trend;
    std::vector<double> seasonal;
    std::vector<double> rest;
};

/// Classical decomposition: the trend is the centered mean over one period (of two neighboring ones when the
/// period is even), the season the mean of what is left at each place of the period, centered on 0 (Hyndman &
/// Athanasopoulos, Forecasting: Principles and Practice, 3rd ed., section 3.4). It looks at both sides of a
/// value: for looking at a series, never for a feature. Missing values stay out of the means. Throws Error
/// with fewer than two periods or a period below 2.
Decomposition decompose(std::span<const double> values, int period);

/// How much of what remains without the other part a component explains, 0 .. 1: max(0, 1 - Var(rest) /
/// Var(component + rest)) (same book, section 4.3).
struct Strength {
    double trend = 0;
    double season = 0;
};
Strength strengthOf(const Decomposition& parts);

/// A cycle and the share of the variance that lies at its frequency.
struct Cycle {
    double period = 0;  ///< rows
    double share = 0;   ///< 0 .. 1
};

/// The strongest peaks of the periodogram of the values less their line, strongest first; periods longer than
/// half of the values are left out. `values` have no missing ones. Empty with fewer than 16 values or a
/// constant.
std::vector<Cycle> dominantCycles(std::span<const double> values, int count);

}  // namespace fc
