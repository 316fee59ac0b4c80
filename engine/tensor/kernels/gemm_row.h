// SPDX-License-Identifier: GPL-3.0-or-later
// Products whose A has one row, as in a forecast of one window: every weight is read once and nothing is laid
// out. Inside the library of kernels only.
#pragma once

#include "engine/tensor/kernels/kernels.h"

namespace fc::kernels {

/// C [n] = beta C + alpha A B for g.m = 1 and a B that is not transposed.
void rowTimesMatrix(const Gemm& g);
/// The same for a transposed B.
void rowTimesTransposed(const Gemm& g);

}  // namespace fc::kernels
