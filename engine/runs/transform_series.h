// SPDX-License-Identifier: GPL-3.0-or-later
// Checks and transforms of stored series. Each takes values, opens the workspace itself and runs where it is
// called; the desktop calls them from a job.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "engine/data/checks.h"
#include "engine/data/transforms.h"
#include "engine/store/records.h"

namespace fc {

struct TransformRequest {
    std::filesystem::path workspace;
    std::string series;
    std::string transform;  ///< id of a SeriesTransform
    ParamValues values;     ///< over the defaults; "other" names a series of the workspace
    std::string newName;    ///< empty = a new version of `series`
};

struct TransformOutcome {
    SeriesRecord record;  ///< as stored
    std::vector<Message> notes;
    bool isGone = false;  ///< an undo took the series away; `record` is what it was
};

/// Stores what the transform makes, with its lineage. Throws UsageError or Error before anything is stored.
TransformOutcome transformSeries(const TransformRequest& request);

/// The same without storing anything: what a dialog shows before.
TransformResult previewTransform(const TransformRequest& request);

/// Takes the last transform back: the version before is the series again; a series that a transform made
/// under a new name is deleted. Throws UsageError when there is nothing to undo, and while a run was trained
/// on what would go.
TransformOutcome undoTransform(const std::filesystem::path& workspace, const std::string& series);

struct SeriesReport {
    SeriesRecord record;
    std::string calendar;  ///< text of the one that gaps were counted against
    std::vector<Finding> findings;
};
/// `calendar` as parseCalendar reads it. Nothing is stored.
SeriesReport checkStoredSeries(const std::filesystem::path& workspace, const std::string& series,
                               const std::string& calendar = "auto");

/// The record under its new name.
SeriesRecord renameSeries(const std::filesystem::path& workspace, const std::string& series,
                          const std::string& newName);

/// One line for each transform that led to the series, oldest first: "resample(to=1d) of prices".
std::vector<std::string> lineageLines(const SeriesRecord& record);

}  // namespace fc
