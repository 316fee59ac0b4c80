// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/data/calendar.h"

#include <algorithm>
#include <array>
#include <functional>
#include <limits>
#include <span>

#include "engine/base/error.h"
#include "engine/data/time_zone.h"

namespace fc {

namespace {

constexpr Timestamp minute = 60'000'000;
constexpr Timestamp day = 1440 * minute;
constexpr Timestamp week = 7 * day;
constexpr int minutesOfDay = 1440;

Timestamp floorTo(Timestamp t, Timestamp unit)
{
    const Timestamp rest = t % unit;
    return t - (rest < 0 ? rest + unit : rest);
}

/// 1970-01-01 was a Thursday.
Timestamp weekBegin(Timestamp local)
{
    constexpr Timestamp monday = 4 * day;
    return floorTo(local - monday, week) + monday;
}

int minuteOfWeek(Timestamp local)
{
    return static_cast<int>((local - weekBegin(local)) / minute);
}

/// Local time of stamp after stamp: the zone is asked once for each hour, between whose ends offsets do not
/// change.
class LocalClock {
public:
    explicit LocalClock(const std::string& zone) : m_zone(zone) {}

    Timestamp operator()(Timestamp utc)
    {
        constexpr Timestamp piece = 15 * minute;
        if (const Timestamp begin = floorTo(utc, piece); !m_known || begin != m_begin) {
            m_known = true;
            m_begin = begin;
            m_offset = m_zone.toLocal(begin) - begin;
        }
        return utc + m_offset;
    }

    const TimeZoneRule& zone() const { return m_zone; }

private:
    TimeZoneRule m_zone;
    bool m_known = false;
    Timestamp m_begin = 0;
    Timestamp m_offset = 0;
};

/// Goes from due stamp to due stamp.
class Walker {
public:
    explicit Walker(const TradingCalendar& calendar) : m_calendar(calendar), m_clock(calendar.zone) {}

    /// The first due stamp after `t`; `before` are the stamps up to there, for the day that months aim at.
    Timestamp next(Timestamp t, std::span<const Timestamp> before)
    {
        if (m_calendar.months > 0)
            return nextMonth(t, before);
        const Timestamp after = t + m_calendar.step;
        if (m_calendar.kind == TradingCalendar::Kind::Continuous ||
            (m_calendar.step < day && isOpen(m_clock(after))))
            return after;
        return nextOpening(t);
    }

    Timestamp dayOf(Timestamp utc) { return floorTo(m_clock(utc), day); }
    /// The last moment of the local day of `utc`.
    Timestamp endOfDay(Timestamp utc) { return m_clock.zone().toUtc(dayOf(utc) + day).micros - 1; }

private:
    bool isOpen(Timestamp local) const
    {
        return m_calendar.open[static_cast<std::size_t>(minuteOfWeek(local))];
    }

    /// Days are counted on the wall, so that a day of 23 hours is one.
    Timestamp nextOpening(Timestamp t)
    {
        const Timestamp pace = m_calendar.step >= day ? day : minute;
        Timestamp local = pace == day ? m_clock(t) : floorTo(m_clock(t) + m_calendar.step, minute) - minute;
        for (int i = 0; i < TradingCalendar::minutesOfWeek; ++i) {
            local += pace;
            if (!isOpen(local))
                continue;
            const TimeZoneRule::Utc utc = m_clock.zone().toUtc(local);
            if (const Timestamp due = utc.micros > t ? utc.micros : utc.later; due > t)
                return due;
        }
        return t + m_calendar.step;
    }

    Timestamp nextMonth(Timestamp t, std::span<const Timestamp> before) const
    {
        Series recent;
        const std::span<const Timestamp> last = before.last(std::min<std::size_t>(before.size(), 12));
        recent.times.assign(last.begin(), last.end());
        if (recent.times.empty() || recent.times.back() != t)
            recent.times.push_back(t);
        return futureTimes(recent, {.step = m_calendar.step, .months = m_calendar.months}, 1).front();
    }

    const TradingCalendar& m_calendar;
    LocalClock m_clock;
};

/// Calls `due(row, stamp)` for each missing stamp before `row`, or where `due` is empty only counts.
CalendarGaps walk(const Series& series, const TradingCalendar& calendar,
                  const std::function<void(Timestamp)>& due)
{
    CalendarGaps out;
    if (calendar.kind == TradingCalendar::Kind::ByRow)
        return out;
    Walker walker(calendar);
    const std::span<const Timestamp> times = series.times;
    const bool hasHolidays = calendar.kind == TradingCalendar::Kind::Pattern && calendar.step < day;
    // A stamp that is less than half a step off is the one that was due.
    const Timestamp tolerance = calendar.step / 2;
    for (std::size_t row = 1; row < times.size(); ++row) {
        const Timestamp actual = times[row];
        if (actual - times[row - 1] <= calendar.step + tolerance)
            continue;
        CalendarGap gap{row, 0};
        const bool countOnly =
            !due && calendar.kind == TradingCalendar::Kind::Continuous && calendar.months == 0;
        if (countOnly)
            gap.missing = (actual - times[row - 1] - tolerance - 1) / calendar.step;
        Timestamp t = countOnly ? actual : walker.next(times[row - 1], times.first(row));
        while (t + tolerance < actual) {
            if (hasHolidays && walker.dayOf(t) != walker.dayOf(times[row - 1]) &&
                walker.dayOf(t) != walker.dayOf(actual)) {
                ++out.closedDays;
                t = walker.next(walker.endOfDay(t), {});
                continue;
            }
            ++gap.missing;
            if (due)
                due(t);
            t = walker.next(t, times.first(row));
        }
        if (gap.missing > 0)
            out.gaps.push_back(gap);
        out.missing += gap.missing;
    }
    return out;
}

void openMinutes(TradingCalendar& calendar, int begin, int end)
{
    for (int m = begin; m < end; ++m)
        calendar.open[static_cast<std::size_t>(m % TradingCalendar::minutesOfWeek)] = true;
}

/// In how many weeks (or days: `period`) each minute of it has a stamp, and how often it could have had one.
struct SlotTally {
    std::vector<int> seen;
    std::vector<int> due;
};

SlotTally tally(const Series& series, const std::string& zone, Timestamp period)
{
    const auto slots = static_cast<std::size_t>(period / minute);
    SlotTally out{std::vector<int>(slots, 0), std::vector<int>(slots, 0)};
    std::vector<Timestamp> lastPeriod(slots, std::numeric_limits<Timestamp>::min());
    LocalClock clock(zone);
    for (const Timestamp utc : series.times) {
        const Timestamp local = clock(utc);
        const Timestamp begin = period == week ? weekBegin(local) : floorTo(local, day);
        const auto slot = static_cast<std::size_t>((local - begin) / minute);
        out.seen[slot] += lastPeriod[slot] != begin;
        lastPeriod[slot] = begin;
    }
    const Timestamp first = clock(series.times.front());
    const Timestamp last = clock(series.times.back());
    const Timestamp origin = period == week ? weekBegin(first) : floorTo(first, day);
    for (std::size_t slot = 0; slot < slots; ++slot) {
        const Timestamp begin = origin + static_cast<Timestamp>(slot) * minute;
        const Timestamp missed = begin + minute <= first ? 1 : 0;
        out.due[slot] = last < begin ? 0 : static_cast<int>((last - begin) / period + 1 - missed);
    }
    return out;
}

void learnWeeks(TradingCalendar& calendar, const Series& series)
{
    const SlotTally slots = tally(series, calendar.zone, week);
    const int covered = static_cast<int>(std::max(minute, calendar.step) / minute);
    for (int m = 0; m < TradingCalendar::minutesOfWeek; ++m) {
        const auto slot = static_cast<std::size_t>(m);
        if (slots.seen[slot] > 0 && slots.seen[slot] * 2 >= slots.due[slot])
            openMinutes(calendar, m, m + covered);
    }
}

/// Too short for weeks: the weekdays that are there, each with the minutes that most days have.
bool learnDays(TradingCalendar& calendar, const Series& series)
{
    LocalClock clock(calendar.zone);
    std::array<bool, 7> weekdays{};
    int days = 0;
    Timestamp before = std::numeric_limits<Timestamp>::min();
    for (const Timestamp utc : series.times) {
        const Timestamp today = floorTo(clock(utc), day);
        days += today != before;
        before = today;
        weekdays[static_cast<std::size_t>(minuteOfWeek(today) / minutesOfDay)] = true;
    }
    if (days < 4)
        return false;
    const SlotTally slots = tally(series, calendar.zone, day);
    const int covered = static_cast<int>(std::max(minute, calendar.step) / minute);
    for (int d = 0; d < 7; ++d)
        for (int m = 0; weekdays[static_cast<std::size_t>(d)] && m < minutesOfDay; ++m)
            if (slots.seen[static_cast<std::size_t>(m)] * 2 >= days)
                openMinutes(calendar, d * minutesOfDay + m, d * minutesOfDay + m + covered);
    return true;
}

}  // namespace

TradingCalendar detectCalendar(const Series& series)
{
    TradingCalendar calendar;
    calendar.zone = series.timeZone;
    const Frequency frequency = detectFrequency(series);
    if (!series.hasClock || frequency.step <= 0)
        return calendar;
    calendar.step = frequency.step;
    calendar.months = frequency.months;
    calendar.kind = TradingCalendar::Kind::Continuous;
    if (frequency.businessDays) {
        calendar.kind = TradingCalendar::Kind::Pattern;
        openMinutes(calendar, 0, 5 * minutesOfDay);
        return calendar;
    }
    const Timestamp span = series.times.back() - series.times.front();
    const auto due = static_cast<double>(span / frequency.step + 1);
    const bool fits = frequency.step < minute ? minute % frequency.step == 0 : day % frequency.step == 0;
    if (frequency.months > 0 || !fits || static_cast<double>(series.rows()) >= 0.9 * due)
        return calendar;
    calendar.kind = TradingCalendar::Kind::Pattern;
    if (span >= 4 * week)
        learnWeeks(calendar, series);
    else if (calendar.step >= day || !learnDays(calendar, series))
        calendar.kind = TradingCalendar::Kind::Continuous;
    if (calendar.open.none() || calendar.open.all()) {
        calendar.kind = TradingCalendar::Kind::Continuous;
        calendar.open.reset();
    }
    return calendar;
}

std::optional<Timestamp> nextDue(const TradingCalendar& calendar, Timestamp t)
{
    if (calendar.kind == TradingCalendar::Kind::ByRow)
        return std::nullopt;
    return Walker(calendar).next(t, {});
}

CalendarGaps findGaps(const Series& series, const TradingCalendar& calendar)
{
    return walk(series, calendar, {});
}

std::vector<Timestamp> missingTimes(const Series& series, const TradingCalendar& calendar, std::int64_t most)
{
    std::vector<Timestamp> out;
    walk(series, calendar, [&](Timestamp t) {
        if (static_cast<std::int64_t>(out.size()) >= most)
            throw UsageError(
                Message(TR("engine",
                           "More than %1 stamps are missing against the calendar %2. Choose another "
                           "calendar, such as by_row."),
                        most, calendar.text()));
        out.push_back(t);
    });
    return out;
}

}  // namespace fc
