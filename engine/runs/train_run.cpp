// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include "engine/runs/prepare.h"
#include "engine/runs/recorder.h"
#include "engine/runs/series_list.h"
#include "engine/training/checkpoint.h"

namespace fc {

namespace {

void note(Store& store, const RunRecord& run, const std::string& kind, const Message& text,
          const RunListener& listener)
{
    const EventRecord event{.step = run.steps, .time = nowIso(), .kind = kind, .text = text.english()};
    store.appendEvent(run.id, event);
    if (listener.event)
        listener.event(event);
}

[[noreturn]] void fail(Store& store, RunRecord& run, const Message& reason, const RunListener& listener)
{
    try {
        run.state = RunState::Failed;
        run.message = reason.english();
        run.ended = nowIso();
        store.updateRun(run);
        note(store, run, "failed", reason, listener);
    } catch (const Error&) {
        // A disk that is full cannot take this either. The row still says running, and the next start finds
        // its process gone and calls it interrupted.
    }
    throw Error(reason);
}

/// Throws Error when later data leak into the training. What cannot be audited is told, not refused: a recipe
/// may need of its columns what noise does not keep.
void auditFirst(Store& store, const RunRecord& run, const Recipe& recipe, const RunListener& listener)
{
    AuditReport report;
    try {
        report = auditOf(store, run.series, recipe);
    } catch (const Error& error) {
        note(store, run, "warning",
             Message(TR("engine", "Nobody looked whether later data leak into the training: %1"),
                     error.message().english()),
             listener);
        return;
    }
    note(store, run, "audit", verdict(report), listener);
    if (!report.isClean())
        throw Error(verdict(report));
}

void notePadding(Store& store, const RunRecord& run, const Dataset& dataset, const RunListener& listener)
{
    for (std::size_t i = 0; i < dataset.seriesCount(); ++i) {
        const Dataset& series = dataset.at(i);
        if (series.paddedRows > 0)
            note(store, run, "warning",
                 Message(TR("engine",
                            "The training part of the series \"%1\" has %2 rows, fewer than a window of %3: "
                            "%4 missing rows stand in front of it."),
                         series.series.name, series.split.train.count() - series.paddedRows,
                         series.task.length + series.task.horizon, series.paddedRows),
                 listener);
    }
}

RunOutcome execute(Store& store, RunRecord run, Prepared& prepared, const std::string& checkpoint,
                   std::int64_t extraSteps, TrainControl& control, const RunListener& listener)
{
    run.state = RunState::Running;
    run.started = nowIso();
    run.ended.clear();
    run.message.clear();
    run.totalSteps = extraSteps > 0 ? run.steps + extraSteps : totalSteps(prepared.trainable);
    store.updateRun(run);
    note(store, run, checkpoint.empty() ? "started" : "continued",
         checkpoint.empty() ? Message(TR("engine", "Training started."))
                            : Message(TR("engine", "Training continued from step %1."), run.steps),
         listener);
    notePadding(store, run, *prepared.trainable.dataset, listener);
    if (listener.started)
        listener.started(run);
    Recorder recorder(store, run, prepared.settings.plan.keepCheckpoints, listener);
    RunOutcome outcome;
    try {
        auditFirst(store, run, prepared.settings.recipe, listener);
        const TrainResult result = train(prepared.trainable, checkpoint, extraSteps, control, recorder);
        outcome.reason = result.reason;
        if (result.reason == StopReason::Cancelled) {
            store.deleteRun(run.id);
            outcome.run = run;
            return outcome;
        }
        recorder.flush();
        run.seconds = result.state.seconds;
        run.steps = result.state.step;
        run.state = result.reason == StopReason::Stopped ? RunState::Stopped : RunState::Finished;
        run.ended = nowIso();
        run.weightsSha256 = weightsDigest(prepared.trainable.model->weights);
        store.updateRun(run);
        storeEvaluation(run, prepared.trainable);
        store.updateRun(run);
        note(store, run, stateName(run.state),
             run.state == RunState::Stopped ? Message(TR("engine", "Stopped; the best weights are kept."))
                                            : Message(TR("engine", "Finished; the best weights are kept.")),
             listener);
    } catch (const Error& error) {
        recorder.flush();
        fail(store, run, error.message(), listener);
    } catch (const std::bad_alloc&) {
        fail(store, run,
             Message(
                 TR("engine", "There is not enough memory for this run. Choose a smaller batch or model.")),
             listener);
    }
    outcome.run = store.run(std::to_string(run.id));
    return outcome;
}

/// The newest checkpoint whose bytes are whole; damaged ones are named in an event.
std::optional<CheckpointRecord> newestWhole(Store& store, const RunRecord& run, const RunListener& listener,
                                            std::string& bytes)
{
    std::vector<CheckpointRecord> all = store.checkpoints(run.id);
    std::ranges::sort(all, std::greater{}, &CheckpointRecord::step);
    for (const CheckpointRecord& record : all) {
        try {
            bytes = store.checkpointBytes(record.id);
            checkpointState(bytes);
            return record;
        } catch (const Error& error) {
            note(store, run, "warning",
                 Message(TR("engine", "The checkpoint of step %1 is left out: %2"), record.step,
                         error.message().english()),
                 listener);
        }
    }
    bytes.clear();
    return std::nullopt;
}

void checkOwnership(const Store& store, const RunRecord& run, std::int64_t checkpoint)
{
    if (store.checkpoint(checkpoint).runId != run.id)
        throw UsageError(
            Message(TR("engine", "Checkpoint %1 belongs to another run than \"%2\"."), checkpoint, run.name));
}

}  // namespace

RunOutcome trainRun(const TrainRequest& request, TrainControl& control, const RunListener& listener)
{
    Store store = Store::open(request.workspace);
    Prepared prepared = prepare(store, request.series, request.model, request.settings);
    return execute(store, store.addRun(newRun(request.runName, prepared)), prepared, {}, 0, control,
                   listener);
}

RunOutcome resumeRun(const std::filesystem::path& workspace, const std::string& name, std::int64_t checkpoint,
                     std::int64_t extraSteps, TrainControl& control, const RunListener& listener)
{
    Store store = Store::open(workspace);
    RunRecord run = store.run(name);
    Prepared prepared = prepare(store, store.seriesVersion(run.series, run.seriesHash), run.model,
                                paramsFromJson(run.settings));
    if (prepared.trainable.seriesHash != run.seriesHash)
        throw Error(
            Message(TR("engine",
                       "The series \"%1\" is not the one that run \"%2\" was trained on. Import the old "
                       "file under this name to continue."),
                    run.series, run.name));
    store.claimRun(run.id);
    std::string bytes;
    if (checkpoint > 0) {
        checkOwnership(store, run, checkpoint);
        bytes = store.checkpointBytes(checkpoint);
    } else {
        newestWhole(store, run, listener, bytes);
    }
    const TrainState state = bytes.empty() ? TrainState{} : checkpointState(bytes);
    store.transaction([&] {
        store.truncateRun(run.id, state.step);
        const std::vector<CheckpointRecord> left = store.checkpoints(run.id);
        const bool hasBest = std::ranges::any_of(
            left, [&](const CheckpointRecord& each) { return each.best && each.step == state.bestStep; });
        // Going back behind later checkpoints may have dropped the best one of that time; the checkpoint
        // carries it.
        if (const std::string best = hasBest || bytes.empty() ? std::string() : bestOfCheckpoint(bytes);
            !best.empty()) {
            store.addCheckpoint({.runId = run.id,
                                 .step = state.bestStep,
                                 .created = nowIso(),
                                 .validationLoss = state.bestLoss,
                                 .best = true,
                                 .bytes = static_cast<std::int64_t>(best.size())},
                                best, prepared.settings.plan.keepCheckpoints + 1);
        }
    });
    run.steps = state.step;
    run.seconds = state.seconds;
    run.bestStep = state.bestStep > 0 ? std::optional(state.bestStep) : std::nullopt;
    run.bestValidationLoss = state.bestStep > 0 ? std::optional(state.bestLoss) : std::nullopt;
    return execute(store, std::move(run), prepared, bytes, extraSteps, control, listener);
}

Reproduction reproduceRun(const std::filesystem::path& workspace, const std::string& name,
                          const std::string& newName, TrainControl& control, const RunListener& listener)
{
    RunRecord original;
    std::string series;
    std::string hash;
    {
        const Store store = Store::open(workspace, Store::Mode::ReadOnly);
        original = store.run(name);
        series = store.seriesVersion(original.series, original.seriesHash);
        hash = hashOfAll(store, seriesInList(store, series));
    }
    if (hash != original.seriesHash)
        throw Error(Message(TR("engine", "The series \"%1\" is not the one that run \"%2\" was trained on."),
                            original.series, original.name));
    if (original.weightsSha256.empty())
        throw Error(Message(TR("engine", "Run \"%1\" is %2 and has no final weights to compare with."),
                            original.name, stateName(original.state)));
    Reproduction reproduction;
    reproduction.outcome = trainRun({.workspace = workspace,
                                     .series = series,
                                     .model = original.model,
                                     .settings = paramsFromJson(original.settings),
                                     .runName = newName.empty() ? original.name + "-again" : newName},
                                    control, listener);
    reproduction.identical = reproduction.outcome.run.weightsSha256 == original.weightsSha256;
    return reproduction;
}

}  // namespace fc
