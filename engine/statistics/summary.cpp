// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/statistics/summary.h"

#include <algorithm>
#include <cmath>

#include "engine/metrics/metrics.h"

namespace fc {

namespace {

std::vector<double> sortedPresent(std::span<const double> values)
{
    std::vector<double> present;
    present.reserve(values.size());
    std::ranges::copy_if(values, std::back_inserter(present), [](double x) { return !std::isnan(x); });
    std::ranges::sort(present);
    return present;
}

void addMoments(std::span<const double> present, ValueSummary& summary)
{
    const auto n = static_cast<double>(present.size());
    for (const double x : present)
        summary.mean += x / n;
    double second = 0;
    double third = 0;
    double fourth = 0;
    for (const double x : present) {
        const double d = x - summary.mean;
        second += d * d / n;
        third += d * d * d / n;
        fourth += d * d * d * d / n;
    }
    if (present.front() == present.back() || second <= 0)
        return;
    summary.deviation = n > 1 ? std::sqrt(second * n / (n - 1)) : 0;
    summary.skewness = third / (second * std::sqrt(second));
    summary.kurtosis = fourth / (second * second);
    const double excess = summary.kurtosis - 3;
    summary.jarqueBera = n / 6 * (summary.skewness * summary.skewness + excess * excess / 4);
    summary.jarqueBeraPValue = std::exp(-summary.jarqueBera / 2);
}

}  // namespace

ValueSummary summaryOf(std::span<const double> values)
{
    const std::vector<double> present = sortedPresent(values);
    ValueSummary summary;
    summary.count = static_cast<std::int64_t>(present.size());
    summary.missing = static_cast<std::int64_t>(values.size() - present.size());
    summary.zeros = std::ranges::count(present, 0.0);
    if (present.empty())
        return summary;
    summary.minimum = present.front();
    summary.lowerQuartile = quantile(present, 0.25);
    summary.median = quantile(present, 0.5);
    summary.upperQuartile = quantile(present, 0.75);
    summary.maximum = present.back();
    addMoments(present, summary);
    return summary;
}

Histogram histogramOf(std::span<const double> values, int maxBins)
{
    const std::vector<double> present = sortedPresent(values);
    if (present.empty())
        return {};
    const double range = present.back() - present.front();
    if (!(range > 0))
        return {present.front(), 0, {static_cast<std::int64_t>(present.size())}};
    const double spread = quantile(present, 0.75) - quantile(present, 0.25);
    const double ideal = 2 * spread / std::cbrt(static_cast<double>(present.size()));
    const double wanted = ideal > 0 ? std::ceil(range / ideal) : maxBins;
    const int bins = static_cast<int>(std::clamp(wanted, 1.0, static_cast<double>(maxBins)));
    Histogram histogram{present.front(), range / bins, std::vector<std::int64_t>(static_cast<size_t>(bins))};
    for (const double x : present) {
        const double place = std::floor((x - histogram.first) / histogram.width);
        ++histogram.counts[static_cast<size_t>(std::clamp(place, 0.0, bins - 1.0))];
    }
    return histogram;
}

double durbinWatson(std::span<const double> residuals)
{
    double steps = 0;
    double squares = 0;
    for (size_t t = 0; t < residuals.size(); ++t) {
        squares += residuals[t] * residuals[t];
        if (t > 0)
            steps += (residuals[t] - residuals[t - 1]) * (residuals[t] - residuals[t - 1]);
    }
    return squares > 0 ? steps / squares : 0;
}

std::span<const double> longestPresent(std::span<const double> values)
{
    size_t best = 0;
    size_t bestCount = 0;
    size_t count = 0;
    for (size_t t = 0; t < values.size(); ++t) {
        count = std::isnan(values[t]) ? 0 : count + 1;
        if (count > bestCount) {
            bestCount = count;
            best = t + 1 - count;
        }
    }
    return values.subspan(best, bestCount);
}

}  // namespace fc
