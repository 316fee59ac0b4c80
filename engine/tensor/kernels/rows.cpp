// SPDX-License-Identifier: GPL-3.0-or-later
#include <Eigen/Core>
#include <cmath>

#include "engine/tensor/kernels/kernels_rows.h"

namespace fc::kernels {

namespace {

using Row = Eigen::Map<const Eigen::ArrayXf>;
using RowOut = Eigen::Map<Eigen::ArrayXf>;

/// sum of a[i] b[i] c[i]; c may be null.
float dot(std::int64_t n, const float* a, const float* b, const float* c)
{
    float s = 0.0F;
    if (c == nullptr) {
#pragma omp simd reduction(+ : s)
        for (std::int64_t i = 0; i < n; ++i)
            s += a[i] * b[i];
    } else {
#pragma omp simd reduction(+ : s)
        for (std::int64_t i = 0; i < n; ++i)
            s += a[i] * b[i] * c[i];
    }
    return s;
}

}  // namespace

void softmaxRows(std::int64_t rows, std::int64_t n, const float* x, float* y)
{
    for (std::int64_t r = 0; r < rows; ++r, x += n, y += n) {
        const Row in(x, n);
        RowOut out(y, n);
        out = (in - in.maxCoeff()).exp();
        out *= 1.0F / out.sum();
    }
}

void softmaxRowsGrad(std::int64_t rows, std::int64_t n, const float* dy, const float* y, float* dx)
{
    for (std::int64_t r = 0; r < rows; ++r, dy += n, y += n, dx += n) {
        const float through = dot(n, dy, y, nullptr);
#pragma omp simd
        for (std::int64_t i = 0; i < n; ++i)
            dx[i] = y[i] * (dy[i] - through);
    }
}

void logSoftmaxRows(std::int64_t rows, std::int64_t n, const float* x, float* y)
{
    for (std::int64_t r = 0; r < rows; ++r, x += n, y += n) {
        const Row in(x, n);
        const float top = in.maxCoeff();
        const float logSum = std::log((in - top).exp().sum());
        RowOut(y, n) = in - top - logSum;
    }
}

void logSoftmaxRowsGrad(std::int64_t rows, std::int64_t n, const float* dy, const float* y, float* dx)
{
    for (std::int64_t r = 0; r < rows; ++r, dy += n, y += n, dx += n) {
        const Row d(dy, n);
        const float total = d.sum();
        RowOut(dx, n) = d - Row(y, n).exp() * total;
    }
}

void layerNorm(const NormRows& r, const float* x, float* y, float* mean, float* scale)
{
    const auto count = static_cast<float>(r.n);
    for (std::int64_t row = 0; row < r.rows; ++row, x += r.n, y += r.n) {
        const Row in(x, r.n);
        const float center = in.sum() / count;
        const float spread = (in - center).square().sum() / count;
        const float s = 1.0F / std::sqrt(spread + r.eps);
        mean[row] = center;
        scale[row] = s;
        RowOut out(y, r.n);
        out = (in - center) * s;
        if (r.weight != nullptr)
            out *= Row(r.weight, r.n);
        if (r.bias != nullptr)
            out += Row(r.bias, r.n);
    }
}

void layerNormGrad(const NormRows& r, const float* dy, const float* x, const float* mean, const float* scale,
                   float* dx, float* dweight, float* dbias)
{
    const auto count = static_cast<float>(r.n);
    for (std::int64_t row = 0; row < r.rows; ++row, x += r.n, dy += r.n) {
        const float center = mean[row];
        const float s = scale[row];
        if (dweight != nullptr) {
#pragma omp simd
            for (std::int64_t i = 0; i < r.n; ++i)
                dweight[i] += dy[i] * (x[i] - center) * s;
        }
        if (dbias != nullptr) {
#pragma omp simd
            for (std::int64_t i = 0; i < r.n; ++i)
                dbias[i] += dy[i];
        }
        if (dx == nullptr)
            continue;
        // With g = dy weight and h = (x - mean) scale: dx = scale (g - mean(g) - h mean(g h)).
        const float* w = r.weight;
        float sumG = 0.0F;
        float sumGh = 0.0F;
#pragma omp simd reduction(+ : sumG, sumGh)
        for (std::int64_t i = 0; i < r.n; ++i) {
            const float g = w != nullptr ? dy[i] * w[i] : dy[i];
            sumG += g;
            sumGh += g * (x[i] - center) * s;
        }
        const float meanG = sumG / count;
        const float meanGh = sumGh / count;
        float* out = dx + row * r.n;
#pragma omp simd
        for (std::int64_t i = 0; i < r.n; ++i) {
            const float g = w != nullptr ? dy[i] * w[i] : dy[i];
            out[i] = s * (g - meanG - (x[i] - center) * s * meanGh);
        }
    }
}

void rmsNorm(const NormRows& r, const float* x, float* y, float* scale)
{
    const auto count = static_cast<float>(r.n);
    for (std::int64_t row = 0; row < r.rows; ++row, x += r.n, y += r.n) {
        const Row in(x, r.n);
        const float s = 1.0F / std::sqrt(in.square().sum() / count + r.eps);
        scale[row] = s;
        RowOut out(y, r.n);
        out = in * s;
        if (r.weight != nullptr)
            out *= Row(r.weight, r.n);
    }
}

void rmsNormGrad(const NormRows& r, const float* dy, const float* x, const float* scale, float* dx,
                 float* dweight)
{
    const auto count = static_cast<float>(r.n);
    for (std::int64_t row = 0; row < r.rows; ++row, x += r.n, dy += r.n) {
        const float s = scale[row];
        if (dweight != nullptr) {
#pragma omp simd
            for (std::int64_t i = 0; i < r.n; ++i)
                dweight[i] += dy[i] * x[i] * s;
        }
        if (dx == nullptr)
            continue;
        const float* w = r.weight;
        const float through = dot(r.n, dy, x, w) * s * s * s / count;
        float* out = dx + row * r.n;
#pragma omp simd
        for (std::int64_t i = 0; i < r.n; ++i)
            out[i] = (w != nullptr ? dy[i] * w[i] : dy[i]) * s - x[i] * through;
    }
}

}  // namespace fc::kernels
