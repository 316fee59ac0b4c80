// SPDX-License-Identifier: GPL-3.0-or-later
#include <nlohmann/json.hpp>

#include "engine/io/safetensors.h"
#include "engine/runs/settings.h"

namespace fc {

namespace {

/// The sizes that a checkpoint of the run was written with.
Task taskOf(const std::string& checkpoint)
{
    const SafetensorsFile file = parseSafetensors(checkpoint, DigestCheck::Skip);
    const nlohmann::json task = nlohmann::json::parse(file.metadata.at("fc.task"));
    return {.length = task.at("length"),
            .horizon = task.at("horizon"),
            .channels = task.at("channels"),
            .pastCovariates = task.at("past_covariates"),
            .futureCovariates = task.at("future_covariates"),
            .staticCovariates = task.value("static_covariates", 0),
            .outputs = task.at("outputs")};
}

}  // namespace

std::optional<WeightSummary> weightsOfRun(const Store& store, const RunRecord& run)
{
    const std::vector<CheckpointRecord> checkpoints = store.checkpoints(run.id);
    if (checkpoints.empty())
        return std::nullopt;
    const ModelEntry& entry = modelEntry(run.model);
    const RunSettings settings = resolveSettings(entry, paramsFromJson(run.settings));
    const MatrixTypeScope matrices(settings.plan.precision == "bf16" ? DType::BF16 : DType::F32);
    Rng rng(0);
    const std::unique_ptr<Model> model =
        makeModel(entry, taskOf(store.checkpointBytes(checkpoints.back().id)), settings.model, rng);
    for (const std::string& pattern : frozenPatterns(settings.plan))
        model->weights.freeze(pattern);
    return summary(model->weights);
}

}  // namespace fc
