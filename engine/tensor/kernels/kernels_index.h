// SPDX-License-Identifier: GPL-3.0-or-later
// Loops that pick values by position. Positions are whole numbers stored as floats, already checked.
#pragma once

#include "engine/tensor/kernels/kernels.h"

namespace fc::kernels {

/// x [outer, source, inner] and one list of `count` positions for all, y [outer, count, inner].
struct Pick {
    std::int64_t outer;
    std::int64_t source;
    std::int64_t count;
    std::int64_t inner;
};
/// y[o, j, :] = x[o, index[j], :].
FC_KERNELS_API void pick(const Pick& p, const float* index, const float* x, float* y);
/// dx[o, index[j], :] += dy[o, j, :].
FC_KERNELS_API void pickGrad(const Pick& p, const float* index, const float* dy, float* dx);

/// Rows x [rows, source] with a list of `count` positions of its own for each row.
struct PickRows {
    std::int64_t rows;
    std::int64_t source;
    std::int64_t count;
};
/// y[r, j] = x[r, index[r, j]].
FC_KERNELS_API void gather(const PickRows& p, const float* index, const float* x, float* y);
/// x[r, index[r, j]] += y[r, j].
FC_KERNELS_API void scatterAdd(const PickRows& p, const float* index, const float* y, float* x);

/// Positions of the values of each row in order, equal ones in theirs; the first `count` of them.
FC_KERNELS_API void sortRows(const PickRows& p, bool descending, const float* x, float* index);

/// Whether all n values are whole numbers in [0, limit); the first that is not comes back in *wrong.
FC_KERNELS_API bool arePositions(std::int64_t n, const float* index, std::int64_t limit, float* wrong);

/// Positions of the values that are not 0; how many there are. `index` may be null to count only.
FC_KERNELS_API std::int64_t nonZero(std::int64_t n, const float* mask, float* index);

/// y = x with zeros above the diagonal (lower) or below it, for each of `planes` [rows, columns].
FC_KERNELS_API void triangle(std::int64_t planes, std::int64_t rows, std::int64_t columns,
                             std::int64_t diagonal, bool lower, const float* x, float* y);

// Running sums and products along rows [rows, n].
FC_KERNELS_API void cumsum(std::int64_t rows, std::int64_t n, const float* x, float* y);
/// dx[i] = sum of dy[j] for j >= i.
FC_KERNELS_API void cumsumGrad(std::int64_t rows, std::int64_t n, const float* dy, float* dx);
FC_KERNELS_API void cumprod(std::int64_t rows, std::int64_t n, const float* x, float* y);
/// Without dividing, so that zeros are no exception.
FC_KERNELS_API void cumprodGrad(std::int64_t rows, std::int64_t n, const float* x, const float* dy,
                                float* dx);

}  // namespace fc::kernels
