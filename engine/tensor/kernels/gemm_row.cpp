// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tensor/kernels/gemm_row.h"

#include <array>
#include <cstddef>

#include "engine/tensor/kernels/lanes.h"

namespace fc::kernels {

namespace {

constexpr std::int64_t width = laneWidth;

/// One value of C for each of `Count` neighbouring rows of a B stored by columns.
template <int Count>
void rowTimesRows(const Gemm& g, std::int64_t j)
{
    const float* row = g.b + j * g.ldb;
    Lanes sum[Count];
#pragma GCC unroll 8
    for (int l = 0; l < Count; ++l)
        sum[l] = Lanes{};
    const std::int64_t whole = g.k / width * width;
    for (std::int64_t i = 0; i < whole; i += width) {
        const Lanes value = loadLanes(g.a + i);
#pragma GCC unroll 8
        for (int l = 0; l < Count; ++l)
            sum[l] += value * loadLanes(row + l * g.ldb + i);
    }
    const Lanes value = loadLanes(g.a + whole, g.k - whole);
#pragma GCC unroll 8
    for (int l = 0; l < Count; ++l) {
        if (whole < g.k)
            sum[l] += value * loadLanes(row + l * g.ldb + whole, g.k - whole);
        float& to = g.c[j + l];
        to = g.alpha * sumOfLanes(sum[l]) + (g.beta != 0.0F ? g.beta * to : 0.0F);
    }
}

}  // namespace

// The columns of a long row stay in registers while B passes by once.
void rowTimesMatrix(const Gemm& g)
{
    constexpr int parts = 8;
    std::int64_t j = 0;
    for (; j + parts * width <= g.n; j += parts * width) {
        Lanes sum[parts] = {};
        for (std::int64_t i = 0; i < g.k; ++i) {
            const float value = g.alpha * g.a[i];
            const float* row = g.b + i * g.ldb + j;
#pragma GCC unroll 8
            for (int p = 0; p < parts; ++p)
                sum[p] += value * loadLanes(row + p * width);
        }
        for (int p = 0; p < parts; ++p) {
            float* to = g.c + j + p * width;
            storeLanes(to, g.beta != 0.0F ? sum[p] + g.beta * loadLanes(to) : sum[p]);
        }
    }
    if (j == g.n)
        return;
    const std::int64_t rest = g.n - j;
    std::array<float, static_cast<std::size_t>(parts * width)> sums{};
    for (std::int64_t i = 0; i < g.k; ++i)
        axpy(rest, g.alpha * g.a[i], g.b + i * g.ldb + j, sums.data());
    for (std::int64_t l = 0; l < rest; ++l)
        g.c[j + l] = sums[static_cast<std::size_t>(l)] + (g.beta != 0.0F ? g.beta * g.c[j + l] : 0.0F);
}

void rowTimesTransposed(const Gemm& g)
{
    constexpr int atOnce = 8;
    std::int64_t j = 0;
    for (; j + atOnce <= g.n; j += atOnce)
        rowTimesRows<atOnce>(g, j);
    for (; j < g.n; ++j)
        rowTimesRows<1>(g, j);
}

}  // namespace fc::kernels
