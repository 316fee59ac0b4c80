// SPDX-License-Identifier: GPL-3.0-or-later
// Dependence between two columns, and of one column on its own past. Pairs with a missing value are left out.
#pragma once

#include <span>
#include <vector>

namespace fc {

/// Product-moment correlation, -1 .. 1; NaN with fewer than two pairs or a constant side.
double pearson(std::span<const double> x, std::span<const double> y);
/// Pearson correlation of the ranks, ties with their mean rank (Spearman 1904).
double spearman(std::span<const double> x, std::span<const double> y);
/// Concordant less discordant pairs, corrected for ties (tau-b, Kendall 1945). O(n log n).
double kendall(std::span<const double> x, std::span<const double> y);

/// Autocorrelation with the 95% band in which white noise would stay.
struct Autocorrelation {
    std::vector<double> values;  ///< lags 0 .. maxLag
    /// Half width of the band around values[k] by Bartlett's formula: 1.96 sqrt((1 + 2 sum_{j<k} r_j^2) / n);
    /// 0 at lag 0.
    std::vector<double> halfWidths;
};

/// r_k = sum (x_t - m)(x_{t+k} - m) / sum (x_t - m)^2 with divisor n for every lag (Box & Jenkins 1976), or
/// n - k when `adjusted`. `maxLag` is cut to the number of values less one. NaN beyond lag 0 for a constant.
Autocorrelation autocorrelation(std::span<const double> x, int maxLag, bool adjusted = false);

/// Partial autocorrelation for lags 0 .. maxLag by Durbin and Levinson on autocorrelations with divisor n
/// (Durbin 1960).
std::vector<double> partialAutocorrelation(std::span<const double> x, int maxLag, bool adjusted = false);

/// Correlation of x[t] with y[t + k] for k = -maxLag .. maxLag (index k + maxLag), divisor n. A peak at k > 0
/// says that x leads y by k rows. NaN where no pair is present or a side is constant.
std::vector<double> crossCorrelation(std::span<const double> x, std::span<const double> y, int maxLag);

/// Portmanteau test for autocorrelation up to each lag 1 .. maxLag (index lag - 1).
struct Portmanteau {
    std::vector<double> statistic;  ///< n (n + 2) sum r_k^2 / (n - k) (Ljung & Box 1978)
    std::vector<double> pValue;     ///< chi-square with as many degrees of freedom as lags
};
Portmanteau ljungBox(std::span<const double> x, int maxLag);
/// n sum r_k^2 (Box & Pierce 1970).
Portmanteau boxPierce(std::span<const double> x, int maxLag);

}  // namespace fc
