// SPDX-License-Identifier: GPL-3.0-or-later
// Terms of the time stamp alone: known for any row to come.
#include <chrono>
#include <date/date.h>
#include <numbers>

#include "engine/features/indicators.h"

namespace fc {

namespace {

void requireClock(const Series& layout, std::string_view feature)
{
    if (layout.hasClock)
        return;
    throw Error(Message(TR("engine",
                           "The feature \"%1\" needs time stamps, but the rows of \"%2\" are only "
                           "numbered. Leave the feature out."),
                        feature, layout.name));
}

struct Calendar {
    bool hourOfDay = true;
    bool dayOfWeek = true;
    bool dayOfMonth = false;
    bool monthOfYear = true;

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
        std::size_t at = 0;
        for (const double turn : turns(stamp)) {
            out[at++] = std::sin(2.0 * std::numbers::pi * turn);
            out[at++] = std::cos(2.0 * std::numbers::pi * turn);
        }
    }

private:
    /// Position in each wanted cycle, in [0, 1).
    std::vector<double> turns(Timestamp stamp) const
    {
        using Moment = std::chrono::time_point<std::chrono::system_clock, std::chrono::microseconds>;
        const Moment moment{std::chrono::microseconds(stamp)};
        const auto day = date::floor<date::days>(moment);
        const date::year_month_day calendar(day);
        const date::year_month_day_last last(calendar.year() / calendar.month() / date::last);
        std::vector<double> out;
        if (hourOfDay)
            out.push_back(static_cast<double>((moment - day).count()) / 86400e6);
        if (dayOfWeek)
            out.push_back((date::weekday(day).iso_encoding() - 1.0) / 7.0);
        if (dayOfMonth)
            out.push_back((static_cast<unsigned>(calendar.day()) - 1.0) / static_cast<unsigned>(last.day()));
        if (monthOfYear)
            out.push_back((static_cast<unsigned>(calendar.month()) - 1.0) / 12.0);
        return out;
    }
};

}  // namespace

std::vector<FeatureEntry> timeFeatures()
{
    return {featureOf<Calendar>(
        {.id = "calendar",
         .label = TR("engine", "Calendar"),
         .help = TR("engine", "Time of day, day and month as points on circles."),
         .formula = "sin(2 pi p) and cos(2 pi p), p the place in the day, week, month or year",
         .source = "Bloomfield, Fourier Analysis of Time Series, 1976",
         .unit = "-1..1",
         .knowledge = Knowledge::Future})};
}

}  // namespace fc
