// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/models/warped_crps.h"

#include <algorithm>
#include <cmath>

namespace fc {

namespace {

constexpr int points = 32;

/// The integral of f over [low, high]; the points crowd at both ends, where quantiles run to infinity
/// (Korobov's substitution of order 2, midpoint rule).
template <typename F>
double integral(double low, double high, F f)
{
    double sum = 0;
    for (int k = 0; k < points; ++k) {
        const double t = (k + 0.5) / points;
        const double place = t * t * t * (10 - 15 * t + 6 * t * t);
        const double weight = 30 * t * t * (1 - t) * (1 - t);
        sum += weight * f(low + (high - low) * place);
    }
    return sum * (high - low) / points;
}

}  // namespace

double warpedCrps(const Distribution& distribution, std::span<const float> numbers, const ColumnScale& scale,
                  double y)
{
    const auto pinball = [&](double p) {
        const double e = y - scale.inverse(distributionQuantile(distribution, numbers, p));
        return std::max(p * e, (p - 1) * e);
    };
    // Where the outcome is all but impossible the quantiles on its other side weigh nothing, and 1 - p still
    // needs its digits.
    const double below =
        std::clamp(distributionCdf(distribution, numbers, scale.forward(y)), 1e-9, 1 - 1e-9);
    return 2 * (integral(0, below, pinball) + integral(below, 1, pinball));
}

}  // namespace fc
