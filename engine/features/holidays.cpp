// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/features/holidays.h"

#include <algorithm>
#include <cassert>
#include <chrono>
#include <date/date.h>
#include <map>

namespace fc {

namespace {

/// What happens when a fixed day falls on a weekend.
enum class Observed {
    AsIs,
    Nearest,       ///< Saturday: the Friday before; Sunday: the Monday after
    SundayOnly,    ///< Sunday: the Monday after; Saturday: no day off
    NextMonday,    ///< either: the Monday after
    AfterWeekend,  ///< either: two days later, behind another holiday that took the Monday
};

struct Rule {
    enum class Kind { Fixed, Weekday, Easter, Once } kind;
    int a = 0;  ///< Fixed, Weekday, Once: month; Easter: days after Easter Sunday
    int b = 0;  ///< Fixed, Once: day; Weekday: ISO weekday
    int c = 0;  ///< Weekday: which one of the month, -1 the last; Once: the year
    Observed observed = Observed::AsIs;
    int from = 0;
    int until = 9999;
    std::vector<int> except = {};  ///< years in which the day was moved
};

Rule fixed(int month, int day, Observed observed = Observed::AsIs, int from = 0, int until = 9999)
{
    return {Rule::Kind::Fixed, month, day, 0, observed, from, until};
}
Rule weekday(int month, int weekday, int which, int from = 0, std::vector<int> except = {})
{
    return {Rule::Kind::Weekday, month, weekday, which, Observed::AsIs, from, 9999, std::move(except)};
}
Rule easter(int days, int from = 0)
{
    return {Rule::Kind::Easter, days, 0, 0, Observed::AsIs, from};
}
Rule once(int year, int month, int day)
{
    return {Rule::Kind::Once, month, day, year};
}

constexpr int monday = 1;
constexpr int thursday = 4;
constexpr int last = -1;
constexpr int goodFriday = -2;
constexpr int easterMonday = 1;

/// New York Stock Exchange, Rule 7.2; Martin Luther King Day since 1998, Juneteenth since 2022.
std::vector<Rule> usMarket()
{
    return {fixed(1, 1, Observed::SundayOnly), weekday(1, monday, 3, 1998),
            weekday(2, monday, 3, 1971),       easter(goodFriday),
            weekday(5, monday, last, 1971),    fixed(6, 19, Observed::Nearest, 2022),
            fixed(7, 4, Observed::Nearest),    weekday(9, monday, 1),
            weekday(11, thursday, 4),          fixed(12, 25, Observed::Nearest)};
}

/// United States Code, title 5, section 6103; days on weekends by Executive Order 11582 of 1971.
std::vector<Rule> usFederal()
{
    return {fixed(1, 1, Observed::Nearest),
            weekday(1, monday, 3, 1986),
            weekday(2, monday, 3, 1971),
            weekday(5, monday, last, 1971),
            fixed(6, 19, Observed::Nearest, 2021),
            fixed(7, 4, Observed::Nearest),
            weekday(9, monday, 1),
            weekday(10, monday, 2, 1971),
            fixed(11, 11, Observed::Nearest, 1978),
            weekday(11, thursday, 4),
            fixed(12, 25, Observed::Nearest)};
}

/// England and Wales: Banking and Financial Dealings Act 1971 and royal proclamations.
std::vector<Rule> unitedKingdom()
{
    return {fixed(1, 1, Observed::NextMonday, 1974),
            easter(goodFriday),
            easter(easterMonday),
            weekday(5, monday, 1, 1978, {1995, 2020}),
            weekday(5, monday, last, 1971, {2002, 2012, 2022}),
            weekday(8, monday, last, 1971),
            fixed(12, 25, Observed::AfterWeekend),
            fixed(12, 26, Observed::AfterWeekend),
            once(1995, 5, 8),
            once(1999, 12, 31),
            once(2002, 6, 3),
            once(2002, 6, 4),
            once(2011, 4, 29),
            once(2012, 6, 4),
            once(2012, 6, 5),
            once(2020, 5, 8),
            once(2022, 6, 2),
            once(2022, 6, 3),
            once(2022, 9, 19),
            once(2023, 5, 8)};
}

/// Payment system of the euro area: European Central Bank, 14 December 2000, for the years from 2002 on.
std::vector<Rule> target()
{
    return {fixed(1, 1, Observed::AsIs, 2000),   easter(goodFriday, 2000),
            easter(easterMonday, 2000),          fixed(5, 1, Observed::AsIs, 2000),
            fixed(12, 25, Observed::AsIs, 2000), fixed(12, 26, Observed::AsIs, 2000)};
}

/// Days that all states of Germany have: their holiday acts; 3 October by the Unification Treaty, article 2.
std::vector<Rule> germany()
{
    return {fixed(1, 1),
            easter(goodFriday),
            easter(easterMonday),
            fixed(5, 1),
            easter(39),
            easter(50),
            fixed(10, 3, Observed::AsIs, 1990),
            fixed(12, 25),
            fixed(12, 26),
            once(2017, 10, 31)};
}

DayNumber numberOf(date::sys_days day)
{
    return day.time_since_epoch().count();
}

date::sys_days fixedDay(int year, int month, int day)
{
    return date::year(year) / month / day;
}

DayNumber observedDay(const Rule& rule, int year)
{
    const date::sys_days day = fixedDay(year, rule.a, rule.b);
    const unsigned iso = date::weekday(day).iso_encoding();
    if (iso < 6 || rule.observed == Observed::AsIs)
        return numberOf(day);
    const bool isSaturday = iso == 6;
    switch (rule.observed) {
        case Observed::Nearest:
            return numberOf(day) + (isSaturday ? -1 : 1);
        case Observed::NextMonday:
            return numberOf(day) + (isSaturday ? 2 : 1);
        case Observed::AfterWeekend:
            return numberOf(day) + 2;
        case Observed::SundayOnly:
            return numberOf(day) + (isSaturday ? 0 : 1);  // a Saturday is closed anyway
        case Observed::AsIs:
            break;
    }
    return numberOf(day);
}

DayNumber weekdayOf(const Rule& rule, int year)
{
    const date::weekday wanted(static_cast<unsigned>(rule.b) % 7);
    const date::year_month month = date::year(year) / rule.a;
    if (rule.c == last)
        return numberOf(date::sys_days(month / wanted[date::last]));
    return numberOf(date::sys_days(month / wanted[static_cast<unsigned>(rule.c)]));
}

}  // namespace

DayNumber easterSunday(int year)
{
    // Meeus, Astronomical Algorithms, 1991, chapter 8.
    const int a = year % 19;
    const int b = year / 100;
    const int c = year % 100;
    const int h = (19 * a + b - b / 4 - (b - (b + 8) / 25 + 1) / 3 + 15) % 30;
    const int l = (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7;
    const int m = (a + 11 * h + 22 * l) / 451;
    const int sum = h + l - 7 * m + 114;
    return numberOf(fixedDay(year, sum / 31, sum % 31 + 1));
}

const std::vector<std::string>& holidayCalendars()
{
    static const std::vector<std::string> names = {"us_market", "us_federal", "uk", "target", "germany"};
    return names;
}

std::vector<DayNumber> holidaysOf(const std::string& calendar, int year)
{
    static const std::map<std::string, std::vector<Rule>> rules = {{"us_market", usMarket()},
                                                                   {"us_federal", usFederal()},
                                                                   {"uk", unitedKingdom()},
                                                                   {"target", target()},
                                                                   {"germany", germany()}};
    assert(rules.contains(calendar));
    std::vector<DayNumber> days;
    for (const Rule& rule : rules.at(calendar)) {
        if (year < rule.from || year > rule.until || std::ranges::count(rule.except, year) > 0)
            continue;
        switch (rule.kind) {
            case Rule::Kind::Fixed:
                days.push_back(observedDay(rule, year));
                break;
            case Rule::Kind::Weekday:
                days.push_back(weekdayOf(rule, year));
                break;
            case Rule::Kind::Easter:
                days.push_back(easterSunday(year) + rule.a);
                break;
            case Rule::Kind::Once:
                if (year == rule.c)
                    days.push_back(numberOf(fixedDay(year, rule.a, rule.b)));
                break;
        }
    }
    std::ranges::sort(days);
    return days;
}

}  // namespace fc
