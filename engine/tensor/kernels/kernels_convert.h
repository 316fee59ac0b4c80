// SPDX-License-Identifier: GPL-3.0-or-later
// Loops over numbers that are not all float32.
#pragma once

#include "engine/tensor/dtype.h"
#include "engine/tensor/kernels/kernels.h"

namespace fc::kernels {

/// y = x, elements of 1, 2 or 8 bytes.
FC_KERNELS_API void copyElements(const Walk& walk, std::int64_t elementBytes, void* y, const void* x);

/// y [n] of type `to` = x [n] of type `from`; the rules are those of Tensor::to().
struct Convert {
    std::int64_t n;
    DType from;
    const void* x;
    DType to;
    void* y;
};
FC_KERNELS_API void convert(const Convert& c);

}  // namespace fc::kernels
