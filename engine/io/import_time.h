// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/data/time_zone.h"
#include "engine/io/import_notes.h"
#include "engine/io/import_stamp.h"

namespace fc {

/// Which columns hold the time.
struct TimeColumns {
    std::optional<std::size_t> time;   ///< date, date and time, epoch or a plain count
    std::optional<std::size_t> clock;  ///< time of day beside a date
};

/// Proposes the time columns from names and the first of context.rows.
TimeColumns proposeTimeColumns(const ImportContext& context);

/// How the time column is read: one way for all its cells.
struct TimeReading {
    enum class Kind {
        Rows,    ///< there is no time column; records are counted
        Counts,  ///< numbers: epochs, years, days of a spreadsheet, or steps
        Dates,   ///< as people write them, with or without a time of day
    };
    Kind kind = Kind::Rows;
    std::string format;  ///< Counts: as in ImportOptions::dateFormat
    DateOrder order = DateOrder::DayFirst;
    std::size_t clockDigits = 6;  ///< hhmm or hhmmss, of clocks written as numbers
    bool newestFirst = false;     ///< matters for hours that the clock shows twice

    bool hasClock() const { return kind != Kind::Rows && format != "index"; }
    bool operator==(const TimeReading&) const = default;
};

/// Reads the stamps of block after block in one way, and learns whether that was the right one.
class TimeReader {
public:
    virtual ~TimeReader() = default;

    /// One value for each of block.rows: microseconds since 1970 UTC, or the count as written. Cells that do
    /// not fit are kept in mind for `note`.
    virtual void read(const ImportContext& block, std::vector<std::int64_t>& values) = 0;
    /// The reading that all cells read so far ask for.
    virtual TimeReading settled() const = 0;
    /// As in ImportOptions::dateFormat.
    virtual std::string format() const = 0;
    /// What was found in all blocks; the reading was the settled one.
    virtual void note(ImportNotes& notes) const = 0;
};

/// What the first block lets one expect. Throws UsageError for a date format that there is not.
TimeReading expectedReading(const ImportContext& head, const TimeColumns& columns);

/// `names` and `options` must outlive the reader.
std::unique_ptr<TimeReader> makeTimeReader(const ImportOptions& options, const std::vector<std::string>& names,
                                           const TimeColumns& columns, const TimeReading& reading);

/// The reader of dates among them.
std::unique_ptr<TimeReader> makeDateReader(const ImportOptions& options, const TimeColumns& columns,
                                           const TimeReading& reading);

/// The kind of reading that the first cell with content asks for; `cell` empty: there is none.
TimeReading readingOf(const ImportOptions& options, std::string_view cell);

/// Notes a cell that is empty or no time, as an error.
void noteBadTime(const ImportContext& block, std::size_t row, std::size_t column, std::string_view text,
                 ImportNotes& notes);

}  // namespace fc
