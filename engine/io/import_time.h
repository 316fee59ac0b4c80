// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/io/import_notes.h"

namespace fc {

/// Which columns hold the time.
struct TimeColumns {
    std::optional<std::size_t> time;   ///< date, date and time, epoch or a plain count
    std::optional<std::size_t> clock;  ///< time of day beside a date
};

/// Proposes the time columns from names and the first of context.rows.
TimeColumns proposeTimeColumns(const ImportContext& context);

/// One value for each of context.rows, still in the order of the file.
struct TimeAxis {
    std::vector<std::int64_t> values;  ///< microseconds since 1970 UTC, or the count as written
    bool hasClock = true;
    std::string format;  ///< as in ImportOptions::dateFormat
};

/// Reads the whole column in one way and notes every cell that does not fit as an error.
TimeAxis readTimes(const ImportContext& context, const TimeColumns& columns);

/// The part of readTimes for dates as people write them, with or without a time of day.
TimeAxis readDates(const ImportContext& context, const TimeColumns& columns);

/// Notes a cell that is empty or no time, as an error.
void noteBadTime(const ImportContext& context, std::size_t row, std::size_t column, std::string_view text);

/// Turns stamps without an offset into UTC.
class TimeZoneRule {
public:
    /// "UTC", "+02:00" or an IANA name. Throws UsageError for anything else.
    explicit TimeZoneRule(const std::string& name);

    enum class Kind { Unique, Skipped, Repeated };
    struct Utc {
        std::int64_t micros = 0;
        Kind kind =
            Kind::Unique;  ///< Skipped: the clock never showed this; Repeated: twice, the first is taken
    };
    Utc toUtc(std::int64_t localMicros) const;

private:
    std::int64_t m_offsetMicros = 0;
    const void* m_zone = nullptr;  ///< date::time_zone, alive as long as the program
};

}  // namespace fc
