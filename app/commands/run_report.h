// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "engine/runs/services.h"

namespace fc::app {

/// Metrics by part, the model's beside the naive baselines'.
std::string metricsTable(const RunRecord& run);

/// A few lines on a run, its metrics last.
std::string runText(const RunRecord& run);

/// What `train --json` prints.
nlohmann::ordered_json runDocument(const RunRecord& run);

/// Metrics of one part beside those of the baselines, as in a run's record.
void addEvaluation(RunRecord& run, Part part, const PartEvaluation& evaluation);

}  // namespace fc::app
