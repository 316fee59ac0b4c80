// SPDX-License-Identifier: GPL-3.0-or-later
// Public holidays by the rules of laws and exchanges: computed for any year, so known ahead.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace fc {

/// Days since 1970-01-01.
using DayNumber = std::int64_t;

/// Ids of the calendars: us_market, us_federal, uk, target, germany.
const std::vector<std::string>& holidayCalendars();

/// The days on which the calendar of that id is closed in the year, in order; weekends are not among them
/// unless a rule names the day itself. A day observed in the year before (New Year's Day on a Saturday)
/// belongs to this year.
std::vector<DayNumber> holidaysOf(const std::string& calendar, int year);

/// Easter Sunday (Gregorian).
DayNumber easterSunday(int year);

}  // namespace fc
