// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/tensor/kernels/kernels.h"

namespace fc::kernels {

/// Turns pairs of [steps, depth]: (a, b) -> (a cos - b sin, b cos + a sin), sin times `sign`; what is behind
/// the pairs is copied.
struct Rotary {
    std::int64_t steps;
    std::int64_t depth;
    std::int64_t pairs;
    bool interleaved;  ///< pairs (2i, 2i + 1) instead of (i, i + pairs)
    float sign;
    const float* cosines;  ///< [steps, pairs]
    const float* sines;
    std::int64_t row;   ///< floats between steps of x
    std::int64_t step;  ///< floats between values of a step of x
};
/// y [steps, depth] without gaps.
FC_KERNELS_API void rotary(const Rotary& r, const float* x, float* y);

}  // namespace fc::kernels
