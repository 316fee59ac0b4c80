// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/features/audit_noise.h"

#include <algorithm>
#include <cmath>

namespace fc {

namespace {

/// A range to draw from, far wider than that of the values; logarithms of values above 0.
struct NoiseRange {
    bool isPositive = true;
    double low = 0;
    double high = 0;

    explicit NoiseRange(const std::vector<double>& values);
    /// `place` 0 … 1 is the range, what is outside lies beyond it.
    double at(double place) const
    {
        const double x = low + place * (high - low);
        return isPositive ? std::exp(x) : x;
    }
};

NoiseRange::NoiseRange(const std::vector<double>& values)
{
    double least = INFINITY, most = -INFINITY;
    for (const double x : values) {
        if (std::isfinite(x)) {
            least = std::min(least, x);
            most = std::max(most, x);
        }
    }
    if (least > most)
        least = most = 1;  // there is no value
    isPositive = least > 0;
    constexpr double beyond = 8;
    if (isPositive) {
        low = std::log(least) - std::log(beyond);
        high = std::log(most) + std::log(beyond);
    } else {
        const double span = std::max({most - least, std::abs(least), 1e-3});
        low = least - beyond * span;
        high = most + beyond * span;
    }
}

}  // namespace

Series withNoiseFrom(Series series, std::int64_t row, bool risesFirst, Rng& rng)
{
    for (Column& column : series.columns) {
        const NoiseRange range(column.values);
        const auto first = static_cast<std::size_t>(row);
        // Where the values of a column end, and so the split, is nothing to look ahead to.
        std::size_t end = column.values.size();
        while (end > first && std::isnan(column.values[end - 1]))
            --end;
        for (std::size_t t = first; t < end; ++t) {
            double place = rng.uniformDouble();
            if (t < first + 2)
                place = (t == first) == risesFirst ? 1 + place / 8 : -place / 8;
            column.values[t] = range.at(place);
        }
    }
    return series;
}

}  // namespace fc
