// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace fc {

/// Microseconds since 1970-01-01T00:00:00Z; a series without a clock counts rows instead (see
/// Series::hasClock).
using Timestamp = std::int64_t;

inline constexpr double missing = std::numeric_limits<double>::quiet_NaN();

/// ISO 8601 in UTC: "2024-04-13", "2024-04-13T17:00:00Z", with fractions only when there are any.
/// `withTime` forces the time of day.
std::string formatTimestamp(Timestamp t, bool withTime = true);
/// The inverse for exactly these forms; std::nullopt for anything else.
std::optional<Timestamp> parseTimestamp(std::string_view iso);

struct Column {
    std::string name;            ///< as in the file
    std::string role;            ///< open high low close volume, or empty
    std::vector<double> values;  ///< `missing` where there is none
};

/// Values over time: one time axis and named numeric columns of the same length, sorted by time, stamps
/// unique.
struct Series {
    std::string name;
    bool hasClock = true;  ///< false: `times` are row numbers 0, 1, 2 …
    std::vector<Timestamp> times;
    std::vector<Column> columns;
    std::string timeZone = "UTC";
    bool synthetic = false;  ///< made by our generator; every label says so

    std::size_t rows() const { return times.size(); }
    /// By name, then by role, both without case; nullptr when there is none.
    const Column* column(std::string_view nameOrRole) const;
    /// True when open, high, low and close are there.
    bool isMarket() const;
};

/// How the stamps of a series follow each other.
struct Frequency {
    Timestamp step = 0;         ///< most common difference; 0 = unknown
    int months = 0;             ///< 1 monthly, 3 quarterly, 12 yearly; `step` is then the mean
    bool businessDays = false;  ///< daily, without Saturdays and Sundays
    std::int64_t gaps =
        0;  ///< places where at least one stamp is missing (weekends of business days not counted)
    Timestamp widestFrom = 0;  ///< the stamps around the longest step, the first of several equal ones
    Timestamp widestTo = 0;

    /// "1h", "1d", "business day", "15min", "1 month" or "by row".
    std::string text() const;
    /// Natural season in steps: 24 for hours, 5 for business days, 7 for days, 12 for months …; 1 when there
    /// is none.
    int season() const;
};

Frequency detectFrequency(const Series& series);

/// Hands over all stamps of a series in order, in pieces, each time it is called.
using TimePieces = std::function<void(const std::function<void(std::span<const Timestamp>)>&)>;
/// detectFrequency of stamps, `hasClock` ones, that are not all in memory.
Frequency detectFrequency(const TimePieces& times);

/// The `count` stamps after the last one: weekends left out for business days, month ends kept for months,
/// the median difference where the step is unknown. Empty for an empty series.
std::vector<Timestamp> futureTimes(const Series& series, const Frequency& frequency, int count);

/// SHA-256 over column names, stamps and values: equal content, equal hash, whatever the file looked like or
/// the series is called.
std::string contentHash(const Series& series);

}  // namespace fc
