// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/data/series_sink.h"
#include "engine/io/import.h"
#include "engine/io/text_pool.h"
#include "engine/io/value_spool.h"

namespace fc {

/// Everything that was read from a file, and the order in which it is wanted.
struct ImportedRecords {
    /// Column 0: stamps; then one for each of `columns`; then, with `hasLines`, the physical line.
    std::unique_ptr<ValueSpool> values;
    bool hasLines = false;
    std::vector<ImportColumn> columns;   ///< of type Number or Text
    std::vector<TextPool> texts;         ///< one for each of `columns`
    std::string name;
    std::string timeZone = "UTC";
    bool hasClock = true;

    bool inPlace = true;              ///< the records stand in the order of the file
    std::vector<std::uint32_t> rows;  ///< else: rows of `values` by time
    std::optional<std::size_t> id;    ///< index into `columns`, for a long file
    /// Of a long file: one series after the other, each by time; empty otherwise.
    std::vector<std::uint32_t> rowsById;
    std::vector<std::size_t> firstOfId;  ///< where each series begins in rowsById, and the end of the last

    std::size_t count() const { return inPlace ? values->rows() : rows.size(); }
    std::uint32_t row(std::size_t i) const { return inPlace ? static_cast<std::uint32_t>(i) : rows[i]; }
};

/// One column of `values` in memory.
std::vector<std::uint64_t> wholeColumn(const ImportedRecords& records, std::size_t column);

/// Sets rowsById: the ids in the order in which they come first.
void splitById(ImportedRecords& records);

/// One for each series, values aside.
std::vector<SeriesShape> shapesOf(const ImportedRecords& records);

/// The records from `begin` to `end` and from `resume` on, in time order, and the texts that go with them.
struct PickedRecords {
    Series series;
    std::vector<TextColumn> texts;
};
PickedRecords pickRecords(const ImportedRecords& records, const std::vector<std::size_t>& places);

/// Hands all series to `sink`. False when `goOn(share)` said so before the end.
bool giveSeries(const ImportedRecords& records, const std::vector<SeriesShape>& shapes, SeriesSink& sink,
                const std::function<bool(double)>& goOn);

}  // namespace fc
