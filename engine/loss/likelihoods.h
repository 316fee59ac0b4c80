// SPDX-License-Identifier: GPL-3.0-or-later
// Negative log-likelihoods of a target [B, h, ...] under a distribution whose numbers have the target's shape
// (a mixture's: one axis of components behind it) -> one value, or one for each cell. The gradient goes to
// the numbers, not to the target. All throw Error naming the loss and the shapes that do not fit.
#pragma once

#include "engine/loss/options.h"
#include "engine/tensor/tensor.h"

namespace fc {

/// -log N(y; mu, sigma).
Tensor normalNll(const Tensor& mu, const Tensor& sigma, const Tensor& target,
                 const LossOptions& options = {});

enum class Constant { Left, Kept };
/// (log v + (y - mu)^2 / v) / 2 with v = max(variance, eps), and with the constant log(2 pi) / 2 when kept.
/// The gradient of a variance below eps is that at eps (Nix & Weigend, 1994).
Tensor gaussianNll(const Tensor& mu, const Tensor& variance, const Tensor& target,
                   Constant constant = Constant::Left, double eps = 1e-6, const LossOptions& options = {});

/// log(2 b) + |y - mu| / b.
Tensor laplaceNll(const Tensor& mu, const Tensor& b, const Tensor& target, const LossOptions& options = {});

/// -log of Student's t with `df` degrees of freedom, location mu and scale sigma (not the standard
/// deviation).
Tensor studentTNll(const Tensor& df, const Tensor& mu, const Tensor& sigma, const Tensor& target,
                   const LossOptions& options = {});

/// What a model gives of a Poisson distribution.
enum class PoissonInput {
    Rate,     ///< rate - y log(rate + eps)
    LogRate,  ///< exp(x) - y x
};
/// Without log Gamma(y + 1); Constant::Kept adds Stirling's approximation of it, y log y - y + log(2 pi y) /
/// 2, where y > 1.
Tensor poissonNll(const Tensor& input, const Tensor& target, PoissonInput kind = PoissonInput::LogRate,
                  Constant constant = Constant::Left, double eps = 1e-8, const LossOptions& options = {});
/// rate - y log(rate) + log Gamma(y + 1).
Tensor poissonExactNll(const Tensor& rate, const Tensor& target, const LossOptions& options = {});

/// Mean mu, variance mu + alpha mu^2 (Salinas et al., 2020, section 3.1).
Tensor negativeBinomialNll(const Tensor& mu, const Tensor& alpha, const Tensor& target,
                           const LossOptions& options = {});
/// `totalCount` failures, success probability sigmoid(logits): mean totalCount exp(logits).
Tensor negativeBinomialLogitsNll(const Tensor& totalCount, const Tensor& logits, const Tensor& target,
                                 const LossOptions& options = {});

/// K normal distributions, at most 64, with weights softmax(logits); logits, mu, sigma [..., K] (Bishop,
/// 1994).
Tensor gaussianMixtureNll(const Tensor& logits, const Tensor& mu, const Tensor& sigma, const Tensor& target,
                          const LossOptions& options = {});

}  // namespace fc
