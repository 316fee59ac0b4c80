// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/rng.h"
#include "engine/tensor/tensor.h"

namespace fc {

/// Zeroes each value with probability `share`, rounded to a 65536th, and divides the rest by the probability
/// that it stays (Srivastava et al., 2014). Takes a word of `rng` for two values, x.count() rounded up to 64;
/// the mask follows from its seed, stream and position alone and is not stored. Throws Error unless 0 <=
/// share < 1.
Tensor dropout(const Tensor& x, float share, Rng& rng);

}  // namespace fc
