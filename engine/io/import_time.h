// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/data/time_zone.h"
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

}  // namespace fc
