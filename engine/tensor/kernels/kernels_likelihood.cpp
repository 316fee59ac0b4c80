// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tensor/kernels/kernels_likelihood.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "engine/tensor/kernels/special.h"

namespace fc::kernels {

namespace {

constexpr double halfLogTwoPi = 0.91893853320467274178;

/// Value and slopes of a cell whose inputs are single numbers.
struct Cell {
    double value;
    double slope[LikelihoodCells::maxInputs] = {};
};

void store(const LikelihoodCells& c, int input, std::int64_t at, double factor, double slope)
{
    if (c.slope[input])
        c.slope[input][at] = factor == 0.0 ? 0.0F : static_cast<float>(c.scale * factor * slope);
}

/// `function(in, y)` -> Cell, for each cell.
template <int inputs, typename Function>
double eachCell(const LikelihoodCells& c, Function function)
{
    double sum = 0;
    for (std::int64_t i = 0; i < c.n; ++i) {
        const double factor = c.factor ? static_cast<double>(c.factor[i]) : 1.0;
        double in[LikelihoodCells::maxInputs] = {};
        for (int k = 0; k < inputs; ++k)
            in[k] = static_cast<double>(c.in[k][i * c.stride]);
        const Cell cell = factor == 0.0 ? Cell{0.0} : function(in, static_cast<double>(c.target[i]));
        sum += factor * cell.value;
        if (c.values)
            c.values[i] = static_cast<float>(factor * cell.value);
        for (int k = 0; k < inputs; ++k)
            store(c, k, i * c.stride, factor, cell.slope[k]);
    }
    return sum;
}

double stirling(double y)
{
    return y > 1.0 ? y * std::log(y) - y + 0.5 * std::log(2 * std::numbers::pi * y) : 0.0;
}

/// log of the normal density at z, less log(sigma).
double logNormal(double z, double sigma)
{
    return -0.5 * z * z - halfLogTwoPi - std::log(sigma);
}

/// Replaces the n logarithms by their shares of the sum of the exponentials -> the log of that sum.
double shares(std::int64_t n, double* logs)
{
    const double largest = *std::max_element(logs, logs + n);
    double sum = 0;
    for (std::int64_t k = 0; k < n; ++k)
        sum += logs[k] = std::exp(logs[k] - largest);
    for (std::int64_t k = 0; k < n; ++k)
        logs[k] /= sum;
    return largest + std::log(sum);
}

}  // namespace

double normalNll(const LikelihoodCells& cells)
{
    return eachCell<2>(cells, [](const double* in, double y) {
        const double sigma = in[1];
        const double z = (y - in[0]) / sigma;
        return Cell{-logNormal(z, sigma), {-z / sigma, (1 - z * z) / sigma}};
    });
}

double gaussianNll(const LikelihoodCells& cells)
{
    const double least = cells.p;
    const double constant = cells.option ? halfLogTwoPi : 0.0;
    return eachCell<2>(cells, [=](const double* in, double y) {
        const double variance = in[1] < least ? least : in[1];
        const double e = y - in[0];
        const double ratio = e * e / variance;
        return Cell{0.5 * (std::log(variance) + ratio) + constant,
                    {-e / variance, 0.5 * (1 - ratio) / variance}};
    });
}

double laplaceNll(const LikelihoodCells& cells)
{
    return eachCell<2>(cells, [](const double* in, double y) {
        const double b = in[1];
        const double e = y - in[0];
        const double side = (e > 0) - (e < 0);
        return Cell{std::log(2 * b) + std::abs(e) / b, {-side / b, (1 - std::abs(e) / b) / b}};
    });
}

double studentTNll(const LikelihoodCells& cells)
{
    return eachCell<3>(cells, [](const double* in, double y) {
        const double sigma = in[1];
        const double df = in[2];
        const double z = (y - in[0]) / sigma;
        const double square = z * z;
        const double grown = std::log1p(square / df);
        const double pull = (df + 1) / (df + square);
        const double value = logGamma(df / 2) - logGamma((df + 1) / 2) +
                             0.5 * std::log(df * std::numbers::pi) + std::log(sigma) + 0.5 * (df + 1) * grown;
        const double dDf =
            0.5 * (digamma(df / 2) - digamma((df + 1) / 2) + 1 / df + grown - pull * square / df);
        return Cell{value, {-pull * z / sigma, (1 - pull * square) / sigma, dDf}};
    });
}

double poissonNll(const LikelihoodCells& cells)
{
    return eachCell<1>(cells, [](const double* in, double y) {
        return Cell{in[0] - y * std::log(in[0]) + logGamma(y + 1), {1 - y / in[0]}};
    });
}

double poissonRateNll(const LikelihoodCells& cells)
{
    return eachCell<1>(cells, [&](const double* in, double y) {
        const double rate = in[0] + cells.p;
        const double constant = cells.option ? stirling(y) : 0.0;
        return Cell{in[0] - y * std::log(rate) + constant, {1 - y / rate}};
    });
}

double poissonLogNll(const LikelihoodCells& cells)
{
    return eachCell<1>(cells, [&](const double* in, double y) {
        const double rate = std::exp(in[0]);
        const double constant = cells.option ? stirling(y) : 0.0;
        return Cell{rate - y * in[0] + constant, {rate - y}};
    });
}

double negativeBinomialNll(const LikelihoodCells& cells)
{
    return eachCell<2>(cells, [](const double* in, double y) {
        const double mu = in[0];
        const double alpha = in[1];
        const double r = 1 / alpha;
        const double product = mu * alpha;
        const double grown = std::log1p(product);
        const double spread = (y + r) / (1 + product);
        const double value =
            logGamma(y + 1) + logGamma(r) - logGamma(r + y) - y * std::log(product) + (y + r) * grown;
        return Cell{value,
                    {spread * alpha - y / mu,
                     r * r * (digamma(r + y) - digamma(r) - grown) - y / alpha + spread * mu}};
    });
}

double negativeBinomialLogitsNll(const LikelihoodCells& cells)
{
    return eachCell<2>(cells, [](const double* in, double y) {
        const double r = in[0];
        const double x = in[1];
        const double p = sigmoidOf(x);
        const double value =
            logGamma(y + 1) + logGamma(r) - logGamma(r + y) + y * softplusOf(-x) + r * softplusOf(x);
        return Cell{value, {digamma(r) - digamma(r + y) + softplusOf(x), r * p - y * (1 - p)}};
    });
}

double mixtureNll(const LikelihoodCells& c)
{
    double sum = 0;
    for (std::int64_t i = 0; i < c.n; ++i) {
        const double factor = c.factor ? static_cast<double>(c.factor[i]) : 1.0;
        const auto y = static_cast<double>(c.target[i]);
        double weight[LikelihoodCells::maxWidth];  // logits, then the weights of the components
        double share[LikelihoodCells::maxWidth];   // their joint log-densities, then their shares in y
        double z[LikelihoodCells::maxWidth];
        for (std::int64_t k = 0; k < c.width; ++k) {
            const std::int64_t at = i * c.stride + k;
            const auto sigma = static_cast<double>(c.in[2][at]);
            z[k] = (y - static_cast<double>(c.in[1][at])) / sigma;
            weight[k] = static_cast<double>(c.in[0][at]);
            share[k] = weight[k] + logNormal(z[k], sigma);
        }
        const double all = shares(c.width, weight);
        const double value = factor == 0.0 ? 0.0 : factor * (all - shares(c.width, share));
        sum += value;
        if (c.values)
            c.values[i] = static_cast<float>(value);
        for (std::int64_t k = 0; k < c.width; ++k) {
            const std::int64_t at = i * c.stride + k;
            const auto sigma = static_cast<double>(c.in[2][at]);
            store(c, 0, at, factor, weight[k] - share[k]);
            store(c, 1, at, factor, -share[k] * z[k] / sigma);
            store(c, 2, at, factor, share[k] * (1 - z[k] * z[k]) / sigma);
        }
    }
    return sum;
}

double normalCrps(const LikelihoodCells& cells)
{
    return eachCell<2>(cells, [](const double* in, double y) {
        const double sigma = in[1];
        const double z = (y - in[0]) / sigma;
        const double centered = 2 * normalCdf(z) - 1;
        const double spread = 2 * normalDensity(z) - std::numbers::inv_sqrtpi;
        return Cell{sigma * (z * centered + spread), {-centered, spread}};
    });
}

namespace {

/// One output -> its number and the slope of it.
Cell headCell(HeadRole role, double x, double floor, double center, double scale, double level)
{
    switch (role) {
        case HeadRole::Plain:
            return {x, {1.0}};
        case HeadRole::Location:
            return {x * scale + center, {scale}};
        case HeadRole::Scale:
            return {(softplusOf(x) + floor) * scale, {sigmoidOf(x) * scale}};
        case HeadRole::Degrees:
            return {2 + softplusOf(x), {sigmoidOf(x)}};
        case HeadRole::Rate:
            return {(softplusOf(x) + floor) * level, {sigmoidOf(x) * level}};
        case HeadRole::Dispersion:
            return {softplusOf(x) + floor, {sigmoidOf(x)}};
    }
    return {x, {1.0}};
}

}  // namespace

void distributionHead(const Head& head, std::int64_t begin, std::int64_t end)
{
    const auto at = [](const float* values, std::int64_t i, double otherwise) {
        return values ? static_cast<double>(values[i]) : otherwise;
    };
    const std::int64_t outputs = head.groups * head.width;
    std::int64_t i = begin * head.h * head.C * outputs;
    for (std::int64_t b = begin; b < end; ++b) {
        for (std::int64_t cell = 0; cell < head.h * head.C; ++cell) {
            const std::int64_t window = b * head.C + cell % head.C;
            const double center = at(head.center, window, 0.0);
            const double scale = at(head.scale, window, 1.0);
            const double level = at(head.level, window, 1.0);
            for (std::int64_t j = 0; j < outputs; ++j, ++i) {
                const Cell made = headCell(head.roles[j / head.width], static_cast<double>(head.raw[i]),
                                           static_cast<double>(head.floor), center, scale, level);
                head.y[i] = static_cast<float>(made.value);
                if (head.slopes)
                    head.slopes[i] = static_cast<float>(made.slope[0]);
            }
        }
    }
}

}  // namespace fc::kernels
