// SPDX-License-Identifier: GPL-3.0-or-later
// A batch as a model that reads step by step wants it. B batch, L length, h horizon, C channels, X past and F
// future and S static covariates, M outputs.
#pragma once

#include "engine/data/batch.h"

namespace fc {

/// Numbers per step of stepInputs: C + X + F + S.
std::int64_t stepInputSize(const Task& task);

/// All that is known at each past step: its channels, past, future and static covariates -> [B, L, C + X + F
/// + S].
Tensor stepInputs(const Batch& batch);

/// A state [B, S] with the future covariates of the whole horizon behind it -> [B, S + h F].
Tensor withHorizon(const Tensor& state, const Batch& batch);

/// A state per forecast step [B, h, S] with that step's future covariates behind it -> [B, h, S + F].
Tensor withEachStep(const Tensor& states, const Batch& batch);

}  // namespace fc
