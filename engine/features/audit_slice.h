// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/features/dataset.h"

namespace fc {

/// Some rows of a series, with a recipe whose split cuts them where the series is cut.
struct AuditSlice {
    Series series;
    Recipe recipe;
    std::int64_t firstRow = 0;  ///< of the series
};

/// All rows.
AuditSlice wholeSlice(const Series& series, const Recipe& recipe);

/// The rows around the end of the training part: those that warm-up, look-back, horizon and gaps need and 512
/// more to each side; all rows when those are hardly fewer. Throws UsageError as makeDataset does.
AuditSlice auditSlice(const Series& series, const Recipe& recipe);

/// The windows to audit, rising: all when `all` or when they are not too much to gather again and again, else
/// those next to each of `cutOffs` (rows of the series) and some between.
std::vector<std::int64_t> auditedOrigins(const Dataset& dataset, std::span<const std::int64_t> cutOffs,
                                         bool all);

}  // namespace fc
