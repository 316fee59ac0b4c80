// SPDX-License-Identifier: GPL-3.0-or-later
// Trainings that tests can afford, and an observer that keeps all it hears.
#pragma once

#include <cmath>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/features/dataset.h"
#include "engine/training/checkpoint.h"
#include "engine/training/train.h"

namespace fc {

inline Series sine(int rows)
{
    Series series;
    series.name = "sine";
    series.hasClock = false;
    Column column{.name = "value", .role = "", .values = {}};
    for (int i = 0; i < rows; ++i) {
        series.times.push_back(i);
        column.values.push_back(5.0 + 2.0 * std::sin(i * 0.26) + 0.3 * std::sin(i * 1.7));
    }
    series.columns.push_back(column);
    return series;
}

inline std::shared_ptr<const Dataset> sineDataset(const std::string& scaler = "standard")
{
    Recipe recipe;
    recipe.length = 24;
    recipe.horizon = 4;
    recipe.scaler = scaler;
    return std::make_shared<const Dataset>(makeDataset(sine(400), recipe));
}

inline TrainPlan quickPlan()
{
    TrainPlan plan;
    plan.epochs = 3;
    plan.batchSize = 16;
    plan.optimizer.learningRate = 0.01;
    plan.patience = 0;
    plan.threads = 1;
    return plan;
}

/// Keeps all it hears; can ask for something at a step.
class HearingAll : public TrainObserver {
public:
    void stepDone(const StepNews& news) override
    {
        steps.push_back(news);
        if (onStep)
            onStep(news.step);
    }
    void validated(const ValidationNews& news) override { validations.push_back(news); }
    void checkpointDue(const CheckpointNews& news, const std::string& bytes) override
    {
        checkpoints.emplace_back(news, bytes);
    }
    void event(std::int64_t step, const std::string& kind, const Message&) override
    {
        events.emplace_back(step, kind);
    }

    std::vector<StepNews> steps;
    std::vector<ValidationNews> validations;
    std::vector<std::pair<CheckpointNews, std::string>> checkpoints;
    std::vector<std::pair<std::int64_t, std::string>> events;
    std::function<void(std::int64_t)> onStep;
};

struct TrainOutcome {
    TrainResult result;
    std::string digest;
    std::unique_ptr<HearingAll> heard = std::make_unique<HearingAll>();
};

inline TrainOutcome trainOn(const std::shared_ptr<const Dataset>& dataset, const std::string& model,
                            const TrainPlan& plan, const std::string& checkpoint = {},
                            const std::function<void(TrainControl&, HearingAll&)>& prepare = {},
                            const ParamValues& values = {}, std::int64_t extraSteps = 0)
{
    TrainOutcome outcome;
    Trainable run = makeTrainable(dataset, modelEntry(model), values, plan);
    TrainControl control;
    if (prepare)
        prepare(control, *outcome.heard);
    outcome.result = train(run, checkpoint, extraSteps, control, *outcome.heard);
    outcome.digest = weightsDigest(run.model->weights);
    return outcome;
}

/// quickPlan with a mechanism turned on that has state or randomness of its own.
inline TrainPlan planWith(const std::string& mechanism)
{
    TrainPlan plan = quickPlan();
    plan.checkpointEvery = 7;
    plan.validateEvery = 5;
    plan.schedule.schedule = "warmup_cosine";
    if (mechanism == "plateau") {
        plan.schedule.schedule = "plateau";
        plan.schedule.plateauPatience = 0;
        plan.schedule.plateauThreshold = 0.05;
        plan.schedule.plateauCooldown = 1;
    } else if (mechanism == "bf16") {
        plan.precision = "bf16";
    } else if (mechanism == "accumulate") {
        plan.batchSize = 5;
        plan.accumulate = 3;
    } else if (mechanism == "cycled momentum") {
        plan.schedule.schedule = "one_cycle";
        plan.schedule.cycleMomentum = true;
    } else {
        plan.optimizer.optimizer = mechanism;
    }
    return plan;
}

inline std::vector<std::string> mechanisms()
{
    return {"adamw", "sgd", "lion", "nadam", "plateau", "bf16", "accumulate", "cycled momentum"};
}

/// Small settings under which a model trains in a moment.
inline ParamValues smallModel(const std::string& id)
{
    if (id == "lstm")
        return {{"hidden_size", std::int64_t{8}}, {"decoder_size", std::int64_t{8}}, {"dropout", 0.2}};
    if (id == "tcn")
        return {{"channels", std::string("8,8")}, {"dropout", 0.2}};
    return {};
}

}  // namespace fc
