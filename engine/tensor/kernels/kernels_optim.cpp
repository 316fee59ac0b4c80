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

constexpr std::int64_t lanesWide = 16;

/// The sum of term(i) in double.
template <typename Term>
double laneSum(std::int64_t n, Term term)
{
    double lanes[lanesWide] = {};
    std::int64_t i = 0;
    for (; i + lanesWide <= n; i += lanesWide)
        for (std::int64_t lane = 0; lane < lanesWide; ++lane)
            lanes[lane] += term(i + lane);
    for (std::int64_t lane = 0; i < n; ++i, ++lane)
        lanes[lane] += term(i);
    double sum = 0;
    for (const double lane : lanes)
        sum += lane;
    return sum;
}

}  // namespace

void sgdStep(std::int64_t n, float* __restrict weight, const float* __restrict gradient,
             float* __restrict velocity, GradientUse use, const SgdStep& given)
{
    const SgdStep step = given;
    if (velocity == nullptr) {
        for (std::int64_t i = 0; i < n; ++i)
            weight[i] -= step.learningRate * used(gradient[i], weight[i], use);
        return;
    }
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

void adamaxStep(std::int64_t n, float* __restrict weight, const float* __restrict gradient,
                float* __restrict m, float* __restrict u, GradientUse use, const AdamaxStep& given)
{
    const AdamaxStep step = given;
    for (std::int64_t i = 0; i < n; ++i) {
        const float g = used(gradient[i], weight[i], use);
        m[i] = step.beta1 * m[i] + step.added1 * g;
        u[i] = std::max(std::abs(g) + step.epsilon, step.beta2 * u[i]);
        weight[i] -= step.share * m[i] / u[i];
    }
}

void lionStep(std::int64_t n, float* __restrict weight, const float* __restrict gradient, float* __restrict m,
              GradientUse use, const LionStep& given)
{
    const LionStep step = given;
    for (std::int64_t i = 0; i < n; ++i) {
        const float g = used(gradient[i], weight[i], use);
        const float direction = step.beta1 * m[i] + step.added1 * g;
        // The last term is 0 but for a direction that is not a number, which must be noticed.
        const float sign = (direction > 0 ? 1.0F : 0.0F) - (direction < 0 ? 1.0F : 0.0F) + 0.0F * direction;
        m[i] = step.beta2 * m[i] + step.added2 * g;
        weight[i] = step.shrink * weight[i] - step.learningRate * sign;
    }
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
                 float* __restrict sum, GradientUse use, const AdagradStep& given)
{
    const AdagradStep step = given;
    for (std::int64_t i = 0; i < n; ++i) {
        const float g = used(gradient[i], weight[i], use);
        sum[i] += g * g;
        weight[i] -= step.learningRate * g / (std::sqrt(sum[i]) + step.epsilon);
    }
}

void adadeltaStep(std::int64_t n, float* __restrict weight, const float* __restrict gradient,
                  float* __restrict v, float* __restrict u, GradientUse use, const AdadeltaStep& given)
{
    const AdadeltaStep step = given;
    for (std::int64_t i = 0; i < n; ++i) {
        const float g = used(gradient[i], weight[i], use);
        v[i] = step.kept * v[i] + step.added * g * g;
        const float change = std::sqrt(u[i] + step.epsilon) / std::sqrt(v[i] + step.epsilon) * g;
        u[i] = step.kept * u[i] + step.added * change * change;
        weight[i] -= step.learningRate * change;
    }
}

double squaredSum(std::int64_t n, const float* values)
{
    return laneSum(n, [values](std::int64_t i) { return static_cast<double>(values[i]) * values[i]; });
}

double absoluteSum(std::int64_t n, const float* values)
{
    return laneSum(n, [values](std::int64_t i) { return std::abs(static_cast<double>(values[i])); });
}

double squaredDistance(std::int64_t n, const float* a, const float* b)
{
    return laneSum(n, [a, b](std::int64_t i) {
        const double difference = static_cast<double>(a[i]) - b[i];
        return difference * difference;
    });
}

double absoluteMaximum(std::int64_t n, const float* values)
{
    float largest = 0;
    float faults = 0;  // x * 0 is 0 unless x is not finite
#pragma omp simd reduction(max : largest) reduction(+ : faults)
    for (std::int64_t i = 0; i < n; ++i) {
        largest = std::max(largest, std::abs(values[i]));
        faults += values[i] * 0.0F;
    }
    return static_cast<double>(largest) + static_cast<double>(faults);
}

}  // namespace fc::kernels
