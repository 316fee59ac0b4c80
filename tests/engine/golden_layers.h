// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tests/support/golden.h"

namespace fc {

/// One line per difference.
using Differences = std::vector<std::string>;

/// Run a reference case of the group through the engine. Nothing when the program does not know what the case
/// is about.
std::optional<Differences> runLayerCase(const GoldenCase& golden);
/// The layer cases of attention, transformer layers and gated blocks; nothing for others.
std::optional<Differences> runModuleCase(const GoldenCase& golden);
/// The layer cases of whole forecasters and their blocks; nothing for others.
std::optional<Differences> runForecasterCase(const GoldenCase& golden);
/// The layer cases of RNN, LSTM and GRU.
std::optional<Differences> runRecurrentCase(const GoldenCase& golden);
std::optional<Differences> runLossCase(const GoldenCase& golden);
std::optional<Differences> runOptimCase(const GoldenCase& golden);

}  // namespace fc
