// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/nn/embedding.h"

#include <algorithm>

namespace fc {

namespace {

Init normalBut(std::int64_t zeroRow)
{
    return [zeroRow](Tensor& weight, Rng& rng) {
        normalInit(1.0)(weight, rng);
        if (zeroRow >= 0)
            std::fill_n(weight.data() + zeroRow * weight.size(1), weight.size(1), 0.0F);
    };
}

}  // namespace

Embedding::Embedding(const WeightScope& scope, std::int64_t count, std::int64_t width, std::int64_t padding)
    : paddingIndex(padding)
{
    if (padding >= count)
        throw Error(Message(TR("engine", "The padding index %1 is outside an embedding of %2 rows."), padding,
                            count));
    weight = scope.makeMatrix("weight", {count, width}, normalBut(padding));
}

}  // namespace fc
