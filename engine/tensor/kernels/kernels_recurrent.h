// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/tensor/kernels/kernels.h"

namespace fc::kernels {

/// One step of an LSTM, Hochreiter & Schmidhuber, 1997, with forget gates. gates [batch, 4 hidden] holds the
/// sums of i, f, g, o and gets their activations; c = f cBefore + i g; h = o tanh(c). All [batch, hidden].
FC_KERNELS_API void lstmCell(std::int64_t batch, std::int64_t hidden, float* gates, const float* cBefore,
                             float* c, float* h);

/// gates holds the activations and gets the gradients of the sums; dc holds the gradient of c from later
/// steps and gets that of cBefore.
FC_KERNELS_API void lstmCellGrad(std::int64_t batch, std::int64_t hidden, float* gates, const float* cBefore,
                                 const float* c, const float* dh, float* dc);

}  // namespace fc::kernels
