// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/features/dataset.h"
#include "engine/loss/loss.h"

namespace fc {

/// The loss with the units of the dataset's channels. Throws UsageError when a target cannot have it: mape
/// with zeros, counts below 0, mase of a series that repeats itself, weights for another horizon,
/// losses in the unit of the series under a scaler that bends it, quantiles of changes.
LossSpec fitLoss(const LossParams& params, const Dataset& dataset);

}  // namespace fc
