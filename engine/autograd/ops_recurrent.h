// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/tensor/tensor.h"

namespace fc {

struct LstmOutput {
    Tensor output;  ///< [B, T, H], h after each step; a view stored step by step
    Tensor h;       ///< [B, H], after the last step
    Tensor c;       ///< [B, H], after the last step
};

/// One layer of an LSTM over a whole sequence, as torch.nn.LSTM with batch_first: x [B, T, I], h0 and c0 [B,
/// H] (undefined = zeros), weightIh [4H, I], weightHh [4H, H], biases [4H] (undefined = none); gate order i,
/// f, g, o. i, f, o = sigmoid, g = tanh; c' = f c + i g; h' = o tanh(c'). Throws Error naming the shapes that
/// do not fit.
LstmOutput lstm(const Tensor& x, const Tensor& h0, const Tensor& c0, const Tensor& weightIh,
                const Tensor& weightHh, const Tensor& biasIh, const Tensor& biasHh);

}  // namespace fc
