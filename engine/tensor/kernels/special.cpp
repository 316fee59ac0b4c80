// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tensor/kernels/special.h"

#include <cmath>
#include <limits>
#include <numbers>

namespace fc::kernels {

namespace {

constexpr double halfLogTwoPi = 0.91893853320467274178;
// Beyond this the asymptotic series below are exact to double precision.
constexpr double asymptotic = 10.0;

/// logGamma(x) - ((x - 1/2) log x - x + log(2 pi) / 2) for large x: the Stirling series, Abramowitz & Stegun
/// 6.1.41.
double stirlingRest(double x)
{
    const double r = 1.0 / (x * x);
    return (1.0 / 12 -
            r * (1.0 / 360 - r * (1.0 / 1260 - r * (1.0 / 1680 - r * (1.0 / 1188 - r * 691.0 / 360360))))) /
           x;
}

/// Modified Lentz: the value of a continued fraction 1 / (1 + ...) whose terms come from `term(i)`, i from 1,
/// as {a, b} of a / (b + ...).
template <typename Term>
double continuedFraction(double first, Term term)
{
    constexpr double tiny = 1e-300;
    constexpr double epsilon = std::numeric_limits<double>::epsilon();
    const auto safe = [](double x) { return std::abs(x) < tiny ? tiny : x; };
    double c = safe(first);
    double d = 0.0;
    double value = c;
    for (int i = 1; i < 100000; ++i) {
        const auto [a, b] = term(i);
        d = 1.0 / safe(b + a * d);
        c = safe(b + a / c);
        const double step = c * d;
        value *= step;
        if (std::abs(step - 1.0) < 2 * epsilon)
            break;
    }
    return value;
}

struct Term {
    double a;
    double b;
};

/// Coefficients of the continued fraction of I_x(a, b), Abramowitz & Stegun 26.5.8.
double betaFraction(double a, double b, double x)
{
    return continuedFraction(1.0, [=](int i) {
        const double m = i / 2;
        if (i % 2 == 0)
            return Term{m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)), 1.0};
        return Term{-(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)), 1.0};
    });
}

}  // namespace

double logGamma(double x)
{
    if (!(x > 0.0))
        return x == 0.0 ? std::numeric_limits<double>::infinity() : std::numeric_limits<double>::quiet_NaN();
    double product = 1.0;
    for (; x < asymptotic; x += 1.0)
        product *= x;
    return (x - 0.5) * std::log(x) - x + halfLogTwoPi + stirlingRest(x) - std::log(product);
}

double digamma(double x)
{
    double shift = 0.0;
    for (; x < asymptotic; x += 1.0)
        shift += 1.0 / x;
    const double r = 1.0 / (x * x);
    // Abramowitz & Stegun 6.3.18.
    const double series =
        r * (1.0 / 12 -
             r * (1.0 / 120 - r * (1.0 / 252 - r * (1.0 / 240 - r * (1.0 / 132 - r * 691.0 / 32760)))));
    return std::log(x) - 0.5 / x - series - shift;
}

double softplusOf(double x)
{
    return x > 0.0 ? x + std::log1p(std::exp(-x)) : std::log1p(std::exp(x));
}

double sigmoidOf(double x)
{
    const double e = std::exp(-std::abs(x));
    return (x < 0.0 ? e : 1.0) / (1.0 + e);
}

double normalDensity(double z)
{
    return std::exp(-0.5 * z * z - halfLogTwoPi);
}

double normalCdf(double z)
{
    return 0.5 * std::erfc(-z / std::numbers::sqrt2);
}

double normalQuantile(double p)
{
    const double tail = p < 0.5 ? p : 1.0 - p;
    // Abramowitz & Stegun 26.2.23, good to 4.5e-4; each of Halley's steps triples the digits.
    const double t = std::sqrt(-2.0 * std::log(tail));
    double z = -(t - (2.515517 + t * (0.802853 + t * 0.010328)) /
                         (1.0 + t * (1.432788 + t * (0.189269 + t * 0.001308))));
    for (int i = 0; i < 3; ++i) {
        const double step = (normalCdf(z) - tail) / normalDensity(z);
        z -= step / (1.0 + 0.5 * z * step);
    }
    return p < 0.5 ? z : -z;
}

double incompleteBeta(double a, double b, double x)
{
    if (x <= 0.0 || x >= 1.0)
        return x <= 0.0 ? 0.0 : 1.0;
    const double front =
        std::exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * std::log(x) + b * std::log1p(-x));
    if (x < (a + 1.0) / (a + b + 2.0))
        return front / (a * betaFraction(a, b, x));
    return 1.0 - front / (b * betaFraction(b, a, 1.0 - x));
}

double incompleteGamma(double a, double x)
{
    if (x <= 0.0)
        return 0.0;
    const double front = std::exp(a * std::log(x) - x - logGamma(a));
    if (x < a + 1.0) {
        // Abramowitz & Stegun 6.5.29.
        double term = 1.0 / a;
        double sum = term;
        for (double k = a + 1.0; term > sum * std::numeric_limits<double>::epsilon(); k += 1.0) {
            term *= x / k;
            sum += term;
        }
        return front * sum;
    }
    // Abramowitz & Stegun 6.5.31 in its even form.
    const double fraction = continuedFraction(x + 1.0 - a, [=](int i) {
        return Term{-i * (i - a), x + 2.0 * i + 1.0 - a};
    });
    return 1.0 - front / fraction;
}

}  // namespace fc::kernels
