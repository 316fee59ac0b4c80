// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/tensor/tensor.h"

namespace fc {

/// Sizes that the data dictates.
struct Task {
    int length = 96;           ///< L, steps seen
    int horizon = 24;          ///< h, steps forecast
    int channels = 1;          ///< C, target channels
    int pastCovariates = 0;    ///< X, known up to now
    int futureCovariates = 0;  ///< F, known ahead (calendar)
    int outputs = 1;           ///< M, numbers per forecast step: 1, or one per quantile

    bool operator==(const Task&) const = default;
};

/// Many windows, scaled. B batch, L length, h horizon, C channels, X past and F future covariates.
struct Batch {
    Tensor past;              ///< [B, L, C]
    Tensor pastCovariates;    ///< [B, L, X]; undefined when X = 0
    Tensor futureCovariates;  ///< [B, L + h, F]; undefined when F = 0
    Tensor target;            ///< [B, h, C]; undefined when forecasting beyond the data
};

}  // namespace fc
