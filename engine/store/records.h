// SPDX-License-Identifier: GPL-3.0-or-later
// Plain rows of the workspace. All times are ISO 8601 in UTC.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace fc {

/// One imported series without its values.
struct SeriesRecord {
    std::int64_t id = 0;
    std::string name;
    std::string hash;  ///< contentHash of the values
    std::int64_t rows = 0;
    std::string first;
    std::string last;
    std::string frequency;
    std::string timeZone;
    bool hasClock = true;
    bool synthetic = false;
    std::string source;        ///< file name as given, or the generator and its seed
    std::string importRecipe;  ///< JSON of the detected and overridden import options
    std::string created = {};
    std::vector<std::string> columns;
    std::string lineage = {};    ///< JSON: the transform that made it, its params and parents; empty = imported
    std::string versionOf = {};  ///< of an earlier version, the name of the series; empty = current
};

enum class RunState { Queued, Running, Paused, Finished, Stopped, Failed, Interrupted };
/// "queued", "running", …
std::string stateName(RunState state);
std::optional<RunState> stateFromName(const std::string& name);
/// Queued, running or paused: some process works on the run or is about to.
bool isActive(RunState state);

/// Metric name -> value; part ("train", "validation", "test") or baseline name -> those.
using Metrics = std::map<std::string, double>;
using MetricsByPart = std::map<std::string, Metrics>;

struct RunRecord {
    std::int64_t id = 0;
    std::string name;  ///< unique in the workspace
    std::string created = {};
    std::string started;
    std::string ended;
    RunState state = RunState::Queued;
    std::string message;  ///< why it stopped or failed, in English
    std::string series;   ///< name at the time of training
    std::string seriesHash;
    std::string model;
    std::string settings;     ///< JSON: every setting, defaults included
    std::string environment;  ///< JSON: program version, instruction set, host, threads
    std::int64_t parameters = 0;
    std::int64_t seed = 0;
    std::int64_t steps = 0;       ///< done so far
    std::int64_t totalSteps = 0;  ///< planned
    std::int64_t epochs = 0;
    double seconds = 0;  ///< time spent training, pauses left out
    std::optional<std::int64_t> bestStep;
    std::optional<double> bestValidationLoss;
    MetricsByPart metrics;                           ///< of the model, by part, in the unit of the series
    std::map<std::string, MetricsByPart> baselines;  ///< "naive", "seasonal_naive" -> by part
    std::string intervals;  ///< JSON: residual quantiles per horizon step and channel
    std::string weightsSha256;
    std::vector<std::string> tags;
    std::string note;
};

struct StepRecord {
    std::int64_t step = 0;  ///< counted from 1: the state after this step
    double loss = 0;
    double learningRate = 0;
    double gradientNorm = 0;  ///< before clipping
};

struct ValidationRecord {
    std::int64_t step = 0;
    std::int64_t epoch = 0;
    double trainLoss = 0;  ///< mean since the validation before
    double validationLoss = 0;
    double seconds = 0;  ///< training time so far
};

/// One number about one layer, taken at a validation.
struct LayerRecord {
    std::int64_t step = 0;
    std::string metric;  ///< "gradient_norm/encoder.weight_ih_l0"
    double value = 0;
};

struct EventRecord {
    std::int64_t step = 0;
    std::string time;
    std::string
        kind;  ///< started, audit, paused, resumed, learning_rate, stopped, interrupted, failed, finished, warning …
    std::string text;
};

struct CheckpointRecord {
    std::int64_t id = 0;
    std::int64_t runId = 0;
    std::int64_t step = 0;
    std::int64_t epoch = 0;
    std::string created = {};
    double trainLoss = 0;
    std::optional<double> validationLoss;
    bool best = false;
    bool last = false;  ///< the newest of its run
    std::int64_t bytes = 0;
    std::string sha256 = {};
};

/// One fault found by Store::checkIntegrity.
struct StoreProblem {
    std::string where;  ///< table and row
    std::string text;
};

}  // namespace fc
