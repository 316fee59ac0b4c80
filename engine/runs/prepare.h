// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "engine/runs/settings.h"

namespace fc {

/// A run about to train: its settings, and the model with its data.
struct Prepared {
    RunSettings settings;
    Trainable trainable;
};

/// Loads the series and builds the model. Throws UsageError before anything is stored when the request does
/// not fit.
Prepared prepare(const Store& store, const std::string& seriesName, const std::string& model,
                 const ParamValues& values);

/// auditSeries() in an open workspace.
AuditReport auditOf(const Store& store, const std::string& series, const Recipe& recipe,
                    const AuditOptions& options = {});

/// The row of a run of `prepared`, not yet stored.
RunRecord newRun(const std::string& name, const Prepared& prepared);

/// Scores the weights in `trainable` on every part, beside the baselines, and puts the numbers into `run`.
void storeEvaluation(RunRecord& run, const Trainable& trainable);

}  // namespace fc
