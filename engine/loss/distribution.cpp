// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/loss/distribution.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "engine/autograd/tape.h"
#include "engine/loss/count_distribution.h"
#include "engine/tensor/blocks.h"
#include "engine/tensor/elementwise.h"
#include "engine/tensor/kernels/kernels_likelihood.h"
#include "engine/tensor/kernels/special.h"

namespace fc {

namespace {

// Keeps the likelihood of a perfectly forecast value finite: a hundred-thousandth of the scaled unit.
constexpr float scaleFloor = 1e-5F;

using kernels::HeadRole;

struct Roles {
    std::int64_t count;
    std::array<HeadRole, kernels::LikelihoodCells::maxInputs> each;
};

Roles rolesOf(Family family)
{
    switch (family) {
        case Family::Normal:
        case Family::Laplace:
            return {2, {HeadRole::Location, HeadRole::Scale}};
        case Family::StudentT:
            return {3, {HeadRole::Location, HeadRole::Scale, HeadRole::Degrees}};
        case Family::Poisson:
            return {1, {HeadRole::Rate}};
        case Family::NegativeBinomial:
            return {2, {HeadRole::Rate, HeadRole::Dispersion}};
        case Family::GaussianMixture:
            return {3, {HeadRole::Plain, HeadRole::Location, HeadRole::Scale}};
    }
    return {};
}

const float* dataOf(const Tensor& x)
{
    return x.defined() ? x.data() : nullptr;
}

double studentCdf(double t, double df)
{
    const double tail = 0.5 * kernels::incompleteBeta(0.5 * df, 0.5, df / (df + t * t));
    return t > 0 ? 1 - tail : tail;
}

double logStudentDensity(double t, double df)
{
    return kernels::logGamma(0.5 * (df + 1)) - kernels::logGamma(0.5 * df) -
           0.5 * std::log(df * std::numbers::pi) - 0.5 * (df + 1) * std::log1p(t * t / df);
}

/// x in [low, high] with cdf(x) = p: Newton's steps, halving the bracket where they leave it.
template <typename Cdf, typename Density>
double inverted(Cdf cdf, Density density, double p, double guess, double low, double high)
{
    double x = std::clamp(guess, low, high);
    for (int i = 0; i < 200; ++i) {
        const double excess = cdf(x) - p;
        (excess > 0 ? high : low) = x;
        const double slope = density(x);
        double next = slope > 0 ? x - excess / slope : low;
        if (!(next > low && next < high))
            next = 0.5 * (low + high);
        const double step = std::abs(next - x);
        x = next;
        if (step <= 1e-13 * (1 + std::abs(x)) || high - low <= 1e-15 * (std::abs(low) + std::abs(high)))
            break;
    }
    return x;
}

double studentQuantile(double p, double df)
{
    if (p == 0.5)
        return 0.0;
    const double upper = p > 0.5 ? p : 1 - p;
    const double z = kernels::normalQuantile(upper);
    // Cornish-Fisher's first term; the quantile lies above the normal one.
    const double guess = z + (z * z * z + z) / (4 * df);
    double high = 2 * guess;
    while (studentCdf(high, df) < upper)
        high *= 2;
    const double t =
        inverted([df](double x) { return studentCdf(x, df); },
                 [df](double x) { return std::exp(logStudentDensity(x, df)); }, upper, guess, 0.0, high);
    return p > 0.5 ? t : -t;
}

/// A Gaussian mixture read from its numbers.
class Mixture {
public:
    explicit Mixture(std::span<const float> numbers) : m_numbers(numbers), m_count(numbers.size() / 3)
    {
        m_largest = *std::ranges::max_element(numbers.first(m_count));
        for (std::size_t k = 0; k < m_count; ++k)
            m_sum += std::exp(static_cast<double>(numbers[k] - m_largest));
    }

    std::size_t count() const { return m_count; }
    double weight(std::size_t k) const
    {
        return std::exp(static_cast<double>(m_numbers[k] - m_largest)) / m_sum;
    }
    double mu(std::size_t k) const { return static_cast<double>(m_numbers[m_count + k]); }
    double sigma(std::size_t k) const { return static_cast<double>(m_numbers[2 * m_count + k]); }

    double cdf(double x) const
    {
        return sum([&](std::size_t k) { return kernels::normalCdf((x - mu(k)) / sigma(k)); });
    }
    double density(double x) const
    {
        return sum([&](std::size_t k) { return kernels::normalDensity((x - mu(k)) / sigma(k)) / sigma(k); });
    }
    double quantile(double p) const
    {
        const double z = kernels::normalQuantile(p);
        double low = mu(0) + z * sigma(0);
        double high = low;
        for (std::size_t k = 1; k < m_count; ++k) {
            low = std::min(low, mu(k) + z * sigma(k));
            high = std::max(high, mu(k) + z * sigma(k));
        }
        return low < high ? inverted([&](double x) { return cdf(x); }, [&](double x) { return density(x); },
                                     p, 0.5 * (low + high), low, high)
                          : low;
    }
    double crps(double y) const
    {
        const double toOutcome = sum([&](std::size_t k) { return meanDistance(y - mu(k), sigma(k)); });
        const double apart = sum([&](std::size_t k) {
            return sum(
                [&](std::size_t l) { return meanDistance(mu(k) - mu(l), std::hypot(sigma(k), sigma(l))); });
        });
        return toOutcome - 0.5 * apart;
    }

private:
    /// Mean of |X| for X ~ N(m, s).
    static double meanDistance(double m, double s)
    {
        return 2 * s * kernels::normalDensity(m / s) + m * (2 * kernels::normalCdf(m / s) - 1);
    }
    template <typename Part>
    double sum(Part part) const
    {
        double total = 0;
        for (std::size_t k = 0; k < m_count; ++k)
            total += weight(k) * part(k);
        return total;
    }

    std::span<const float> m_numbers;
    std::size_t m_count;
    float m_largest = 0;
    double m_sum = 0;
};

/// Of the family with location 0 and scale 1.
double standardCdf(const Distribution& d, double z, double df)
{
    if (d.family == Family::Laplace)
        return z < 0 ? 0.5 * std::exp(z) : 1 - 0.5 * std::exp(-z);
    return d.family == Family::StudentT ? studentCdf(z, df) : kernels::normalCdf(z);
}

double standardQuantile(const Distribution& d, double p, double df)
{
    if (d.family == Family::Laplace)
        return p < 0.5 ? std::log(2 * p) : -std::log(2 * (1 - p));
    return d.family == Family::StudentT ? studentQuantile(p, df) : kernels::normalQuantile(p);
}

double standardCrps(const Distribution& d, double z, double df)
{
    if (d.family == Family::Laplace)
        return std::abs(z) + std::exp(-std::abs(z)) - 0.75;
    if (d.family == Family::Normal)
        return z * (2 * kernels::normalCdf(z) - 1) + 2 * kernels::normalDensity(z) - std::numbers::inv_sqrtpi;
    const auto logBeta = [](double a, double b) {
        return kernels::logGamma(a) + kernels::logGamma(b) - kernels::logGamma(a + b);
    };
    const double density = std::exp(logStudentDensity(z, df));
    const double apart =
        2 * std::sqrt(df) / (df - 1) * std::exp(logBeta(0.5, df - 0.5) - 2 * logBeta(0.5 * df, 0.5));
    return z * (2 * studentCdf(z, df) - 1) + 2 * density * (df + z * z) / (df - 1) - apart;
}

CountDistribution countOf(const Distribution& d, std::span<const float> numbers)
{
    const auto mean = static_cast<double>(numbers[0]);
    return CountDistribution(mean,
                             d.family == Family::NegativeBinomial ? static_cast<double>(numbers[1]) : 0.0);
}

double degrees(const Distribution& d, std::span<const float> numbers)
{
    return d.family == Family::StudentT ? static_cast<double>(numbers[2]) : 0.0;
}

}  // namespace

int Distribution::outputs() const
{
    return static_cast<int>(rolesOf(family).count) * (family == Family::GaussianMixture ? components : 1);
}

Tensor distributionNumbers(const Distribution& distribution, const Tensor& outputs, const OutputScale& by)
{
    const Roles roles = rolesOf(distribution.family);
    if (outputs.rank() != 4 || outputs.size(3) != distribution.outputs())
        throw Error(Message(TR("engine",
                               "The distribution needs outputs [batch, horizon, channels, %1], but got "
                               "%2."),
                            distribution.outputs(), print(outputs.shape())));
    const Tensor x = outputs.contiguous();
    Tensor y = Tensor::empty(outputs.shape());
    Tensor slopes = isRecording({outputs}) ? Tensor::empty(outputs.shape()) : Tensor();
    kernels::Head head{.B = outputs.size(0),
                       .h = outputs.size(1),
                       .C = outputs.size(2),
                       .groups = roles.count,
                       .width = outputs.size(3) / roles.count,
                       .roles = {roles.each[0], roles.each[1], roles.each[2]},
                       .floor = scaleFloor,
                       .raw = x.data(),
                       .center = dataOf(by.center),
                       .scale = dataOf(by.scale),
                       .level = dataOf(by.level),
                       .y = y.data(),
                       .slopes = slopes.defined() ? slopes.data() : nullptr};
    eachBlock(head.B, 8,
              [&](std::int64_t begin, std::int64_t end) { kernels::distributionHead(head, begin, end); });
    return record(y, {outputs}, [slopes](const Tensor& dy, Grads& grads) {
        grads.add(0, raw::binary(kernels::multiply, slopes.shape(), dy, slopes));
    });
}

double distributionCdf(const Distribution& distribution, std::span<const float> numbers, double x)
{
    if (distribution.isCount())
        return countOf(distribution, numbers).cdf(std::floor(x));
    if (distribution.family == Family::GaussianMixture)
        return Mixture(numbers).cdf(x);
    const double z = (x - static_cast<double>(numbers[0])) / static_cast<double>(numbers[1]);
    return standardCdf(distribution, z, degrees(distribution, numbers));
}

double distributionQuantile(const Distribution& distribution, std::span<const float> numbers, double p)
{
    if (distribution.isCount())
        return countOf(distribution, numbers).quantile(p);
    if (distribution.family == Family::GaussianMixture)
        return Mixture(numbers).quantile(p);
    return static_cast<double>(numbers[0]) +
           static_cast<double>(numbers[1]) *
               standardQuantile(distribution, p, degrees(distribution, numbers));
}

double distributionCrps(const Distribution& distribution, std::span<const float> numbers, double y)
{
    if (distribution.isCount())
        return countOf(distribution, numbers).crps(y);
    if (distribution.family == Family::GaussianMixture)
        return Mixture(numbers).crps(y);
    const auto scale = static_cast<double>(numbers[1]);
    const double z = (y - static_cast<double>(numbers[0])) / scale;
    return scale * standardCrps(distribution, z, degrees(distribution, numbers));
}

}  // namespace fc
