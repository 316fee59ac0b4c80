// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/tensor/tensor.h"

namespace fc {

/// What stands between two linear maps.
enum class Activation { Relu, Gelu, GeluTanh, Silu, Elu, Tanh, None };

Tensor activate(const Tensor& x, Activation activation);

}  // namespace fc
