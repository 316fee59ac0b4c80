// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <span>

#include "engine/tensor/kernels/kernels.h"
#include "engine/tensor/tensor.h"

namespace fc::raw {

/// Which axes are reduced.
using AxisSet = std::array<bool, Shape::maxRank>;

/// The shape with reduced axes of size 1.
Shape keptShape(const Shape& shape, const AxisSet& axes);
/// The shape without the reduced axes.
Shape droppedShape(const Shape& shape, const AxisSet& axes);

using ReduceKernel = void (*)(const kernels::Reduction& r, const float* x, float* y);
using CenteredReduceKernel = void (*)(const kernels::Reduction& r, const float* x, const float* center,
                                      float* y);

/// x -> contiguous, reduced axes of size 1. Nothing here is recorded.
Tensor reduce(ReduceKernel kernel, const Tensor& x, const AxisSet& axes);
/// The same for kernels that compare with a contiguous `center`, one value for each result.
Tensor reduce(CenteredReduceKernel kernel, const Tensor& x, const Tensor& center, const AxisSet& axes);

}  // namespace fc::raw
