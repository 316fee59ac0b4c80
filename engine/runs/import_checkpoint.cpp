// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/base/atomic_file.h"
#include "engine/io/safetensors_tensors.h"
#include "engine/io/weight_names.h"
#include "engine/runs/prepare.h"
#include "engine/training/checkpoint.h"

namespace fc {

namespace {

/// Scores the weights of `prepared` and stores `run` with one checkpoint, all or nothing.
RunRecord storeImported(Store& store, RunRecord run, const Prepared& prepared, const TrainState& state,
                        const std::string& bytes, const Message& event)
{
    run.state = RunState::Stopped;
    run.steps = state.step;
    run.epochs = state.step / stepsPerEpoch(prepared.trainable);
    run.seconds = state.seconds;
    run.weightsSha256 = weightsDigest(prepared.trainable.model->weights);
    storeEvaluation(run, prepared.trainable);
    store.transaction([&] {
        const RunRecord added = store.addRun(run);
        run.id = added.id;
        run.name = added.name;
        store.addCheckpoint({.runId = run.id,
                             .step = state.step,
                             .epoch = run.epochs,
                             .created = nowIso(),
                             .trainLoss = state.trainLoss,
                             .validationLoss = run.bestValidationLoss,
                             .best = true,
                             .last = true,
                             .bytes = static_cast<std::int64_t>(bytes.size())},
                            bytes, 1);
        store.updateRun(run);
        store.appendEvent(
            run.id, {.step = state.step, .time = nowIso(), .kind = "imported", .text = event.english()});
    });
    return store.run(std::to_string(run.id));
}

/// The tensors of a file, by name. Throws Error when one holds NaN or infinity.
std::map<std::string, Tensor> tensorsOf(const MappedSafetensors& file)
{
    if (const auto warnings = safetensorsWarnings(file.file()); !warnings.empty())
        throw Error(warnings.front().message);
    std::map<std::string, Tensor> tensors;
    for (const StoredTensor& stored : file.file().tensors)
        tensors[stored.name] = file.tensor(stored);
    return tensors;
}

}  // namespace

RunRecord importCheckpoint(const std::filesystem::path& workspace, const std::string& bytes,
                           const std::string& runName)
{
    const CheckpointSource source = checkpointSource(bytes);
    const TrainState state = checkpointState(bytes);
    Store store = Store::open(workspace);
    Prepared prepared =
        prepare(store, store.seriesVersion(source.series, source.seriesHash), source.model, source.settings);
    if (prepared.trainable.seriesHash != source.seriesHash)
        throw Error(Message(TR("engine",
                               "The checkpoint was trained on another series than \"%1\" of this workspace. "
                               "Import its file under this name first."),
                            source.series));
    restoreWeights(bytes, prepared.trainable);
    RunRecord run = newRun(runName, prepared);
    if (state.bestStep == state.step) {
        run.bestStep = state.bestStep;
        run.bestValidationLoss = state.bestLoss;
    }
    return storeImported(store, run, prepared, state, bytes,
                         Message(TR("engine", "The checkpoint of step %1 was imported."), state.step));
}

RunRecord importWeights(const std::filesystem::path& workspace, const std::filesystem::path& file,
                        const std::string& like, const std::string& runName)
{
    Store store = Store::open(workspace);
    const RunRecord model = store.run(like);
    Prepared prepared = prepare(store, model.series, model.model, paramsFromJson(model.settings));
    const MappedSafetensors mapped(file, DigestCheck::Verify);
    loadWeights(prepared.trainable.model->weights, tensorsOf(mapped), torchWeightNames());
    // An optimizer that has not stepped yet: training can go on from these weights.
    const TrainState state = startState(prepared.trainable.plan);
    const Optimizer optimizer(prepared.trainable.plan.optimizer, prepared.trainable.model->weights);
    const std::string bytes = writeCheckpoint(prepared.trainable, optimizer, {}, state);
    return storeImported(
        store, newRun(runName, prepared), prepared, state, bytes,
        Message(TR("engine", "The weights of \"%1\" were imported into the model of run \"%2\"."),
                displayPath(file), model.name));
}

}  // namespace fc
