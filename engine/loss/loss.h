// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "engine/params/params.h"
#include "engine/tensor/tensor.h"

namespace fc {

enum class LossKind { SquaredError, AbsoluteError, Huber, Quantile };

/// A loss ready for use.
struct LossSpec {
    LossKind kind = LossKind::SquaredError;
    double delta = 1.0;                  ///< Huber: where the parabola becomes a line
    std::vector<double> quantiles = {};  ///< Quantile: rising, each inside (0, 1)

    /// M, numbers a model gives per forecast step: one, or one per quantile.
    int outputs() const { return kind == LossKind::Quantile ? static_cast<int>(quantiles.size()) : 1; }
};

/// What a person chooses about the loss.
struct LossParams {
    std::string loss = "mse";
    std::string quantiles = "0.1,0.5,0.9";
    double huberDelta = 1.0;

    void describe(ParamVisitor& v);
};

/// Throws UsageError when the list of quantiles is not rising numbers inside (0, 1).
LossSpec lossSpec(const LossParams& params);

/// forecast [B, h, C, M], target [B, h, C] -> one value, the mean over all B h C M differences e = forecast -
/// target:
///   mse       e^2
///   mae       |e|
///   huber     e^2 / 2 where |e| <= delta, else delta (|e| - delta / 2). Huber, 1964
///   quantile  max(-q e, (1 - q) e) for the M quantiles q. Koenker & Bassett, 1978
/// The gradient goes to the forecast only. Throws Error when the shapes or M do not fit.
Tensor loss(const LossSpec& spec, const Tensor& forecast, const Tensor& target);

}  // namespace fc
