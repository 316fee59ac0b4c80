// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/runs/prepare.h"

#include <array>
#include <nlohmann/json.hpp>
#include <thread>
#include <unistd.h>

#include "engine/runs/series_list.h"

namespace fc {

namespace {

/// What a run found: the machine, and how many windows its settings make of the series.
std::string environmentJson(const TrainPlan& plan, const Dataset& dataset)
{
    std::array<char, 256> host{};
    ::gethostname(host.data(), host.size() - 1);
    return nlohmann::json{{"program", programVersion()},
                          {"instruction_set", instructionSet()},
                          {"host", host.data()},
                          {"cores", std::thread::hardware_concurrency()},
                          {"threads", plan.threads},
                          {"train_windows", dataset.trainWindows.size()},
                          {"validation_windows", dataset.validationWindows.size()},
                          {"test_windows", dataset.testWindows.size()}}
        .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace

Prepared prepare(const Store& store, const std::string& seriesName, const std::string& model,
                 const ParamValues& values)
{
    const ModelEntry& entry = modelEntry(model);
    Prepared prepared;
    prepared.settings = resolveSettings(entry, values);
    auto dataset = std::make_shared<const Dataset>(loadDataset(store, seriesName, prepared.settings.recipe));
    prepared.trainable =
        makeTrainable(std::move(dataset), entry, prepared.settings.model, prepared.settings.plan);
    prepared.trainable.seriesHash = hashOfAll(store, seriesInList(store, seriesName));
    if (prepared.trainable.dataset->trainWindows.empty() ||
        prepared.trainable.dataset->validationWindows.empty())
        throw UsageError(
            Message(TR("engine",
                       "There is no window of %1 + %2 steps to train and to validate on. Choose a "
                       "smaller length or horizon, or another split."),
                    prepared.trainable.task.length, prepared.trainable.task.horizon));
    if (observedTargets(*prepared.trainable.dataset,
                        prepared.trainable.dataset->scoredWindows(Part::Validation)) == 0)
        throw UsageError(Message(
            TR("engine",
               "Every target of the validation part is missing, so nothing can tell which weights are "
               "best. Choose another split.")));
    return prepared;
}

RunRecord newRun(const std::string& name, const Prepared& prepared)
{
    RunRecord run;
    run.name = name;
    run.state = RunState::Queued;
    run.series = seriesNames(*prepared.trainable.dataset);
    run.seriesHash = prepared.trainable.seriesHash;
    run.model = prepared.trainable.entry->id;
    run.settings = toJson(prepared.settings.all);
    run.environment = environmentJson(prepared.settings.plan, *prepared.trainable.dataset);
    run.parameters = prepared.trainable.model->weights.count();
    run.seed = prepared.settings.plan.seed;
    run.totalSteps = totalSteps(prepared.trainable);
    return run;
}

void storeEvaluation(RunRecord& run, const Trainable& trainable)
{
    run.metrics.clear();
    run.baselines.clear();
    for (const Part part : {Part::Train, Part::Validation, Part::Test}) {
        const PartEvaluation evaluation =
            evaluatePart(*trainable.model, trainable.norm, *trainable.dataset, trainable.loss, part);
        if (evaluation.windows == 0)
            continue;
        run.metrics[partName(part)] = evaluation.model;
        for (const auto& [baseline, metrics] : evaluation.baselines)
            run.baselines[baseline][partName(part)] = metrics;
    }
    // Offsets in the unit of one series mean nothing for another.
    if (trainable.dataset->others.empty())
        run.intervals =
            residualIntervals(*trainable.model, trainable.norm, *trainable.dataset, trainable.loss).toJson();
}

}  // namespace fc
