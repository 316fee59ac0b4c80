// SPDX-License-Identifier: GPL-3.0-or-later
// Rows of the tables of runs as records, for the files that share them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/store/connection.h"

namespace fc {

/// The source of a run's own metrics in run_metrics; the others are baselines.
inline constexpr std::string_view modelSource = "model";
/// The document that holds RunRecord::intervals: far too long for the row of a run.
inline constexpr std::string_view intervalsKind = "intervals";

/// SELECT … FROM runs, for `runFrom`; the caller adds WHERE or ORDER BY.
std::string selectRuns(Store::Detail detail);
/// Without metrics, tags and intervals. `self` decides whether an active run still has its process.
RunRecord runFrom(const Statement& row, const Owner& self);
/// The first four columns of `selectRuns`.
Owner ownerFrom(const Statement& row);

/// Adds one row of run_metrics: source, part, metric, value from `firstColumn` on; to be called in the order
/// of the key.
void addMetric(RunRecord& run, const Statement& row, int firstColumn);
/// Replaces all metrics of a run.
void storeMetrics(const Database& database, const RunRecord& run);

void storeDocument(const Database& database, std::int64_t runId, std::string_view kind,
                   const std::string& json);
std::optional<std::string> storedDocument(const Database& database, std::int64_t runId,
                                          std::string_view kind);

Error takenRunName(const std::string& name);

}  // namespace fc
