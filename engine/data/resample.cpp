// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/data/resample.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <date/date.h>
#include <map>

#include "engine/data/calendar.h"
#include "engine/data/names.h"
#include "engine/data/time_zone.h"

namespace fc {

namespace {

constexpr Timestamp second = 1'000'000;
constexpr Timestamp day = 86'400 * second;

enum class Method { First, Last, Lowest, Highest, Sum, Mean, Count };

const std::vector<std::string>& methodNames()
{
    static const std::vector<std::string> names{"first", "last", "min", "max", "sum", "mean", "count"};
    return names;
}

Method methodNamed(const std::string& name)
{
    const auto it = std::ranges::find(methodNames(), name);
    if (it == methodNames().end())
        throw UsageError(Message(TR("engine", "There is no way \"%1\" to join rows. Give one of %2."), name,
                                 nameList(methodNames())));
    return static_cast<Method>(it - methodNames().begin());
}

/// "5min", "1h", "1d", "1w", "1mo", "1y": so many microseconds, or so many months.
struct Period {
    Timestamp step = 0;
    int months = 0;
};

Period readPeriod(const std::string& text)
{
    int count = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), count);
    const std::string unit = problem == std::errc() ? std::string(end, text.data() + text.size()) : "";
    static const std::map<std::string, Period> units = {{"s", {second, 0}},      {"min", {60 * second, 0}},
                                                        {"m", {60 * second, 0}}, {"h", {3600 * second, 0}},
                                                        {"d", {day, 0}},         {"w", {7 * day, 0}},
                                                        {"mo", {0, 1}},          {"month", {0, 1}},
                                                        {"q", {0, 3}},           {"y", {0, 12}}};
    const auto it = units.find(unit);
    if (it == units.end() || count < 1 || count > 100'000)
        throw UsageError(Message(TR("engine",
                                    "The step \"%1\" is none. Give a number and one of s, min, h, d, w, mo, "
                                    "q, y, such as 15min or 1d."),
                                 text));
    return {it->second.step * count, it->second.months * count};
}

date::sys_days dayOf(Timestamp local)
{
    return date::floor<date::days>(
        std::chrono::sys_time<std::chrono::microseconds>(std::chrono::microseconds(local)));
}

Timestamp microsOf(date::sys_days days)
{
    return days.time_since_epoch().count() * day;
}

Timestamp floorTo(Timestamp t, Timestamp unit)
{
    const Timestamp rest = t % unit;
    return t - (rest < 0 ? rest + unit : rest);
}

/// The steps of a zone, as [begin, end) in UTC.
class Steps {
public:
    Steps(const Period& period, const std::string& zone) : m_period(period), m_zone(zone) {}

    struct Step {
        Timestamp begin = 0;
        Timestamp end = 0;
    };

    Step at(Timestamp utc) const
    {
        const Timestamp local = m_zone.toLocal(utc);
        // Up to an hour the offset of the stamp itself counts: the hour that the clock shows twice is two
        // hours.
        if (m_period.months == 0 && m_period.step <= 3600 * second) {
            const Timestamp begin = utc - (local - floorTo(local, m_period.step));
            return {begin, begin + m_period.step};
        }
        const Timestamp begin = floorLocal(local);
        return {m_zone.toUtc(begin).micros, m_zone.toUtc(nextLocal(begin)).micros};
    }

private:
    Timestamp floorLocal(Timestamp local) const
    {
        if (m_period.months > 0) {
            const date::year_month_day ymd(dayOf(local));
            const int index = static_cast<int>(ymd.year()) * 12 + static_cast<int>(unsigned(ymd.month())) - 1;
            const int first = index - index % m_period.months;
            return microsOf(date::year(first / 12) / date::month(static_cast<unsigned>(first % 12 + 1)) / 1);
        }
        if (m_period.step < day)
            return floorTo(local, day) + floorTo(local - floorTo(local, day), m_period.step);
        constexpr Timestamp monday = 4 * day;  // 1970-01-05
        return floorTo(local - monday, m_period.step) + monday;
    }

    Timestamp nextLocal(Timestamp begin) const
    {
        if (m_period.months == 0) {
            const Timestamp tomorrow = floorTo(begin, day) + day;
            return m_period.step < day ? std::min(begin + m_period.step, tomorrow) : begin + m_period.step;
        }
        const date::year_month_day ymd(dayOf(begin));
        return microsOf(ymd.year() / ymd.month() / 1 + date::months(m_period.months));
    }

    Period m_period;
    TimeZoneRule m_zone;
};

double joined(Method method, const double* begin, const double* end)
{
    double count = 0;
    double out = missing;
    for (const double* x = begin; x != end; ++x) {
        if (std::isnan(*x))
            continue;
        ++count;
        if (count == 1) {
            out = *x;
            continue;
        }
        switch (method) {
            case Method::First:
            case Method::Count:
                break;
            case Method::Last:
                out = *x;
                break;
            case Method::Lowest:
                out = std::min(out, *x);
                break;
            case Method::Highest:
                out = std::max(out, *x);
                break;
            case Method::Sum:
                out += *x;
                break;
            case Method::Mean:
                out += (*x - out) / count;
                break;
        }
    }
    return method == Method::Count ? count : out;
}

std::vector<Method> methodsOf(const Series& series, const ResampleParams& params)
{
    static const std::map<std::string, Method> byRole = {{"open", Method::First},
                                                         {"high", Method::Highest},
                                                         {"low", Method::Lowest},
                                                         {"close", Method::Last},
                                                         {"volume", Method::Sum}};
    std::vector<Method> out;
    for (const Column& column : series.columns) {
        const auto role = byRole.find(column.role);
        out.push_back(role != byRole.end() ? role->second : methodNamed(params.others));
    }
    for (const auto& [name, method] : splitPairs(params.methods))
        out[columnIndex(series, name)] = methodNamed(method);
    return out;
}

/// Whether a step of the source still lies within the last step of the result.
void noteIncomplete(TransformResult& out, const Series& source, const TradingCalendar& calendar,
                    Timestamp end, bool drop)
{
    const std::optional<Timestamp> next = nextDue(calendar, source.times.back());
    if (!next || *next >= end || out.series.times.empty())
        return;
    if (!drop) {
        out.notes.emplace_back(
            TR("engine", "The last step, from %1, is not complete: the next row is due at %2. It was kept."),
            formatTimestamp(out.series.times.back()), formatTimestamp(*next));
        return;
    }
    out.notes.emplace_back(TR("engine", "The last step, from %1, was not complete and was dropped."),
                           formatTimestamp(out.series.times.back()));
    std::vector<bool> stays(out.series.rows(), true);
    stays.back() = false;
    keepRows(out.series, stays);
}

void checkStep(const Series& series, const Period& period, const TradingCalendar& calendar,
               const std::string& text)
{
    if (!series.hasClock)
        throw UsageError(
            Message(TR("engine",
                       "The series \"%1\" counts rows and has no clock, so that it cannot be resampled to "
                       "%2."),
                    series.name, text));
    constexpr Timestamp shortMonth = 28 * day;
    const Timestamp step = period.months > 0 ? period.months * shortMonth : period.step;
    if (calendar.step >= step ||
        (calendar.months > 0 && calendar.months >= period.months && period.months > 0))
        throw UsageError(Message(TR("engine",
                                    "The series \"%1\" has a step of %2, which is not shorter than %3. "
                                    "Resampling makes steps longer."),
                                 series.name, detectFrequency(series).text(), text));
}

}  // namespace

void ResampleParams::describe(ParamVisitor& v)
{
    v.field(to,
            {.id = "to",
             .label = TR("engine", "Step"),
             .help = TR("engine",
                        "The new step: a number and s, min, h, d, w, mo, q or y, such as 15min, 4h or 1d. It "
                        "begins at midnight of the series' time zone; weeks begin on Monday.")});
    v.field(others,
            {.id = "others",
             .label = TR("engine", "Other columns"),
             .help = TR("engine",
                        "How the rows of a step are joined in columns that are neither open (first), high "
                        "(max), low (min), close (last) nor volume (sum)."),
             .choices = methodNames()});
    v.field(
        methods,
        {.id = "methods",
         .label = TR("engine", "By column"),
         .help = TR("engine", "Columns that are joined in another way, such as \"oi=last, trades=sum\".")});
    v.field(dropIncomplete,
            {.id = "drop_incomplete",
             .label = TR("engine", "Drop an incomplete last step"),
             .help = TR("engine", "Leave the last step out when rows that belong to it are still due.")});
}

TransformResult resample(const Series& series, const ResampleParams& params)
{
    const Period period = readPeriod(params.to);
    const TradingCalendar calendar = detectCalendar(series);
    checkStep(series, period, calendar, params.to);
    const std::vector<Method> methods = methodsOf(series, params);
    const Steps steps(period, series.timeZone);
    TransformResult out;
    out.series = {.name = series.name,
                  .hasClock = true,
                  .times = {},
                  .columns = {},
                  .timeZone = series.timeZone,
                  .synthetic = series.synthetic};
    for (const Column& column : series.columns)
        out.series.columns.push_back({column.name, column.role, {}});
    Steps::Step step;
    for (std::size_t begin = 0, end = 0; begin < series.rows(); begin = end) {
        step = steps.at(series.times[begin]);
        for (end = begin + 1; end < series.rows() && series.times[end] < step.end;)
            ++end;
        out.series.times.push_back(step.begin);
        for (std::size_t c = 0; c < methods.size(); ++c) {
            const double* values = series.columns[c].values.data();
            out.series.columns[c].values.push_back(joined(methods[c], values + begin, values + end));
        }
    }
    if (!series.times.empty())
        noteIncomplete(out, series, calendar, step.end, params.dropIncomplete);
    return out;
}

}  // namespace fc
