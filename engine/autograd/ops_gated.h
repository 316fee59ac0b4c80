// SPDX-License-Identifier: GPL-3.0-or-later
// Gated linear units: along an axis of even size, the first half times a function of the second, in one pass.
// Throw Error naming the operation and the shape when the size is odd.
#pragma once

#include "engine/tensor/tensor.h"

namespace fc {

/// a sigmoid(b) (Dauphin et al., 2017).
Tensor glu(const Tensor& x, int axis = -1);
/// a silu(b), a gelu(b) by the error function, and a relu(b) (Shazeer, 2020).
Tensor swiglu(const Tensor& x, int axis = -1);
Tensor geglu(const Tensor& x, int axis = -1);
Tensor reglu(const Tensor& x, int axis = -1);

}  // namespace fc
