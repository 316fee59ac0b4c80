// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/tensor/kernels/kernels.h"

namespace fc::kernels {

/// Where a convolution over [channels, height, width] looks; padding beyond the right and lower edge follows
/// from the size of the result.
struct Patches {
    std::int64_t channels;
    std::int64_t height, width;
    std::int64_t kernelH, kernelW;
    std::int64_t strideH, strideW;
    std::int64_t padTop, padLeft;
    std::int64_t dilationH, dilationW;
    std::int64_t outH, outW;
};
/// x -> columns [channels kernelH kernelW, outH outW], zeros outside.
FC_KERNELS_API void unfoldPatches(const Patches& p, const float* x, float* columns);
/// Adds the columns back to where they came from: the adjoint of unfoldPatches.
FC_KERNELS_API void foldPatches(const Patches& p, const float* columns, float* x);

/// Windows along rows [rows, length] -> [rows, out]; the first begins at -padding.
struct Windows {
    std::int64_t rows, length, out;
    std::int64_t size, stride, padding;
    std::int64_t dilation = 1;
    bool countsPadding = true;  ///< averages only: padding counts as zeros
};
FC_KERNELS_API void averageWindows(const Windows& w, const float* x, float* y);
FC_KERNELS_API void averageWindowsGrad(const Windows& w, const float* dy, float* dx);
/// The position of the largest value of each window goes to `index`; padding is never the largest.
FC_KERNELS_API void maxWindows(const Windows& w, const float* x, float* y, float* index);

/// Mean of `size` values around each, (size - 1) / 2 of them before it; the end values repeat beyond the
/// ends.
FC_KERNELS_API void movingAverage(std::int64_t rows, std::int64_t n, std::int64_t size, const float* x,
                                  float* y);
/// Adds to dx.
FC_KERNELS_API void movingAverageGrad(std::int64_t rows, std::int64_t n, std::int64_t size, const float* dy,
                                      float* dx);

}  // namespace fc::kernels
