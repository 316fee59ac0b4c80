// SPDX-License-Identifier: GPL-3.0-or-later
// A column of dates as people write them: one reading for all its cells.
#include <algorithm>
#include <functional>
#include <limits>

#include "engine/io/encoding.h"
#include "engine/io/import_stamp.h"
#include "engine/io/import_time.h"
#include "engine/io/number.h"

namespace fc {

namespace {

constexpr std::int64_t unreadable = std::numeric_limits<std::int64_t>::min();

bool isDigits(std::string_view text)
{
    return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

/// What was seen in a column of written dates.
struct StampTally {
    std::optional<size_t> aware, naive, shortYear, leapSecond, hour24, firstAbove12, secondAbove12, yearLast,
        otherOrder;
    bool dotted = true;

    void add(const Stamp& stamp, size_t row)
    {
        const auto first = [row](std::optional<size_t>& place, bool is) {
            if (is && !place)
                place = row;
        };
        first(aware, stamp.offsetMinutes.has_value());
        first(naive, !stamp.offsetMinutes);
        first(shortYear, stamp.shortYear);
        first(leapSecond, stamp.leapSecond);
        first(hour24, stamp.hour24);
        first(yearLast, stamp.yearLast);
        first(otherOrder, !stamp.yearLast);
        first(firstAbove12, stamp.yearLast && stamp.a > 12);
        first(secondAbove12, stamp.yearLast && stamp.b > 12);
        dotted = dotted && (!stamp.yearLast || stamp.dotted);
    }
};

/// A column of dates as people write them.
class StampColumn {
public:
    StampColumn(const ImportContext& context, const TimeColumns& columns)
        : m_context(context),
          m_columns(columns),
          m_zone(context.options.timeZone.value_or("UTC")),
          m_pattern(context.options.dateFormat.value_or("").find('%') != std::string::npos
                        ? *context.options.dateFormat
                        : "")
    {
    }

    TimeAxis read()
    {
        TimeAxis axis;
        const std::string wanted = m_context.options.dateFormat.value_or("");
        m_order = wanted == "mdy" ? DateOrder::MonthFirst : DateOrder::DayFirst;
        axis.values = values(true);
        if (m_tally.yearLast && wanted.empty()) {
            m_order = decideOrder(axis.values);
            axis.values = values(false);
        }
        axis.format = !m_pattern.empty()               ? m_pattern
                      : !m_tally.yearLast              ? "ymd"
                      : m_order == DateOrder::DayFirst ? "dmy"
                                                       : "mdy";
        if (!m_tally.firstAbove12 || !m_tally.secondAbove12 || !wanted.empty())
            noteImpossible(axis.values);
        noteFindings();
        noteOddHours();
        return axis;
    }

private:
    /// A local time that the clocks of the zone showed twice or never.
    struct OddHour {
        size_t row = 0;
        TimeZoneRule::Utc utc;
        bool isLater = false;  ///< the second of both was taken
    };

    std::optional<Stamp> stampAt(size_t row) const
    {
        const std::string_view text = m_context.cell(row, *m_columns.time);
        auto stamp = m_pattern.empty() ? readStamp(text) : readStampByPattern(text, m_pattern);
        if (!stamp || !m_columns.clock)
            return stamp;
        const std::string_view clock = m_context.cell(row, *m_columns.clock);
        auto ofDay = readClock(clock);
        if (!ofDay && isDigits(clock)) {
            const std::string padded =
                std::string(std::max(m_clockDigits, clock.size()) - clock.size(), '0') + std::string(clock);
            ofDay = readClock(padded);
        }
        if (!ofDay || stamp->hasTime)
            return std::nullopt;
        stamp->ofDay += *ofDay;
        stamp->hasTime = true;
        return stamp;
    }

    /// Fills `unreadable` where a cell is no date or not in the calendar; cells that can be no date at all
    /// are noted at once.
    std::vector<std::int64_t> values(bool firstLook)
    {
        if (m_columns.clock && firstLook)
            m_clockDigits = clockDigits();
        std::vector<std::int64_t> out(m_context.rows.size(), unreadable);
        m_oddHours.clear();
        for (size_t row = 0; row < out.size(); ++row) {
            const auto stamp = stampAt(row);
            if (!stamp) {
                if (firstLook)
                    noteUnreadable(row);
                continue;
            }
            if (firstLook)
                m_tally.add(*stamp, row);
            if (const auto micros = microsOf(*stamp, m_order))
                out[row] = stamp->offsetMinutes ? *micros : utc(*micros, row);
        }
        settleRepeated(out);
        return out;
    }

    void noteUnreadable(size_t row)
    {
        const std::string_view text = m_context.cell(row, *m_columns.time);
        const bool clockIsBad = m_columns.clock && readStamp(text).has_value();
        if (!clockIsBad && readClock(text).has_value() && !isDigits(text)) {
            const ImportPlace place = m_context.place(row, *m_columns.time);
            m_context.notes.error(
                "no_date", place,
                Message(TR("engine",
                           "The text %1 in line %2, column %3, is a time of day without a date. Add "
                           "a column with the date."),
                        quotedText(text), *place.line, quotedText(*place.column)));
            return;
        }
        const size_t column = clockIsBad ? *m_columns.clock : *m_columns.time;
        noteBadTime(m_context, row, column, m_context.cell(row, column));
    }

    /// hhmm or hhmmss for clocks written as numbers without leading zeros.
    size_t clockDigits() const
    {
        size_t longest = 0;
        for (size_t row = 0; row < m_context.rows.size(); ++row)
            longest = std::max(longest, m_context.cell(row, *m_columns.clock).size());
        return longest > 1 && longest <= 4 ? 4 : 6;
    }

    std::int64_t utc(std::int64_t local, size_t row)
    {
        const TimeZoneRule::Utc out = m_zone.toUtc(local);
        if (out.kind != TimeZoneRule::Kind::Unique)
            m_oddHours.push_back({row, out});
        return out.micros;
    }

    /// A stamp that the clock showed twice is the first of both, but where the row before in time would come
    /// after it: then the clock has gone back in between.
    void settleRepeated(std::vector<std::int64_t>& values)
    {
        const std::string rule = m_context.options.onRepeatedHour.value_or("order");
        const bool newestFirst = values.size() > 1 && values.front() > values.back();
        if (newestFirst)
            std::ranges::reverse(m_oddHours);
        for (OddHour& hour : m_oddHours) {
            if (hour.utc.kind != TimeZoneRule::Kind::Repeated)
                continue;
            const size_t none = newestFirst ? values.size() - 1 : 0;
            const bool follows = rule == "order" && hour.row != none &&
                                 values[newestFirst ? hour.row + 1 : hour.row - 1] >= hour.utc.micros;
            hour.isLater = rule == "later" || follows;
            if (hour.isLater)
                values[hour.row] = hour.utc.later;
        }
        if (newestFirst)
            std::ranges::reverse(m_oddHours);
    }

    /// Local times that the clocks of the zone showed twice or never. Called once the order is settled.
    void noteOddHours()
    {
        const bool shift = m_context.options.onSkippedHour == "shift";
        for (const OddHour& hour : m_oddHours) {
            const ImportPlace place = m_context.place(hour.row, *m_columns.time);
            const auto message = [&](const char* pattern) {
                return Message(pattern, quotedText(m_context.cell(hour.row, *m_columns.time)), *place.line,
                               quotedText(*m_context.options.timeZone));
            };
            if (hour.utc.kind == TimeZoneRule::Kind::Skipped && !shift)
                m_context.notes.error(
                    "skipped_hour", place,
                    message(TR("engine",
                               "The time %1 in line %2 does not exist in the time zone %3: the clocks go "
                               "forward over it. Choose another time zone, or have such times shifted.")));
            else if (hour.utc.kind == TimeZoneRule::Kind::Skipped)
                m_context.notes.warning(
                    "skipped_hour", place,
                    message(TR("engine",
                               "The time %1 in line %2 does not exist in the time zone %3; it was shifted "
                               "forward as the clocks are.")));
            else
                m_context.notes.warning(
                    "repeated_hour", place,
                    hour.isLater ? message(TR("engine",
                                              "The time %1 in line %2 comes twice in the time zone %3 as the "
                                              "clocks go back; the second was taken."))
                                 : message(TR("engine",
                                              "The time %1 in line %2 comes twice in the time zone %3 as the "
                                              "clocks go back; the first was taken.")));
        }
    }

    std::int64_t lineOf(size_t row) const { return *m_context.place(row, *m_columns.time).line; }

    /// Day or month first, from the whole column.
    DateOrder decideOrder(const std::vector<std::int64_t>& dayFirst)
    {
        const ImportPlace place = m_context.place(*m_tally.yearLast, *m_columns.time);
        if (m_tally.firstAbove12 && m_tally.secondAbove12) {
            for (const size_t row : {*m_tally.firstAbove12, *m_tally.secondAbove12})
                m_context.notes.error(
                    "mixed_date_order", m_context.place(row, *m_columns.time),
                    Message(TR("engine",
                               "Line %1 can only be read with the day first and line %2 only with the "
                               "month first. Write all dates in one order."),
                            lineOf(*m_tally.firstAbove12), lineOf(*m_tally.secondAbove12)));
            return DateOrder::DayFirst;
        }
        if (m_tally.firstAbove12 || m_tally.secondAbove12)
            return m_tally.firstAbove12 ? DateOrder::DayFirst : DateOrder::MonthFirst;
        m_order = DateOrder::MonthFirst;
        const std::vector<std::int64_t> monthFirst = values(false);
        const bool day = m_tally.dotted || prefersFirst(dayFirst, monthFirst);
        m_context.notes.warning(
            "ambiguous_date", place,
            day ? Message(TR("engine",
                             "The dates such as %1 in line %2 may start with the day or the month; "
                             "the day was taken. Choose the date format mdy if that is wrong."),
                          quotedText(m_context.cell(*m_tally.yearLast, *m_columns.time)), *place.line)
                : Message(TR("engine",
                             "The dates such as %1 in line %2 may start with the day or the month; "
                             "the month was taken. Choose the date format dmy if that is wrong."),
                          quotedText(m_context.cell(*m_tally.yearLast, *m_columns.time)), *place.line));
        return day ? DateOrder::DayFirst : DateOrder::MonthFirst;
    }

    /// The reading under which time runs in one direction, else the one that spans less time.
    static bool prefersFirst(const std::vector<std::int64_t>& a, const std::vector<std::int64_t>& b)
    {
        const auto runs = [](const std::vector<std::int64_t>& v) {
            return std::ranges::is_sorted(v) || std::ranges::is_sorted(v, std::greater<>());
        };
        if (runs(a) != runs(b))
            return runs(a);
        const auto span = [](const std::vector<std::int64_t>& v) {
            const auto [low, high] = std::ranges::minmax(v);
            return static_cast<double>(high) - static_cast<double>(low);
        };
        return span(a) <= span(b);
    }

    /// Dates that are not in the calendar. Called once the order is settled.
    void noteImpossible(const std::vector<std::int64_t>& values)
    {
        for (size_t row = 0; row < values.size(); ++row) {
            if (values[row] != unreadable || !stampAt(row))
                continue;
            const ImportPlace place = m_context.place(row, *m_columns.time);
            m_context.notes.error(
                "bad_date", place,
                Message(
                    TR("engine", "The date %1 in line %2, column %3, is not in the calendar. Correct it."),
                    quotedText(m_context.cell(row, *m_columns.time)), *place.line,
                    quotedText(*place.column)));
        }
    }

    void noteFindings()
    {
        const auto warn = [&](const char* code, const std::optional<size_t>& row, const char* text) {
            if (!row)
                return;
            const ImportPlace place = m_context.place(*row, *m_columns.time);
            m_context.notes.warning(
                code, place, Message(text, quotedText(m_context.cell(*row, *m_columns.time)), *place.line));
        };
        warn("two_digit_year", m_tally.shortYear,
             TR("engine",
                "Years have two digits, first %1 in line %2: 69 to 99 were taken as 1969 to 1999, 00 to 68 "
                "as 2000 to 2068."));
        warn("leap_second", m_tally.leapSecond,
             TR("engine", "The leap second %1 in line %2 was taken as the second after it."));
        warn("hour_24", m_tally.hour24,
             TR("engine", "The hour 24 of %1 in line %2 was taken as midnight of the next day."));
        if (m_tally.yearLast && m_tally.otherOrder)
            warn("mixed_date_styles", std::max(m_tally.yearLast, m_tally.otherOrder),
                 TR("engine",
                    "The dates are written in several ways; %1 in line %2 differs from those before it."));
        if (m_tally.aware && m_tally.naive)
            for (const size_t row : {*m_tally.aware, *m_tally.naive}) {
                const ImportPlace place = m_context.place(row, *m_columns.time);
                m_context.notes.error(
                    "mixed_zones", place,
                    Message(TR("engine",
                               "Some times have an offset from UTC (line %1) and some have none (line "
                               "%2), so that they cannot be ordered. Write all of them in one way."),
                            lineOf(*m_tally.aware), lineOf(*m_tally.naive)));
            }
    }

    const ImportContext& m_context;
    TimeColumns m_columns;
    TimeZoneRule m_zone;
    std::string m_pattern;
    DateOrder m_order = DateOrder::DayFirst;
    StampTally m_tally;
    std::vector<OddHour> m_oddHours;
    size_t m_clockDigits = 6;
};

}  // namespace

void noteBadTime(const ImportContext& context, size_t row, size_t column, std::string_view text)
{
    const ImportPlace place = context.place(row, column);
    if (isMissingMark(text))
        context.notes.error(
            "missing_time", place,
            Message(TR("engine", "Line %1 has no time stamp in the column %2. Add it or delete the line."),
                    *place.line, quotedText(*place.column)));
    else
        context.notes.error(
            "bad_time", place,
            Message(TR("engine",
                       "The text %1 in line %2, column %3, is no date or time that fits the rest of "
                       "the column. Correct it or choose another date format."),
                    quotedText(text), *place.line, quotedText(*place.column)));
}

TimeAxis readDates(const ImportContext& context, const TimeColumns& columns)
{
    return StampColumn(context, columns).read();
}

}  // namespace fc
