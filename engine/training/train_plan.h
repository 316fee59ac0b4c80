// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "engine/loss/loss.h"
#include "engine/optim/clip.h"
#include "engine/optim/optimizer.h"
#include "engine/optim/schedule.h"
#include "engine/params/params.h"

namespace fc {

/// How to train: one struct for form, command line and store.
struct TrainPlan {
    LossParams loss;
    OptimizerParams optimizer;
    ScheduleParams schedule;
    ClipParams clip;
    int epochs = 20;
    int maxSteps = 0;
    int batchSize = 32;
    int accumulate = 1;
    int patience = 5;
    int validateEvery = 0;
    int checkpointEvery = 0;
    int keepCheckpoints = 3;
    std::string freeze;
    std::string precision = "f32";
    int seed = 1;
    int threads = 0;

    void describe(ParamVisitor& v);
};

}  // namespace fc
