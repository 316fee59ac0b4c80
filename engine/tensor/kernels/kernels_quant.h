// SPDX-License-Identifier: GPL-3.0-or-later
// Block-quantised numbers; the formats are described at BlockFormat.
#pragma once

#include "engine/tensor/dtype.h"
#include "engine/tensor/kernels/kernels.h"

namespace fc::kernels {

/// x [32 blocks] -> bytes. False when a number is not finite or beyond what a binary16 scale reaches; the
/// bytes are of no use then.
FC_KERNELS_API bool packBlocks(BlockFormat format, std::int64_t blocks, const float* x, std::uint8_t* bytes);
FC_KERNELS_API void unpackBlocks(BlockFormat format, std::int64_t blocks, const std::uint8_t* bytes,
                                 float* y);

/// y [m, n] (rows `ldy` apart) = x [m, k] W^T, W [n, k] in blocks along k. Its rows are unpacked one after
/// the other into `row`, which has room for k numbers.
struct BlockProduct {
    BlockFormat format;
    std::int64_t m, n, k;
    const float* x;
    const std::uint8_t* w;
    float* row;
    float* y;
    std::int64_t ldy;
};
FC_KERNELS_API void multiplyBlocks(const BlockProduct& p);

}  // namespace fc::kernels
