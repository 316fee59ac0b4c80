// SPDX-License-Identifier: GPL-3.0-or-later
// Loops that look at a training without changing it.
#pragma once

#include <cstdint>

#include "engine/tensor/kernels/kernels.h"

namespace fc::kernels {

/// seen[i] = 1 where values[i] is not 0; the others stay.
FC_KERNELS_API void markNonZero(std::int64_t n, const float* values, std::uint8_t* seen);
/// How many of the marks are 0.
FC_KERNELS_API std::int64_t countUnmarked(std::int64_t n, const std::uint8_t* seen);

}  // namespace fc::kernels
