// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/autograd/ops_conv.h"

namespace fc {

/// conv1d() with stride 1, which needs no copy of each input value for each tap: the rows of the matrix that
/// multiplies the weights are the padded input itself, each tap shifted. Shapes have been checked.
Tensor conv1dShifted(const Tensor& x, const Tensor& weight, const Tensor& bias, const Conv1dOptions& options);

/// dy [B, channels, ...] -> [channels].
Tensor sumPerChannel(const Tensor& dy);

}  // namespace fc
