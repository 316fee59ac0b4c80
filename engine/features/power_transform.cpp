// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/features/power_transform.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "engine/features/rolling.h"

namespace fc {

namespace {

constexpr double lowestLambda = -3;
constexpr double highestLambda = 3;

/// (e^(lambda u) - 1) / lambda, u for lambda 0: Box-Cox of e^u.
double ofLogarithm(double u, double lambda)
{
    return lambda == 0 ? u : std::expm1(lambda * u) / lambda;
}

double toLogarithm(double g, double lambda)
{
    // Rounding may leave the argument a little under -1.
    return lambda == 0 ? g : std::log1p(std::max(lambda * g, -1.0)) / lambda;
}

struct Place {
    double x = 0;
    double f = 0;
};

/// The search interval of maximum() and the best, second and third place so far.
struct Search {
    double low = 0;
    double high = 0;
    Place best = {};
    Place second = {};
    Place third = {};
    double step = 0;
    double stepBefore = 0;

    void take(const Place& place);
    double nextStep(double tolerance);
};

void Search::take(const Place& place)
{
    const bool better = place.f >= best.f;
    const bool onTheLeft = place.x < best.x;
    (onTheLeft == better ? high : low) = better ? best.x : place.x;
    if (better) {
        third = second;
        second = best;
        best = place;
    } else if (place.f >= second.f || second.x == best.x) {
        third = second;
        second = place;
    } else if (place.f >= third.f || third.x == best.x || third.x == second.x) {
        third = place;
    }
}

/// To the peak of the parabola through the three places when it lies inside and the steps shrink, else a
/// golden section.
double Search::nextStep(double tolerance)
{
    constexpr double golden = 0.3819660112501051;
    const double r = (best.x - second.x) * (best.f - third.f);
    const double s = (best.x - third.x) * (best.f - second.f);
    const double q = 2 * (s - r);
    const double peak = -((best.x - third.x) * s - (best.x - second.x) * r) / q;
    const bool usable = std::abs(stepBefore) > tolerance && std::abs(peak) < std::abs(stepBefore) / 2 &&
                        best.x + peak > low && best.x + peak < high;
    stepBefore = usable ? step : (best.x < (low + high) / 2 ? high : low) - best.x;
    step = usable ? peak : golden * stepBefore;
    return step;
}

/// The place of the largest f in [low, high] (Brent, 1973, chapter 5).
template <typename F>
double maximum(double low, double high, F f)
{
    constexpr double golden = 0.3819660112501051;
    constexpr double tolerance = 1e-7;
    const double start = low + golden * (high - low);
    Search search{.low = low, .high = high};
    search.best = search.second = search.third = {start, f(start)};
    for (int i = 0; i < 100; ++i) {
        const double middle = (search.low + search.high) / 2;
        if (std::abs(search.best.x - middle) <= 2 * tolerance - (search.high - search.low) / 2)
            break;
        const double step = search.nextStep(tolerance);
        const double x =
            search.best.x + (std::abs(step) >= tolerance ? step : std::copysign(tolerance, step));
        search.take({x, f(x)});
    }
    return search.best.x;
}

/// -n/2 ln(variance of the transformed values) + (lambda - 1) * (sum of the logarithms of the slopes at
/// lambda 2); -infinity where the values leave the range of doubles.
template <typename Transform>
double lambdaOf(std::span<const double> values, double low, double high, double slopeLogarithms,
                Transform transform)
{
    std::vector<double> transformed(values.size());
    const auto likelihood = [&](double lambda) {
        std::ranges::transform(values, transformed.begin(), [&](double x) { return transform(x, lambda); });
        const double deviation = windowDeviation(transformed, 0);
        const double sum =
            -static_cast<double>(values.size()) * std::log(deviation) + (lambda - 1) * slopeLogarithms;
        return std::isfinite(sum) ? sum : -std::numeric_limits<double>::infinity();
    };
    return maximum(low, high, likelihood);
}

/// A power of -lambda brings 1 + x next to 0, where the transformed value is 1 / lambda less that; at most
/// six of a double's digits may go so.
double furthest(double x)
{
    return x > 0 ? 6 / std::log10(1 + x) : highestLambda;
}

bool allEqual(std::span<const double> values)
{
    return std::ranges::adjacent_find(values, std::not_equal_to<>()) == values.end();
}

}  // namespace

double boxCox(double x, double lambda)
{
    return ofLogarithm(std::log(x), lambda);
}

double boxCoxInverse(double g, double lambda)
{
    return std::exp(toLogarithm(g, lambda));
}

double yeoJohnson(double x, double lambda)
{
    return x >= 0 ? ofLogarithm(std::log1p(x), lambda) : -ofLogarithm(std::log1p(-x), 2 - lambda);
}

double yeoJohnsonInverse(double g, double lambda)
{
    return g >= 0 ? std::expm1(toLogarithm(g, lambda)) : -std::expm1(toLogarithm(-g, 2 - lambda));
}

double boxCoxLambda(std::span<const double> values)
{
    if (allEqual(values))
        return 1;
    std::vector<double> logarithms(values.size());
    std::ranges::transform(values, logarithms.begin(), [](double x) { return std::log(x); });
    // In units of the geometric mean the slopes' logarithms sum to 0 and no power overflows early.
    const double mean = windowMean(logarithms);
    for (double& u : logarithms)
        u -= mean;
    return lambdaOf(logarithms, lowestLambda, highestLambda, 0, ofLogarithm);
}

double yeoJohnsonLambda(std::span<const double> values)
{
    if (allEqual(values))
        return 1;
    double slopes = 0;
    for (const double x : values)
        slopes += std::copysign(std::log1p(std::abs(x)), x);
    const auto [least, most] = std::ranges::minmax(values);
    return lambdaOf(values, std::max(lowestLambda, -furthest(most)),
                    std::min(highestLambda, 2 + furthest(-least)), slopes, yeoJohnson);
}

}  // namespace fc
