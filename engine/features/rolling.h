// SPDX-License-Identifier: GPL-3.0-or-later
// Statistics of a whole span of values at once; those of moving windows are in window.h.
#pragma once

#include <span>
#include <vector>

namespace fc {

using Values = std::vector<double>;

/// Sums run over differences to the first value, so that a window of equal values has exactly that mean and
/// deviation 0.
double windowMean(std::span<const double> window);
/// Divisor: values - `ddof` (0 population, 1 sample).
double windowDeviation(std::span<const double> window, int ddof);

/// x[t - steps]; missing in the first `steps` rows.
Values lagged(const Values& x, int steps);

}  // namespace fc
