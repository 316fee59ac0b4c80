// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/tensor/kernels/kernels.h"

namespace fc::kernels {

/// Where in the random sequence of (seed, stream): sixteen blocks of four words, `counter` the first, serve
/// 64 values, the first words of all blocks the first sixteen values, and so on.
struct RandomPlace {
    std::uint64_t seed;
    std::uint64_t stream;
    std::uint64_t counter;
};

/// How many blocks n values take: a started 64 counts whole.
constexpr std::uint64_t blocksOf(std::int64_t n)
{
    return 16 * static_cast<std::uint64_t>((n + 63) / 64);
}

/// y = x / (1 - share), or 0 where the value's 32-bit word is below share 2^32. y may be x. The words are
/// those of Philox4x32-10 (Salmon, Moraes, Dror & Shaw, SC 2011).
FC_KERNELS_API void dropout(std::int64_t n, const RandomPlace& place, float share, const float* x, float* y);

}  // namespace fc::kernels
