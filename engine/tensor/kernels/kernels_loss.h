// SPDX-License-Identifier: GPL-3.0-or-later
// Loops of the losses: each gives the sum over cells of factor * value and, in the same pass, the slopes
// scale * factor * d value / d input. Sums are in double in a fixed order, so that they are the same for
// every instruction set's vector width.
#pragma once

#include <cstdint>

#include "engine/tensor/kernels/kernels.h"

namespace fc::kernels {

/// e = forecast - target for each of n cells.
struct PointCells {
    std::int64_t n;
    const float* forecast;
    const float* target;
    const float* factor;  ///< null: 1 for all. A cell with factor 0 may hold anything, NaN included
    float scale;
    float* slopes;  ///< may be null
    float* values;  ///< factor * value of each cell; may be null
    float p;        ///< the function's own number
};
using PointKernel = double (*)(const PointCells&);

FC_KERNELS_API double squaredError(const PointCells& cells);
/// Slope 0 where the forecast is exact.
FC_KERNELS_API double absoluteError(const PointCells& cells);
/// e^2 / 2 up to |e| = p, a line beyond.
FC_KERNELS_API double huberError(const PointCells& cells);
FC_KERNELS_API double logCoshError(const PointCells& cells);
/// (log(1 + forecast) - log(1 + target))^2.
FC_KERNELS_API double squaredLogError(const PointCells& cells);
/// 2 |e| / (|forecast| + |target|), 0 where both are 0.
FC_KERNELS_API double symmetricPercentageError(const PointCells& cells);
/// Target times log(1 + exp(-forecast)) times p, plus (1 - target) log(1 + exp(forecast)).
FC_KERNELS_API double binaryCrossEntropyError(const PointCells& cells);

/// forecast and slopes [n, m], target and factor [n], quantiles [m]. Slope 1/2 - q where the forecast is
/// exact, the middle of the two.
struct PinballCells {
    std::int64_t n;
    std::int64_t m;
    const float* forecast;
    const float* target;
    const float* factor;
    const float* quantiles;
    float scale;
    float* slopes;  ///< may be null
    float* values;  ///< [n, m]; may be null
};
FC_KERNELS_API double pinballError(const PinballCells& cells);

/// What each cell of [B, h, C] counts: mask [B, h, C] * horizon [h] * sample [B]; null ones count 1. Returns
/// the sum. Cells whose mask is 0 get 0.
struct CellFactors {
    std::int64_t B, h, C;
    const float* mask;
    const float* horizon;
    const float* sample;
    float* factor;
};
FC_KERNELS_API double cellFactors(const CellFactors& f);

/// y = x + shift[i % period] and y = x * factor[i % period]; y may be x.
FC_KERNELS_API void addPeriodic(std::int64_t n, std::int64_t period, const float* shift, const float* x,
                                float* y);
FC_KERNELS_API void multiplyPeriodic(std::int64_t n, std::int64_t period, const float* factor, const float* x,
                                     float* y);
/// factor / |x|, 0 where factor is 0; `factor` null: 1.
FC_KERNELS_API void dividedByAbsolute(std::int64_t n, const float* factor, const float* x, float* y);
/// Sum of factor |x| over the cells that count; `factor` null: 1.
FC_KERNELS_API double absoluteSum(std::int64_t n, const float* factor, const float* x);

/// Rows of m samples x against one target: mean |x_i - y| - sum_ij |x_i - x_j| / (2 pairs); slopes [n, m]
/// as above.
struct SampleCells {
    std::int64_t n;
    std::int64_t m;
    const float* samples;
    const float* target;
    const float* factor;
    double pairs;
    float scale;
    float* slopes;  ///< may be null
    float* values;  ///< may be null
};
FC_KERNELS_API double sampleCrps(const SampleCells& cells);

}  // namespace fc::kernels
