// SPDX-License-Identifier: GPL-3.0-or-later
// What a button or a command can ask for. Each function takes values, opens the workspace itself, and leaves
// the same rows whoever called. They run where they are called; the desktop calls the slow ones from a job.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/cancel_token.h"
#include "engine/features/audit.h"
#include "engine/forecast/evaluate.h"
#include "engine/io/import.h"
#include "engine/nn/summary.h"
#include "engine/store/store.h"
#include "engine/training/train.h"

namespace fc {

/// Schema of everything `train --set` takes for one model: data, training, then the model's own parameters.
/// An id that a model shares with the training settings is the training's.
Schema trainSchema(const ModelEntry& model);
/// Those of `trainSchema` that concern data (recipe) / training.
Schema recipeSchema();
Schema planSchema();

struct TrainRequest {
    std::filesystem::path workspace;
    std::string series;  ///< its name; several series for one model: their names, separated by commas
    std::string model;
    ParamValues settings;  ///< over the defaults
    std::string runName;   ///< empty = MODEL-NNN
};

/// Looks for later data in what a training with `recipe` would be given, up to the model's input. Every
/// training does this first, in a slice of a long series, stores the verdict as the event "audit", and stops
/// when something looks ahead.
AuditReport auditSeries(const std::filesystem::path& workspace, const std::string& series,
                        const Recipe& recipe, const AuditOptions& options = {});

/// What came of a run, as stored.
struct RunOutcome {
    RunRecord run;
    StopReason reason = StopReason::Finished;
};

/// News of a run besides TrainObserver's, for screens and progress lines; called on the training's thread.
struct RunListener {
    std::function<void(const RunRecord& run)> started;  ///< the row exists, the first step has not begun
    std::function<void(const StepNews&)> step;
    std::function<void(const ValidationNews&)> validation;
    std::function<void(const CheckpointRecord&)> checkpoint;
    std::function<void(const EventRecord&)> event;
};

/// Trains one run from request to stored metrics. Throws UsageError before anything is stored when the
/// request does not fit; throws Error after the run was marked failed.
RunOutcome trainRun(const TrainRequest& request, TrainControl& control, const RunListener& listener = {});

/// Continues a run from a checkpoint (`checkpoint` 0 = the newest whole one); rows after that step are
/// written anew. `extraSteps` > 0 trains so many steps from there instead of to the planned end.
RunOutcome resumeRun(const std::filesystem::path& workspace, const std::string& run, std::int64_t checkpoint,
                     std::int64_t extraSteps, TrainControl& control, const RunListener& listener = {});

/// Trains again from the record of a run into a new run named `newName` (empty = RUN-again) and says whether
/// the weights are equal bit for bit.
struct Reproduction {
    RunOutcome outcome;
    bool identical = false;
};
Reproduction reproduceRun(const std::filesystem::path& workspace, const std::string& run,
                          const std::string& newName, TrainControl& control,
                          const RunListener& listener = {});

/// Makes a run of a checkpoint file that was exported from any workspace; its series must be in this one. The
/// run can be forecast from, evaluated and resumed. Throws Error naming what does not fit; nothing is stored
/// then.
RunRecord importCheckpoint(const std::filesystem::path& workspace, const std::string& bytes,
                           const std::string& runName = {});

/// Makes a run of the weights in any safetensors file, with the model, settings and series of the run `like`:
/// those of another program under PyTorch's names (io/weight_names.h), or of another run. The run starts at
/// step 0 and can be forecast from, evaluated and trained on. Throws Error listing all that does not fit the
/// model; nothing is stored then.
RunRecord importWeights(const std::filesystem::path& workspace, const std::filesystem::path& file,
                        const std::string& like, const std::string& runName = {});

/// Which weights: "best", "last", or a checkpoint's number.
using CheckpointChoice = std::string;

/// The checkpoint that `choice` names; "best" is the newest while none is marked. Throws Error when the run
/// has none, UsageError when `choice` is none of them.
CheckpointRecord chosenCheckpoint(const Store& store, const RunRecord& run, const CheckpointChoice& choice);

/// What the model of a run holds, layer by layer; nothing before its first checkpoint.
std::optional<WeightSummary> weightsOfRun(const Store& store, const RunRecord& run);

/// A forecast from the end of the data.
struct FutureForecast {
    std::string run;
    std::string series;
    std::int64_t checkpoint = 0;
    std::int64_t step = 0;
    std::vector<Timestamp> times;  ///< h stamps after the last one
    bool hasClock = true;
    std::vector<std::string> channels;
    std::vector<double> point;  ///< index [step * channels + channel], unit of the series
    std::vector<double>
        lower;  ///< 10% bound of the 80% interval; empty when the run has no validation residuals
    std::vector<double> upper;
};
/// `series`: which of those that the run learned from; empty = the first.
FutureForecast forecastRun(const std::filesystem::path& workspace, const std::string& run,
                           const CheckpointChoice& checkpoint = "best", const std::string& series = {});
/// CSV: time, then per channel forecast, lower_80, upper_80.
std::string forecastCsv(const FutureForecast& forecast);

/// Forecast of one window of a part, with the actual values; `index` counts the part's windows.
WindowForecast forecastWindow(const std::filesystem::path& workspace, const std::string& run,
                              const CheckpointChoice& checkpoint, Part part, std::int64_t index);

/// Metrics of the chosen weights on one part beside the baselines; nothing is stored.
PartEvaluation evaluateRun(const std::filesystem::path& workspace, const std::string& run,
                           const CheckpointChoice& checkpoint, Part part);

/// The stored series of a run and its settings, ready for plots.
std::shared_ptr<const Dataset> datasetOfRun(const std::filesystem::path& workspace, const std::string& run);

/// Stores accepted series, all or nothing: when one name is taken or one write fails, none is stored.
std::vector<SeriesRecord> storeSeries(const std::filesystem::path& workspace,
                                      const std::vector<std::pair<Series, SeriesRecord>>& series);
/// The record that goes with an imported or generated series.
SeriesRecord describeSeries(const Series& series, const std::string& source, const std::string& importRecipe);
SeriesRecord describeSeries(const SeriesShape& series, const std::string& source, const std::string& importRecipe);

/// An accepted file on its way into the workspace.
struct StagedFile {
    const StagedImport& import;
    std::string source;  ///< name of the file
    std::string name;    ///< of its series in place of the detected one; empty = that one
};
/// Stores all series of all files, all or nothing, in memory that does not depend on their length. Empty when
/// cancelled; nothing is stored then.
std::vector<SeriesRecord> storeStaged(const std::filesystem::path& workspace, const std::vector<StagedFile>& files,
                                      const ImportControl& control = {});

/// Adds the sample series that are not there yet and returns all of them.
std::vector<SeriesRecord> addSamples(const std::filesystem::path& workspace, std::uint64_t seed = 1);

/// The settings of the demonstration run: model, series and --set values.
TrainRequest demoRequest(const std::filesystem::path& workspace);

/// JSON of `train --json`: one object, the fields of docs/commands.md.
std::string runJson(const RunRecord& run);

/// One row a run as CSV: what it was, its metrics beside those of the baselines, and every setting.
std::string runsCsv(const std::vector<RunRecord>& runs);

std::string programVersion();

}  // namespace fc
