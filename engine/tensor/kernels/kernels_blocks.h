// SPDX-License-Identifier: GPL-3.0-or-later
// Loops of composed operations: gates, complex products, pools of a given number of windows.
#pragma once

#include <cstdint>

#include "engine/tensor/kernels/kernels.h"

namespace fc::kernels {

/// Rows x [rows, 2 half] of values a and gates b, y [rows, half] = a f(b).
struct GatedRows {
    std::int64_t rows;
    std::int64_t half;
    UnaryKernel gate;          ///< f
    UnaryGradKernel gateGrad;  ///< of f, from its input or its output
    bool gradSavesOutput;
};
FC_KERNELS_API void gated(const GatedRows& g, const float* x, float* y);
/// dx [rows, 2 half] = (dy f(b), dy a f'(b)). dx may be x.
FC_KERNELS_API void gatedGrad(const GatedRows& g, const float* x, const float* dy, float* dx);

/// y = a b of complex numbers, b conjugated when asked for. No operand may overlap the result.
struct ComplexProduct {
    std::int64_t n;
    const float* aRe;
    const float* aIm;
    const float* bRe;
    const float* bIm;
    bool conjugateB;
    float* re;
    float* im;
};
FC_KERNELS_API void complexProduct(const ComplexProduct& c);

/// Rows x [rows, length] in `out` windows that cover it: window i from floor(i length / out) to
/// ceil((i + 1) length / out).
struct AdaptiveWindows {
    std::int64_t rows;
    std::int64_t length;
    std::int64_t out;
};
FC_KERNELS_API void adaptiveAverage(const AdaptiveWindows& w, const float* x, float* y);
/// dx += the gradient.
FC_KERNELS_API void adaptiveAverageGrad(const AdaptiveWindows& w, const float* dy, float* dx);
/// The first of the largest of each window, and its position in the row.
FC_KERNELS_API void adaptiveMax(const AdaptiveWindows& w, const float* x, float* y, float* index);

}  // namespace fc::kernels
