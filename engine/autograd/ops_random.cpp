// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/autograd/ops_random.h"

#include "engine/autograd/tape.h"
#include "engine/tensor/blocks.h"
#include "engine/tensor/kernels/kernels_random.h"

namespace fc {

namespace {

/// x masked, in `y`, which may be x.
Tensor masked(const Tensor& x, float share, const kernels::RandomPlace& place, Tensor y)
{
    const Tensor dense = x.contiguous();
    constexpr std::int64_t grain = std::int64_t{1} << 16;  // whole sets of blocks
    const auto part = [&](std::int64_t begin, std::int64_t end) {
        kernels::RandomPlace from = place;
        from.counter += kernels::blocksOf(begin);
        kernels::dropout(end - begin, from, share, dense.data() + begin, y.data() + begin);
    };
    eachBlock(x.count(), grain, part);
    return y;
}

}  // namespace

Tensor dropout(const Tensor& x, float share, Rng& rng)
{
    if (!(share >= 0.0F && share < 1.0F))
        throw Error(Message(TR("engine", "The dropout share is %1, but it must be at least 0 and below 1."),
                            static_cast<double>(share)));
    if (share == 0.0F)
        return x;
    const kernels::RandomPlace place{
        .seed = rng.seed(), .stream = rng.stream(), .counter = (rng.position() + 3) / 4};
    rng.seek(4 * (place.counter + kernels::blocksOf(x.count())));
    return record(masked(x, share, place, Tensor::empty(x.shape())), {x},
                  [share, place](const Tensor& dy, Grads& grads) {
                      const bool inPlace = dy.ownsStorageAlone() && dy.isContiguous();
                      grads.add(0, masked(dy, share, place, inPlace ? dy : Tensor::empty(dy.shape())));
                  });
}

}  // namespace fc
