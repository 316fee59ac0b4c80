// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/autograd/ops_index.h"
#include "engine/autograd/ops_math.h"
#include "engine/nn/weights.h"

namespace fc {

/// A vector for each of `count` things: positions [...] (engine/autograd/ops_index.h) -> [..., width]. As
/// torch.nn.Embedding: weight [count, width], standard normal; the row `paddingIndex` is zero and stays so.
struct Embedding {
    Embedding(const WeightScope& scope, std::int64_t count, std::int64_t width,
              std::int64_t paddingIndex = -1);

    Tensor operator()(const Tensor& index) const { return embedding(toFloat(weight), index, paddingIndex); }

    std::int64_t paddingIndex;
    Tensor weight;
};

}  // namespace fc
