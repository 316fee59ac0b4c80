// SPDX-License-Identifier: GPL-3.0-or-later
// Tensors made from a rule, from chance or from typed values; Tensor has empty, zeros, full, scalar and from.
#pragma once

#include <cstdint>
#include <span>

#include "engine/base/rng.h"
#include "engine/tensor/tensor.h"

namespace fc {

inline Tensor ones(const Shape& shape)
{
    return Tensor::full(shape, 1.0F);
}

/// start, start + step, … up to but without `end` -> [n], each computed in double from its place. Throws
/// Error when a number is not finite, when `step` is 0 or when it leads away from `end`.
Tensor arange(double start, double end, double step = 1.0);
/// 0, 1, … count - 1.
inline Tensor arange(std::int64_t count)
{
    return arange(0.0, static_cast<double>(count));
}

/// Standard normal, row-major in the order of the generator.
Tensor randn(const Shape& shape, Rng& rng);
/// Evenly from [low, high), row-major in the order of the generator.
Tensor uniform(const Shape& shape, float low, float high, Rng& rng);

/// Copies `values`, row-major, as I64, I8 or U8. Throws Error when the count does not fit the shape.
Tensor wholeNumbers(const Shape& shape, std::span<const std::int64_t> values);
Tensor wholeNumbers(const Shape& shape, std::span<const std::int8_t> values);
Tensor wholeNumbers(const Shape& shape, std::span<const std::uint8_t> values);
/// Copies as Bool.
Tensor booleans(const Shape& shape, std::span<const bool> values);

}  // namespace fc
