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

/// Reversible instance normalisation around the whole model, without learned affine (Kim et al., ICLR 2022,
/// eq. 1 and 3; eps 1e-5, statistics detached): Mean subtracts the window mean, Last the window's last value;
/// both divide by the window's standard deviation. Undone on the forecast.
enum class WindowNorm { None, Mean, Last };

/// By the scaler's name: revin -> Mean, revin_last -> Last, others None.
WindowNorm windowNorm(const std::string& scaler);

/// The model's forecast of a batch, normalisation included -> [B, h, C, M] in the scaled unit: points or
/// quantiles, or what `loss` says of a distribution (distributionNumbers()).
Tensor forwardNormalized(const Model& model, WindowNorm norm, const LossSpec& loss, const Batch& batch,
                         const Pass& pass);

/// One forecast in the unit of the series, channel 0 … C-1 side by side: index [step * channels + channel].
struct WindowForecast {
    std::int64_t origin = 0;  ///< row of the first forecast step
    int channels = 1;
    std::vector<double> point;   ///< the median where there are quantiles or a distribution
    std::vector<double> actual;  ///< `missing` where the data have no value; empty beyond the data
    std::vector<std::vector<double>>
        quantiles;  ///< one vector like `point` for each of the loss's; empty for point models
    /// Continuous ranked probability score of each actual value, of the distribution or, for trained
    /// quantiles, twice their mean pinball loss; empty for point models and beyond the data.
    std::vector<double> crps;
};

/// Forecasts all windows in batches and hands each to `take`, in order. `loss` as trained: a distribution's
/// quantiles are computed in the scaled unit and scaled back, which is exact.
void predictWindows(const Model& model, WindowNorm norm, const Dataset& dataset, const LossSpec& loss,
                    std::span<const std::int64_t> origins,
                    const std::function<void(const WindowForecast&)>& take);

}  // namespace fc
