// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/nn/activation.h"

#include "engine/autograd/ops_math.h"

namespace fc {

Tensor activate(const Tensor& x, Activation activation)
{
    switch (activation) {
        case Activation::Relu:
            return relu(x);
        case Activation::Gelu:
            return gelu(x);
        case Activation::GeluTanh:
            return geluTanh(x);
        case Activation::Silu:
            return silu(x);
        case Activation::Elu:
            return elu(x);
        case Activation::Tanh:
            return tanh(x);
        case Activation::None:
            return x;
    }
    return x;
}

}  // namespace fc
