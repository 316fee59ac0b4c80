// SPDX-License-Identifier: GPL-3.0-or-later
// Matrix products on whole tensors. Nothing here is recorded.
#pragma once

#include "engine/tensor/kernels/kernels.h"
#include "engine/tensor/tensor.h"

namespace fc::raw {

/// One product on up to threadCount() threads; the result does not depend on their number.
void gemm(const kernels::Gemm& g);

/// a [..., M, K], b [..., K, N] of rank 2 or more, leading axes broadcast -> [..., M, N] contiguous.
/// Transposed views are read as they are. The caller has checked the shapes.
Tensor matmul(const Tensor& a, const Tensor& b);

}  // namespace fc::raw
