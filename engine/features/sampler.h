// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <vector>

#include "engine/features/dataset.h"

namespace fc {

/// The training windows in the order of one epoch, counted from 0: each once, shuffled; a function of the
/// run's seed and the epoch alone.
std::vector<std::int64_t> epochOrder(const Dataset& dataset, std::uint64_t seed, std::int64_t epoch);

}  // namespace fc
