// SPDX-License-Identifier: GPL-3.0-or-later
// Which stamps are due: markets close at night, over the weekend and for holidays, and that is no gap.
#pragma once

#include <bitset>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/data/series.h"

namespace fc {

/// When the stamps of a series are due. By row: whenever they come. Continuous: one each step (or month),
/// around the clock. Pattern: the minutes of the local week at which a step may begin; a day of the pattern
/// without any stamp is a holiday and no gap, unless the step is a day.
struct TradingCalendar {
    static constexpr int minutesOfWeek = 7 * 24 * 60;

    enum class Kind { ByRow, Continuous, Pattern };
    Kind kind = Kind::ByRow;
    Timestamp step = 0;               ///< 0 only by row
    int months = 0;                   ///< Continuous: 1, 3 or 12 instead of a fixed step
    std::bitset<minutesOfWeek> open;  ///< from Monday 00:00, local
    std::string zone = "UTC";

    /// "by_row", "24/7", "business_days" or sessions: "mon-fri 09:30-16:00", several of them separated by
    /// commas; parseCalendar reads it back.
    std::string text() const;
};

/// The pattern that most weeks (of four or more) keep, else that of most days; around the clock where nine
/// of ten steps are there or nothing repeats; by row without a clock or a common step.
TradingCalendar detectCalendar(const Series& series);

/// `text` as TradingCalendar::text gives it, or "auto" = detectCalendar; step, months and zone are the
/// series'. Throws UsageError for anything else, and for sessions without a step.
TradingCalendar parseCalendar(std::string_view text, const Series& series);

/// The first stamp that is due after `t`; nothing by row.
std::optional<Timestamp> nextDue(const TradingCalendar& calendar, Timestamp t);

/// A place where stamps are missing.
struct CalendarGap {
    std::size_t row = 0;  ///< the row after it
    std::int64_t missing = 0;
};

struct CalendarGaps {
    std::vector<CalendarGap> gaps;  ///< in order
    std::int64_t missing = 0;       ///< stamps in all of them
    std::int64_t closedDays = 0;    ///< days of the pattern without any stamp, taken as holidays
};

CalendarGaps findGaps(const Series& series, const TradingCalendar& calendar);

/// The stamps that are missing, in order. Throws UsageError when they are more than `most`.
std::vector<Timestamp> missingTimes(const Series& series, const TradingCalendar& calendar,
                                    std::int64_t most = 20'000'000);

}  // namespace fc
