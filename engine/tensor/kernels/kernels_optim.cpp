// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tensor/kernels/kernels_optim.h"

#include <algorithm>
#include <cmath>

namespace fc::kernels {

namespace {

/// The order of the arguments lets a gradient that is not a number through, so that it is noticed.
float used(float gradient, float weight, const GradientUse& use)
{
    return std::max(std::min(use.scale * gradient, use.limit), -use.limit) + use.decay * weight;
}

template <bool keepsLargest>
void adamLoop(std::int64_t n, float* __restrict weight, const float* __restrict gradient, float* __restrict m,
              float* __restrict v, float* __restrict largest, GradientUse use, AdamStep step)
{
    for (std::int64_t i = 0; i < n; ++i) {
        const float g = used(gradient[i], weight[i], use);
        const float mean = step.beta1 * m[i] + step.added1 * g;
        float square = step.beta2 * v[i] + step.added2 * g * g;
        m[i] = mean;
        v[i] = square;
        if constexpr (keepsLargest)
            largest[i] = square = std::max(square, largest[i]);
        weight[i] = step.shrink * weight[i] - (step.meanShare * mean + step.gradientShare * g) /
                                                  (step.rootShare * std::sqrt(square) + step.epsilon);
    }
}

}  // namespace

void sgdStep(std::int64_t n, float* __restrict weight, const float* __restrict gradient, GradientUse use,
             float learningRate)
{
    for (std::int64_t i = 0; i < n; ++i)
        weight[i] -= learningRate * used(gradient[i], weight[i], use);
}

void sgdMomentumStep(std::int64_t n, float* __restrict weight, const float* __restrict gradient,
                     float* __restrict velocity, GradientUse use, const SgdStep& given)
{
    const SgdStep step = given;
    for (std::int64_t i = 0; i < n; ++i) {
        const float g = used(gradient[i], weight[i], use);
        velocity[i] = step.kept * velocity[i] + step.added * g;
        weight[i] -= step.learningRate * (step.gradientShare * g + step.velocityShare * velocity[i]);
    }
}

void adamStep(std::int64_t n, float* weight, const float* gradient, float* m, float* v, float* largest,
              GradientUse use, const AdamStep& step)
{
    if (largest)
        adamLoop<true>(n, weight, gradient, m, v, largest, use, step);
    else
        adamLoop<false>(n, weight, gradient, m, v, nullptr, use, step);
}

void rmsPropStep(std::int64_t n, float* __restrict weight, const float* __restrict gradient,
                 float* __restrict v, float* __restrict mean, float* __restrict velocity, GradientUse use,
                 const RmsPropStep& given)
{
    const RmsPropStep step = given;
    for (std::int64_t i = 0; i < n; ++i) {
        const float g = used(gradient[i], weight[i], use);
        v[i] = step.kept * v[i] + step.added * g * g;
        float spread = v[i];
        if (mean) {
            mean[i] = step.kept * mean[i] + step.added * g;
            spread -= mean[i] * mean[i];
        }
        float update = g / (std::sqrt(spread) + step.epsilon);
        if (velocity)
            velocity[i] = update = step.momentum * velocity[i] + update;
        weight[i] -= step.learningRate * update;
    }
}

void adagradStep(std::int64_t n, float* __restrict weight, const float* __restrict gradient,
                 float* __restrict sum, GradientUse use, float learningRate, float epsilon)
{
    for (std::int64_t i = 0; i < n; ++i) {
        const float g = used(gradient[i], weight[i], use);
        sum[i] += g * g;
        weight[i] -= learningRate * g / (std::sqrt(sum[i]) + epsilon);
    }
}

double squaredSum(std::int64_t n, const float* values)
{
    constexpr std::int64_t width = 16;
    double lanes[width] = {};
    std::int64_t i = 0;
    for (; i + width <= n; i += width)
        for (std::int64_t lane = 0; lane < width; ++lane)
            lanes[lane] += static_cast<double>(values[i + lane]) * values[i + lane];
    for (std::int64_t lane = 0; i < n; ++i, ++lane)
        lanes[lane] += static_cast<double>(values[i]) * values[i];
    double sum = 0;
    for (const double lane : lanes)
        sum += lane;
    return sum;
}

}  // namespace fc::kernels
