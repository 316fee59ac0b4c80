// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <utility>

#include "engine/tensor/kernels/kernels_random.h"
#include "engine/tensor/kernels/lanes.h"

namespace fc::kernels {

namespace {

/// One word of some blocks: the low half of each lane; what the upper half holds does not matter.
using Words = std::uint64_t __attribute__((vector_size(laneCount * sizeof(float))));
constexpr std::int64_t blocksAtOnce = laneWidth / 2;

inline Words everywhere(std::uint64_t value)
{
    return value - Words{};
}

/// 0, 1, 2, ...
inline Words blockNumbers()
{
    return []<std::uint64_t... I>(std::integer_sequence<std::uint64_t, I...>)
    {
        return Words{I...};
    }
    (std::make_integer_sequence<std::uint64_t, blocksAtOnce>());
}

/// Of the low halves.
inline Words product(Words a, std::uint32_t b)
{
#if defined(__AVX512F__)
    return std::bit_cast<Words>(_mm512_mul_epu32(std::bit_cast<__m512i>(a), _mm512_set1_epi64(b)));
#elif defined(__AVX2__)
    return std::bit_cast<Words>(_mm256_mul_epu32(std::bit_cast<__m256i>(a), _mm256_set1_epi64x(b)));
#else
    return (a & 0xFFFFFFFFU) * b;
#endif
}

/// Philox4x32-10 of the blocks from `first` on. Words 0 and 1 of each block are the next eight bytes of
/// `low`, words 2 and 3 those of `high`.
inline void philox(const RandomPlace& place, std::uint64_t first, std::uint16_t* low, std::uint16_t* high)
{
    Words c[4];
    c[0] = everywhere(first) + blockNumbers();
    c[1] = c[0] >> 32U;
    c[2] = everywhere(place.stream);
    c[3] = everywhere(place.stream >> 32U);
    auto k0 = static_cast<std::uint32_t>(place.seed);
    auto k1 = static_cast<std::uint32_t>(place.seed >> 32U);
    for (int round = 0; round < 10; ++round) {
        const Words p0 = product(c[0], 0xD2511F53U);
        const Words p1 = product(c[2], 0xCD9E8D57U);
        c[0] = (p1 >> 32U) ^ c[1] ^ k0;
        c[1] = p1;
        c[2] = (p0 >> 32U) ^ c[3] ^ k1;
        c[3] = p0;
        k0 += 0x9E3779B9U;
        k1 += 0xBB67AE85U;
    }
    const Words lowHalf = everywhere(0xFFFFFFFFU);
    const Words pairs[2] = {(c[0] & lowHalf) | (c[1] << 32U), (c[2] & lowHalf) | (c[3] << 32U)};
    std::memcpy(low, &pairs[0], sizeof(Words));
    std::memcpy(high, &pairs[1], sizeof(Words));
}

/// The 16-bit numbers of 64 values.
inline void drawNumbers(const RandomPlace& place, std::uint64_t first, std::uint16_t* numbers)
{
    for (std::int64_t block = 0; block < valuesAtOnce / 8; block += blocksAtOnce)
        philox(place, first + static_cast<std::uint64_t>(block), numbers + 4 * block,
               numbers + valuesAtOnce / 2 + 4 * block);
}

using LaneNumbers = std::uint16_t __attribute__((vector_size(laneCount * sizeof(std::uint16_t))));

/// y = x kept, or 0 where the number is below the limit; `n` lanes of it.
inline void dropLanes(const std::uint16_t* numbers, std::int32_t limit, float kept, std::int64_t n,
                      const float* x, float* y)
{
    LaneNumbers drawn;
    std::memcpy(&drawn, numbers, sizeof drawn);
    const Lanes value = loadLanes(x, n) * kept;
    storeLanes(y, __builtin_convertvector(drawn, LaneBits) < limit ? Lanes{} : value, n);
}

}  // namespace

void dropout(std::int64_t n, const RandomPlace& place, float share, const float* x, float* y)
{
    // The share as the numbers have it, so that the mean is kept to the last digit.
    const auto limit = static_cast<std::int32_t>(std::min(65535.0F, std::round(share * 65536.0F)));
    const float kept = 65536.0F / (65536.0F - static_cast<float>(limit));
    for (std::int64_t begin = 0; begin < n; begin += valuesAtOnce) {
        alignas(64) std::uint16_t numbers[valuesAtOnce];
        drawNumbers(place, place.counter + blocksOf(begin), numbers);
        const std::int64_t end = std::min(valuesAtOnce, n - begin);
        for (std::int64_t i = 0; i < end; i += laneWidth)
            dropLanes(numbers + i, limit, kept, end - i, x + begin + i, y + begin + i);
    }
}

}  // namespace fc::kernels
