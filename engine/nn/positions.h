// SPDX-License-Identifier: GPL-3.0-or-later
// What tells an attention where a step stands; rotary positions are in engine/autograd/ops_attention.h.
#pragma once

#include "engine/nn/weights.h"

namespace fc {

/// [length, width]: even columns 2i hold sin(t base^(-2i / width)), odd ones the cosine (Vaswani et al.,
/// 2017, section 3.5). To be added to x [B, length, width].
Tensor sinusoidalPositions(std::int64_t length, std::int64_t width, double base = 10000.0);

/// A learned vector for each of `length` places, added: x [B, T, width] with T up to `length` -> same shape.
/// Weight "weight" [length, width], normal with deviation 0.02. Throws Error when x is longer.
struct LearnedPositions {
    LearnedPositions(const WeightScope& scope, std::int64_t length, std::int64_t width);

    Tensor operator()(const Tensor& x) const;

    Tensor weight;
};

}  // namespace fc
