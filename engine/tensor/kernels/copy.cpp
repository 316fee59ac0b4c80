// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cstring>

#include "engine/tensor/kernels/kernels.h"
#include "engine/tensor/kernels/walk.h"

namespace fc::kernels {

namespace {

struct Assign {
    static void apply(float& y, float x) { y = x; }
};
struct Add {
    static void apply(float& y, float x) { y += x; }
};

template <typename Op>
void row(std::int64_t n, float* y, std::int64_t sy, const float* x, std::int64_t sx)
{
    if (sy == 1 && sx == 1) {
#pragma omp simd
        for (std::int64_t i = 0; i < n; ++i)
            Op::apply(y[i], x[i]);
    } else if (sy == 1 && sx == 0) {
#pragma omp simd
        for (std::int64_t i = 0; i < n; ++i)
            Op::apply(y[i], *x);
    } else {
        for (std::int64_t i = 0; i < n; ++i)
            Op::apply(y[i * sy], x[i * sx]);
    }
}

/// A transposition: y runs along the last axis, x along the one before it. Tiles keep both in the nearest
/// cache.
template <typename Op>
void transposedPlane(const Walk& walk, float* y, const float* x)
{
    constexpr std::int64_t tile = 16;
    const int last = walk.rank - 1;
    const std::int64_t rows = walk.size[last - 1];
    const std::int64_t columns = walk.size[last];
    const std::int64_t sy = walk.stride[0][last - 1];
    const std::int64_t sx = walk.stride[1][last];
    for (std::int64_t r0 = 0; r0 < rows; r0 += tile) {
        for (std::int64_t c0 = 0; c0 < columns; c0 += tile) {
            const std::int64_t r1 = std::min(rows, r0 + tile);
            const std::int64_t c1 = std::min(columns, c0 + tile);
            for (std::int64_t r = r0; r < r1; ++r)
                for (std::int64_t c = c0; c < c1; ++c)
                    Op::apply(y[r * sy + c], x[r + c * sx]);
        }
    }
}

bool isTransposedPlane(const Walk& walk)
{
    const int last = walk.rank - 1;
    return walk.rank >= 2 && walk.stride[0][last] == 1 && walk.stride[1][last - 1] == 1 &&
           walk.stride[1][last] != 1;
}

template <typename Op>
void run(const Walk& walk, float* y, const float* x)
{
    if (isTransposedPlane(walk)) {
        Walk outer = walk;
        outer.size[walk.rank - 2] = 1;
        outer.stride[0][walk.rank - 2] = 0;
        outer.stride[1][walk.rank - 2] = 0;
        eachRow<2>(outer, [&](const auto& at) { transposedPlane<Op>(walk, y + at[0], x + at[1]); });
        return;
    }
    const std::int64_t n = rowLength(walk);
    const std::int64_t sy = rowStride(walk, 0);
    const std::int64_t sx = rowStride(walk, 1);
    eachRow<2>(walk, [&](const auto& at) { row<Op>(n, y + at[0], sy, x + at[1], sx); });
}

}  // namespace

void copy(const Walk& walk, float* y, const float* x)
{
    run<Assign>(walk, y, x);
}

void accumulate(const Walk& walk, float* y, const float* x)
{
    run<Add>(walk, y, x);
}

void fill(std::int64_t n, float* y, float value)
{
    std::fill_n(y, n, value);
}

void axpy(std::int64_t n, float alpha, const float* x, float* y)
{
#pragma omp simd
    for (std::int64_t i = 0; i < n; ++i)
        y[i] += alpha * x[i];
}

}  // namespace fc::kernels
