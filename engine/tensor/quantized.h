// SPDX-License-Identifier: GPL-3.0-or-later
// Weights in a quarter or an eighth of their memory, for inference. Nothing here is recorded.
#pragma once

#include "engine/tensor/tensor.h"

namespace fc {

/// Numbers packed in blocks of 32 along the last axis.
struct Quantized {
    BlockFormat format = BlockFormat::Q8;
    Shape shape;    ///< of the numbers, [..., K]
    Tensor blocks;  ///< U8 [blocks, bytes of one block], row-major as the numbers
};

/// x [..., K], K a multiple of 32. Scales are those of GGML: Q8_0 max|x| / 127, Q4_0 the number of largest
/// size / -8, Q4_1 (max - min) / 15, rounded to binary16; numbers are counted in steps of the rounded scale
/// d. So the error is at most d / 2 for Q8_0; |d| / 2 for Q4_0, but |d| near the end opposite to the largest
/// number; d / 2 plus 2^-11 of |min| and of (max - min), for the rounding of m and d, for Q4_1. Throws Error
/// when K does not fit, or when a number is not finite or beyond the scales: larger than 65504 times
/// 127 (Q8_0) or 8 (Q4_0), or with a minimum beyond 65504 or a range beyond 15 times that (Q4_1).
Quantized pack(const Tensor& x, BlockFormat format);

/// -> F32 [..., K].
Tensor unpack(const Quantized& packed);

/// x [..., K] times the transpose of weight [N, K] -> [..., N]. The weight is unpacked row by row on the
/// way, never as a whole. The result does not depend on the number of threads. Throws Error naming both
/// shapes.
Tensor multiplyTransposed(const Tensor& x, const Quantized& weight);

}  // namespace fc
