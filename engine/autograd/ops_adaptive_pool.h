// SPDX-License-Identifier: GPL-3.0-or-later
// Pooling to a given length, whatever that of the input. Wrong
// sizes throw Error naming the operation and the shape.
#pragma once

#include <cstdint>

#include "engine/tensor/tensor.h"

namespace fc {

/// x [..., L] -> [..., size]: window i goes from floor(i L / size) to ceil((i + 1) L / size), so that the
/// windows cover x and overlap by at most one value; the mean of each.
Tensor adaptiveAvgPool1d(const Tensor& x, std::int64_t size);
/// The largest of each; the first of equal values gets the gradient.
Tensor adaptiveMaxPool1d(const Tensor& x, std::int64_t size);

}  // namespace fc
