// SPDX-License-Identifier: GPL-3.0-or-later
// What all commands that train share: progress, the events file, Ctrl-C.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "engine/runs/services.h"

namespace fc::app {

struct TrainingEnd {
    RunOutcome outcome;
    bool stoppedBySignal = false;
};

/// Calls `work` with a control that Ctrl-C stops and a listener that shows progress on standard error and
/// appends to `eventsFile` (JSON Lines; empty = none). Throws Error before `work` begins when that file
/// cannot be written.
TrainingEnd runTraining(const std::string& eventsFile,
                        const std::function<RunOutcome(TrainControl&, const RunListener&)>& work);

/// Says on standard error how the training ended and gives the command's exit status.
int endStatus(const TrainingEnd& end, const std::filesystem::path& workspace);

}  // namespace fc::app
