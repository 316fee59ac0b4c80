// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "engine/store/store.h"

namespace fc::app {

/// "best" (the newest while none is marked), "last", or a number. Throws Error when the run has none,
/// UsageError when `choice` is none of them.
CheckpointRecord chosenCheckpoint(const Store& store, const RunRecord& run, const std::string& choice);

/// SHA-256 over the weights' bytes in the order of their names, without optimizer state and copies of the
/// best.
std::string checkpointWeightsDigest(const Store& store, std::int64_t checkpoint);

}  // namespace fc::app
