// SPDX-License-Identifier: GPL-3.0-or-later
#include <cmath>

#include "engine/tensor/kernels/kernels.h"
#include "engine/tensor/kernels/walk.h"

namespace fc::kernels {

namespace {

/// The three layouts that occur in a model get a loop of their own; all others share the last.
template <typename F>
void run(const Walk& walk, float* y, const float* a, const float* b, F f)
{
    const std::int64_t n = rowLength(walk);
    const std::int64_t sy = rowStride(walk, 0);
    const std::int64_t sa = rowStride(walk, 1);
    const std::int64_t sb = rowStride(walk, 2);
    eachRow<3>(walk, [=](const auto& at) {
        float* yRow = y + at[0];
        const float* aRow = a + at[1];
        const float* bRow = b + at[2];
        if (sy == 1 && sa == 1 && sb == 1) {
#pragma omp simd
            for (std::int64_t i = 0; i < n; ++i)
                yRow[i] = f(aRow[i], bRow[i]);
        } else if (sy == 1 && sa == 1 && sb == 0) {
            const float right = *bRow;
#pragma omp simd
            for (std::int64_t i = 0; i < n; ++i)
                yRow[i] = f(aRow[i], right);
        } else if (sy == 1 && sa == 0 && sb == 1) {
            const float left = *aRow;
#pragma omp simd
            for (std::int64_t i = 0; i < n; ++i)
                yRow[i] = f(left, bRow[i]);
        } else {
            for (std::int64_t i = 0; i < n; ++i)
                yRow[i * sy] = f(aRow[i * sa], bRow[i * sb]);
        }
    });
}

template <typename F>
void run(const Walk& walk, float* y, const float* a, const float* b, const float* c, F f)
{
    const std::int64_t n = rowLength(walk);
    const std::int64_t sy = rowStride(walk, 0);
    const std::int64_t sa = rowStride(walk, 1);
    const std::int64_t sb = rowStride(walk, 2);
    const std::int64_t sc = rowStride(walk, 3);
    eachRow<4>(walk, [=](const auto& at) {
        float* yRow = y + at[0];
        const float* aRow = a + at[1];
        const float* bRow = b + at[2];
        const float* cRow = c + at[3];
        if (sy == 1 && sa == 1 && sb == 1 && sc == 1) {
#pragma omp simd
            for (std::int64_t i = 0; i < n; ++i)
                yRow[i] = f(aRow[i], bRow[i], cRow[i]);
        } else {
            for (std::int64_t i = 0; i < n; ++i)
                yRow[i * sy] = f(aRow[i * sa], bRow[i * sb], cRow[i * sc]);
        }
    });
}

}  // namespace

void add(const Walk& walk, float* y, const float* a, const float* b)
{
    run(walk, y, a, b, [](float l, float r) { return l + r; });
}

void subtract(const Walk& walk, float* y, const float* a, const float* b)
{
    run(walk, y, a, b, [](float l, float r) { return l - r; });
}

void multiply(const Walk& walk, float* y, const float* a, const float* b)
{
    run(walk, y, a, b, [](float l, float r) { return l * r; });
}

void divide(const Walk& walk, float* y, const float* a, const float* b)
{
    run(walk, y, a, b, [](float l, float r) { return l / r; });
}

// A NaN on either side stays one.
void maximum(const Walk& walk, float* y, const float* a, const float* b)
{
    run(walk, y, a, b, [](float l, float r) { return l > r || l != l ? l : r; });
}

void minimum(const Walk& walk, float* y, const float* a, const float* b)
{
    run(walk, y, a, b, [](float l, float r) { return l < r || l != l ? l : r; });
}

void powerOf(const Walk& walk, float* y, const float* a, const float* b)
{
    run(walk, y, a, b, [](float l, float r) { return std::pow(l, r); });
}

void greater(const Walk& walk, float* y, const float* a, const float* b)
{
    run(walk, y, a, b, [](float l, float r) { return l > r ? 1.0F : 0.0F; });
}

void greaterEqual(const Walk& walk, float* y, const float* a, const float* b)
{
    run(walk, y, a, b, [](float l, float r) { return l >= r ? 1.0F : 0.0F; });
}

void equal(const Walk& walk, float* y, const float* a, const float* b)
{
    run(walk, y, a, b, [](float l, float r) { return l == r ? 1.0F : 0.0F; });
}

void keepWhere(const Walk& walk, float* y, const float* a, const float* b)
{
    run(walk, y, a, b, [](float l, float r) { return r != 0.0F ? l : 0.0F; });
}

void keepUnless(const Walk& walk, float* y, const float* a, const float* b)
{
    run(walk, y, a, b, [](float l, float r) { return r != 0.0F ? 0.0F : l; });
}

void select(const Walk& walk, float* y, const float* a, const float* b, const float* c)
{
    run(walk, y, a, b, c, [](float condition, float yes, float no) { return condition != 0.0F ? yes : no; });
}

void divideGradDivisor(const Walk& walk, float* y, const float* dy, const float* a, const float* b)
{
    run(walk, y, dy, a, b, [](float d, float l, float r) { return -d * l / (r * r); });
}

void maximumGrad(const Walk& walk, float* y, const float* dy, const float* a, const float* b)
{
    run(walk, y, dy, a, b, [](float d, float l, float r) { return l > r ? d : (l == r ? 0.5F * d : 0.0F); });
}

void minimumGrad(const Walk& walk, float* y, const float* dy, const float* a, const float* b)
{
    run(walk, y, dy, a, b, [](float d, float l, float r) { return l < r ? d : (l == r ? 0.5F * d : 0.0F); });
}

void powerOfGradBase(const Walk& walk, float* y, const float* dy, const float* a, const float* b)
{
    run(walk, y, dy, a, b,
        [](float d, float l, float r) { return r == 0.0F ? 0.0F : d * r * std::pow(l, r - 1.0F); });
}

void powerOfGradExponent(const Walk& walk, float* y, const float* dy, const float* a, const float* b)
{
    run(walk, y, dy, a, b, [](float d, float l, float r) {
        return l == 0.0F && r >= 0.0F ? 0.0F : d * std::pow(l, r) * std::log(l);
    });
}

void twiceTimesDifference(const Walk& walk, float* y, const float* dy, const float* a, const float* b)
{
    run(walk, y, dy, a, b, [](float d, float l, float r) { return 2.0F * d * (l - r); });
}

void whereEqual(const Walk& walk, float* y, const float* dy, const float* a, const float* b)
{
    run(walk, y, dy, a, b, [](float d, float l, float r) { return l == r ? d : 0.0F; });
}

void timesExpDifference(const Walk& walk, float* y, const float* dy, const float* a, const float* b)
{
    run(walk, y, dy, a, b, [](float d, float l, float r) { return d * std::exp(l - r); });
}

}  // namespace fc::kernels
