// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace fc {

/// A distribution of whole numbers from 0: Poisson (alpha = 0) or negative binomial with variance mean +
/// alpha mean^2.
class CountDistribution {
public:
    /// mean > 0, alpha >= 0.
    CountDistribution(double mean, double alpha) : m_mean(mean), m_alpha(alpha) {}

    double deviation() const;
    /// P(X <= k) for a whole k; 0 below 0.
    double cdf(double k) const;
    double probability(double k) const;
    /// The smallest whole number k with cdf(k) >= p, 0 < p < 1.
    double quantile(double p) const;
    /// The integral of (F(x) - [y <= x])^2 over x: over whole numbers, or on a grid when they are too many.
    double crps(double y) const;

private:
    /// P(X = k + 1) / P(X = k).
    double ratio(double k) const;
    double crpsOnGrid(double y, double low, double high, double step) const;

    double m_mean;
    double m_alpha;
};

}  // namespace fc
