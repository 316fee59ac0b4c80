// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "engine/tensor/kernels/kernels.h"
#include "engine/tensor/tensor.h"

namespace fc {

using Strides = std::array<std::int64_t, Shape::maxRank>;

Strides contiguousStrides(const Shape& shape);

/// The shape of a and b after broadcasting (NumPy's rule: aligned at the end, 1 repeats). Throws Error naming
/// `operation` and both shapes.
Shape broadcastShape(std::string_view operation, const Shape& a, const Shape& b);

/// The axis counted from the front. Throws Error naming `operation`, the axis and the shape.
int axisOf(std::string_view operation, const Shape& shape, int axis);

/// A view of x with the larger shape, repeating by stride 0. `shape` must be one that x broadcasts to.
Tensor broadcastView(const Tensor& x, const Shape& shape);

/// A view of contiguous x with another shape of the same count.
Tensor reshapedView(const Tensor& x, const Shape& shape);

/// The loops over `shape` for operands that broadcast to it, the result first, with neighbouring axes merged
/// where all operands allow it. At most 4 operands.
kernels::Walk walkOver(const Shape& shape, std::span<const Tensor* const> operands);

}  // namespace fc
