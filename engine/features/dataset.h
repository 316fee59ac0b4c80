// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/data/batch.h"
#include "engine/data/series.h"
#include "engine/data/split.h"
#include "engine/features/feature.h"
#include "engine/features/scaler.h"
#include "engine/params/params.h"

namespace fc {

/// What to make of a series: the part of a run's settings that concerns data. Stored with the run.
struct Recipe {
    int length = 96;
    int horizon = 24;
    std::string targets = "";  ///< column names, comma-separated; empty = close, or the first column
    std::string features = "";
    std::string scaler = "standard";
    std::string split = "0.7,0.15,0.15";
    int purge = 0;              ///< rows left out where two parts meet, at the end of the earlier
    int embargo = 0;            ///< and at the start of the later
    std::string fill = "last";  ///< what stands in for a missing value of the past: last, mean
    int season = 0;  ///< steps of the seasonal-naive baseline and of MASE; 0 = from the frequency

    void describe(ParamVisitor& v);
};

/// A series made ready for a model: features computed, warm-up rows dropped, scaled by what the training part
/// alone says, cut into windows. Immutable after makeDataset; shared between threads.
struct Dataset {
    Recipe recipe;
    Task task;      ///< outputs left at 1
    Series series;  ///< without the warm-up rows
    Frequency frequency;
    int season = 1;
    std::int64_t warmUpRows = 0;  ///< dropped at the start
    Split split;                  ///< rows of `series`
    std::vector<std::string> targetNames;
    std::vector<std::string> pastNames;
    std::vector<std::string> futureNames;
    std::vector<ColumnScale> targetScales;
    std::vector<ColumnScale> pastScales;
    std::vector<ColumnScale> futureScales;
    std::vector<std::vector<double>> targets;  ///< unscaled, one vector per channel
    Tensor targetRows;                         ///< scaled [T, C]
    Tensor pastRows;                           ///< scaled [T, X]; undefined when X = 0
    Tensor futureRows;  ///< scaled [T + h, F]: the h rows after the end included; undefined when F = 0

    /// Windows by the row of their first forecast step. Targets lie wholly inside the part; history lies
    /// inside the training part for training windows and may reach back into the part before for the others.
    /// A window is there whatever is missing in it.
    std::vector<std::int64_t> trainWindows;
    std::vector<std::int64_t> validationWindows;
    std::vector<std::int64_t> testWindows;
    bool targetGaps = false;  ///< a target has a missing value somewhere
    bool pastGaps = false;
    bool futureGaps = false;

    std::span<const std::int64_t> windows(Part part) const;
    std::int64_t rows() const { return static_cast<std::int64_t>(series.rows()); }
};

/// The scalers to use instead of fitting: those stored with a checkpoint.
struct FittedScales {
    std::vector<ColumnScale> targets;
    std::vector<ColumnScale> past;
    std::vector<ColumnScale> future;
};

/// Throws UsageError or Error in words: unknown target, too few rows for the windows, a feature without its
/// column, … `fitted`: scales to apply instead of fitting on the training part.
Dataset makeDataset(const Series& series, const Recipe& recipe, const FittedScales* fitted = nullptr);

/// Copies the windows that start their forecast at `origins` (each from L to rows()) into `batch`, reusing
/// its tensors when the shapes fit. What is missing is filled within its window by what was known before it, as
/// the recipe says, and marked in the masks; before the first value of a window stands the scaler's center. With
/// an origin whose forecast ends after the data, such as rows(), the batch has no target; throws Error when a
/// target has no value at all in such a window.
void gather(const Dataset& dataset, std::span<const std::int64_t> origins, Batch& batch);

/// How many cells of the targets [origins, h, C] have a value: what a mean over them is divided by.
std::int64_t observedTargets(const Dataset& dataset, std::span<const std::int64_t> origins);

}  // namespace fc
