// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/tensor/tensor.h"

namespace fc {

/// What becomes of the values of the cells.
enum class LossReduction {
    Mean,  ///< sum of weight * value / sum of weights; 0 when nothing counts
    Sum,   ///< sum of weight * value
    None,  ///< weight * value, each
};

/// How much each cell of a target [B, h, ...] counts: the product of what is given. Undefined tensors count
/// 1. No gradient flows to them.
struct LossWeights {
    Tensor mask =
        {};  ///< shape of the target: 1 counts, 0 does not, and may then hold anything, NaN included
    Tensor horizon = {};  ///< [h]
    Tensor sample = {};   ///< [B]

    bool any() const { return mask.defined() || horizon.defined() || sample.defined(); }
};

struct LossOptions {
    LossReduction reduction = LossReduction::Mean;
    LossWeights weights = {};
};

}  // namespace fc
