// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/io/import_notes.h"
#include "engine/io/import_records.h"

namespace fc {

/// How the stamps of a file follow each other.
struct StampCourse {
    std::size_t rows = 0;
    std::int64_t last = 0;
    std::size_t rising = 0;
    std::size_t falling = 0;
    std::optional<ImportPlace> firstFall;  ///< the first stamp that is before the one above it
    std::optional<ImportPlace> firstRise;

    void add(const ImportContext& block, const std::vector<std::int64_t>& stamps,
             std::optional<std::size_t> timeColumn);
    bool strictlyRises() const { return rows == 0 || rising + 1 == rows; }
};

/// Visits records of the file again: `rows` rise; `use` gets the block and the row in it, which is number i of
/// `rows`.
using VisitRecord = std::function<void(const ImportContext& block, std::size_t row, std::size_t i)>;
using RecordLookup = std::function<void(const std::vector<std::uint32_t>& rows, const VisitRecord& use)>;

/// Sorts the records by time and takes out repeated stamps by `onDuplicate`. Where nearly every stamp repeats
/// and a text column tells the rows apart, the file is a long one and that column its id. Throws UsageError for a
/// rule that there is not.
void orderRecords(ImportedRecords& records, const StampCourse& course, const ImportOptions& options,
                  std::optional<std::size_t> timeColumn, const RecordLookup& lookup, ImportNotes& notes);

}  // namespace fc
