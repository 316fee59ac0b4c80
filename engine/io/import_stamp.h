// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace fc {

/// The order in which a date is written.
enum class DateOrder { YearFirst, DayFirst, MonthFirst };

/// One date with or without a time of day, as written: what is ambiguous stays so until the whole column is
/// known.
struct Stamp {
    int year = 0;
    int a = 0;               ///< month; of three numbers with the year last: the first number
    int b = 0;               ///< day; of three numbers with the year last: the second number
    bool yearLast = false;   ///< `a` and `b` are day and month in one order or the other
    bool dotted = false;     ///< written with dots, as where the day comes first
    bool shortYear = false;  ///< two digits: 69 .. 99 are 19xx, 00 .. 68 are 20xx (POSIX strptime)
    bool hasTime = false;
    bool leapSecond = false;           ///< second 60, taken as the next one
    bool hour24 = false;               ///< 24:00, taken as the next midnight
    std::int64_t ofDay = 0;            ///< microseconds
    std::optional<int> offsetMinutes;  ///< east of UTC
};

/// Reads the whole of `text` as a date (year-month-day, year last, month names, yyyymmdd, year-month, yyyyQn)
/// with an optional time of day (24 hours, AM/PM, hhmmss) and an optional offset (Z, UTC, +hh:mm). Nothing is
/// normalized: the 30th of February comes back as such and fails in microsOf.
std::optional<Stamp> readStamp(std::string_view text);

/// A time of day alone, microseconds: "09:30", "9:30:15.5 PM", "093000".
std::optional<std::int64_t> readClock(std::string_view text);

/// By a pattern of %Y %y %m %d %b %B %H %I %M %S %f %p %z %j %% and literal text; a blank matches any number
/// of blanks.
std::optional<Stamp> readStampByPattern(std::string_view text, std::string_view pattern);

/// Microseconds since 1970 on the stamp's own clock, offset taken off when it has one; std::nullopt for days
/// that are not in the calendar.
std::optional<std::int64_t> microsOf(const Stamp& stamp, DateOrder order);

}  // namespace fc
