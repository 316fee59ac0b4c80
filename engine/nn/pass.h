// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/rng.h"
#include "engine/tensor/tensor.h"

namespace fc {

/// How a forward pass is meant: `training` turns dropout on; `rng` is where its randomness comes from.
struct Pass {
    bool training = false;
    Rng* rng = nullptr;  ///< must be set when training
};

/// Zeroes each element with probability `share` and scales the rest by 1 / (1 - share) when the pass is
/// training; otherwise `x` itself.
Tensor dropout(const Tensor& x, double share, const Pass& pass);

/// Stochastic depth: zeroes whole samples of x [B, ...] with probability `share` and scales the rest by
/// 1 / (1 - share) when the pass is training; otherwise `x` itself. For what a residual block adds (Huang,
/// Sun, Liu, Sedra & Weinberger, 2016; per sample as in Larsson, Maire & Shakhnarovich, 2017).
Tensor dropPath(const Tensor& x, double share, const Pass& pass);

}  // namespace fc
