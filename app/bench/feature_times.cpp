// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/bench/feature_times.h"

#include <algorithm>
#include <ctime>

#include "engine/base/rng.h"
#include "engine/features/feature_stream.h"

namespace fc::app {

namespace {

/// Of this process: other programs on the machine do not count.
double secondsOfCore()
{
    return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

/// A random walk, one bar a minute.
Series minuteBars(std::int64_t rows)
{
    constexpr Timestamp minute = 60'000'000;
    Rng rng(1);
    Series series;
    series.name = "bench";
    series.synthetic = true;
    for (const char* role : {"open", "high", "low", "close", "volume"})
        series.columns.push_back({role, role, {}});
    double price = 100;
    for (std::int64_t t = 0; t < rows; ++t) {
        const double open = price;
        price *= 1.0 + 0.001 * rng.normal();
        const double reach = 0.0005 * price * rng.uniformDouble();
        const double bar[] = {open, std::max(open, price) + reach, std::min(open, price) - reach, price,
                              1000.0 * rng.uniformDouble()};
        for (std::size_t i = 0; i < series.columns.size(); ++i)
            series.columns[i].values.push_back(bar[i]);
        series.times.push_back(1'600'000'020'000'000 + t * minute);
    }
    return series;
}

double secondsOf(const Series& series, const std::vector<FeatureSpec>& specs, std::size_t& columns)
{
    const double begin = secondsOfCore();
    const FeatureTable table = computeFeatures(series, specs);
    const double end = secondsOfCore();
    columns = table.columns.size();
    return end - begin;
}

double microsecondsPerRow(const Series& series, const std::vector<FeatureSpec>& specs)
{
    const std::size_t rows = std::min<std::size_t>(series.rows(), 10000);
    FeatureStream stream(series, specs);
    std::vector<double> row(series.columns.size());
    const double begin = secondsOfCore();
    for (std::size_t t = 0; t < rows; ++t) {
        for (std::size_t i = 0; i < row.size(); ++i)
            row[i] = series.columns[i].values[t];
        stream.push(series.times[t], row);
    }
    return 1e6 * (secondsOfCore() - begin) / static_cast<double>(rows);
}

}  // namespace

FeatureTimes measureFeatures(const std::vector<FeatureSpec>& specs, std::int64_t rows)
{
    const Series series = minuteBars(rows);
    FeatureTimes times;
    std::size_t columns = 0;
    for (const FeatureSpec& spec : specs)
        times.each.push_back({spec.id, secondsOf(series, {spec}, columns)});
    std::ranges::sort(times.each, std::greater<>(), &FeatureTimes::One::seconds);
    times.together = secondsOf(series, specs, times.columns);
    times.rowByRow = microsecondsPerRow(series, specs);
    return times;
}

}  // namespace fc::app
