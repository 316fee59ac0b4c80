// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "engine/features/dataset.h"
#include "engine/loss/loss.h"
#include "engine/models/model.h"

namespace fc {

/// What happens to each window and channel before the model, and is undone on its forecast.
///   Mean, Last         reversible instance normalisation without learned affine (Kim et al., ICLR 2022, eq.
///   1
///                      and 3; eps 1e-5, statistics detached): minus the window's mean or last value, over
///                      its standard deviation
///   Standard, Robust   minus the window's mean over its standard deviation, or its median over its median
///                      absolute deviation; 0.6745 of the standard deviation where most values are the same,
///                      1 where all are
enum class WindowNorm { None, Mean, Last, Standard, Robust };

/// By the scaler's name: revin -> Mean, revin_last -> Last, window_standard -> Standard, window_robust ->
/// Robust, others None.
WindowNorm windowNorm(const std::string& scaler);

/// What the model is given of a batch: its past as `norm` leaves it.
Batch normalizedBatch(WindowNorm norm, const Batch& batch);

/// The model's forecast of a batch, normalisation included -> [B, h, C, M] in the scaled unit: points or
/// quantiles, or what `loss` says of a distribution (distributionNumbers()).
Tensor forwardNormalized(const Model& model, WindowNorm norm, const LossSpec& loss, const Batch& batch,
                         const Pass& pass);

/// One forecast in the unit of the series, channel 0 … C-1 side by side: index [step * channels + channel].
struct WindowForecast {
    std::int64_t origin = 0;  ///< row of the first forecast step
    std::size_t series = 0;   ///< of Dataset::at
    int channels = 1;
    std::vector<double> point;   ///< the median where there are quantiles or a distribution
    std::vector<double> actual;  ///< `missing` where the data have no value; empty beyond the data
    std::vector<std::vector<double>>
        quantiles;  ///< one vector like `point` for each of the loss's; empty for point models
    /// Continuous ranked probability score of each actual value in the unit of the series, of the
    /// distribution or, for trained quantiles, twice their mean pinball loss; empty for point models and
    /// beyond the data.
    std::vector<double> crps;
};

/// Forecasts all windows in batches and hands each to `take`, in order. `loss` as trained: a distribution's
/// quantiles are computed in the scaled unit and scaled back, which is exact. A point is scaled back as it
/// is: under a warp such as log it is not the mean in the unit of the series, but what the model expects of
/// the warped value, as a rule near the median.
void predictWindows(const Model& model, WindowNorm norm, const Dataset& dataset, const LossSpec& loss,
                    std::span<const std::int64_t> origins,
                    const std::function<void(const WindowForecast&)>& take);

}  // namespace fc
