// SPDX-License-Identifier: GPL-3.0-or-later
// A register of floats as wide as the build has, and what the hand-written kernels share: loads and stores of
// parts, the exponential family, and the register tile of a matrix product.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>

#if defined(__AVX2__)
#include <immintrin.h>
#endif

namespace fc::kernels {

#if defined(__AVX512F__)
constexpr std::size_t laneCount = 16;
/// Registers that a tile of sums may take; the others hold a row of B and a value of A.
constexpr int tileRegisters = 24;
#elif defined(__AVX2__)
constexpr std::size_t laneCount = 8;
constexpr int tileRegisters = 12;
#else
constexpr std::size_t laneCount = 4;
constexpr int tileRegisters = 12;
#endif
using Lanes = float __attribute__((vector_size(laneCount * sizeof(float))));
using LaneBits = std::int32_t __attribute__((vector_size(laneCount * sizeof(float))));
constexpr auto laneWidth = static_cast<std::int64_t>(laneCount);

inline Lanes loadLanes(const float* from)
{
    Lanes v;
    std::memcpy(&v, from, sizeof v);
    return v;
}
inline void storeLanes(float* to, Lanes v)
{
    std::memcpy(to, &v, sizeof v);
}

/// 0, 1, 2, ...
inline LaneBits laneNumbers()
{
    return []<int... I>(std::integer_sequence<int, I...>)
    {
        return LaneBits{I...};
    }
    (std::make_integer_sequence<int, static_cast<int>(laneCount)>());
}

/// v with zeros behind the first n lanes.
inline Lanes firstLanes(Lanes v, std::int64_t n)
{
    return n >= laneWidth ? v : (laneNumbers() < static_cast<std::int32_t>(n) ? v : Lanes{});
}

// Parts of a register: masked loads where the processor has them, since a loop over lanes costs more than all
// of the arithmetic.
#if defined(__AVX512F__)
inline Lanes loadSomeLanes(const float* from, std::int64_t n)
{
    return _mm512_maskz_loadu_ps(static_cast<__mmask16>((1U << n) - 1U), from);
}
inline void storeSomeLanes(float* to, Lanes v, std::int64_t n)
{
    _mm512_mask_storeu_ps(to, static_cast<__mmask16>((1U << n) - 1U), v);
}
#elif defined(__AVX2__)
inline Lanes loadSomeLanes(const float* from, std::int64_t n)
{
    return _mm256_maskload_ps(from, std::bit_cast<__m256i>(laneNumbers() < static_cast<std::int32_t>(n)));
}
inline void storeSomeLanes(float* to, Lanes v, std::int64_t n)
{
    _mm256_maskstore_ps(to, std::bit_cast<__m256i>(laneNumbers() < static_cast<std::int32_t>(n)), v);
}
#else
inline Lanes loadSomeLanes(const float* from, std::int64_t n)
{
    Lanes v = {};
    for (std::int64_t i = 0; i < n; ++i)
        v[i] = from[i];
    return v;
}
inline void storeSomeLanes(float* to, Lanes v, std::int64_t n)
{
    for (std::int64_t i = 0; i < n; ++i)
        to[i] = v[i];
}
#endif

/// The first n values, zeros behind them.
inline Lanes loadLanes(const float* from, std::int64_t n)
{
    return n >= laneWidth ? loadLanes(from) : loadSomeLanes(from, n);
}
inline void storeLanes(float* to, Lanes v, std::int64_t n)
{
    if (n >= laneWidth)
        storeLanes(to, v);
    else
        storeSomeLanes(to, v, n);
}

inline Lanes everywhere(float value)
{
    return value - Lanes{};
}

template <std::size_t By, std::size_t... I>
inline Lanes rotatedLanes(Lanes v, std::index_sequence<I...>)
{
    return __builtin_shufflevector(v, v, static_cast<int>((I + By) % laneCount)...);
}

/// op over all lanes by halves.
template <typename Op>
inline float foldLanes(Lanes v, Op&& op)
{
    constexpr auto all = std::make_index_sequence<laneCount>();
    if constexpr (laneCount > 8)
        v = op(v, rotatedLanes<8>(v, all));
    if constexpr (laneCount > 4)
        v = op(v, rotatedLanes<4>(v, all));
    v = op(v, rotatedLanes<2>(v, all));
    v = op(v, rotatedLanes<1>(v, all));
    return v[0];
}
inline float sumOfLanes(Lanes v)
{
    return foldLanes(v, [](Lanes a, Lanes b) { return a + b; });
}
inline Lanes maxOf(Lanes a, Lanes b)
{
    return a > b ? a : b;
}
inline float maxOfLanes(Lanes v)
{
    return foldLanes(v, maxOf);
}

/// exp(x) in two parts: x = n ln 2 + r with |r| <= ln 2 / 2, so exp(x) = power (1 + rest).
struct ExpParts {
    Lanes power;  ///< 2^n
    Lanes rest;   ///< exp(r) - 1
};
/// |x| <= 87. The polynomial interpolates (exp(r) - 1 - r) / r^2 at the nodes of Chebyshev; its relative
/// error is 1e-8.
inline ExpParts expParts(Lanes x)
{
    constexpr float log2e = 1.44269504F;
    constexpr float ln2High = 0.693359375F;  // few digits, so that n ln2High is exact
    constexpr float ln2Low = -2.12194440e-4F;
    constexpr float toInteger = 12582912.0F;  // 1.5 2^23: the sum's low bits are the nearest integer
    const Lanes shifted = x * log2e + toInteger;
    const Lanes n = shifted - toInteger;
    const Lanes r = (x - n * ln2High) - n * ln2Low;
    Lanes q = everywhere(0.0013926184F);
    q = q * r + 0.0083631789F;
    q = q * r + 0.0416665561F;
    q = q * r + 0.1666657627F;
    q = q * r + 0.5F;
    const LaneBits exponent = (std::bit_cast<LaneBits>(shifted) << 23) + (127 << 23);
    return {std::bit_cast<Lanes>(exponent), r + r * r * q};
}

inline Lanes clampLanes(Lanes x, float limit)
{
    x = x < -limit ? everywhere(-limit) : x;
    return x > limit ? everywhere(limit) : x;
}

/// exp(x) for x <= 0; below -87 it is 1e-38.
inline Lanes expOfNegative(Lanes x)
{
    const ExpParts e = expParts(x < -87.0F ? everywhere(-87.0F) : x);
    return e.power + e.power * e.rest;
}
/// 1 / (1 + exp(-x)).
inline Lanes sigmoidOf(Lanes x)
{
    const ExpParts e = expParts(clampLanes(-x, 87.0F));
    return 1.0F / (1.0F + (e.power + e.power * e.rest));
}
/// e / (e + 2) with e = exp(2x) - 1, which keeps its digits near 0.
inline Lanes tanhOf(Lanes x)
{
    const ExpParts e = expParts(clampLanes(2.0F * x, 20.0F));
    const Lanes minusOne = e.power * e.rest + (e.power - 1.0F);
    return minusOne / (minusOne + 2.0F);
}

/// sum[r][p] += A[r][k] B[k][p] over k in order, one product after the other, whatever the tile: a value does
/// not depend on how the rows are cut into tiles.
struct TileOperands {
    std::int64_t k;
    const float* a;
    std::int64_t aRow;   ///< floats between rows of A
    std::int64_t aStep;  ///< floats between values of a row of A
    const float* b;
    std::int64_t bStep;  ///< floats between rows of B
};
template <int Rows, int Parts>
[[gnu::always_inline]] inline void multiplyAdd(const TileOperands& t, Lanes (&sum)[Rows][Parts])
{
    const float* a = t.a;
    const float* b = t.b;
    for (std::int64_t k = 0; k < t.k; ++k, a += t.aStep, b += t.bStep) {
        Lanes row[Parts];
#pragma GCC unroll 4
        for (int p = 0; p < Parts; ++p)
            row[p] = loadLanes(b + p * laneWidth);
#pragma GCC unroll 16
        for (int r = 0; r < Rows; ++r) {
            const float value = a[r * t.aRow];
#pragma GCC unroll 4
            for (int p = 0; p < Parts; ++p)
                sum[r][p] += value * row[p];
        }
    }
}

/// Rows of a tile of sums `parts` registers wide.
constexpr int tileRowsFor(int parts)
{
    return tileRegisters / parts;
}

/// body.template operator()<Rows>(first) for blocks of at most MaxRows of `count` rows, in equal shares: 32
/// rows are 11, 11, 10 and not 12, 12, 8.
template <int MaxRows, typename Body>
inline void eachRowBlock(std::int64_t count, Body&& body)
{
    const std::int64_t blocks = (count + MaxRows - 1) / MaxRows;
    for (std::int64_t block = 0, first = 0; block < blocks; ++block) {
        const std::int64_t rows = (count - first + blocks - block - 1) / (blocks - block);
        [&]<int... R>(std::integer_sequence<int, R...>)
        {
            (void)((rows == R + 1 && (body.template operator()<R + 1>(first), true)) || ...);
        }
        (std::make_integer_sequence<int, MaxRows>());
        first += rows;
    }
}

template <std::size_t... I>
inline Lanes zipLowLanes(Lanes a, Lanes b, std::index_sequence<I...>)
{
    return __builtin_shufflevector(a, b, static_cast<int>(I % 2 == 0 ? I / 2 : laneCount + I / 2)...);
}
template <std::size_t... I>
inline Lanes zipHighLanes(Lanes a, Lanes b, std::index_sequence<I...>)
{
    return __builtin_shufflevector(
        a, b, static_cast<int>(laneCount / 2 + (I % 2 == 0 ? I / 2 : laneCount + I / 2))...);
}

/// Rows become columns. Each perfect shuffle turns the index (j, k) by one bit; after log2(lanes) of them the
/// two have changed places.
[[gnu::always_inline]] inline void shuffleTransposed(Lanes (&row)[laneCount])
{
    constexpr auto all = std::make_index_sequence<laneCount>();
#pragma GCC unroll 4
    for (std::size_t turned = 1; turned < laneCount; turned *= 2) {
        Lanes next[laneCount];
#pragma GCC unroll 8
        for (std::size_t i = 0; i < laneCount / 2; ++i) {
            next[2 * i] = zipLowLanes(row[i], row[i + laneCount / 2], all);
            next[2 * i + 1] = zipHighLanes(row[i], row[i + laneCount / 2], all);
        }
#pragma GCC unroll 16
        for (std::size_t i = 0; i < laneCount; ++i)
            row[i] = next[i];
    }
}

/// put(k, column k) of the matrix whose row j is take(j), for j < rows and k < columns, both at most
/// laneWidth; zeros for the other j.
template <typename Take, typename Put>
[[gnu::always_inline]] inline void transposeLanes(std::int64_t rows, std::int64_t columns, Take&& take,
                                                  Put&& put)
{
    Lanes row[laneCount];
    if (rows == laneWidth && columns == laneWidth) {  // without a test a row, all of them stay in registers
#pragma GCC unroll 16
        for (std::int64_t j = 0; j < laneWidth; ++j)
            row[j] = take(j);
        shuffleTransposed(row);
#pragma GCC unroll 16
        for (std::int64_t k = 0; k < laneWidth; ++k)
            put(k, row[k]);
        return;
    }
    for (std::int64_t j = 0; j < laneWidth; ++j)
        row[j] = j < rows ? take(j) : Lanes{};
    shuffleTransposed(row);
    for (std::int64_t k = 0; k < columns; ++k)
        put(k, row[k]);
}

/// to[k * toStep + j] = from[j * fromStep + k], likewise.
inline void transposeLanes(const float* from, std::int64_t fromStep, std::int64_t rows, std::int64_t columns,
                           float* to, std::int64_t toStep)
{
    transposeLanes(
        rows, columns, [=](std::int64_t j) { return loadLanes(from + j * fromStep, columns); },
        [=](std::int64_t k, Lanes v) { storeLanes(to + k * toStep, v); });
}

}  // namespace fc::kernels
