// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <utility>

#include "engine/autograd/tape.h"
#include "engine/base/rng.h"

namespace fc {

/// Gives the words of a generator from `position` again, and goes on where it was at the end of the scope.
class RngReplay {
public:
    RngReplay(Rng* rng, std::uint64_t position) : m_rng(rng), m_resume(rng ? rng->position() : 0)
    {
        if (m_rng)
            m_rng->seek(position);
    }
    ~RngReplay()
    {
        if (m_rng)
            m_rng->seek(m_resume);
    }
    RngReplay(const RngReplay&) = delete;
    RngReplay& operator=(const RngReplay&) = delete;

private:
    Rng* m_rng;
    std::uint64_t m_resume;
};

/// block(x), keeping only `x` for the backward pass: what the block's operations would have saved is computed
/// once more when its gradient is wanted, so that a chain of n blocks holds the inside of one instead of n
/// (Chen, Xu, Zhang & Guestrin, 2016, "Training deep nets with sublinear memory cost"). Costs one forward
/// pass.
///
/// Gradients are those of the plain run, bit for bit: `rng`, which the block's dropout draws from (nullptr =
/// none), is set back for the second run, and everything the tape tracks that the block uses gets its
/// gradient, whether it came as `x`, as a weight or otherwise. Whatever the block refers to must live until
/// backward() is done. A block that changes more than its result must leave that alone while isReplaying().
///
/// `block` is called as block(x) and returns a Tensor; small ones (references and plain values) cost no
/// allocation in a steady step.
template <typename Block>
Tensor checkpointed(const Tensor& x, Rng* rng, Block block)
{
    Tape* tape = currentTape();
    if (tape == nullptr)
        return block(x);
    const std::uint64_t position = rng ? rng->position() : 0;
    Tensor y;
    {
        const TapeScope notRecording(nullptr);
        y = block(x).detach();
    }
    tape->push(std::span(&y, 1), std::span<const Tensor>(),
               [x, rng, position, block = std::move(block)](std::span<const Tensor> dy, Grads& grads) {
                   const RngReplay words(rng, position);
                   grads.replay(dy[0], [&] { return block(x); });
               });
    return y;
}

}  // namespace fc
