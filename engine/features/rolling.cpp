// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/features/rolling.h"

#include <algorithm>
#include <cmath>

#include "engine/data/series.h"

namespace fc {

double windowMean(std::span<const double> window)
{
    const double first = window.front();
    double sum = 0;
    for (const double x : window)
        sum += x - first;
    return first + sum / static_cast<double>(window.size());
}

double windowDeviation(std::span<const double> window, int ddof)
{
    const double mean = windowMean(window);
    double sum = 0;
    for (const double x : window)
        sum += (x - mean) * (x - mean);
    return std::sqrt(sum / static_cast<double>(static_cast<std::ptrdiff_t>(window.size()) - ddof));
}

Values lagged(const Values& x, int steps)
{
    Values out(x.size(), missing);
    const std::size_t lag = std::min(static_cast<std::size_t>(steps), x.size());
    std::copy(x.begin(), x.end() - static_cast<std::ptrdiff_t>(lag),
              out.begin() + static_cast<std::ptrdiff_t>(lag));
    return out;
}

}  // namespace fc
