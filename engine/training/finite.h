// SPDX-License-Identifier: GPL-3.0-or-later
// The guard against numbers that are none: a training stops at the first and names where it is.
#pragma once

#include <cstdint>
#include <span>

#include "engine/optim/optimizer.h"

namespace fc {

bool isFinite(const Tensor& tensor);

/// Throws Error naming the first weight that is not finite at `step`, or else the loss.
[[noreturn]] void refuseLoss(const Optimizer& optimizer, std::int64_t step);

/// Throws Error naming the first gradient that is not finite, when their common norm is not.
void checkGradients(std::span<const Tensor> gradients, double norm, const Optimizer& optimizer,
                    std::int64_t step);

}  // namespace fc
