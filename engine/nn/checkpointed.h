// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cassert>
#include <span>

#include "engine/autograd/checkpointing.h"
#include "engine/nn/pass.h"

namespace fc {

/// blocks[n - 1](… blocks[0](x, pass) …, pass), keeping for the backward pass only what goes into every
/// `perSegment`-th block; see checkpointed() in engine/autograd. The blocks and pass.rng must live until
/// backward() is done.
template <typename Block>
Tensor checkpointed(std::span<const Block> blocks, const Tensor& x, const Pass& pass,
                    std::size_t perSegment = 1)
{
    assert(perSegment > 0);
    Tensor h = x;
    while (!blocks.empty()) {
        const std::span<const Block> segment = blocks.first(std::min(perSegment, blocks.size()));
        blocks = blocks.subspan(segment.size());
        h = checkpointed(h, pass.training ? pass.rng : nullptr, [segment, pass](const Tensor& start) {
            Tensor inner = start;
            for (const Block& block : segment)
                inner = block(inner, pass);
            return inner;
        });
    }
    return h;
}

}  // namespace fc
