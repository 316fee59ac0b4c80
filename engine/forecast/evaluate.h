// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "engine/features/dataset.h"
#include "engine/models/predict.h"

namespace fc {

/// Metric name -> value, in the unit of the series. Beside those of ForecastErrors, for forecasts with
/// quantiles: "pinball" (mean over steps and quantiles), "crps" (WindowForecast::crps), and where the
/// quantiles 0.1 and 0.9 are among them "coverage_80", the share of actual values from one to the other.
struct PartEvaluation {
    std::int64_t windows = 0;
    std::map<std::string, double> model;
    std::map<std::string, std::map<std::string, double>> baselines;  ///< "naive", "seasonal_naive"
};

/// Scores a model and the naive baselines on the scored windows of a part, each channel of each series by
/// itself. Missing targets are left out; a baseline is not scored before the first value of its channel.
PartEvaluation evaluatePart(const Model& model, WindowNorm norm, const Dataset& dataset, const LossSpec& loss,
                            Part part);

/// Bounds of an 80% interval as offsets from the point forecast, one per [step * channels + channel]: the 10%
/// and 90% quantiles of the residuals (actual - forecast) over the scored validation windows. Under a scaler
/// that warps the values (log, asinh, …) they are of the warped values, so that the interval grows with the
/// series and stays among the values there are. A step whose actual values are all missing takes those of the
/// channel's other steps. Empty when a channel has none.
struct ResidualIntervals {
    std::vector<double> lower;
    std::vector<double> upper;

    /// `point` moved by `offsets`, one of the two above, in the unit of the series.
    static std::vector<double> bound(const Dataset& dataset, const std::vector<double>& point,
                                     const std::vector<double>& offsets);
    std::string toJson() const;
    static ResidualIntervals fromJson(const std::string& json);
};
ResidualIntervals residualIntervals(const Model& model, WindowNorm norm, const Dataset& dataset,
                                    const LossSpec& loss);

}  // namespace fc
