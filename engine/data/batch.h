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
    int staticCovariates = 0;  ///< S, the same at every step of a series
    int outputs = 1;           ///< M, numbers per forecast step: 1, or one per quantile

    bool operator==(const Task&) const = default;
};

/// Many windows, scaled. B batch, L length, h horizon, C channels, X past, F future and S static covariates.
/// Every number is finite: where the data have none, one that was known before stands in, and the mask says 0.
struct Batch {
    Tensor past;              ///< [B, L, C]
    Tensor pastCovariates;    ///< [B, L, X]; undefined when X = 0
    Tensor futureCovariates;  ///< [B, L + h, F]; undefined when F = 0
    Tensor staticCovariates;  ///< [B, S]; undefined when S = 0
    Tensor target;            ///< [B, h, C]; undefined when forecasting beyond the data
    Tensor pastMask;          ///< [B, L, C], 1 where `past` was observed, 0 where not; undefined: all were
    Tensor targetMask;        ///< [B, h, C], of `target` in the same way
};

}  // namespace fc
