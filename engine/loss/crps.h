// SPDX-License-Identifier: GPL-3.0-or-later
// The continuous ranked probability score: the integral over x of (F(x) - [y <= x])^2, in the unit of y.
// Gneiting & Raftery, 2007. Shapes, weights and errors as in likelihoods.h.
#pragma once

#include <span>

#include "engine/loss/options.h"
#include "engine/tensor/tensor.h"

namespace fc {

/// Of N(mu, sigma): sigma (z (2 Phi(z) - 1) + 2 phi(z) - 1 / sqrt(pi)) with z = (y - mu) / sigma.
Tensor crpsNormal(const Tensor& mu, const Tensor& sigma, const Tensor& target,
                  const LossOptions& options = {});

/// From quantile forecasts [..., M]: twice the mean pinball loss over the levels, which count alike.
Tensor crpsQuantiles(const Tensor& forecast, const Tensor& target, std::span<const double> quantiles,
                     const LossOptions& options = {});

/// What the mean distance between two samples is divided by.
enum class SampleEstimator {
    Energy,  ///< M^2: exact for the empirical distribution
    Fair,    ///< M (M - 1): without bias for the distribution sampled from (Ferro, 2014)
};
/// From samples [..., M]: mean |x_i - y| - sum over i, j of |x_i - x_j| / 2 / M^2 or M (M - 1).
Tensor crpsSamples(const Tensor& samples, const Tensor& target,
                   SampleEstimator estimator = SampleEstimator::Energy, const LossOptions& options = {});

}  // namespace fc
