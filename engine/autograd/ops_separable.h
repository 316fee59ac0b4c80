// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/autograd/ops_conv.h"
#include "engine/tensor/tensor.h"

namespace fc {

/// Depth-wise separable convolution: each channel by kernels of its own, then a product over channels
/// (Chollet, 2017). x [B, C, L], depth [C m, 1, kernel], point [O, C m, 1], bias [O] or undefined ->
/// [B, O, length]; `options` are of the first, its groups follow from C. Throws Error naming the shapes that
/// do not fit.
Tensor separableConv1d(const Tensor& x, const Tensor& depth, const Tensor& point, const Tensor& bias,
                       Conv1dOptions options = {});

}  // namespace fc
