// SPDX-License-Identifier: GPL-3.0-or-later
// Calendars as text: "mon-fri 09:30-16:00, sat 10:00-14:00 Europe/Berlin".
#include <algorithm>
#include <array>
#include <cstdio>

#include "engine/base/error.h"
#include "engine/data/calendar.h"
#include "engine/data/names.h"
#include "engine/data/time_zone.h"

namespace fc {

namespace {

constexpr int minutesOfDay = 1440;
constexpr std::array<std::string_view, 7> dayNames = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

std::string clockText(int minute)
{
    std::array<char, 16> buffer;
    std::snprintf(buffer.data(), buffer.size(), "%02d:%02d", minute / 60, minute % 60);
    return buffer.data();
}

/// " 09:30-12:00 13:00-16:00"; nothing for a day that is open throughout.
std::string hoursOf(const TradingCalendar& calendar, int day)
{
    std::string out;
    const auto isOpen = [&](int m) {
        return calendar.open[static_cast<std::size_t>(day * minutesOfDay + m)];
    };
    for (int begin = 0; begin < minutesOfDay; ++begin) {
        if (!isOpen(begin))
            continue;
        int end = begin;
        while (end < minutesOfDay && isOpen(end))
            ++end;
        if (end - begin < minutesOfDay)
            out += " " + clockText(begin) + "-" + clockText(end);
        begin = end;
    }
    return out;
}

bool isClosed(const TradingCalendar& calendar, int day)
{
    for (int m = 0; m < minutesOfDay; ++m)
        if (calendar.open[static_cast<std::size_t>(day * minutesOfDay + m)])
            return false;
    return true;
}

std::vector<std::string_view> split(std::string_view text, char at)
{
    std::vector<std::string_view> out;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(at), text.size());
        if (end > 0)
            out.push_back(text.substr(0, end));
        text.remove_prefix(std::min(text.size(), end + 1));
    }
    return out;
}

int dayNamed(std::string_view name)
{
    const auto it = std::ranges::find_if(dayNames, [&](std::string_view d) { return sameName(d, name); });
    return it == dayNames.end() ? -1 : static_cast<int>(it - dayNames.begin());
}

/// "09:30" -> 570, "24:00" -> 1440; -1 for anything else.
int minuteNamed(std::string_view text)
{
    const auto digit = [&](std::size_t i) { return text[i] >= '0' && text[i] <= '9' ? text[i] - '0' : 100; };
    if (text.size() != 5 || text[2] != ':')
        return -1;
    const int hours = digit(0) * 10 + digit(1);
    const int minutes = digit(3) * 10 + digit(4);
    const int all = hours * 60 + minutes;
    return minutes < 60 && all <= minutesOfDay ? all : -1;
}

UsageError unreadable(std::string_view text)
{
    return UsageError(Message(TR("engine",
                                 "The calendar \"%1\" is none. Give auto, by_row, 24/7, business_days, or "
                                 "sessions such as \"mon-fri "
                                 "09:30-16:00\", with a time zone behind them where it is not the series'."),
                              text));
}

/// One day or a range of days with their sessions; false when the words are something else.
bool addSessions(TradingCalendar& calendar, const std::vector<std::string_view>& words)
{
    const std::vector<std::string_view> days = split(words.front(), '-');
    const int first = days.empty() ? -1 : dayNamed(days.front());
    const int last = days.empty() ? -1 : dayNamed(days.back());
    if (words.front().ends_with('-') || days.size() > 2 || first < 0 || last < 0)
        return false;
    std::vector<std::pair<int, int>> hours;
    for (std::size_t i = 1; i < words.size(); ++i) {
        const std::vector<std::string_view> ends = split(words[i], '-');
        if (ends.size() != 2 || minuteNamed(ends[0]) < 0 || minuteNamed(ends[1]) <= minuteNamed(ends[0]))
            return false;
        hours.emplace_back(minuteNamed(ends[0]), minuteNamed(ends[1]));
    }
    if (hours.empty())
        hours.emplace_back(0, minutesOfDay);
    for (int d = first;; d = (d + 1) % 7) {
        for (const auto& [begin, end] : hours)
            for (int m = begin; m < end; ++m)
                calendar.open[static_cast<std::size_t>(d * minutesOfDay + m)] = true;
        if (d == last)
            return true;
    }
}

}  // namespace

std::string TradingCalendar::text() const
{
    if (kind == Kind::ByRow)
        return "by_row";
    if (kind == Kind::Continuous)
        return "24/7";
    std::array<std::string, 7> hours;
    for (int d = 0; d < 7; ++d)
        hours[static_cast<std::size_t>(d)] = isClosed(*this, d) ? "-" : hoursOf(*this, d);
    std::string out;
    for (std::size_t d = 0; d < 7; ++d) {
        if (hours[d] == "-")
            continue;
        std::size_t last = d;
        while (last + 1 < 7 && hours[last + 1] == hours[d])
            ++last;
        out += out.empty() ? "" : ", ";
        out += std::string(dayNames[d]) + (last > d ? "-" + std::string(dayNames[last]) : "") + hours[d];
        d = last;
    }
    if (out == "mon-fri" && step >= 1440LL * 60'000'000)
        return "business_days";
    return zone == "UTC" ? out : out + " " + zone;
}

TradingCalendar parseCalendar(std::string_view text, const Series& series)
{
    if (text.empty() || text == "auto")
        return detectCalendar(series);
    TradingCalendar calendar;
    calendar.zone = series.timeZone;
    if (text == "by_row")
        return calendar;
    const Frequency frequency = detectFrequency(series);
    if (!series.hasClock || frequency.step <= 0)
        throw UsageError(
            Message(TR("engine",
                       "The stamps of the series \"%1\" keep no step, so that nothing is due under the "
                       "calendar \"%2\". Use by_row."),
                    series.name, text));
    calendar.step = frequency.step;
    calendar.months = frequency.months;
    calendar.kind = TradingCalendar::Kind::Continuous;
    if (text == "24/7")
        return calendar;
    calendar.months = 0;
    calendar.kind = TradingCalendar::Kind::Pattern;
    for (const std::string_view part : split(text == "business_days" ? "mon-fri" : text, ',')) {
        std::vector<std::string_view> words = split(part, ' ');
        if (words.size() > 1 && words.back().find(':') == std::string_view::npos) {
            calendar.zone = words.back();
            TimeZoneRule known(calendar.zone);  // throws when it is none
            words.pop_back();
        }
        if (words.empty() || !addSessions(calendar, words))
            throw unreadable(text);
    }
    if (calendar.open.none())
        throw unreadable(text);
    return calendar;
}

}  // namespace fc
