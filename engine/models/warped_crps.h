// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>

#include "engine/features/scaler.h"
#include "engine/loss/distribution.h"

namespace fc {

/// The continuous ranked probability score of the outcome `y` in the unit of the series, when `numbers`
/// describe the distribution of scale.forward(y): twice the integral over p of the pinball loss of the
/// quantile p (Laio & Tamea, 2007), on 2 x 32 points between 0, P(X <= y) and 1. Within 0.1% where the score
/// is finite.
double warpedCrps(const Distribution& distribution, std::span<const float> numbers, const ColumnScale& scale,
                  double y);

}  // namespace fc
