// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/features/rolling.h"

#include <algorithm>

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

Values rollingMean(const Values& x, int n)
{
    return rolling(x, n, windowMean);
}

Values rollingDeviation(const Values& x, int n, int ddof)
{
    return rolling(x, n, [ddof](std::span<const double> window) { return windowDeviation(window, ddof); });
}

Values rollingMax(const Values& x, int n)
{
    return rolling(x, n, [](std::span<const double> window) { return std::ranges::max(window); });
}

Values rollingMin(const Values& x, int n)
{
    return rolling(x, n, [](std::span<const double> window) { return std::ranges::min(window); });
}

Values rollingZScore(const Values& x, int n, int ddof)
{
    return rolling(x, n, [ddof](std::span<const double> window) {
        const double deviation = windowDeviation(window, ddof);
        return deviation > 0.0 ? (window.back() - windowMean(window)) / deviation : 0.0;
    });
}

Values smoothed(const Values& x, int n, double ratio)
{
    const auto window = static_cast<std::size_t>(n);
    Values out(x.size(), missing);
    std::size_t present = 0;
    for (std::size_t t = 0; t < x.size(); ++t) {
        present = std::isnan(x[t]) ? 0 : present + 1;
        if (present == window)
            out[t] = windowMean(std::span<const double>(x).subspan(t + 1 - window, window));
        else if (present > window)
            out[t] = ratio * x[t] + (1.0 - ratio) * out[t - 1];
    }
    return out;
}

Values exponentialMean(const Values& x, int n)
{
    return smoothed(x, n, 2.0 / (n + 1.0));
}

Values wilderMean(const Values& x, int n)
{
    return smoothed(x, n, 1.0 / n);
}

Values logRatio(const Values& x, const Values& y)
{
    return combine(x, y, [](double a, double b) { return a > 0 && b > 0 ? std::log(a / b) : missing; });
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
