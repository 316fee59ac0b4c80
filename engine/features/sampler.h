// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <vector>

#include "engine/features/dataset.h"

namespace fc {

/// The training windows in the order of one epoch, counted from 0: as many as there are, a function of
/// dataset, seed and epoch alone. Of several series by recipe.sampling:
///   window   every window once
///   series   each series equally often
///   scale    each series by its mean absolute level in the training part (Salinas et al., DeepAR, 2020,
///            section 3.3)
/// A series that is due more often than it has windows repeats them, all once before any a second time.
std::vector<std::int64_t> epochOrder(const Dataset& dataset, std::uint64_t seed, std::int64_t epoch);
/// The same as places in dataset.trainWindows, which take half the memory.
std::vector<std::uint32_t> epochPlaces(const Dataset& dataset, std::uint64_t seed, std::int64_t epoch);

}  // namespace fc
