// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tensor/kernels/kernels_loss.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "engine/tensor/kernels/special.h"

namespace fc::kernels {

namespace {

struct Cell {
    float value;
    float slope;
};

/// One cell after another into sixteen lanes, so that the sum does not depend on the width of vectors.
template <bool weighted, bool sloped, typename Function>
double laneSum(const PointCells& c, Function function)
{
    constexpr std::int64_t width = 16;
    double lanes[width] = {};
    const auto one = [&](std::int64_t i, double& lane) {
        const Cell cell = function(c.forecast[i], c.target[i]);
        const float factor = weighted ? c.factor[i] : 1.0F;
        const bool counts = !weighted || factor != 0.0F;
        lane += counts ? static_cast<double>(factor * cell.value) : 0.0;
        if constexpr (sloped)
            c.slopes[i] = counts ? c.scale * factor * cell.slope : 0.0F;
    };
    std::int64_t i = 0;
    for (; i + width <= c.n; i += width)
        for (std::int64_t lane = 0; lane < width; ++lane)
            one(i + lane, lanes[lane]);
    for (std::int64_t lane = 0; i < c.n; ++i, ++lane)
        one(i, lanes[lane]);
    double sum = 0;
    for (const double lane : lanes)
        sum += lane;
    return sum;
}

template <typename Function>
double pointLoss(const PointCells& c, Function function)
{
    if (c.values) {
        for (std::int64_t i = 0; i < c.n; ++i) {
            const float factor = c.factor ? c.factor[i] : 1.0F;
            c.values[i] = factor == 0.0F ? 0.0F : factor * function(c.forecast[i], c.target[i]).value;
        }
    }
    if (c.factor)
        return c.slopes ? laneSum<true, true>(c, function) : laneSum<true, false>(c, function);
    return c.slopes ? laneSum<false, true>(c, function) : laneSum<false, false>(c, function);
}

float sign(float e)
{
    return static_cast<float>(e > 0) - static_cast<float>(e < 0);
}

}  // namespace

double squaredError(const PointCells& cells)
{
    return pointLoss(cells, [](float forecast, float target) {
        const float e = forecast - target;
        return Cell{e * e, 2 * e};
    });
}

double absoluteError(const PointCells& cells)
{
    return pointLoss(cells, [](float forecast, float target) {
        const float e = forecast - target;
        return Cell{std::abs(e), sign(e)};
    });
}

double huberError(const PointCells& cells)
{
    return pointLoss(cells, [delta = cells.p](float forecast, float target) {
        const float e = forecast - target;
        const float size = std::abs(e);
        const float curved = size > delta ? delta : size;
        return Cell{curved * (size - 0.5F * curved), e > delta ? delta : (e < -delta ? -delta : e)};
    });
}

double logCoshError(const PointCells& cells)
{
    return pointLoss(cells, [](float forecast, float target) {
        const double size = std::abs(static_cast<double>(forecast) - static_cast<double>(target));
        // log cosh e = |e| + log(1 + exp(-2 |e|)) - log 2, which cannot overflow.
        const double shrunk = std::exp(-2 * size);
        const double slope = (1 - shrunk) / (1 + shrunk);
        return Cell{static_cast<float>(size + std::log1p(shrunk) - std::numbers::ln2),
                    sign(forecast - target) * static_cast<float>(slope)};
    });
}

double squaredLogError(const PointCells& cells)
{
    return pointLoss(cells, [](float forecast, float target) {
        const auto f = static_cast<double>(forecast);
        const double e = std::log1p(f) - std::log1p(static_cast<double>(target));
        return Cell{static_cast<float>(e * e), static_cast<float>(2 * e / (1 + f))};
    });
}

double symmetricPercentageError(const PointCells& cells)
{
    return pointLoss(cells, [](float forecast, float target) {
        const double e = static_cast<double>(forecast) - static_cast<double>(target);
        const double size = std::abs(static_cast<double>(forecast)) + std::abs(static_cast<double>(target));
        if (size == 0.0)
            return Cell{0.0F, 0.0F};
        const double value = 2 * std::abs(e) / size;
        const auto side = static_cast<double>(sign(forecast));
        const double slope = (2 * static_cast<double>(sign(forecast - target)) - value * side) / size;
        return Cell{static_cast<float>(value), static_cast<float>(slope)};
    });
}

double binaryCrossEntropyError(const PointCells& cells)
{
    return pointLoss(cells, [positive = static_cast<double>(cells.p)](float forecast, float target) {
        const auto x = static_cast<double>(forecast);
        const double yes = positive * static_cast<double>(target);
        const double no = 1 - static_cast<double>(target);
        const double p = sigmoidOf(x);
        return Cell{static_cast<float>(yes * softplusOf(-x) + no * softplusOf(x)),
                    static_cast<float>(no * p - yes * (1 - p))};
    });
}

double pinballError(const PinballCells& c)
{
    double sum = 0;
    for (std::int64_t i = 0; i < c.n; ++i) {
        const float factor = c.factor ? c.factor[i] : 1.0F;
        const float* forecast = c.forecast + i * c.m;
        float* slopes = c.slopes ? c.slopes + i * c.m : nullptr;
        float* values = c.values ? c.values + i * c.m : nullptr;
        if (factor == 0.0F) {
            if (slopes)
                std::fill_n(slopes, c.m, 0.0F);
            if (values)
                std::fill_n(values, c.m, 0.0F);
            continue;
        }
        float cell = 0;
        for (std::int64_t j = 0; j < c.m; ++j) {
            const float e = forecast[j] - c.target[i];
            const float below = -c.quantiles[j] * e;
            const float above = (1 - c.quantiles[j]) * e;
            // Written so that NaN is passed on.
            const float value = below > above ? below : above;
            cell += value;
            if (values)
                values[j] = factor * value;
            if (slopes)
                slopes[j] = c.scale * factor * (0.5F + 0.5F * sign(e) - c.quantiles[j]);
        }
        sum += static_cast<double>(factor * cell);
    }
    return sum;
}

double cellFactors(const CellFactors& f)
{
    double sum = 0;
    float* out = f.factor;
    for (std::int64_t b = 0; b < f.B; ++b) {
        for (std::int64_t t = 0; t < f.h; ++t) {
            const float row = (f.sample ? f.sample[b] : 1.0F) * (f.horizon ? f.horizon[t] : 1.0F);
            const float* mask = f.mask ? f.mask + (b * f.h + t) * f.C : nullptr;
            for (std::int64_t c = 0; c < f.C; ++c, ++out) {
                *out = mask ? mask[c] * row : row;
                sum += static_cast<double>(*out);
            }
        }
    }
    return sum;
}

void addPeriodic(std::int64_t n, std::int64_t period, const float* shift, const float* x, float* y)
{
    for (std::int64_t begin = 0; begin < n; begin += period)
        for (std::int64_t i = 0; i < period; ++i)
            y[begin + i] = x[begin + i] + shift[i];
}

void multiplyPeriodic(std::int64_t n, std::int64_t period, const float* factor, const float* x, float* y)
{
    for (std::int64_t begin = 0; begin < n; begin += period)
        for (std::int64_t i = 0; i < period; ++i)
            y[begin + i] = x[begin + i] * factor[i];
}

void dividedByAbsolute(std::int64_t n, const float* factor, const float* x, float* y)
{
    for (std::int64_t i = 0; i < n; ++i) {
        const float share = factor ? factor[i] : 1.0F;
        y[i] = share == 0.0F ? 0.0F : share / std::abs(x[i]);
    }
}

double absoluteSum(std::int64_t n, const float* factor, const float* x)
{
    double sum = 0;
    for (std::int64_t i = 0; i < n; ++i) {
        const float share = factor ? factor[i] : 1.0F;
        sum += share == 0.0F ? 0.0 : static_cast<double>(share * std::abs(x[i]));
    }
    return sum;
}

double sampleCrps(const SampleCells& c)
{
    double sum = 0;
    const auto count = static_cast<double>(c.m);
    for (std::int64_t i = 0; i < c.n; ++i) {
        const double factor = c.factor ? static_cast<double>(c.factor[i]) : 1.0;
        const float* x = c.samples + i * c.m;
        double value = 0;
        for (std::int64_t a = 0; a < c.m; ++a) {
            double apart = 0;
            double sides = 0;
            for (std::int64_t b = 0; b < c.m; ++b) {
                apart += static_cast<double>(std::abs(x[a] - x[b]));
                sides += static_cast<double>(sign(x[a] - x[b]));
            }
            const float e = x[a] - c.target[i];
            value += static_cast<double>(std::abs(e)) / count - 0.5 * apart / c.pairs;
            const double slope = static_cast<double>(sign(e)) / count - sides / c.pairs;
            if (c.slopes) {
                c.slopes[i * c.m + a] =
                    factor == 0.0 ? 0.0F : static_cast<float>(static_cast<double>(c.scale) * factor * slope);
            }
        }
        const double counted = factor == 0.0 ? 0.0 : factor * value;
        sum += counted;
        if (c.values)
            c.values[i] = static_cast<float>(counted);
    }
    return sum;
}

}  // namespace fc::kernels
