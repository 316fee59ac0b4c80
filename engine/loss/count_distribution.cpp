// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/loss/count_distribution.h"

#include <algorithm>
#include <cmath>

#include "engine/tensor/kernels/special.h"

namespace fc {

namespace {

/// The integral of (F - [y <= x])^2 over [from, to) where F is constant.
double piece(double F, double y, double from, double to)
{
    const double before = std::clamp(y, from, to) - from;
    const double after = to - from - before;
    return F * F * before + (1 - F) * (1 - F) * after;
}

}  // namespace

double CountDistribution::deviation() const
{
    return std::sqrt(m_mean + m_alpha * m_mean * m_mean);
}

double CountDistribution::cdf(double k) const
{
    if (k < 0)
        return 0.0;
    if (m_alpha == 0.0)
        return 1 - kernels::incompleteGamma(k + 1, m_mean);
    return kernels::incompleteBeta(1 / m_alpha, k + 1, 1 / (1 + m_alpha * m_mean));
}

double CountDistribution::probability(double k) const
{
    if (m_alpha == 0.0)
        return std::exp(k * std::log(m_mean) - m_mean - kernels::logGamma(k + 1));
    const double r = 1 / m_alpha;
    const double product = m_alpha * m_mean;
    return std::exp(kernels::logGamma(r + k) - kernels::logGamma(r) - kernels::logGamma(k + 1) +
                    k * std::log(product) - (k + r) * std::log1p(product));
}

double CountDistribution::ratio(double k) const
{
    if (m_alpha == 0.0)
        return m_mean / (k + 1);
    const double product = m_alpha * m_mean;
    return (k + 1 / m_alpha) / (k + 1) * product / (1 + product);
}

double CountDistribution::quantile(double p) const
{
    const double guess = std::floor(std::max(0.0, m_mean + kernels::normalQuantile(p) * deviation()));
    // cdf(below) < p <= cdf(enough)
    double below = guess;
    double enough = guess;
    double step = 1;
    if (cdf(guess) >= p) {
        for (below = guess - 1; below >= 0 && cdf(below) >= p; below -= step, step *= 2)
            enough = below;
        below = std::max(below, -1.0);
    } else {
        for (enough = guess + 1; cdf(enough) < p; enough += step, step *= 2)
            below = enough;
    }
    while (enough - below > 1) {
        const double middle = std::floor(0.5 * (below + enough));
        (cdf(middle) >= p ? enough : below) = middle;
    }
    return enough;
}

double CountDistribution::crpsOnGrid(double y, double low, double high, double step) const
{
    double total = 0;
    for (double x = low; x < high; x += step)
        total += piece(cdf(std::floor(x + 0.5 * step)), y, x, std::min(x + step, high));
    return total;
}

double CountDistribution::crps(double y) const
{
    // Beyond these, F is 0 or 1 to about 1e-12 for the tails of both families.
    const double spread = deviation();
    const double low = std::max(0.0, std::floor(m_mean - 10 * spread));
    const double high = std::ceil(m_mean + 10 * spread + 30 * (1 + m_alpha * m_mean));
    const double outside = std::max(0.0, low - y) + std::max(0.0, y - high);
    if (spread > 200)
        return outside + crpsOnGrid(y, low, high, spread / 40);
    double F = cdf(low - 1);
    double share = probability(low);
    double total = 0;
    for (double k = low; k < high; k += 1) {
        F = std::min(1.0, F + share);
        total += piece(F, y, k, k + 1);
        share *= ratio(k);
    }
    return outside + total;
}

}  // namespace fc
