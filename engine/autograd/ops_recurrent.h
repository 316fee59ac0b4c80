// SPDX-License-Identifier: GPL-3.0-or-later
// One layer of a recurrent network in one direction over a whole sequence, as PyTorch's with batch_first:
// x [B, T, I], first states [B, H] (undefined = zeros), biases (undefined = none). Weights may be stored in
// half precision; the arithmetic is in float32. Shapes that do not fit throw Error naming the operation and
// the shapes.
#pragma once

#include "engine/tensor/tensor.h"

namespace fc {

/// Backward starts at the last step; its output of step t has seen the steps t and later.
enum class Direction { Forward, Backward };

struct RecurrentOutput {
    Tensor output;  ///< [B, T, H], h after each step; a view stored step by step
    Tensor h;       ///< [B, H], after the last step in the direction
};

enum class RnnActivation { Tanh, Relu };
/// h' = activation(W_ih x + b_ih + W_hh h + b_hh) (Elman, 1990); weightIh [H, I], weightHh [H, H], biases
/// [H].
RecurrentOutput rnn(const Tensor& x, const Tensor& h0, const Tensor& weightIh, const Tensor& weightHh,
                    const Tensor& biasIh, const Tensor& biasHh,
                    RnnActivation activation = RnnActivation::Tanh, Direction direction = Direction::Forward);

/// weightIh [3H, I], weightHh [3H, H], biases [3H]; gate order r, z, n. r, z = sigmoid,
/// n = tanh(W_in x + b_in + r (W_hn h + b_hn)); h' = (1 - z) n + z h (Cho et al., 2014).
RecurrentOutput gru(const Tensor& x, const Tensor& h0, const Tensor& weightIh, const Tensor& weightHh,
                    const Tensor& biasIh, const Tensor& biasHh, Direction direction = Direction::Forward);

struct LstmOutput {
    Tensor output;  ///< [B, T, H], h after each step; a view stored step by step
    Tensor h;       ///< [B, H], after the last step in the direction
    Tensor c;       ///< [B, H], likewise
};
/// weightIh [4H, I], weightHh [4H, H], biases [4H]; gate order i, f, g, o. i, f, o = sigmoid, g = tanh;
/// c' = f c + i g; h' = o tanh(c') (Hochreiter & Schmidhuber, 1997; Gers et al., 2000).
LstmOutput lstm(const Tensor& x, const Tensor& h0, const Tensor& c0, const Tensor& weightIh,
                const Tensor& weightHh, const Tensor& biasIh, const Tensor& biasHh,
                Direction direction = Direction::Forward);

}  // namespace fc
