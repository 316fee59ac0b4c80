// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/loss/distribution.h"
#include "engine/loss/options.h"
#include "engine/params/params.h"
#include "engine/tensor/tensor.h"

namespace fc {

enum class LossKind {
    SquaredError,
    AbsoluteError,
    RootSquaredError,
    Huber,
    SmoothL1,
    LogCosh,
    PercentageError,
    SymmetricPercentageError,
    ScaledError,
    Quantile,
    Normal,
    StudentT,
    Laplace,
    Poisson,
    NegativeBinomial,
    GaussianMixture,
    Crps,
};

/// What a target channel is in the unit of its series: value = scaled * scale + center.
struct ChannelUnit {
    double center = 0;
    double scale = 1;
    double naiveError = 1;  ///< of the seasonal-naive forecast in the training part, in scaled units

    /// Size of the channel in the unit of the series; what a count's rate is a multiple of.
    double level() const;
};

/// A loss ready for use.
struct LossSpec {
    LossKind kind = LossKind::SquaredError;
    double delta = 1.0;                       ///< Huber: where the parabola becomes a line
    std::vector<double> quantiles = {};       ///< Quantile: as trained; distributions: as reported. Rising,
                                              ///< each inside (0, 1); empty for point losses
    double beta = 1.0;                        ///< SmoothL1: where the parabola becomes a line
    int components = 1;                       ///< GaussianMixture
    std::vector<double> horizonWeights = {};  ///< one per forecast step; empty: all count alike
    std::vector<ChannelUnit> channels = {};   ///< empty: the scaled unit is that of the series

    /// What the model's outputs describe; nothing for point losses and quantiles.
    std::optional<Distribution> distribution() const;
    /// M, numbers a model gives per forecast step: one, one per quantile, or those of the distribution.
    int outputs() const;
};

/// What a person chooses about the loss.
struct LossParams {
    std::string loss = "mse";
    std::string quantiles = "0.1,0.5,0.9";
    double huberDelta = 1.0;
    double smoothL1Beta = 1.0;
    int mixtureComponents = 3;
    std::string horizonWeights = "";

    void describe(ParamVisitor& v);
};

/// Throws UsageError when the list of quantiles is not rising numbers inside (0, 1), or when one of the
/// horizon's weights is below 0 or all of them are 0.
LossSpec lossSpec(const LossParams& params);

/// forecast [B, h, C, M], target [B, h, C] in scaled units -> one value: the weighted mean over the cells of
///   mse, mae, huber, smooth_l1, log_cosh   see point_losses.h; rmse is the root of the mean of e^2
///   mape, smape        |e| / |y| and 2 |e| / (|forecast| + |y|) in the unit of the series
///   mase               |e| / error of the seasonal-naive forecast in the training part
///   quantile           the mean pinball loss of the M quantiles
///   normal, student_t, laplace, gaussian_mixture   -log density of the scaled target
///   poisson, negative_binomial                     -log probability of the target in the unit of the series
///   crps               of a normal distribution, in scaled units
/// Distributions take their numbers as distributionNumbers() gives them. The gradient goes to the forecast
/// only; value and slopes come from one pass. Throws Error when the shapes or M do not fit.
Tensor loss(const LossSpec& spec, const Tensor& forecast, const Tensor& target,
            const LossWeights& weights = {});

}  // namespace fc
