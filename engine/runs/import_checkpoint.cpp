// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/runs/prepare.h"
#include "engine/training/checkpoint.h"

namespace fc {

RunRecord importCheckpoint(const std::filesystem::path& workspace, const std::string& bytes,
                           const std::string& runName)
{
    const CheckpointSource source = checkpointSource(bytes);
    const TrainState state = checkpointState(bytes);
    Store store = Store::open(workspace);
    Prepared prepared = prepare(store, source.series, source.model, source.settings);
    if (prepared.trainable.seriesHash != source.seriesHash)
        throw Error(Message(TR("engine",
                               "The checkpoint was trained on another series than \"%1\" of this workspace. "
                               "Import its file under this name first."),
                            source.series));
    restoreWeights(bytes, prepared.trainable);
    RunRecord run = newRun(runName, prepared);
    run.state = RunState::Stopped;
    run.steps = state.step;
    run.epochs = state.step / stepsPerEpoch(prepared.trainable);
    run.seconds = state.seconds;
    run.weightsSha256 = weightsDigest(prepared.trainable.model->weights);
    if (state.bestStep == state.step) {
        run.bestStep = state.bestStep;
        run.bestValidationLoss = state.bestLoss;
    }
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
            run.id, {.step = state.step,
                     .time = nowIso(),
                     .kind = "imported",
                     .text = "The checkpoint of step " + std::to_string(state.step) + " was imported."});
    });
    return store.run(std::to_string(run.id));
}

}  // namespace fc
