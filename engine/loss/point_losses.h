// SPDX-License-Identifier: GPL-3.0-or-later
// Losses of one number against another: forecast and target of one shape [B, h, ...] -> one value, or one for
// each cell (LossReduction::None), with e = forecast - target. The gradient goes to the forecast only. All
// throw Error naming the loss and the shapes that do not fit.
#pragma once

#include <span>

#include "engine/loss/options.h"
#include "engine/tensor/tensor.h"

namespace fc {

/// e^2.
Tensor squaredError(const Tensor& forecast, const Tensor& target, const LossOptions& options = {});
/// |e|; gradient 0 where the forecast is exact.
Tensor absoluteError(const Tensor& forecast, const Tensor& target, const LossOptions& options = {});
/// The square root of the mean of e^2; gradient 0 when all are exact.
Tensor rootSquaredError(const Tensor& forecast, const Tensor& target, const LossWeights& weights = {});
/// e^2 / 2 where |e| <= delta, else delta (|e| - delta / 2). Huber, 1964.
Tensor huber(const Tensor& forecast, const Tensor& target, double delta, const LossOptions& options = {});
/// e^2 / (2 beta) where |e| < beta, else |e| - beta / 2: huber / beta. beta = 0 is |e|. Girshick, 2015.
Tensor smoothL1(const Tensor& forecast, const Tensor& target, double beta, const LossOptions& options = {});
/// log(cosh(e)), without overflow for large e.
Tensor logCosh(const Tensor& forecast, const Tensor& target, const LossOptions& options = {});
/// (log(1 + forecast) - log(1 + target))^2, for values above -1.
Tensor squaredLogError(const Tensor& forecast, const Tensor& target, const LossOptions& options = {});

// Errors as fractions, not percent.

/// |e| / |target|, infinite where the target is 0 and counts.
Tensor percentageError(const Tensor& forecast, const Tensor& target, const LossOptions& options = {});
/// Range of the symmetric error.
enum class SymmetricRange {
    Two,  ///< 2 |e| / (|forecast| + |target|)
    One,  ///< half of it
};
/// 0 where both are 0.
Tensor symmetricPercentageError(const Tensor& forecast, const Tensor& target,
                                SymmetricRange range = SymmetricRange::Two, const LossOptions& options = {});
/// Sum of |e| / sum of |target|; weights count in both.
Tensor weightedPercentageError(const Tensor& forecast, const Tensor& target, const LossWeights& weights = {});

// Errors in units of the naive forecast (Hyndman & Koehler, 2006).

/// past [B, T] -> mean over t of |past[t] - past[t - season]| for each series [B]. Throws Error naming the
/// first series that has none, because it is shorter than the season or repeats itself.
Tensor seasonalNaiveError(const Tensor& past, std::int64_t season);
/// The same of squares.
Tensor seasonalNaiveSquaredError(const Tensor& past, std::int64_t season);
/// MASE: |e| / scale of its series, scale [B].
Tensor scaledError(const Tensor& forecast, const Tensor& target, const Tensor& scale,
                   const LossOptions& options = {});
/// RMSSE: mean over series of sqrt(mean of e^2 / scale), scale [B] of squares (Makridakis, Spiliotis &
/// Assimakopoulos, 2022). A series where nothing counts is left out.
Tensor rootScaledSquaredError(const Tensor& forecast, const Tensor& target, const Tensor& scale,
                              const LossWeights& weights = {});

// Quantiles.

/// How the losses of the quantiles of one cell become one.
enum class OverQuantiles { Mean, Sum };
/// forecast [..., M], target [...]: the pinball loss max(-q e, (1 - q) e) for the M quantiles q (Koenker &
/// Bassett, 1978), their mean or sum, and the reduction over cells; None gives [..., M], unreduced.
Tensor pinball(const Tensor& forecast, const Tensor& target, std::span<const double> quantiles,
               OverQuantiles over = OverQuantiles::Mean, const LossOptions& options = {});

}  // namespace fc
