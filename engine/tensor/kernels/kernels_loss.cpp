// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tensor/kernels/kernels_loss.h"

#include <algorithm>
#include <cmath>

namespace fc::kernels {

namespace {

template <typename Value>
double laneSum(std::int64_t n, const float* forecast, const float* target, Value value)
{
    constexpr std::int64_t width = 16;
    double lanes[width] = {};
    std::int64_t i = 0;
    for (; i + width <= n; i += width)
        for (std::int64_t lane = 0; lane < width; ++lane)
            lanes[lane] += static_cast<double>(value(forecast[i + lane] - target[i + lane]));
    for (std::int64_t lane = 0; i < n; ++i, ++lane)
        lanes[lane] += static_cast<double>(value(forecast[i] - target[i]));
    double sum = 0;
    for (const double lane : lanes)
        sum += lane;
    return sum;
}

float sign(float e)
{
    return static_cast<float>(e > 0) - static_cast<float>(e < 0);
}

}  // namespace

double squaredErrorSum(std::int64_t n, const float* forecast, const float* target)
{
    return laneSum(n, forecast, target, [](float e) { return e * e; });
}

void squaredErrorSlopes(std::int64_t n, const float* forecast, const float* target, float scale,
                        float* slopes)
{
    for (std::int64_t i = 0; i < n; ++i)
        slopes[i] = 2 * scale * (forecast[i] - target[i]);
}

double absoluteErrorSum(std::int64_t n, const float* forecast, const float* target)
{
    return laneSum(n, forecast, target, [](float e) { return std::abs(e); });
}

void absoluteErrorSlopes(std::int64_t n, const float* forecast, const float* target, float scale,
                         float* slopes)
{
    for (std::int64_t i = 0; i < n; ++i)
        slopes[i] = scale * sign(forecast[i] - target[i]);
}

double huberSum(std::int64_t n, const float* forecast, const float* target, float delta)
{
    return laneSum(n, forecast, target, [delta](float e) {
        const float size = std::abs(e);
        const float curved = std::min(size, delta);
        return curved * (size - 0.5F * curved);
    });
}

void huberSlopes(std::int64_t n, const float* forecast, const float* target, float delta, float scale,
                 float* slopes)
{
    for (std::int64_t i = 0; i < n; ++i)
        slopes[i] = scale * std::max(std::min(forecast[i] - target[i], delta), -delta);
}

double pinballSum(std::int64_t n, std::int64_t m, const float* forecast, const float* target,
                  const float* quantiles)
{
    double sum = 0;
    for (std::int64_t j = 0; j < m; ++j) {
        double ofQuantile = 0;
        for (std::int64_t i = 0; i < n; ++i) {
            const float e = forecast[i * m + j] - target[i];
            ofQuantile += static_cast<double>(std::max(-quantiles[j] * e, (1 - quantiles[j]) * e));
        }
        sum += ofQuantile;
    }
    return sum;
}

void pinballSlopes(std::int64_t n, std::int64_t m, const float* forecast, const float* target,
                   const float* quantiles, float scale, float* slopes)
{
    for (std::int64_t i = 0; i < n; ++i)
        for (std::int64_t j = 0; j < m; ++j)
            slopes[i * m + j] = scale * (0.5F + 0.5F * sign(forecast[i * m + j] - target[i]) - quantiles[j]);
}

}  // namespace fc::kernels
