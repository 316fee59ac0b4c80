// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "engine/nn/summary.h"

namespace fc::app {

/// A line per layer and one for all of them.
std::string weightTable(const WeightSummary& summary);

/// {"total", "trainable", "frozen", "buffers", "bytes", "layers": [{"name", "weights", …}]}
nlohmann::ordered_json weightDocument(const WeightSummary& summary);

}  // namespace fc::app
