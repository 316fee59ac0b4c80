// SPDX-License-Identifier: GPL-3.0-or-later
// Frequency of a series and the stamps that follow it.
#include <algorithm>
#include <chrono>
#include <date/date.h>
#include <optional>
#include <unordered_map>
#include <utility>

#include "engine/data/series.h"

namespace fc {

namespace {

constexpr Timestamp second = 1'000'000;
constexpr Timestamp minute = 60 * second;
constexpr Timestamp hour = 60 * minute;
constexpr Timestamp day = 24 * hour;

date::sys_days dayOf(Timestamp t)
{
    return date::floor<date::days>(
        std::chrono::sys_time<std::chrono::microseconds>(std::chrono::microseconds(t)));
}

bool isWeekend(Timestamp t)
{
    const date::weekday w(dayOf(t));
    return w == date::Saturday || w == date::Sunday;
}

/// Months since year 0.
int monthIndex(Timestamp t)
{
    const date::year_month_day ymd(dayOf(t));
    return static_cast<int>(ymd.year()) * 12 + static_cast<int>(static_cast<unsigned>(ymd.month())) - 1;
}

/// Business days from `a` to `b`, both on working days.
std::int64_t businessDaysBetween(Timestamp a, Timestamp b)
{
    const std::int64_t days = (dayOf(b) - dayOf(a)).count();
    const auto from = static_cast<std::int64_t>(date::weekday(dayOf(a)).iso_encoding());
    return days - (from - 1 + days) / 7 * 2;
}

/// Counts how often values come, in bounded memory: with more different ones than it has room for, each that
/// makes up more than a share of 1 / room of all stays, counted too low (Misra and Gries, 1982).
class Tally {
public:
    void add(Timestamp value)
    {
        if (value == m_last) {
            ++m_run;
            return;
        }
        settle();
        m_last = value;
        m_run = 1;
    }

    /// The most common value; the smaller one of two equally common.
    Timestamp mode()
    {
        settle();
        std::pair<Timestamp, std::size_t> best{0, 0};
        for (const auto& [value, n] : m_counts)
            if (n > best.second || (n == best.second && value < best.first))
                best = {value, n};
        return best.first;
    }

private:
    /// Equal steps come in long runs, so that most of them never see the table.
    void settle()
    {
        if (m_run > 0)
            m_counts[m_last] += m_run;
        m_run = 0;
        constexpr std::size_t room = std::size_t(1) << 17;
        if (m_counts.size() < room)
            return;
        std::vector<std::size_t> counts;
        for (const auto& [value, n] : m_counts)
            counts.push_back(n);
        std::ranges::nth_element(counts, counts.begin() + room / 2);
        const std::size_t least = counts[room / 2];
        for (auto& [value, n] : m_counts)
            n -= std::min(n, least);
        std::erase_if(m_counts, [](const auto& entry) { return entry.second == 0; });
    }

    std::unordered_map<Timestamp, std::size_t> m_counts;
    Timestamp m_last = 0;
    std::size_t m_run = 0;
};

/// Calls `use(a, b)` for each stamp and the one after it.
template <typename Use>
void forEachStep(const TimePieces& times, const Use& use)
{
    std::optional<Timestamp> before;
    times([&](std::span<const Timestamp> piece) {
        for (const Timestamp t : piece) {
            if (before)
                use(*before, t);
            before = t;
        }
    });
}

/// 1, 3 or 12 when nearly all stamps are so many calendar months apart (gaps: multiples), else 0.
int calendarMonths(const TimePieces& times)
{
    Tally tally;
    forEachStep(times, [&](Timestamp a, Timestamp b) { tally.add(monthIndex(b) - monthIndex(a)); });
    const Timestamp months = tally.mode();
    if (months != 1 && months != 3 && months != 12)
        return 0;
    std::size_t count = 0;
    std::size_t steps = 0;
    forEachStep(times, [&](Timestamp a, Timestamp b) {
        count += monthIndex(b) - monthIndex(a) == months;
        ++steps;
    });
    return count * 10 >= steps * 8 ? static_cast<int>(months) : 0;
}

std::int64_t countGaps(const TimePieces& times, const Frequency& frequency)
{
    std::int64_t gaps = 0;
    forEachStep(times, [&](Timestamp a, Timestamp b) {
        if (frequency.months > 0)
            gaps += monthIndex(b) - monthIndex(a) > frequency.months;
        else if (frequency.businessDays)
            gaps += businessDaysBetween(a, b) > 1;
        else
            gaps += b - a > frequency.step;
    });
    return gaps;
}

/// How often the stamps are `step` apart, and what else tells business days from days.
struct StepLook {
    std::size_t steps = 0;
    std::size_t asWanted = 0;
    bool weekend = false;
    bool overWeekend = false;  ///< a step of three days or more
    Timestamp first = 0;
    Timestamp last = 0;
};

StepLook lookFor(const TimePieces& times, Timestamp step)
{
    StepLook look;
    forEachStep(times, [&](Timestamp a, Timestamp b) {
        if (look.steps++ == 0)
            look.first = a;
        look.last = b;
        look.asWanted += b - a == step;
        if (step == day && !look.weekend)
            look.weekend = isWeekend(a) || isWeekend(b);
        look.overWeekend |= b - a >= 3 * day;
    });
    return look;
}

Timestamp addMonths(Timestamp t, int months, unsigned wantedDay)
{
    const date::sys_days start = dayOf(t);
    const Timestamp ofDay = t - start.time_since_epoch().count() * day;
    const date::year_month_day ymd(start);
    const date::year_month target = date::year_month(ymd.year(), ymd.month()) + date::months(months);
    const date::day last =
        date::year_month_day_last(target.year(), date::month_day_last(target.month())).day();
    const date::year_month_day moved = target / std::min(date::day(wantedDay), last);
    return date::sys_days(moved).time_since_epoch().count() * day + ofDay;
}

/// The day of the month that a monthly series aims at: a February does not make the 31st a 28th.
unsigned anchorDay(const std::vector<Timestamp>& times)
{
    unsigned largest = 1;
    for (size_t i = times.size() > 12 ? times.size() - 12 : 0; i < times.size(); ++i)
        largest = std::max(largest, static_cast<unsigned>(date::year_month_day(dayOf(times[i])).day()));
    return largest;
}

Timestamp medianStep(const std::vector<Timestamp>& times)
{
    std::vector<Timestamp> steps;
    for (size_t i = 1; i < times.size(); ++i)
        steps.push_back(times[i] - times[i - 1]);
    if (steps.empty())
        return 1;
    std::ranges::nth_element(steps, steps.begin() + static_cast<std::ptrdiff_t>(steps.size() / 2));
    return std::max<Timestamp>(1, steps[steps.size() / 2]);
}

}  // namespace

std::string Frequency::text() const
{
    if (months == 1)
        return "1 month";
    if (months == 3)
        return "1 quarter";
    if (months == 12)
        return "1 year";
    if (businessDays)
        return "business day";
    if (step <= 0)
        return "by row";
    constexpr std::pair<Timestamp, const char*> units[] = {{day, "d"},    {hour, "h"},  {minute, "min"},
                                                           {second, "s"}, {1000, "ms"}, {1, "us"}};
    for (const auto& [size, name] : units)
        if (step % size == 0)
            return std::to_string(step / size) + name;
    return "by row";
}

int Frequency::season() const
{
    if (months > 0)
        return 12 / months;
    if (businessDays)
        return 5;
    if (step <= 0)
        return 1;
    if (step == day)
        return 7;
    if (step == 7 * day)
        return 52;
    // Within the day the day repeats; below a minute that is too long to be of use, and the hour is taken.
    const Timestamp cycle = step >= minute ? day : hour;
    return step < cycle && cycle % step == 0 ? static_cast<int>(cycle / step) : 1;
}

Frequency detectFrequency(const Series& series)
{
    if (!series.hasClock)
        return {};
    return detectFrequency([&](const std::function<void(std::span<const Timestamp>)>& take) { take(series.times); });
}

Frequency detectFrequency(const TimePieces& times)
{
    Frequency frequency;
    Tally tally;
    Timestamp widest = -1;
    forEachStep(times, [&](Timestamp a, Timestamp b) {
        tally.add(b - a);
        if (b - a > widest) {
            widest = b - a;
            frequency.widestFrom = a;
            frequency.widestTo = b;
        }
    });
    if (widest < 0)
        return frequency;
    const Timestamp step = tally.mode();
    const StepLook look = lookFor(times, step);
    if (step >= 27 * day)
        frequency.months = calendarMonths(times);
    if (frequency.months > 0) {
        frequency.step = (look.last - look.first) / static_cast<Timestamp>(look.steps);
        frequency.gaps = countGaps(times, frequency);
        return frequency;
    }
    // Ticks come when they come: a step that less than a third of the rows keep is chance.
    if (look.asWanted * 3 < look.steps)
        return frequency;
    frequency.step = step;
    frequency.businessDays =
        step == day && look.last - look.first > 4 * day && !look.weekend && look.overWeekend;
    frequency.gaps = countGaps(times, frequency);
    return frequency;
}

std::vector<Timestamp> futureTimes(const Series& series, const Frequency& frequency, int count)
{
    std::vector<Timestamp> out;
    if (series.times.empty())
        return out;
    const Timestamp step = !series.hasClock     ? 1
                           : frequency.step > 0 ? frequency.step
                                                : medianStep(series.times);
    const unsigned anchor = frequency.months > 0 ? anchorDay(series.times) : 1;
    Timestamp t = series.times.back();
    for (int i = 1; i <= count; ++i) {
        if (frequency.months > 0) {
            out.push_back(addMonths(series.times.back(), i * frequency.months, anchor));
            continue;
        }
        t += step;
        while (frequency.businessDays && isWeekend(t))
            t += day;
        out.push_back(t);
    }
    return out;
}

}  // namespace fc
