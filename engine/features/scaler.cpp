// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/features/scaler.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/base/error.h"
#include "engine/features/rolling.h"
#include "engine/metrics/metrics.h"

namespace fc {

namespace {

/// A spread that is nothing but round-off of the values around `center` counts as none.
double spreadOrOne(double spread, double center)
{
    const double roundOff = 10.0 * std::numeric_limits<double>::epsilon() * std::abs(center);
    return spread > roundOff ? spread : 1.0;
}

ColumnScale standardScale(std::span<const double> values)
{
    const double mean = windowMean(values);
    return {mean, spreadOrOne(windowDeviation(values, 0), mean)};
}

ColumnScale minmaxScale(std::span<const double> values)
{
    const auto [low, high] = std::ranges::minmax(values);
    return {low, spreadOrOne(high - low, low)};
}

ColumnScale robustScale(std::vector<double> values)
{
    std::ranges::sort(values);
    const double median = quantile(values, 0.5);
    return {median, spreadOrOne(quantile(values, 0.75) - quantile(values, 0.25), median)};
}

}  // namespace

std::vector<std::string> scalerNames()
{
    return {"none", "standard", "minmax", "robust", "revin", "revin_last"};
}

ColumnScale fitScale(const std::string& kind, std::span<const double> values)
{
    const std::vector<std::string> names = scalerNames();
    if (std::ranges::find(names, kind) == names.end()) {
        throw UsageError(Message(TR("engine",
                                    "There is no scaler \"%1\". There are: none, standard, minmax, robust, "
                                    "revin, revin_last."),
                                 kind));
    }
    std::vector<double> present;
    present.reserve(values.size());
    std::ranges::copy_if(values, std::back_inserter(present), [](double x) { return !std::isnan(x); });
    if (kind == "none" || present.empty())
        return {};
    if (kind == "minmax")
        return minmaxScale(present);
    if (kind == "robust")
        return robustScale(std::move(present));
    return standardScale(present);
}

}  // namespace fc
