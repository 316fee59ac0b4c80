// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/features/dataset.h"
#include "engine/loss/loss.h"
#include "engine/models/model.h"
#include "engine/models/predict.h"
#include "engine/training/batch_feed.h"
#include "engine/training/train_plan.h"

namespace fc {

/// All that training and forecasting share about one run.
struct Trainable {
    std::shared_ptr<const Dataset> dataset;
    const ModelEntry* entry = nullptr;
    ParamValues modelValues;
    TrainPlan plan;
    Task task;  ///< dataset->task with outputs by the loss
    LossSpec loss;
    WindowNorm norm = WindowNorm::None;
    std::unique_ptr<Model> model;
    std::string seriesHash;  ///< of the whole series, written into checkpoints
    Prefetch prefetch = Prefetch::Auto;
};

/// Builds the model with fresh weights from plan.seed, its matrices in plan.precision, and freezes what
/// plan.freeze names. Throws UsageError when the settings do not fit the model, the data or each other.
Trainable makeTrainable(std::shared_ptr<const Dataset> dataset, const ModelEntry& entry,
                        const ParamValues& modelValues, const TrainPlan& plan);

/// The patterns that plan.freeze lists; see Weights::freeze.
std::vector<std::string> frozenPatterns(const TrainPlan& plan);

std::int64_t stepsPerEpoch(const Trainable& run);
std::int64_t totalSteps(const Trainable& run);

}  // namespace fc
