// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "engine/data/checks.h"
#include "engine/data/series.h"
#include "engine/io/import_notes.h"

namespace fc {

/// Physical line of a row of the series, from 1.
using LineOfRow = std::function<std::int64_t(std::size_t row)>;

/// Checks an imported series as the file has it, then does what the options ask for: remedies, then the rule
/// for what is missing. What was changed is noted as warnings; findings are not. When rows come or go,
/// `texts` follow. Throws UsageError for remedies, rules and calendars that there are not.
std::vector<Finding> reviewSeries(Series& series, std::vector<TextColumn>& texts,
                                  const ImportOptions& options, const LineOfRow& lineOf, ImportNotes& notes);

/// Throws UsageError as reviewSeries does, before a file is read. Calendars are checked against the series
/// later.
void checkReviewOptions(const ImportOptions& options);

}  // namespace fc
