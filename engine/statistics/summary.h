// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace fc {

/// What the values of one column look like, time left aside. In the unit of the values unless said.
struct ValueSummary {
    std::int64_t count = 0;  ///< present values
    std::int64_t missing = 0;
    std::int64_t zeros = 0;
    double mean = 0;
    double deviation = 0;  ///< sample standard deviation
    double minimum = 0;
    double lowerQuartile = 0;  ///< quantiles by linear interpolation
    double median = 0;
    double upperQuartile = 0;
    double maximum = 0;
    double skewness = 0;          ///< population moments; 0 for a constant
    double kurtosis = 0;          ///< population moments, 3 for a normal distribution; 0 for a constant
    double jarqueBera = 0;        ///< n/6 (s^2 + (k - 3)^2 / 4) (Jarque & Bera 1987)
    double jarqueBeraPValue = 1;  ///< chi-square with two degrees of freedom
};

/// All fields but the counts stay 0 when no value is present.
ValueSummary summaryOf(std::span<const double> values);

/// Counts over bins of equal width; values on an edge belong to the bin above, the maximum to the last one.
struct Histogram {
    double first = 0;  ///< lower edge of the first bin
    double width = 0;
    std::vector<std::int64_t> counts;
};

/// Bin width 2 IQR / n^(1/3) (Freedman & Diaconis 1981), at most `maxBins` bins. One bin for a constant; none
/// without a present value.
Histogram histogramOf(std::span<const double> values, int maxBins = 200);

/// Sum of squared successive differences over the sum of squares: 2 without first-order dependence (Durbin &
/// Watson 1950). `residuals` have no missing value; 0 when all are 0.
double durbinWatson(std::span<const double> residuals);

/// The longest stretch without a missing value, as a part of `values`.
std::span<const double> longestPresent(std::span<const double> values);

}  // namespace fc
