// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/nn/weights.h"

namespace fc {

/// length * direction / |direction|, the norm over the axes along which `length` has one entry: direction
/// [out, in, kernel] and length [out, 1, 1] give each output its own length. Salimans & Kingma, 2016,
/// equation 2. Throws Error naming both shapes when they do not fit.
Tensor weightNorm(const Tensor& direction, const Tensor& length);

/// A weight held as direction and length, for any layer that takes one: linear(x, weight(), bias). Weights as
/// in torch.nn.utils.weight_norm: weight_v of the weight's shape and weight_g [out, 1, …], which starts as
/// the norm of weight_v, so that the weight starts as drawn.
struct NormedWeight {
    NormedWeight(const WeightScope& scope, const Shape& shape, const Init& init);

    Tensor operator()() const { return weightNorm(direction, length); }

    Tensor direction;
    Tensor length;
};

}  // namespace fc
