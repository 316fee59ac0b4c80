// SPDX-License-Identifier: GPL-3.0-or-later
// Convolutions (cross-correlations, as in PyTorch), pooling and interpolation over the last axes. Wrong sizes
// throw Error naming the operation and the shapes.
#pragma once

#include <cstdint>

#include "engine/tensor/tensor.h"

namespace fc {

struct Conv1dOptions {
    std::int64_t stride = 1;
    std::int64_t padding = 0;  ///< zeros at both ends
    std::int64_t leftPad =
        0;  ///< zeros before the first step besides: (kernel - 1) * dilation makes it causal
    std::int64_t dilation = 1;
    std::int64_t groups = 1;
    bool relu = false;  ///< what is negative becomes 0 on the way out
};
/// x [B, C, L], weight [O, C / groups, kernel], bias [O] or undefined -> [B, O, length].
Tensor conv1d(const Tensor& x, const Tensor& weight, const Tensor& bias, const Conv1dOptions& options = {});

/// Height and width.
struct Pair {
    std::int64_t h = 1;
    std::int64_t w = 1;
};
struct Conv2dOptions {
    Pair stride = {1, 1};
    Pair padding = {0, 0};
    Pair dilation = {1, 1};
    std::int64_t groups = 1;
};
/// x [B, C, H, W], weight [O, C / groups, kernelH, kernelW], bias [O] or undefined -> [B, O, height, width].
Tensor conv2d(const Tensor& x, const Tensor& weight, const Tensor& bias, const Conv2dOptions& options = {});

struct ConvTranspose1dOptions {
    std::int64_t stride = 1;
    std::int64_t padding = 0;
    std::int64_t outputPadding = 0;
    std::int64_t dilation = 1;
    std::int64_t groups = 1;
};
/// The adjoint of conv1d: x [B, C, L], weight [C, O / groups, kernel] -> [B, O, length] with length =
/// (L - 1) stride - 2 padding + dilation (kernel - 1) + outputPadding + 1.
Tensor convTranspose1d(const Tensor& x, const Tensor& weight, const Tensor& bias,
                       const ConvTranspose1dOptions& options = {});

struct PoolOptions {
    std::int64_t size = 2;
    std::int64_t stride = 2;
    std::int64_t padding = 0;
    std::int64_t dilation = 1;  ///< maxPool1d only
    bool ceil = false;          ///< a last window that is only partly inside counts, when it begins inside
    bool countsPadding = true;  ///< avgPool1d only: padding counts as zeros
};
/// x [..., L] -> [..., length].
Tensor avgPool1d(const Tensor& x, const PoolOptions& options);
/// The first of equal values gets the gradient; padding is never the largest.
Tensor maxPool1d(const Tensor& x, const PoolOptions& options);

/// x [..., L] -> same shape: the mean of `size` values around each, (size - 1) / 2 of them before it; the end
/// values repeat beyond the ends. The trend of DLinear and Autoformer.
Tensor movingAvg(const Tensor& x, std::int64_t size);

enum class Interpolation {
    Nearest,       ///< source = floor(i in / out)
    Linear,        ///< source = max((i + 0.5) in / out - 0.5, 0)
    LinearCorners  ///< source = i (in - 1) / (out - 1): first and last values stay
};
/// x [..., L] -> [..., size].
Tensor interpolate(const Tensor& x, std::int64_t size, Interpolation mode);

}  // namespace fc
