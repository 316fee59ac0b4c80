// SPDX-License-Identifier: GPL-3.0-or-later
// What can be made of a stored series. Each transform is declared once, with its params; commands, dialogs
// and the lineage of a series come from that list.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/base/error.h"
#include "engine/data/series.h"
#include "engine/params/params.h"

namespace fc {

struct TransformResult {
    Series series;
    std::vector<Message> notes;  ///< what a person should know: counts, what was left out, what looks ahead
};

struct SeriesTransform {
    std::string id;     ///< "resample"
    std::string label;  ///< TR, imperative: "Resample"
    std::string help;   ///< TR
    Schema schema;
    bool needsOther = false;  ///< a second series, named by the param "other"
    /// `other` is null unless needsOther. Throws UsageError for values that do not fit the series.
    TransformResult (*apply)(const Series& series, const Series* other, const ParamValues& values) = nullptr;
};

/// resample, slice, join, rename, derive, drop, fill, repair.
const std::vector<SeriesTransform>& seriesTransforms();
/// Throws UsageError naming the nearest.
const SeriesTransform& seriesTransform(std::string_view id);

/// Keeps the rows for which `stays` is true; a series without a clock is counted anew.
void keepRows(Series& series, const std::vector<bool>& stays);

/// Place of a column in series.columns, by name, then by role. Throws UsageError that lists the columns.
std::size_t columnIndex(const Series& series, std::string_view nameOrRole);

}  // namespace fc
