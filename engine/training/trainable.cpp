// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/training/trainable.h"

#include <algorithm>

#include "engine/models/fit_loss.h"
#include "engine/optim/schedule.h"

namespace fc {

namespace {

/// The stream of the run's generator that weights are drawn from; those of the training are in train.cpp.
constexpr std::uint64_t weightStream = 1;

/// Refuses settings that do not go together, before anything is built.
void checkPlan(const TrainPlan& plan)
{
    checkOptimizer(plan.optimizer);
    const ScheduleParams& schedule = plan.schedule;
    Schedule(schedule, plan.optimizer.learningRate, 1);
    if (!schedule.cycleMomentum)
        return;
    if (schedule.schedule != "one_cycle" && schedule.schedule != "cyclic")
        throw UsageError(
            Message(TR("engine", "cycle_momentum goes with the schedules one_cycle and cyclic, not with %1."),
                    schedule.schedule));
    if (!hasSchedulableMomentum(plan.optimizer))
        throw UsageError(
            Message(TR("engine", "cycle_momentum needs a momentum to move, and %1 has none here."),
                    plan.optimizer.optimizer));
    if (schedule.lowestMomentum > schedule.highestMomentum)
        throw UsageError(Message(TR("engine", "lowest_momentum is %1 and highest_momentum %2: swap them."),
                                 schedule.lowestMomentum, schedule.highestMomentum));
}

/// Losses in the unit of the series need one unit for all.
void checkUnits(const Trainable& run)
{
    const auto distribution = run.loss.distribution();
    const bool needsUnit =
        run.loss.kind == LossKind::PercentageError || run.loss.kind == LossKind::SymmetricPercentageError ||
        run.loss.kind == LossKind::ScaledError || (distribution && distribution->isCount());
    const auto& others = run.dataset->others;
    const bool isOneUnit =
        run.loss.kind != LossKind::ScaledError && std::ranges::all_of(others, [&](const auto& other) {
            return other->targetScales == run.dataset->targetScales;
        });
    if (needsUnit && !others.empty() && !isOneUnit)
        throw UsageError(
            Message(TR("engine",
                       "The loss %1 is measured in the unit of one series, but the run learns from %2 with a "
                       "scale each. "
                       "Choose mse, mae, huber, quantile or normal, or for the others scaler none."),
                    run.plan.loss.loss, others.size() + 1));
}

void checkCapabilities(const Trainable& run)
{
    if (run.loss.outputs() > 1 && !run.entry->capabilities.probabilistic)
        throw UsageError(Message(
            TR("engine",
               "%1 forecasts one number per step, but the loss %2 asks for %3. Choose a loss for points, "
               "such as mse or mae."),
            run.entry->label, run.plan.loss.loss, run.loss.outputs()));
    const auto& weights = run.model->weights.all();
    if (run.plan.precision == "bf16" && std::ranges::none_of(weights, &NamedWeight::mayBeHalf))
        throw UsageError(
            Message(TR("engine", "%1 has no matrix that could be held in bf16. Set precision to f32."),
                    run.entry->label));
}

void freeze(Weights& weights, const TrainPlan& plan)
{
    for (const std::string& pattern : frozenPatterns(plan))
        weights.freeze(pattern);
    if (trainable(weights).empty())
        throw UsageError(Message(
            TR("engine", "freeze is \"%1\", which leaves no weight of the model to train."), plan.freeze));
}

}  // namespace

std::vector<std::string> frozenPatterns(const TrainPlan& plan)
{
    std::vector<std::string> names;
    std::string name;
    for (const char c : plan.freeze + ",") {
        if (c == ',' || c == ';' || c == ' ') {
            if (!name.empty())
                names.push_back(name);
            name.clear();
        } else {
            name += c;
        }
    }
    return names;
}

Trainable makeTrainable(std::shared_ptr<const Dataset> dataset, const ModelEntry& entry,
                        const ParamValues& modelValues, const TrainPlan& plan)
{
    checkPlan(plan);
    Trainable run;
    run.entry = &entry;
    run.modelValues = defaults(entry.schema);
    for (const auto& [id, value] : modelValues)
        run.modelValues[id] = value;
    run.plan = plan;
    run.loss = fitLoss(plan.loss, *dataset);
    run.task = dataset->task;
    run.task.outputs = run.loss.outputs();
    run.norm = windowNorm(dataset->recipe.scaler);
    run.dataset = std::move(dataset);
    Rng rng(static_cast<std::uint64_t>(plan.seed), weightStream);
    {
        const MatrixTypeScope matrices(plan.precision == "bf16" ? DType::BF16 : DType::F32);
        run.model = makeModel(entry, run.task, modelValues, rng);
    }
    checkCapabilities(run);
    checkUnits(run);
    freeze(run.model->weights, plan);
    return run;
}

std::int64_t stepsPerEpoch(const Trainable& run)
{
    const std::int64_t size = std::int64_t{run.plan.batchSize} * run.plan.accumulate;
    return (static_cast<std::int64_t>(run.dataset->trainWindows.size()) + size - 1) / size;
}

std::int64_t totalSteps(const Trainable& run)
{
    const std::int64_t planned = stepsPerEpoch(run) * run.plan.epochs;
    return run.plan.maxSteps > 0 ? run.plan.maxSteps : planned;
}

}  // namespace fc
