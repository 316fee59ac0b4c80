// SPDX-License-Identifier: GPL-3.0-or-later
#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

#include "engine/tensor/kernels/kernels.h"

namespace fc::kernels {

namespace {

constexpr std::int64_t chunk = 1024;

/// Sum of term(i): chunks in float, their sums in double, so that long rows stay exact to the last digits.
template <typename Term>
float sumRow(std::int64_t n, Term&& term)
{
    double total = 0.0;
    for (std::int64_t begin = 0; begin < n; begin += chunk) {
        const std::int64_t end = std::min(n, begin + chunk);
        float s = 0.0F;
#pragma omp simd reduction(+ : s)
        for (std::int64_t i = begin; i < end; ++i)
            s += term(i);
        total += static_cast<double>(s);
    }
    return static_cast<float>(total);
}

/// Walks contiguous x once. along(y, x, n) folds a run of n reduced values into one; across(y, x, n) folds n
/// values into n results; both are told the offset of their result.
template <typename Along, typename Across>
void run(const Reduction& r, const float* x, Along&& along, Across&& across)
{
    const int last = r.rank - 1;
    std::int64_t stride[Walk::maxRank] = {};
    std::int64_t next = 1;
    for (int d = last; d >= 0; --d) {
        stride[d] = r.reduced[d] ? 0 : next;
        if (!r.reduced[d])
            next *= r.size[d];
    }
    std::int64_t index[Walk::maxRank] = {};
    std::int64_t at = 0;
    const std::int64_t n = r.size[last];
    for (;; x += n) {
        if (r.reduced[last])
            along(at, x, n);
        else
            across(at, x, n);
        int axis = last - 1;
        for (;; --axis) {
            if (axis < 0)
                return;
            at += stride[axis];
            if (++index[axis] < r.size[axis])
                break;
            at -= stride[axis] * r.size[axis];
            index[axis] = 0;
        }
    }
}

std::int64_t resultCount(const Reduction& r)
{
    std::int64_t count = 1;
    for (int d = 0; d < r.rank; ++d)
        count *= r.reduced[d] ? 1 : r.size[d];
    return count;
}

bool isEmpty(const Reduction& r)
{
    return std::any_of(r.size, r.size + r.rank, [](std::int64_t n) { return n == 0; });
}

/// Sum over the first axis of [rows, columns]: tiles of columns stay in registers, blocks of rows bound the
/// rounding.
void sumColumns(std::int64_t rows, std::int64_t columns, const float* x, float* y)
{
    constexpr std::int64_t tile = 64;
    constexpr std::int64_t rowBlock = 64;
    for (std::int64_t c0 = 0; c0 < columns; c0 += tile) {
        const std::int64_t width = std::min(tile, columns - c0);
        for (std::int64_t r0 = 0; r0 < rows; r0 += rowBlock) {
            float partial[tile] = {};
            const std::int64_t r1 = std::min(rows, r0 + rowBlock);
            for (std::int64_t row = r0; row < r1; ++row) {
                const float* from = x + row * columns + c0;
#pragma omp simd
                for (std::int64_t c = 0; c < width; ++c)
                    partial[c] += from[c];
            }
            for (std::int64_t c = 0; c < width; ++c)
                y[c0 + c] += partial[c];
        }
    }
}

template <typename Term>
void sumTerms(const Reduction& r, const float* x, const float* center, float* y, Term term)
{
    fill(resultCount(r), y, 0.0F);
    if (isEmpty(r))
        return;
    run(
        r, x,
        [=](std::int64_t at, const float* row, std::int64_t n) {
            const float c = center[at];
            y[at] += sumRow(n, [=](std::int64_t i) { return term(row[i], c); });
        },
        [=](std::int64_t at, const float* row, std::int64_t n) {
#pragma omp simd
            for (std::int64_t i = 0; i < n; ++i)
                y[at + i] += term(row[i], center[at + i]);
        });
}

template <typename Pick>
void extreme(const Reduction& r, const float* x, float* y, float start, Pick pick)
{
    fill(resultCount(r), y, start);
    if (isEmpty(r))
        return;
    run(
        r, x,
        [=](std::int64_t at, const float* row, std::int64_t n) {
            float best = y[at];
            for (std::int64_t i = 0; i < n; ++i)
                best = pick(best, row[i]);
            y[at] = best;
        },
        [=](std::int64_t at, const float* row, std::int64_t n) {
#pragma omp simd
            for (std::int64_t i = 0; i < n; ++i)
                y[at + i] = pick(y[at + i], row[i]);
        });
}

}  // namespace

void sum(const Reduction& r, const float* x, float* y)
{
    fill(resultCount(r), y, 0.0F);
    if (isEmpty(r))
        return;
    if (r.rank == 2 && r.reduced[0] && !r.reduced[1]) {
        sumColumns(r.size[0], r.size[1], x, y);
        return;
    }
    run(
        r, x,
        [=](std::int64_t at, const float* row, std::int64_t n) {
            y[at] += sumRow(n, [=](std::int64_t i) { return row[i]; });
        },
        [=](std::int64_t at, const float* row, std::int64_t n) {
#pragma omp simd
            for (std::int64_t i = 0; i < n; ++i)
                y[at + i] += row[i];
        });
}

// A NaN among the values is the result.
void max(const Reduction& r, const float* x, float* y)
{
    extreme(r, x, y, -std::numeric_limits<float>::infinity(),
            [](float best, float v) { return best > v || best != best ? best : v; });
}

void min(const Reduction& r, const float* x, float* y)
{
    extreme(r, x, y, std::numeric_limits<float>::infinity(),
            [](float best, float v) { return best < v || best != best ? best : v; });
}

void sumSquares(const Reduction& r, const float* x, const float* center, float* y)
{
    sumTerms(r, x, center, y, [](float v, float c) { return (v - c) * (v - c); });
}

void sumExp(const Reduction& r, const float* x, const float* center, float* y)
{
    sumTerms(r, x, center, y, [](float v, float c) { return std::exp(v - c); });
}

void countEqual(const Reduction& r, const float* x, const float* value, float* y)
{
    sumTerms(r, x, value, y, [](float v, float c) { return v == c ? 1.0F : 0.0F; });
}

}  // namespace fc::kernels
