// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/features/sampler.h"

#include "engine/base/rng.h"

namespace fc {

namespace {

/// Streams of the run's generator, one per epoch; those of other consumers are in engine/training.
constexpr std::uint64_t orderStream = std::uint64_t{1} << 32;

}  // namespace

std::vector<std::int64_t> epochOrder(const Dataset& dataset, std::uint64_t seed, std::int64_t epoch)
{
    Rng rng(seed, orderStream + static_cast<std::uint64_t>(epoch));
    std::vector<std::int64_t> order = rng.permutation(static_cast<std::int64_t>(dataset.trainWindows.size()));
    for (std::int64_t& index : order)
        index = dataset.trainWindows[static_cast<std::size_t>(index)];
    return order;
}

}  // namespace fc
