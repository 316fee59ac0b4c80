// SPDX-License-Identifier: GPL-3.0-or-later
// Frequency of a series and the stamps that follow it.
#include <algorithm>
#include <chrono>
#include <date/date.h>
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

/// Most common value and how often it comes; the smaller one of two equally common.
std::pair<Timestamp, size_t> mode(const std::vector<Timestamp>& values)
{
    std::unordered_map<Timestamp, size_t> counts;
    std::pair<Timestamp, size_t> best{0, 0};
    for (const Timestamp v : values) {
        const size_t n = ++counts[v];
        if (n > best.second || (n == best.second && v < best.first))
            best = {v, n};
    }
    return best;
}

/// 1, 3 or 12 when nearly all stamps are so many calendar months apart (gaps: multiples), else 0.
int calendarMonths(const std::vector<Timestamp>& times)
{
    std::vector<Timestamp> steps;
    for (size_t i = 1; i < times.size(); ++i)
        steps.push_back(monthIndex(times[i]) - monthIndex(times[i - 1]));
    const auto [months, count] = mode(steps);
    const bool known = months == 1 || months == 3 || months == 12;
    return known && count * 10 >= steps.size() * 8 ? static_cast<int>(months) : 0;
}

std::int64_t countGaps(const std::vector<Timestamp>& times, const Frequency& frequency)
{
    std::int64_t gaps = 0;
    for (size_t i = 1; i < times.size(); ++i) {
        const Timestamp a = times[i - 1];
        const Timestamp b = times[i];
        if (frequency.months > 0)
            gaps += monthIndex(b) - monthIndex(a) > frequency.months;
        else if (frequency.businessDays)
            gaps += businessDaysBetween(a, b) > 1;
        else
            gaps += b - a > frequency.step;
    }
    return gaps;
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
    Frequency frequency;
    const std::vector<Timestamp>& times = series.times;
    if (!series.hasClock || times.size() < 2)
        return frequency;
    std::vector<Timestamp> steps;
    for (size_t i = 1; i < times.size(); ++i)
        steps.push_back(times[i] - times[i - 1]);
    const auto [step, count] = mode(steps);
    if (step >= 27 * day)
        frequency.months = calendarMonths(times);
    if (frequency.months > 0) {
        frequency.step = (times.back() - times.front()) / static_cast<Timestamp>(steps.size());
        frequency.gaps = countGaps(times, frequency);
        return frequency;
    }
    // Ticks come when they come: a step that less than a third of the rows keep is chance.
    if (count * 3 < steps.size())
        return frequency;
    frequency.step = step;
    frequency.businessDays = step == day && times.back() - times.front() > 4 * day &&
                             std::ranges::none_of(times, isWeekend) &&
                             std::ranges::any_of(steps, [](Timestamp s) { return s >= 3 * day; });
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
