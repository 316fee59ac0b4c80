// SPDX-License-Identifier: GPL-3.0-or-later
// Kernels applied to whole tensors: shapes, memory and threads. Nothing here is recorded.
#pragma once

#include "engine/tensor/kernels/kernels.h"
#include "engine/tensor/tensor.h"

namespace fc::raw {

/// Any x -> contiguous, same shape.
Tensor unary(kernels::UnaryKernel kernel, const Tensor& x, float p = 0.0F, float q = 0.0F);

/// dy, saved [same shape] -> dx. Writes into dy when nobody else sees it.
Tensor unaryGrad(kernels::UnaryGradKernel kernel, const Tensor& dy, const Tensor& saved, float p = 0.0F,
                 float q = 0.0F);

/// p x + q.
inline Tensor affine(const Tensor& x, float p, float q)
{
    return unary(kernels::affine, x, p, q);
}

/// Operands broadcast to `shape`, which the caller has checked -> contiguous `shape`.
Tensor binary(kernels::BinaryKernel kernel, const Shape& shape, const Tensor& a, const Tensor& b);
Tensor ternary(kernels::TernaryKernel kernel, const Shape& shape, const Tensor& a, const Tensor& b,
               const Tensor& c);

/// target += x, which broadcasts to it. The target may be a view.
void accumulate(Tensor& target, const Tensor& x);

/// Sums x over the axes by which `shape` was broadcast to it -> contiguous `shape`, or x itself when they are
/// equal.
Tensor sumTo(const Tensor& x, const Shape& shape);

}  // namespace fc::raw
