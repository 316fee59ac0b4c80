// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <utility>

#include "engine/autograd/ops_matmul.h"
#include "engine/autograd/tape.h"

namespace fc {

/// Adds the gradients of y = x weight^T + bias to inputs 0, 1 and 2 of a record. Overwrites x when nobody
/// else shares its storage.
void addLinearGrads(const Tensor& dy, const Tensor& x, const Tensor& weight, Grads& grads);

/// linear(make(), weight, bias), keeping the result but not what went in: on the way back make() gives it
/// once more, the same values bit for bit. For what is large and cheap to make from what is kept anyway, as a
/// norm or a gate. What `make` refers to must live until backward() is done; what it changes besides its
/// result it must leave alone while isReplaying().
template <typename Make>
Tensor linearOf(Make make, const Tensor& weight, const Tensor& bias = {})
{
    const Tensor x = make();
    Tensor y;
    {
        const TapeScope notRecording(nullptr);
        y = linear(x, weight, bias);
    }
    return record(y, {x, weight, bias}, [make = std::move(make), weight](const Tensor& dy, Grads& grads) {
        const ReplayScope replaying;
        addLinearGrads(dy, make(), weight, grads);
    });
}

}  // namespace fc
