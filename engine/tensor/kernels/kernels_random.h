// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/tensor/kernels/kernels.h"

namespace fc::kernels {

/// Where in the random sequence of (seed, stream): eight blocks of four words, `counter` the first, serve 64
/// values with 16 bits each. The first 32 values take words 0 and 1 of the blocks, four values a block, the
/// others words 2 and 3; of a word the low half comes first.
struct RandomPlace {
    std::uint64_t seed;
    std::uint64_t stream;
    std::uint64_t counter;
};
constexpr std::int64_t valuesAtOnce = 64;

/// How many blocks n values take: a started 64 counts whole.
constexpr std::uint64_t blocksOf(std::int64_t n)
{
    return 8 * static_cast<std::uint64_t>((n + valuesAtOnce - 1) / valuesAtOnce);
}

/// y = 0 where the value's 16-bit number is below share 2^16, rounded to a whole number, else x / (1 - that
/// share). y may be x. The words are those of Philox4x32-10 (Salmon, Moraes, Dror & Shaw, SC 2011).
FC_KERNELS_API void dropout(std::int64_t n, const RandomPlace& place, float share, const float* x, float* y);

}  // namespace fc::kernels
