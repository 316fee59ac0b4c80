// SPDX-License-Identifier: GPL-3.0-or-later
// Loops over contiguous rows [rows, n] that need the whole row: softmax and the norms.
#pragma once

#include "engine/tensor/kernels/kernels.h"

namespace fc::kernels {

FC_KERNELS_API void softmaxRows(std::int64_t rows, std::int64_t n, const float* x, float* y);
/// dx = y (dy - sum(dy y)); dx may be dy.
FC_KERNELS_API void softmaxRowsGrad(std::int64_t rows, std::int64_t n, const float* dy, const float* y,
                                    float* dx);
FC_KERNELS_API void logSoftmaxRows(std::int64_t rows, std::int64_t n, const float* x, float* y);
/// dx = dy - exp(y) sum(dy); dx may be dy.
FC_KERNELS_API void logSoftmaxRowsGrad(std::int64_t rows, std::int64_t n, const float* dy, const float* y,
                                       float* dx);

/// Rows and what normalizes them; weight and bias have n values or are null.
struct NormRows {
    std::int64_t rows;
    std::int64_t n;
    float eps;
    const float* weight;
    const float* bias;
};
/// y = (x - mean) scale weight + bias with scale = 1 / sqrt(population variance + eps); mean and scale [rows]
/// are kept.
FC_KERNELS_API void layerNorm(const NormRows& r, const float* x, float* y, float* mean, float* scale);
/// Adds to dweight and dbias where they are not null; dx may be null.
FC_KERNELS_API void layerNormGrad(const NormRows& r, const float* dy, const float* x, const float* mean,
                                  const float* scale, float* dx, float* dweight, float* dbias);
/// y = x scale weight with scale = 1 / sqrt(mean(x^2) + eps).
FC_KERNELS_API void rmsNorm(const NormRows& r, const float* x, float* y, float* scale);
FC_KERNELS_API void rmsNormGrad(const NormRows& r, const float* dy, const float* x, const float* scale,
                                float* dx, float* dweight);

/// target [n] = beta target + the sum of parts [count, n], in order.
FC_KERNELS_API void foldRows(std::int64_t count, std::int64_t n, const float* parts, float beta,
                             float* target);

}  // namespace fc::kernels
