// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/features/time_frame.h"

#include <charconv>
#include <chrono>
#include <date/date.h>
#include <string>

#include "engine/base/error.h"

namespace fc {

namespace {

constexpr std::int64_t second = 1'000'000;
constexpr std::int64_t day = 86'400 * second;

std::int64_t floorDivision(std::int64_t x, std::int64_t y)
{
    return x / y - (x % y < 0 ? 1 : 0);
}

/// Months since 1970-01.
std::int64_t monthOf(Timestamp stamp)
{
    const date::sys_days start{date::days(floorDivision(stamp, day))};
    const date::year_month_day calendar(start);
    return (static_cast<int>(calendar.year()) - 1970) * 12 +
           static_cast<int>(static_cast<unsigned>(calendar.month())) - 1;
}

}  // namespace

TimeFrame::TimeFrame(std::string_view text)
{
    struct Name {
        const char* name;
        Unit unit;
        std::int64_t length;
    };
    static constexpr Name names[] = {
        {"rows", Unit::Rows, 1},
        {"s", Unit::Micros, second},
        {"min", Unit::Micros, 60 * second},
        {"h", Unit::Micros, 3600 * second},
        {"d", Unit::Micros, day},
        {"w", Unit::Weeks, 7 * day},
        {"month", Unit::Months, 1},
        {"quarter", Unit::Months, 3},
        {"year", Unit::Months, 12},
    };
    std::int64_t count = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    const std::string_view unit = text.substr(static_cast<std::size_t>(end - text.data()));
    if (error == std::errc() && count >= 1 && count <= 10000) {
        for (const Name& each : names) {
            if (unit == each.name) {
                m_unit = each.unit;
                m_length = count * each.length;
                return;
            }
        }
    }
    throw UsageError(
        Message(TR("engine",
                   "\"%1\" is no time frame. Write a number from 1 to 10000 and a unit: s, min, h, d, "
                   "w, month, quarter, year or rows, such as 4h."),
                text));
}

std::int64_t TimeFrame::barOf(Timestamp stamp, std::int64_t row) const
{
    constexpr std::int64_t firstMonday = 4 * day;  // 1970-01-05
    switch (m_unit) {
        case Unit::Rows:
            return row / m_length;
        case Unit::Micros:
            return floorDivision(stamp, m_length);
        case Unit::Weeks:
            return floorDivision(stamp - firstMonday, m_length);
        case Unit::Months:
            return floorDivision(monthOf(stamp), m_length);
    }
    return 0;
}

}  // namespace fc
