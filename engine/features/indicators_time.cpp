// SPDX-License-Identifier: GPL-3.0-or-later
// Terms of the time stamp alone: known for any row to come.
#include <chrono>
#include <date/date.h>
#include <numbers>

#include "engine/features/holidays.h"
#include "engine/features/indicators.h"

namespace fc {

namespace {

using Moment = std::chrono::time_point<std::chrono::system_clock, std::chrono::microseconds>;
constexpr double microsPerDay = 86400e6;

void requireClock(const Series& layout, std::string_view feature)
{
    if (layout.hasClock)
        return;
    throw Error(Message(TR("engine",
                           "The feature \"%1\" needs time stamps, but the rows of \"%2\" are only "
                           "numbered. Leave the feature out."),
                        feature, layout.name));
}

date::sys_days dayOf(Timestamp stamp)
{
    return date::floor<date::days>(Moment{std::chrono::microseconds(stamp)});
}

/// Terms that change with the day alone are made once a day.
struct OncePerDay {
    bool isKnown = false;
    date::sys_days day;

    bool isNew(date::sys_days now)
    {
        const bool fresh = !isKnown || now != day;
        isKnown = true;
        day = now;
        return fresh;
    }
};

struct Calendar {
    bool hourOfDay = true;
    bool dayOfWeek = true;
    bool dayOfMonth = false;
    bool monthOfYear = true;
    OncePerDay days;

    void describe(ParamVisitor& v)
    {
        v.field(hourOfDay, {.id = "hour_of_day",
                            .label = TR("engine", "Hour of day"),
                            .help = TR("engine", "Time of day in UTC; constant in daily data.")});
        v.field(dayOfWeek, {.id = "day_of_week",
                            .label = TR("engine", "Day of week"),
                            .help = TR("engine", "From Monday, in UTC.")});
        v.field(dayOfMonth, {.id = "day_of_month",
                             .label = TR("engine", "Day of month"),
                             .help = TR("engine", "From the first, relative to the length of the month.")});
        v.field(monthOfYear, {.id = "month_of_year",
                              .label = TR("engine", "Month of year"),
                              .help = TR("engine", "From January.")});
    }
    void check() const
    {
        if (!hourOfDay && !dayOfWeek && !dayOfMonth && !monthOfYear)
            throw UsageError(
                Message(TR("engine", "The feature \"calendar\" has all its terms switched off.")));
    }
    std::vector<std::string> inputs() const { return {}; }
    std::vector<std::string> outputs() const
    {
        std::vector<std::string> names;
        const auto pair = [&names](bool wanted, const std::string& name) {
            if (wanted)
                names.insert(names.end(), {name + "_sin", name + "_cos"});
        };
        pair(hourOfDay, "hour_of_day");
        pair(dayOfWeek, "day_of_week");
        pair(dayOfMonth, "day_of_month");
        pair(monthOfYear, "month_of_year");
        return names;
    }
    int warmUp() const { return 0; }
    void checkSeries(const Series& layout) const { requireClock(layout, "calendar"); }
    void start() {}
    void push(Timestamp stamp, std::span<double> out)
    {
        const Moment moment{std::chrono::microseconds(stamp)};
        const auto day = dayOf(stamp);
        std::size_t at = 0;
        const auto pair = [&](double turn) {
            out[at++] = std::sin(2.0 * std::numbers::pi * turn);
            out[at++] = std::cos(2.0 * std::numbers::pi * turn);
        };
        if (hourOfDay)
            pair(static_cast<double>((moment - day).count()) / microsPerDay);
        if (!days.isNew(day))
            return;
        const date::year_month_day calendar(day);
        const date::year_month_day_last last(calendar.year() / calendar.month() / date::last);
        if (dayOfWeek)
            pair((date::weekday(day).iso_encoding() - 1.0) / 7.0);
        if (dayOfMonth)
            pair((static_cast<unsigned>(calendar.day()) - 1.0) / static_cast<unsigned>(last.day()));
        if (monthOfYear)
            pair((static_cast<unsigned>(calendar.month()) - 1.0) / 12.0);
    }
};

struct CalendarFlags {
    OncePerDay days;

    void describe(ParamVisitor&) {}
    std::vector<std::string> inputs() const { return {}; }
    std::vector<std::string> outputs() const
    {
        return {"is_weekend", "is_month_start", "is_month_end", "is_quarter_end", "is_year_end"};
    }
    int warmUp() const { return 0; }
    void checkSeries(const Series& layout) const { requireClock(layout, "calendar_flags"); }
    void start() {}
    void push(Timestamp stamp, std::span<double> out)
    {
        const auto day = dayOf(stamp);
        if (!days.isNew(day))
            return;
        const date::year_month_day calendar(day);
        const date::year_month_day_last last(calendar.year() / calendar.month() / date::last);
        const auto month = static_cast<unsigned>(calendar.month());
        const bool ends = calendar.day() == last.day();
        const bool flags[] = {date::weekday(day).iso_encoding() > 5, calendar.day() == date::day(1), ends,
                              ends && month % 3 == 0, ends && month == 12};
        std::copy(std::begin(flags), std::end(flags), out.begin());
    }
};

struct Fourier {
    double period = 1;
    std::string unit = "days";
    int order = 2;
    double stampsPerTurn = 1;

    void describe(ParamVisitor& v)
    {
        v.field(period, {.id = "period",
                         .label = TR("engine", "Period"),
                         .help = TR("engine", "Length of one turn, in the unit below."),
                         .min = 0.0001,
                         .max = 1000000});
        v.field(unit, {.id = "unit",
                       .label = TR("engine", "Unit"),
                       .help = TR("engine",
                                  "Of the period; a year has 365.2425 days. rows: for series whose rows are "
                                  "only numbered."),
                       .choices = {"minutes", "hours", "days", "weeks", "years", "rows"}});
        v.field(order, {.id = "order",
                        .label = TR("engine", "Order"),
                        .help = TR("engine", "Number of sine and cosine pairs: 1, 2, ... turns per period."),
                        .min = 1,
                        .max = 20});
    }
    std::vector<std::string> inputs() const { return {}; }
    std::vector<std::string> outputs() const
    {
        std::vector<std::string> names;
        for (int k = 1; k <= order; ++k)
            for (const char* wave : {"_sin", "_cos"})
                names.push_back("fourier_" + std::to_string(k) + wave);
        return names;
    }
    int warmUp() const { return 0; }
    void checkSeries(const Series& layout) const
    {
        if (unit == "rows" && layout.hasClock) {
            throw Error(Message(TR("engine",
                                   "The rows of \"%1\" have time stamps: give the period of the feature "
                                   "\"fourier\" in minutes, hours, days, weeks or years."),
                                layout.name));
        }
        if (unit != "rows")
            requireClock(layout, "fourier");
    }
    void start()
    {
        const double days = unit == "minutes" ? 1.0 / 1440
                            : unit == "hours" ? 1.0 / 24
                            : unit == "days"  ? 1.0
                            : unit == "weeks" ? 7.0
                                              : 365.2425;
        stampsPerTurn = unit == "rows" ? period : period * days * microsPerDay;
    }
    void push(Timestamp stamp, std::span<double> out)
    {
        const double turns = static_cast<double>(stamp) / stampsPerTurn;
        const double angle = 2.0 * std::numbers::pi * (turns - std::floor(turns));
        const double sine = std::sin(angle);
        const double cosine = std::cos(angle);
        double s = sine;
        double c = cosine;
        for (int k = 0; k < order; ++k) {
            out[static_cast<std::size_t>(2 * k)] = s;
            out[static_cast<std::size_t>(2 * k + 1)] = c;
            // One turn further: sin(x + a), cos(x + a).
            const double next = s * cosine + c * sine;
            c = c * cosine - s * sine;
            s = next;
        }
    }
};

struct Holidays {
    std::string calendar = "us_market";
    int horizon = 10;
    OncePerDay days;
    int year = 0;
    std::vector<DayNumber> known;  ///< of this year and its neighbors

    void describe(ParamVisitor& v)
    {
        v.field(calendar, {.id = "calendar",
                           .label = TR("engine", "Calendar"),
                           .help = TR("engine",
                                      "us_market: New York Stock Exchange. us_federal: US government. uk: "
                                      "England and Wales. target: payment system of the euro. germany: all "
                                      "states."),
                           .choices = holidayCalendars()});
        v.field(horizon, {.id = "horizon",
                          .label = TR("engine", "Horizon"),
                          .help = TR("engine", "Distances to holidays are counted up to so many days."),
                          .min = 1,
                          .max = 365,
                          .unit = "days"});
    }
    std::vector<std::string> inputs() const { return {}; }
    std::vector<std::string> outputs() const
    {
        return {"is_holiday", "days_to_holiday", "days_since_holiday"};
    }
    int warmUp() const { return 0; }
    void checkSeries(const Series& layout) const { requireClock(layout, "holidays"); }
    void start() {}
    void push(Timestamp stamp, std::span<double> out)
    {
        const auto day = dayOf(stamp);
        if (!days.isNew(day))
            return;
        readYear(static_cast<int>(date::year_month_day(day).year()));
        const DayNumber today = day.time_since_epoch().count();
        const auto next = std::ranges::lower_bound(known, today);
        const auto after = std::ranges::upper_bound(known, today);
        const auto until = [&](DayNumber distance) {
            return static_cast<double>(std::min<DayNumber>(distance, horizon));
        };
        out[0] = next != after ? 1.0 : 0.0;
        out[1] = next != known.end() ? until(*next - today) : horizon;
        out[2] = after != known.begin() ? until(today - *std::prev(after)) : horizon;
    }

private:
    void readYear(int wanted)
    {
        if (wanted == year && !known.empty())
            return;
        year = wanted;
        known.clear();
        for (int each = year - 1; each <= year + 1; ++each)
            for (const DayNumber day : holidaysOf(calendar, each))
                known.push_back(day);
        std::ranges::sort(known);
    }
};

struct TimeIndex {
    void describe(ParamVisitor&) {}
    std::vector<std::string> inputs() const { return {}; }
    std::vector<std::string> outputs() const { return {"time_index"}; }
    int warmUp() const { return 0; }
    void checkSeries(const Series& layout) const { requireClock(layout, "time_index"); }
    void start() {}
    double push(Timestamp stamp)
    {
        constexpr double start2000 = 946684800e6;
        return (static_cast<double>(stamp) - start2000) / (365.2425 * microsPerDay);
    }
};

}  // namespace

std::vector<FeatureEntry> timeFeatures()
{
    return {
        featureOf<Calendar>(
            {.id = "calendar",
             .label = TR("engine", "Calendar"),
             .help = TR("engine", "Time of day, day and month as points on circles."),
             .formula = "sin(2 pi p) and cos(2 pi p), p the place in the day, week, month or year",
             .source = "Bloomfield, Fourier Analysis of Time Series, 1976",
             .unit = "-1..1",
             .knowledge = Knowledge::Future}),
        featureOf<CalendarFlags>(
            {.id = "calendar_flags",
             .label = TR("engine", "Calendar flags"),
             .help = TR("engine", "Weekends and the edges of months, quarters and years."),
             .formula = "1 on Saturday and Sunday; on the first and the last day of a month; "
                        "on the last of a quarter and of a year; in UTC",
             .source = "ISO 8601",
             .unit = "0, 1",
             .knowledge = Knowledge::Future}),
        featureOf<Fourier>(
            {.id = "fourier",
             .label = TR("engine", "Fourier terms"),
             .help = TR("engine", "Waves of one period and its fractions, for smooth seasons."),
             .formula = "sin(2 pi k t / P), cos(2 pi k t / P), k = 1 .. order, t since 1970 in UTC",
             .source = "Bloomfield, Fourier Analysis of Time Series, 1976",
             .unit = "-1..1",
             .knowledge = Knowledge::Future}),
        featureOf<Holidays>(
            {.id = "holidays",
             .label = TR("engine", "Holidays"),
             .help =
                 TR("engine", "Whether the day is a holiday, and the days to the next and since the last."),
             .formula =
                 "fixed days, n-th weekdays of a month and days around Easter, in UTC; days counted up to "
                 "the horizon, 0 on the day itself",
             .source =
                 "NYSE Rule 7.2; 5 U.S.C. 6103; Banking and Financial Dealings Act 1971; European Central "
                 "Bank, 14 December 2000; holiday acts of the German states",
             .unit = "0, 1; days",
             .knowledge = Knowledge::Future}),
        featureOf<TimeIndex>({.id = "time_index",
                              .label = TR("engine", "Time"),
                              .help = TR("engine", "The time itself, for trends."),
                              .formula = "years since 2000-01-01, of 365.2425 days",
                              .source = "ISO 8601",
                              .unit = "years",
                              .knowledge = Knowledge::Future}),
    };
}

}  // namespace fc
