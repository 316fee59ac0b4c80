// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/data/series.h"
#include "engine/io/import_columns.h"
#include "engine/io/import_notes.h"
#include "engine/io/import_time.h"

namespace fc {

/// Warns of candles that make no sense: high below low, open or close outside, negative volume, prices of 0
/// or less.
void checkCandles(const ImportContext& context, const std::vector<ImportedColumn>& columns);

/// Warns where stamps are missing in a series with a known step.
void checkGaps(const Series& series, ImportNotes& notes);

/// Which rows stay, and in which order.
struct RowOrder {
    std::vector<std::uint32_t> rows;      ///< indices into context.rows, by time
    std::optional<std::size_t> idColumn;  ///< index into the imported columns, for a long file
};

/// Sorts by time and takes out repeated stamps by options.onDuplicate. Where nearly every stamp repeats and a
/// text column tells the rows apart, the file is a long one and that column its id.
RowOrder orderRows(const ImportContext& context, const TimeAxis& axis, const TimeColumns& times,
                   const std::vector<ImportedColumn>& columns);

}  // namespace fc
