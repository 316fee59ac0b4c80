// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/features/scaler.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/base/error.h"
#include "engine/features/power_transform.h"
#include "engine/features/rolling.h"
#include "engine/metrics/metrics.h"

namespace fc {

namespace {

/// Forecasts beyond the range of a bounded power stand at so many times the largest value of the training
/// part.
constexpr double headroom = 1e6;
/// Larger than any price, and its square is still a double.
constexpr double largestExponent = 350;

/// A spread that is nothing but round-off of the values around `center` counts as none.
double spreadOrOne(double spread, double center)
{
    const double roundOff = 10.0 * std::numeric_limits<double>::epsilon() * std::abs(center);
    return spread > roundOff ? spread : 1.0;
}

void setStandard(std::span<const double> values, ColumnScale& scale)
{
    scale.center = windowMean(values);
    scale.scale = spreadOrOne(windowDeviation(values, 0), scale.center);
}

ColumnScale standardScale(std::span<const double> values)
{
    ColumnScale scale;
    setStandard(values, scale);
    return scale;
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

double largestSize(std::span<const double> values)
{
    double size = 0;
    for (const double x : values)
        size = std::max(size, std::abs(x));
    return size;
}

ColumnScale largestScale(std::span<const double> values)
{
    const double size = largestSize(values);
    return {0, size > 0 ? size : 1.0};
}

/// Standard of the values after `scale`'s warp.
ColumnScale warpedStandard(std::span<const double> values, ColumnScale scale)
{
    std::vector<double> warped(values.size());
    std::ranges::transform(values, warped.begin(), [&](double x) { return scale.warped(x); });
    setStandard(warped, scale);
    return scale;
}

ColumnScale boxCoxScale(std::span<const double> values)
{
    std::vector<double> logarithms(values.size());
    std::ranges::transform(values, logarithms.begin(), [](double x) { return std::log(x); });
    const double lambda = boxCoxLambda(values);
    return warpedStandard(values, {.warp = Warp::BoxCox,
                                   .unit = std::exp(windowMean(logarithms)),
                                   .shape = lambda,
                                   .highest = headroom * std::ranges::max(values)});
}

ColumnScale yeoJohnsonScale(std::span<const double> values)
{
    return warpedStandard(values, {.warp = Warp::YeoJohnson,
                                   .shape = yeoJohnsonLambda(values),
                                   .highest = headroom * std::max(1.0, largestSize(values))});
}

ColumnScale asinhScale(std::vector<double> values)
{
    constexpr double ofNormal = 1.4826022185056018;  // 1 / the 75% quantile of N(0, 1)
    const double deviation = windowDeviation(values, 0);
    std::ranges::sort(values);
    const double median = quantile(values, 0.5);
    for (double& x : values)
        x = std::abs(x - median);
    std::ranges::sort(values);
    const double spread = ofNormal * quantile(values, 0.5);
    const bool halfAreEqual = spreadOrOne(spread, median) != spread;
    return {.warp = Warp::Asinh,
            .origin = median,
            .unit = halfAreEqual ? spreadOrOne(deviation, median) : spread};
}

/// Of the changes between neighbors that are both there.
ColumnScale differenceScale(std::span<const double> values, Warp warp)
{
    ColumnScale scale{.warp = warp, .differenced = true};
    std::vector<double> changes;
    double largestLevel = 0;
    for (std::size_t t = 1; t < values.size(); ++t) {
        const double level = scale.warped(values[t]);
        const double change = level - scale.warped(values[t - 1]);
        if (std::isnan(change))
            continue;
        largestLevel = std::max(largestLevel, std::abs(level));
        changes.push_back(change);
    }
    if (changes.empty())
        return scale;
    scale.center = windowMean(changes);
    // Changes that are all alike differ by the round-off of the levels.
    scale.scale = spreadOrOne(windowDeviation(changes, 0), largestLevel);
    return scale;
}

bool takesOnlyPositive(const std::string& kind)
{
    return kind == "log" || kind == "log_difference" || kind == "box_cox";
}

void checkKind(const std::string& kind)
{
    const std::vector<std::string> names = scalerNames();
    if (std::ranges::find(names, kind) != names.end())
        return;
    std::string list;
    for (const std::string& name : names)
        list += (list.empty() ? "" : ", ") + name;
    throw UsageError(Message(TR("engine", "There is no scaler \"%1\". There are: %2."), kind, list));
}

}  // namespace

double ColumnScale::warpedBy(double x) const
{
    switch (warp) {
        case Warp::None:
            return x;
        case Warp::Log:
            return std::log(x);
        case Warp::BoxCox:
            return boxCox(x / unit, shape);
        case Warp::YeoJohnson:
            return yeoJohnson(x, shape);
        case Warp::Asinh:
            return std::asinh((x - origin) / unit);
    }
    return x;
}

double ColumnScale::unwarpedBy(double g) const
{
    switch (warp) {
        case Warp::None:
            return g;
        case Warp::Log:
            return std::exp(std::min(g, largestExponent));
        case Warp::BoxCox:
            return std::min(unit * boxCoxInverse(g, shape), highest);
        case Warp::YeoJohnson:
            return std::clamp(yeoJohnsonInverse(g, shape), -highest, highest);
        case Warp::Asinh:
            return origin + unit * std::sinh(std::clamp(g, -largestExponent, largestExponent));
    }
    return g;
}

void ColumnScale::forward(std::span<const double> values, double before, float* out, std::size_t stride) const
{
    if (differenced) {
        double last = warped(before);
        for (std::size_t i = 0; i < values.size(); ++i) {
            const double now = warped(values[i]);
            out[i * stride] = static_cast<float>(normalized(now - last));
            last = now;
        }
    } else if (warp == Warp::None) {
        for (std::size_t i = 0; i < values.size(); ++i)
            out[i * stride] = static_cast<float>(normalized(values[i]));
    } else {
        for (std::size_t i = 0; i < values.size(); ++i)
            out[i * stride] = static_cast<float>(normalized(warpedBy(values[i])));
    }
}

void ColumnScale::inverse(const float* scaled, std::size_t stride, double before,
                          std::span<double> values) const
{
    double level = differenced ? warped(before) : 0.0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        const double g = denormalized(static_cast<double>(scaled[i * stride]));
        level = differenced ? level + g : g;
        values[i] = unwarped(level);
    }
}

std::vector<std::string> scalerNames()
{
    return {"none",       "standard",        "minmax",       "robust",     "max_abs",        "log",
            "box_cox",    "yeo_johnson",     "asinh",        "difference", "log_difference", "revin",
            "revin_last", "window_standard", "window_robust"};
}

ColumnScale fitScale(const std::string& kind, std::span<const double> values)
{
    checkKind(kind);
    checkScalable(kind, "values", values);
    if (looksAtRowBefore(kind))
        return differenceScale(values, kind == "difference" ? Warp::None : Warp::Log);
    std::vector<double> present;
    present.reserve(values.size());
    std::ranges::copy_if(values, std::back_inserter(present), [](double x) { return !std::isnan(x); });
    if (kind == "none" || present.empty())
        return {};
    if (kind == "minmax")
        return minmaxScale(present);
    if (kind == "robust")
        return robustScale(std::move(present));
    if (kind == "max_abs")
        return largestScale(present);
    if (kind == "log")
        return warpedStandard(present, {.warp = Warp::Log});
    if (kind == "box_cox")
        return boxCoxScale(present);
    if (kind == "yeo_johnson")
        return yeoJohnsonScale(present);
    if (kind == "asinh")
        return asinhScale(std::move(present));
    return standardScale(present);
}

std::string featureScaler(const std::string& kind)
{
    return takesOnlyPositive(kind) || looksAtRowBefore(kind) ? "standard" : kind;
}

bool looksAtRowBefore(const std::string& kind)
{
    return kind == "difference" || kind == "log_difference";
}

void checkScalable(const std::string& kind, const std::string& column, std::span<const double> values,
                   std::int64_t firstRow)
{
    if (!takesOnlyPositive(kind))
        return;
    const auto refused = std::ranges::find_if(values, [](double x) { return x <= 0; });
    if (refused == values.end())
        return;
    throw UsageError(
        Message(TR("engine",
                   "The scaler %1 takes values above 0 alone, but \"%2\" is %3 in row %4. Choose asinh, "
                   "yeo_johnson or standard."),
                kind, column, *refused, refused - values.begin() + firstRow));
}

}  // namespace fc
