// SPDX-License-Identifier: GPL-3.0-or-later
// Normalizations. `eps` stands inside the root; weight and bias may be undefined. Shapes that do not fit
// throw Error naming the operation and both shapes.
#pragma once

#include "engine/tensor/tensor.h"

namespace fc {

/// Over the last axes, as many as `weight` has (or `axes` without one), with the population variance; weight
/// and bias have the shape of those axes (Ba, Kiros & Hinton, 2016).
Tensor layerNorm(const Tensor& x, const Tensor& weight = {}, const Tensor& bias = {}, float eps = 1e-5F,
                 int axes = 1);

/// x / sqrt(mean(x^2) + eps) * weight over the last axis, weight [n] (Zhang & Sennrich, 2019).
Tensor rmsNorm(const Tensor& x, const Tensor& weight = {}, float eps = 1e-6F);

/// x [B, C, ...], weight and bias [C]: over groups of channels and all that follows (Wu & He, 2018).
Tensor groupNorm(const Tensor& x, std::int64_t groups, const Tensor& weight = {}, const Tensor& bias = {},
                 float eps = 1e-5F);
/// groupNorm with one channel a group: over all that follows the channels.
Tensor instanceNorm(const Tensor& x, const Tensor& weight = {}, const Tensor& bias = {}, float eps = 1e-5F);

/// What batchNorm() remembers between calls: means and unbiased variances of the channels [C].
struct RunningStatistics {
    Tensor mean;
    Tensor variance;
    float momentum = 0.1F;
};
/// x [B, C] or [B, C, L], weight and bias [C]. Training: the population statistics of each channel of the
/// batch, and running = (1 - momentum) running + momentum batch with the unbiased variance, in place.
/// Otherwise the running ones (Ioffe & Szegedy, 2015).
Tensor batchNorm(const Tensor& x, const Tensor& weight, const Tensor& bias, RunningStatistics& running,
                 bool training, float eps = 1e-5F);

/// Level and scale of each window, x [B, L, C] -> [B, 1, C].
struct WindowStatistics {
    Tensor location;
    Tensor scale;  ///< sqrt(population variance + eps)
};
enum class Level { Mean, Last };
/// Statistics of RevIN (Kim et al., 2022). Gradients flow through them; detach() the results where they
/// should not.
WindowStatistics windowStatistics(const Tensor& x, Level level = Level::Mean, float eps = 1e-5F);

}  // namespace fc
