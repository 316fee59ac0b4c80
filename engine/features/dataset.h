// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/data/batch.h"
#include "engine/data/series.h"
#include "engine/data/series_source.h"
#include "engine/data/split.h"
#include "engine/features/feature.h"
#include "engine/features/scaler.h"
#include "engine/params/params.h"
#include "engine/tensor/scratch_file.h"

namespace fc {

/// What to make of a series: the part of a run's settings that concerns data. Stored with the run.
struct Recipe {
    int length = 96;
    int horizon = 24;
    std::string targets = "";  ///< column names, comma-separated; empty = close, or the first column
    std::string features = "";
    std::string pastCovariates = "";    ///< column names as for targets: known up to now
    std::string futureCovariates = "";  ///< known ahead
    std::string staticCovariates = "";  ///< the same in every row
    std::string scaler = "standard";
    std::string split = "0.7,0.15,0.15";
    int purge = 0;                    ///< rows left out where two parts meet, at the end of the earlier
    int embargo = 0;                  ///< and at the start of the later
    std::string fill = "last";        ///< what stands in for a missing value of the past: last, mean
    std::string sampling = "window";  ///< of several series: window, series, scale
    bool padShort = false;            ///< series too short for a window get missing rows in front
    int season = 0;  ///< steps of the seasonal-naive baseline and of MASE; 0 = from the frequency

    void describe(ParamVisitor& v);
};

/// A series made ready for a model: features computed, warm-up rows dropped, scaled by what the training part
/// alone says, cut into windows. With `others` it stands for several series that one model learns from: the
/// first is itself, and its lists of windows name those of all. Immutable after makeDataset; shared between
/// threads.
struct Dataset {
    Recipe recipe;
    Task task;      ///< outputs left at 1
    Series series;  ///< without the warm-up rows, up to the last row with a target; rows that are on disk
                    ///< left out
    std::span<const Timestamp> times;  ///< of the rows
    Frequency frequency;
    int season = 1;
    std::int64_t warmUpRows = 0;        ///< dropped at the start
    std::int64_t paddedRows = 0;        ///< put in front with every value missing
    std::vector<Timestamp> timesAhead;  ///< h stamps after the last row of `series`
    Split split;                        ///< rows of `series`
    std::vector<std::string> targetNames;
    std::vector<std::string> pastNames;
    std::vector<std::string> futureNames;
    std::vector<std::string> staticNames;
    std::vector<ColumnScale> targetScales;
    std::vector<ColumnScale> pastScales;
    std::vector<ColumnScale> futureScales;
    std::vector<ColumnScale> staticScales;         ///< fitted over the series; of one series alone, none
    std::vector<double> statics;                   ///< unscaled
    std::vector<std::span<const double>> targets;  ///< unscaled, one per channel
    Tensor targetRows;                             ///< scaled [T, C]
    Tensor pastRows;                               ///< scaled [T, X]; undefined when X = 0
    Tensor futureRows;  ///< scaled [T + h, F]: the h rows after the end included; undefined when F = 0

    std::vector<std::shared_ptr<const Dataset>> others;  ///< the series after this one

    /// Windows by the row of their first forecast step; those of series i of `others` by idOf(i + 1, row).
    /// Targets lie wholly inside the part; history lies inside the training part for training windows and may
    /// reach back into the part before for the others. A window is there whatever is missing in it.
    std::span<const std::int64_t> trainWindows;
    std::span<const std::int64_t> validationWindows;
    std::span<const std::int64_t> testWindows;
    bool targetGaps = false;  ///< a target has a missing value somewhere
    bool pastGaps = false;
    bool futureGaps = false;

    std::shared_ptr<const void> storage;  ///< what the spans look at
    std::optional<ScratchFile> scratch;   ///< where times, targets and rows are, when they are on disk

    std::span<const std::int64_t> windows(Part part) const;
    /// Those that validation, metrics and intervals look at: all, or of rows on disk at most 50,000 from
    /// first to last at even distances.
    std::vector<std::int64_t> scoredWindows(Part part) const;
    std::int64_t rows() const { return static_cast<std::int64_t>(times.size()); }
    /// Gives back the memory of rows that are on disk.
    void release() const
    {
        if (scratch)
            scratch->release();
    }

    std::size_t seriesCount() const { return others.size() + 1; }
    /// Series 0 is this one.
    const Dataset& at(std::size_t index) const { return index == 0 ? *this : *others[index - 1]; }
    static std::size_t seriesOf(std::int64_t window) { return static_cast<std::size_t>(window >> rowBits); }
    static std::int64_t rowOf(std::int64_t window) { return window & ((std::int64_t{1} << rowBits) - 1); }
    static std::int64_t idOf(std::size_t series, std::int64_t row)
    {
        return (static_cast<std::int64_t>(series) << rowBits) + row;
    }
    static constexpr int rowBits = 40;
};

/// The scalers to use instead of fitting: those stored with a checkpoint.
struct FittedScales {
    std::vector<ColumnScale> targets;
    std::vector<ColumnScale> past;
    std::vector<ColumnScale> future;
    std::vector<ColumnScale> statics = {};
    std::vector<FittedScales> others = {};  ///< of the series after the first
};

/// Throws UsageError or Error in words: unknown target, too few rows for the windows, a feature without its
/// column, … `fitted`: scales to apply instead of fitting on the training part.
Dataset makeDataset(const Series& series, const Recipe& recipe, const FittedScales* fitted = nullptr);
/// A series that need not fit into memory: it is read column by column, and stamps, targets and scaled rows
/// are kept in a scratch file. The numbers are those of makeDataset. Throws as that does; the series must be
/// long enough without padding.
Dataset makeDatasetOnDisk(SeriesSource& source, const Recipe& recipe, const FittedScales* fitted = nullptr);

/// Several series for one model; each has its own scales, fitted on its own training part. Throws as above,
/// and UsageError when a series has other features or covariates than the first.
Dataset makeDataset(std::span<const Series> series, const Recipe& recipe,
                    const FittedScales* fitted = nullptr);

/// The names of all series of a dataset, separated by commas.
std::string seriesNames(const Dataset& dataset);

/// The scales of a dataset and of its other series, as a checkpoint keeps them.
FittedScales scalesOf(const Dataset& dataset);

/// Copies the windows `origins` (each from row L to rows() of its series) into `batch`, reusing
/// its tensors when the shapes fit. What is missing is filled within its window by what was known before it,
/// as the recipe says, and marked in the masks; before the first value of a window stands the scaler's
/// center. With an origin whose forecast ends after the data, such as rows(), the batch has no target; throws
/// Error when a target has no value at all in such a window.
void gather(const Dataset& dataset, std::span<const std::int64_t> origins, Batch& batch);

/// How many cells of the targets [origins, h, C] have a value: what a mean over them is divided by.
std::int64_t observedTargets(const Dataset& dataset, std::span<const std::int64_t> origins);

}  // namespace fc
