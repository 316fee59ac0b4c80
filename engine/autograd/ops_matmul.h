// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/tensor/tensor.h"

namespace fc {

/// a [..., M, K] times b [..., K, N] -> [..., M, N]; leading axes broadcast. A vector [K] on the left counts
/// as [1, K], on the right as [K, 1], and the added axis goes again. Throws Error naming both shapes when K
/// differs.
Tensor matmul(const Tensor& a, const Tensor& b);

/// x [..., in], weight [out, in] (F32, F16 or BF16), bias [out] or undefined -> x weight^T + bias [..., out],
/// as one product.
/// Throws Error naming both shapes when `in` differs.
Tensor linear(const Tensor& x, const Tensor& weight, const Tensor& bias = {});

/// relu(linear(x, weight, bias)), the cut at 0 made while the product is written.
Tensor linearRelu(const Tensor& x, const Tensor& weight, const Tensor& bias = {});

}  // namespace fc
