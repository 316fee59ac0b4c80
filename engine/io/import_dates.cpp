// SPDX-License-Identifier: GPL-3.0-or-later
// A column of dates as people write them: one reading for all its cells.
#include <algorithm>
#include <limits>

#include "engine/io/encoding.h"
#include "engine/io/import_stamp.h"
#include "engine/io/import_time.h"
#include "engine/io/number.h"

namespace fc {

namespace {

constexpr std::int64_t unreadable = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t microsPerSecond = 1'000'000;

bool isDigits(std::string_view text)
{
    return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

/// A cell of the time column that is worth a message.
struct Seen {
    size_t row = 0;
    ImportPlace place;
    std::string text;
};

/// What was seen in a column of written dates.
struct StampTally {
    std::optional<Seen> aware, naive, shortYear, leapSecond, hour24, firstAbove12, secondAbove12, yearLast,
        otherOrder;
    bool dotted = true;

    template <typename MakeSeen>
    void add(const Stamp& stamp, const MakeSeen& seen)
    {
        const auto first = [&](std::optional<Seen>& place, bool is) {
            if (is && !place)
                place = seen();
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

/// How time goes under one order of day and month.
struct Course {
    std::optional<std::int64_t> last;
    std::int64_t low = std::numeric_limits<std::int64_t>::max();
    std::int64_t high = std::numeric_limits<std::int64_t>::min();
    bool rises = true;
    bool falls = true;

    void add(std::int64_t t)
    {
        rises = rises && (!last || t >= *last);
        falls = falls && (!last || t <= *last);
        low = std::min(low, t);
        high = std::max(high, t);
        last = t;
    }
    bool runs() const { return rises || falls; }
    double span() const { return static_cast<double>(high) - static_cast<double>(low); }
};

/// "hh:mm", "hh:mm:ss" or "hh:mm:ss.ffffff" of plain hours and seconds, with a Z or without.
struct PlainClock {
    std::int64_t ofDay = 0;
    bool zulu = false;
};

std::optional<PlainClock> readPlainClock(std::string_view text)
{
    const auto two = [&](size_t at) {
        const int tens = text[at] - '0';
        const int ones = text[at + 1] - '0';
        return tens < 0 || tens > 9 || ones < 0 || ones > 9 ? 100 : tens * 10 + ones;
    };
    PlainClock out;
    out.zulu = text.ends_with('Z');
    if (out.zulu)
        text.remove_suffix(1);
    if (text.size() < 5 || text[2] != ':')
        return std::nullopt;
    const int hour = two(0);
    const int minute = two(3);
    int second = 0;
    if (text.size() > 5) {
        if (text.size() < 8 || text[5] != ':')
            return std::nullopt;
        second = two(6);
    }
    if (hour > 23 || minute > 59 || second > 59 || text.size() == 9 || text.size() > 15)
        return std::nullopt;
    out.ofDay = (hour * 3600LL + minute * 60LL + second) * microsPerSecond;
    std::int64_t scale = microsPerSecond / 10;
    for (size_t i = 9; i < text.size(); ++i, scale /= 10) {
        if (text[8] != '.' || text[i] < '0' || text[i] > '9')
            return std::nullopt;
        out.ofDay += (text[i] - '0') * scale;
    }
    return out;
}

class DateReader : public TimeReader {
public:
    DateReader(const ImportOptions& options, const TimeColumns& columns, const TimeReading& reading)
        : m_options(options),
          m_columns(columns),
          m_reading(reading),
          m_zone(options.timeZone.value_or("UTC")),
          m_pattern(options.dateFormat.value_or("").find('%') != std::string::npos ? *options.dateFormat : "")
    {
    }

    void read(const ImportContext& block, std::vector<std::int64_t>& values) override
    {
        values.resize(block.rows.size());
        m_oddHours.clear();
        for (size_t row = 0; row < values.size(); ++row)
            values[row] = valueAt(block, row);
        if (values.empty())
            return;
        settleRepeated(values);
        noteOddHours(block);
        m_first = m_first.value_or(values.front());
        m_last = values.back();
    }

    TimeReading settled() const override
    {
        TimeReading out = readingOf(m_options, m_firstText);
        if (out.kind != TimeReading::Kind::Dates)
            return out;
        if (m_tally.yearLast && !m_options.dateFormat)
            out.order = settledOrder();
        out.newestFirst = m_hasRepeated && *m_first > *m_last;
        out.clockDigits = m_longestClock > 1 && m_longestClock <= 4 ? 4 : 6;
        return out;
    }

    std::string format() const override
    {
        return !m_pattern.empty()                       ? m_pattern
               : !m_tally.yearLast                      ? "ymd"
               : m_reading.order == DateOrder::DayFirst ? "dmy"
                                                        : "mdy";
    }

    void note(ImportNotes& notes) const override
    {
        notes.append(m_notes);
        if (m_tally.yearLast && !m_options.dateFormat)
            noteOrder(notes);
        if (!m_tally.firstAbove12 || !m_tally.secondAbove12 || m_options.dateFormat)
            notes.append(m_impossible);
        noteFindings(notes);
        notes.append(m_oddNotes);
    }

private:
    /// A local time of the block that the clocks of the zone showed twice or never.
    struct OddHour {
        size_t row = 0;
        TimeZoneRule::Utc utc;
        bool isLater = false;  ///< the second of both was taken
    };

    /// The stamp of one cell without its time of day, kept because the next rows mostly have the same day.
    struct Day {
        std::string text;
        std::int64_t micros = 0;
        std::optional<std::int64_t> dayFirst;  ///< under either order
        std::optional<std::int64_t> monthFirst;
    };

    std::int64_t valueAt(const ImportContext& block, size_t row)
    {
        const std::string_view text = block.cell(row, *m_columns.time);
        if (m_firstText.empty() && !isMissingMark(text))
            m_firstText = text;
        const size_t at = m_day.text.size();
        if (at > 0 && text.size() > at && (text[at] == ' ' || text[at] == 'T') &&
            text.starts_with(m_day.text))
            if (const auto clock = readPlainClock(text.substr(at + 1)))
                return ofSameDay(block, row, *clock);
        return ofAnyDay(block, row, text);
    }

    std::int64_t ofSameDay(const ImportContext& block, size_t row, const PlainClock& clock)
    {
        std::optional<Seen>& kind = clock.zulu ? m_tally.aware : m_tally.naive;
        if (!kind)
            kind = seen(block, row);
        follow(m_day.dayFirst ? *m_day.dayFirst + clock.ofDay : unreadable,
               m_day.monthFirst ? *m_day.monthFirst + clock.ofDay : unreadable);
        const std::int64_t micros = m_day.micros + clock.ofDay;
        return clock.zulu ? micros : utc(micros, row);
    }

    std::int64_t ofAnyDay(const ImportContext& block, size_t row, std::string_view text)
    {
        const auto stamp = stampAt(block, row);
        if (!stamp) {
            noteUnreadable(block, row);
            follow(unreadable, unreadable);
            return unreadable;
        }
        m_tally.add(*stamp, [&] { return seen(block, row); });
        const auto micros = microsOf(*stamp, m_reading.order);
        if (stamp->yearLast)
            follow(microsOf(*stamp, DateOrder::DayFirst).value_or(unreadable),
                   microsOf(*stamp, DateOrder::MonthFirst).value_or(unreadable));
        else
            follow(micros.value_or(unreadable), micros.value_or(unreadable));
        if (!micros) {
            noteImpossible(block, row);
            return unreadable;
        }
        if (stamp->hasTime && m_pattern.empty() && !m_columns.clock)
            keepDay(text);
        return stamp->offsetMinutes ? *micros : utc(*micros, row);
    }

    void keepDay(std::string_view text)
    {
        const size_t end = text.find_first_of(" T");
        m_day.text.clear();
        if (end == std::string_view::npos)
            return;
        const auto stamp = readStamp(text.substr(0, end));
        const auto micros = stamp ? microsOf(*stamp, m_reading.order) : std::nullopt;
        if (!micros || stamp->hasTime || stamp->offsetMinutes)
            return;
        m_day = {std::string(text.substr(0, end)), *micros, microsOf(*stamp, DateOrder::DayFirst),
                 microsOf(*stamp, DateOrder::MonthFirst)};
    }

    /// Both orders are followed as long as nothing has told which it is.
    void follow(std::int64_t dayFirst, std::int64_t monthFirst)
    {
        if (m_options.dateFormat || m_tally.firstAbove12 || m_tally.secondAbove12)
            return;
        if (m_tally.yearLast && !m_parted)
            m_monthFirst = m_dayFirst;  // up to here there was one order only
        m_parted = m_tally.yearLast.has_value();
        m_dayFirst.add(dayFirst);
        if (m_parted)
            m_monthFirst.add(monthFirst);
    }

    std::optional<Stamp> stampAt(const ImportContext& block, size_t row)
    {
        const std::string_view text = block.cell(row, *m_columns.time);
        if (m_columns.clock)
            m_longestClock = std::max(m_longestClock, block.cell(row, *m_columns.clock).size());
        auto stamp = m_pattern.empty() ? readStamp(text) : readStampByPattern(text, m_pattern);
        if (!stamp || !m_columns.clock)
            return stamp;
        const std::string_view clock = block.cell(row, *m_columns.clock);
        auto ofDay = readClock(clock);
        if (!ofDay && isDigits(clock)) {
            const std::string padded =
                std::string(std::max(m_reading.clockDigits, clock.size()) - clock.size(), '0') +
                std::string(clock);
            ofDay = readClock(padded);
        }
        if (!ofDay || stamp->hasTime)
            return std::nullopt;
        stamp->ofDay += *ofDay;
        stamp->hasTime = true;
        return stamp;
    }

    Seen seen(const ImportContext& block, size_t row) const
    {
        return {block.firstRow + row, block.place(row, *m_columns.time),
                std::string(block.cell(row, *m_columns.time))};
    }

    void noteUnreadable(const ImportContext& block, size_t row)
    {
        const std::string_view text = block.cell(row, *m_columns.time);
        const bool clockIsBad = m_columns.clock && readStamp(text).has_value();
        if (!clockIsBad && readClock(text).has_value() && !isDigits(text)) {
            const ImportPlace place = block.place(row, *m_columns.time);
            m_notes.error(
                "no_date", place,
                Message(TR("engine",
                           "The text %1 in line %2, column %3, is a time of day without a date. Add "
                           "a column with the date."),
                        quotedText(text), *place.line, quotedText(*place.column)));
            return;
        }
        const size_t column = clockIsBad ? *m_columns.clock : *m_columns.time;
        noteBadTime(block, row, column, block.cell(row, column), m_notes);
    }

    std::int64_t utc(std::int64_t local, size_t row)
    {
        const TimeZoneRule::Utc out = m_zone.toUtc(local);
        if (out.kind != TimeZoneRule::Kind::Unique)
            m_oddHours.push_back({row, out});
        m_hasRepeated |= out.kind == TimeZoneRule::Kind::Repeated;
        return out.micros;
    }

    /// A stamp that the clock showed twice is the first of both, but where the row before in time would come
    /// after it: then the clock has gone back in between. In a file that runs backwards that row is below,
    /// and the last row of a block is taken for the first of both.
    void settleRepeated(std::vector<std::int64_t>& values)
    {
        const std::string rule = m_options.onRepeatedHour.value_or("order");
        const bool newestFirst = m_reading.newestFirst;
        if (newestFirst)
            std::ranges::reverse(m_oddHours);
        for (OddHour& hour : m_oddHours) {
            if (hour.utc.kind != TimeZoneRule::Kind::Repeated)
                continue;
            std::int64_t before = m_last.value_or(unreadable);  // which is before every stamp
            if (newestFirst)
                before = hour.row + 1 < values.size() ? values[hour.row + 1] : unreadable;
            else if (hour.row > 0)
                before = values[hour.row - 1];
            hour.isLater = rule == "later" || (rule == "order" && before >= hour.utc.micros);
            if (hour.isLater)
                values[hour.row] = hour.utc.later;
        }
        if (newestFirst)
            std::ranges::reverse(m_oddHours);
    }

    /// Local times that the clocks of the zone showed twice or never.
    void noteOddHours(const ImportContext& block)
    {
        const bool shift = m_options.onSkippedHour == "shift";
        for (const OddHour& hour : m_oddHours) {
            const ImportPlace place = block.place(hour.row, *m_columns.time);
            const auto message = [&](const char* pattern) {
                return Message(pattern, quotedText(block.cell(hour.row, *m_columns.time)), *place.line,
                               quotedText(*m_options.timeZone));
            };
            if (hour.utc.kind == TimeZoneRule::Kind::Skipped && !shift)
                m_oddNotes.error(
                    "skipped_hour", place,
                    message(TR("engine",
                               "The time %1 in line %2 does not exist in the time zone %3: the clocks go "
                               "forward over it. Choose another time zone, or have such times shifted.")));
            else if (hour.utc.kind == TimeZoneRule::Kind::Skipped)
                m_oddNotes.warning(
                    "skipped_hour", place,
                    message(TR("engine",
                               "The time %1 in line %2 does not exist in the time zone %3; it was shifted "
                               "forward as the clocks are.")));
            else
                m_oddNotes.warning(
                    "repeated_hour", place,
                    hour.isLater ? message(TR("engine",
                                              "The time %1 in line %2 comes twice in the time zone %3 as the "
                                              "clocks go back; the second was taken."))
                                 : message(TR("engine",
                                              "The time %1 in line %2 comes twice in the time zone %3 as the "
                                              "clocks go back; the first was taken.")));
        }
    }

    /// The reading under which time runs in one direction, else the one that spans less time.
    bool prefersDayFirst() const
    {
        if (m_tally.dotted)
            return true;
        if (m_dayFirst.runs() != m_monthFirst.runs())
            return m_dayFirst.runs();
        return m_dayFirst.span() <= m_monthFirst.span();
    }

    /// Day or month first, from the whole column.
    DateOrder settledOrder() const
    {
        if (m_tally.firstAbove12)
            return DateOrder::DayFirst;
        if (m_tally.secondAbove12)
            return DateOrder::MonthFirst;
        return prefersDayFirst() ? DateOrder::DayFirst : DateOrder::MonthFirst;
    }

    void noteOrder(ImportNotes& notes) const
    {
        if (m_tally.firstAbove12 && m_tally.secondAbove12) {
            for (const Seen& each : {*m_tally.firstAbove12, *m_tally.secondAbove12})
                notes.error(
                    "mixed_date_order", each.place,
                    Message(TR("engine",
                               "Line %1 can only be read with the day first and line %2 only with the "
                               "month first. Write all dates in one order."),
                            *m_tally.firstAbove12->place.line, *m_tally.secondAbove12->place.line));
            return;
        }
        if (m_tally.firstAbove12 || m_tally.secondAbove12)
            return;
        const Seen& first = *m_tally.yearLast;
        notes.warning("ambiguous_date", first.place,
                      prefersDayFirst()
                          ? Message(TR("engine",
                                       "The dates such as %1 in line %2 may start with the day or the month; "
                                       "the day was taken. Choose the date format mdy if that is wrong."),
                                    quotedText(first.text), *first.place.line)
                          : Message(TR("engine",
                                       "The dates such as %1 in line %2 may start with the day or the month; "
                                       "the month was taken. Choose the date format dmy if that is wrong."),
                                    quotedText(first.text), *first.place.line));
    }

    /// A date that is not in the calendar.
    void noteImpossible(const ImportContext& block, size_t row)
    {
        const ImportPlace place = block.place(row, *m_columns.time);
        m_impossible.error(
            "bad_date", place,
            Message(TR("engine", "The date %1 in line %2, column %3, is not in the calendar. Correct it."),
                    quotedText(block.cell(row, *m_columns.time)), *place.line, quotedText(*place.column)));
    }

    void noteFindings(ImportNotes& notes) const
    {
        const auto warn = [&](const char* code, const std::optional<Seen>& seen, const char* text) {
            if (seen)
                notes.warning(code, seen->place, Message(text, quotedText(seen->text), *seen->place.line));
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
            warn("mixed_date_styles",
                 m_tally.yearLast->row > m_tally.otherOrder->row ? m_tally.yearLast : m_tally.otherOrder,
                 TR("engine",
                    "The dates are written in several ways; %1 in line %2 differs from those before it."));
        if (m_tally.aware && m_tally.naive)
            for (const Seen& each : {*m_tally.aware, *m_tally.naive})
                notes.error(
                    "mixed_zones", each.place,
                    Message(TR("engine",
                               "Some times have an offset from UTC (line %1) and some have none (line "
                               "%2), so that they cannot be ordered. Write all of them in one way."),
                            *m_tally.aware->place.line, *m_tally.naive->place.line));
    }

    const ImportOptions& m_options;
    TimeColumns m_columns;
    TimeReading m_reading;
    TimeZoneRule m_zone;
    std::string m_pattern;
    std::string m_firstText;  ///< the first that is not missing
    StampTally m_tally;
    Course m_dayFirst;
    Course m_monthFirst;
    bool m_parted = false;  ///< a date was seen that has two orders
    Day m_day;
    size_t m_longestClock = 0;
    std::vector<OddHour> m_oddHours;  ///< of the block
    bool m_hasRepeated = false;
    std::optional<std::int64_t> m_first;  ///< stamp of all
    std::optional<std::int64_t> m_last;
    ImportNotes m_oddNotes;
    ImportNotes m_notes;
    ImportNotes m_impossible;
};

}  // namespace

void noteBadTime(const ImportContext& block, size_t row, size_t column, std::string_view text,
                 ImportNotes& notes)
{
    const ImportPlace place = block.place(row, column);
    if (isMissingMark(text))
        notes.error(
            "missing_time", place,
            Message(TR("engine", "Line %1 has no time stamp in the column %2. Add it or delete the line."),
                    *place.line, quotedText(*place.column)));
    else
        notes.error("bad_time", place,
                    Message(TR("engine",
                               "The text %1 in line %2, column %3, is no date or time that fits the rest of "
                               "the column. Correct it or choose another date format."),
                            quotedText(text), *place.line, quotedText(*place.column)));
}

std::unique_ptr<TimeReader> makeDateReader(const ImportOptions& options, const TimeColumns& columns,
                                           const TimeReading& reading)
{
    return std::make_unique<DateReader>(options, columns, reading);
}

}  // namespace fc
