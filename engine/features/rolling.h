// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include "engine/data/series.h"

namespace fc {

using Values = std::vector<double>;

/// f(window) of the last `n` values at each row; missing until `n` values in a row are present. Every window
/// is computed on its own: O(rows * n), but a value depends on its window alone, bit for bit, and nothing
/// drifts.
template <typename F>
Values rolling(const Values& x, int n, F f)
{
    const auto window = static_cast<std::size_t>(n);
    Values out(x.size(), missing);
    std::size_t present = 0;
    for (std::size_t t = 0; t < x.size(); ++t) {
        present = std::isnan(x[t]) ? 0 : present + 1;
        if (present >= window)
            out[t] = f(std::span<const double>(x).subspan(t + 1 - window, window));
    }
    return out;
}

/// f(x[t], y[t]) row by row; missing where either is.
template <typename F>
Values combine(const Values& x, const Values& y, F f)
{
    Values out(x.size(), missing);
    for (std::size_t t = 0; t < x.size(); ++t) {
        if (!std::isnan(x[t]) && !std::isnan(y[t]))
            out[t] = f(x[t], y[t]);
    }
    return out;
}

/// Sums run over differences to the first value, so that a window of equal values has exactly that mean and
/// deviation 0.
double windowMean(std::span<const double> window);
/// Divisor: values - `ddof` (0 population, 1 sample).
double windowDeviation(std::span<const double> window, int ddof);

Values rollingMean(const Values& x, int n);
Values rollingDeviation(const Values& x, int n, int ddof);
Values rollingMax(const Values& x, int n);
Values rollingMin(const Values& x, int n);

/// (x - mean) / standard deviation of the last `n` values; 0 where the window is constant.
Values rollingZScore(const Values& x, int n, int ddof);

/// y[t] = ratio x[t] + (1 - ratio) y[t-1], started with the mean of the first `n` values in a row; a missing
/// value ends it, and it starts anew from the next `n`.
Values smoothed(const Values& x, int n, double ratio);
/// Exponential average, ratio 2 / (n + 1).
Values exponentialMean(const Values& x, int n);
/// Wilder's average, ratio 1 / n (Wilder, New Concepts in Technical Trading Systems, 1978).
Values wilderMean(const Values& x, int n);

/// ln(x[t] / y[t]); missing where either is not above 0, as spreads and some futures can be.
Values logRatio(const Values& x, const Values& y);

/// x[t - steps]; missing in the first `steps` rows.
Values lagged(const Values& x, int steps);

}  // namespace fc
