// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <array>
#include <cmath>

#include "engine/tensor/kernels/kernels_random.h"

namespace fc::kernels {

namespace {

constexpr std::size_t lanes = 16;
using Words = std::array<std::uint32_t, lanes>;

/// Philox4x32-10 for `lanes` consecutive counters at once: word w of counter i is result[w][i].
std::array<Words, 4> philox(const RandomPlace& place, std::uint64_t first)
{
    constexpr std::uint64_t mul0 = 0xD2511F53;
    constexpr std::uint64_t mul1 = 0xCD9E8D57;
    std::array<Words, 4> c;
    for (std::size_t i = 0; i < lanes; ++i) {
        c[0][i] = static_cast<std::uint32_t>(first + i);
        c[1][i] = static_cast<std::uint32_t>((first + i) >> 32U);
        c[2][i] = static_cast<std::uint32_t>(place.stream);
        c[3][i] = static_cast<std::uint32_t>(place.stream >> 32U);
    }
    auto k0 = static_cast<std::uint32_t>(place.seed);
    auto k1 = static_cast<std::uint32_t>(place.seed >> 32U);
    for (int round = 0; round < 10; ++round) {
#pragma omp simd
        for (std::size_t i = 0; i < lanes; ++i) {
            const std::uint64_t p0 = mul0 * c[0][i];
            const std::uint64_t p1 = mul1 * c[2][i];
            c[0][i] = static_cast<std::uint32_t>(p1 >> 32U) ^ c[1][i] ^ k0;
            c[1][i] = static_cast<std::uint32_t>(p1);
            c[2][i] = static_cast<std::uint32_t>(p0 >> 32U) ^ c[3][i] ^ k1;
            c[3][i] = static_cast<std::uint32_t>(p0);
        }
        k0 += 0x9E3779B9U;
        k1 += 0xBB67AE85U;
    }
    return c;
}

}  // namespace

void dropout(std::int64_t n, const RandomPlace& place, float share, const float* x, float* y)
{
    constexpr auto step = static_cast<std::int64_t>(4 * lanes);
    const auto limit =
        static_cast<std::uint32_t>(std::min(0x1p32 - 1.0, std::floor(static_cast<double>(share) * 0x1p32)));
    const float kept = 1.0F / (1.0F - share);
    std::int64_t begin = 0;
    for (; begin + step <= n; begin += step) {
        const std::array<Words, 4> words =
            philox(place, place.counter + static_cast<std::uint64_t>(begin / 4));
        for (std::size_t w = 0; w < 4; ++w) {
            const std::int64_t at = begin + static_cast<std::int64_t>(w * lanes);
#pragma omp simd
            for (std::size_t i = 0; i < lanes; ++i) {
                const float value = x[at + static_cast<std::int64_t>(i)] * kept;
                y[at + static_cast<std::int64_t>(i)] = words[w][i] < limit ? 0.0F : value;
            }
        }
    }
    if (begin == n)
        return;
    const std::array<Words, 4> words = philox(place, place.counter + static_cast<std::uint64_t>(begin / 4));
    for (std::int64_t i = 0; begin + i < n; ++i) {
        const auto at = static_cast<std::size_t>(i);
        y[begin + i] = words[at / lanes][at % lanes] < limit ? 0.0F : x[begin + i] * kept;
    }
}

}  // namespace fc::kernels
