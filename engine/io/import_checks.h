// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "engine/data/series.h"
#include "engine/io/import_columns.h"
#include "engine/io/import_notes.h"

namespace fc {

/// Warns of candles in one block that make no sense: high below low, open or close outside, negative volume, prices of 0
/// or less.
void checkCandles(const ImportContext& context, const std::vector<ImportedColumn>& columns);

/// Warns where stamps are missing in a series with a known step.
void checkGaps(const Frequency& frequency, ImportNotes& notes);
inline void checkGaps(const Series& series, ImportNotes& notes) { checkGaps(detectFrequency(series), notes); }

}  // namespace fc
