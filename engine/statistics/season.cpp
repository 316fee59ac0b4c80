// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/statistics/season.h"

#include <algorithm>
#include <cmath>
#include <complex>
#include <limits>
#include <unsupported/Eigen/FFT>

#include "engine/base/error.h"

namespace fc {

namespace {

constexpr double undefined = std::numeric_limits<double>::quiet_NaN();

/// Centered mean over one period; an even period gives its two outermost values half the weight.
std::vector<double> centeredMean(std::span<const double> values, int period)
{
    std::vector<double> trend(values.size(), undefined);
    const int half = period / 2;
    for (size_t t = static_cast<size_t>(half); t + static_cast<size_t>(half) < values.size(); ++t) {
        double sum = 0;
        double weights = 0;
        for (int k = -half; k <= half; ++k) {
            const double value = values[static_cast<size_t>(static_cast<std::int64_t>(t) + k)];
            const double weight = period % 2 == 0 && std::abs(k) == half ? 0.5 : 1;
            if (std::isnan(value))
                continue;
            sum += weight * value;
            weights += weight;
        }
        if (weights > 0)
            trend[t] = sum / weights;
    }
    return trend;
}

double varianceOfSum(const std::vector<double>& a, const std::vector<double>& b)
{
    double mean = 0;
    double squares = 0;
    double count = 0;
    for (size_t t = 0; t < a.size(); ++t) {
        const double x = a[t] + b[t];
        if (std::isnan(x))
            continue;
        ++count;
        const double step = x - mean;
        mean += step / count;
        squares += step * (x - mean);
    }
    return count > 0 ? squares / count : 0;
}

double share(double rest, double whole)
{
    return whole > 0 ? std::max(0.0, 1 - rest / whole) : 0;
}

std::vector<double> lessLine(std::span<const double> values)
{
    const auto n = static_cast<double>(values.size());
    double mean = 0;
    double products = 0;
    double squares = 0;
    for (const double x : values)
        mean += x / n;
    for (size_t t = 0; t < values.size(); ++t) {
        const double place = static_cast<double>(t) - (n - 1) / 2;
        products += place * (values[t] - mean);
        squares += place * place;
    }
    std::vector<double> out;
    for (size_t t = 0; t < values.size(); ++t)
        out.push_back(values[t] - mean - products / squares * (static_cast<double>(t) - (n - 1) / 2));
    return out;
}

}  // namespace

Decomposition decompose(std::span<const double> values, int period)
{
    if (period < 2 || values.size() < 2 * static_cast<size_t>(period)) {
        throw Error(Message(TR("engine",
                               "A season of %1 rows cannot be seen in %2 rows; it takes at least 2 rows a "
                               "season and two whole seasons."),
                            period, values.size()));
    }
    Decomposition parts;
    parts.trend = centeredMean(values, period);
    std::vector<double> sums(static_cast<size_t>(period), 0);
    std::vector<double> counts(static_cast<size_t>(period), 0);
    for (size_t t = 0; t < values.size(); ++t) {
        const double left = values[t] - parts.trend[t];
        if (std::isnan(left))
            continue;
        sums[t % sums.size()] += left;
        ++counts[t % sums.size()];
    }
    double mean = 0;
    for (size_t i = 0; i < sums.size(); ++i) {
        sums[i] = counts[i] > 0 ? sums[i] / counts[i] : 0;
        mean += sums[i] / period;
    }
    for (size_t t = 0; t < values.size(); ++t) {
        parts.seasonal.push_back(sums[t % sums.size()] - mean);
        parts.rest.push_back(values[t] - parts.trend[t] - parts.seasonal[t]);
    }
    return parts;
}

Strength strengthOf(const Decomposition& parts)
{
    const double rest = varianceOfSum(parts.rest, std::vector<double>(parts.rest.size(), 0));
    return {share(rest, varianceOfSum(parts.trend, parts.rest)),
            share(rest, varianceOfSum(parts.seasonal, parts.rest))};
}

std::vector<Cycle> dominantCycles(std::span<const double> values, int count)
{
    const size_t n = values.size();
    if (n < 16 || std::ranges::all_of(values, [&](double v) { return v == values.front(); }))
        return {};
    std::vector<std::complex<double>> spectrum;
    Eigen::FFT<double> fft;
    fft.fwd(spectrum, lessLine(values));
    std::vector<double> power;
    double all = 0;
    for (size_t f = 0; f <= n / 2; ++f) {
        power.push_back(f == 0 ? 0 : std::norm(spectrum[f]) * (2 * f == n ? 1 : 2));
        all += power.back();
    }
    std::vector<Cycle> peaks;
    for (size_t f = 2; f < power.size(); ++f) {
        const bool peak = power[f] >= power[f - 1] && (f + 1 == power.size() || power[f] > power[f + 1]);
        if (peak && all > 0)
            peaks.push_back({static_cast<double>(n) / static_cast<double>(f), power[f] / all});
    }
    std::ranges::sort(peaks, [](const Cycle& a, const Cycle& b) { return a.share > b.share; });
    peaks.resize(std::min(peaks.size(), static_cast<size_t>(count)));
    return peaks;
}

}  // namespace fc
