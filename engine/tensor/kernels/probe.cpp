// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tensor/kernels/kernels_probe.h"

namespace fc::kernels {

void markNonZero(std::int64_t n, const float* __restrict values, std::uint8_t* __restrict seen)
{
    for (std::int64_t i = 0; i < n; ++i)
        seen[i] = static_cast<std::uint8_t>(seen[i] | static_cast<std::uint8_t>(values[i] != 0.0F));
}

std::int64_t countUnmarked(std::int64_t n, const std::uint8_t* seen)
{
    std::int64_t count = 0;
    for (std::int64_t i = 0; i < n; ++i)
        count += seen[i] == 0 ? 1 : 0;
    return count;
}

}  // namespace fc::kernels
