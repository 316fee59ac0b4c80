// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/data/series.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <date/date.h>

namespace fc {

namespace {

constexpr Timestamp microsPerDay = 86'400'000'000;

using Stamp = std::chrono::sys_time<std::chrono::microseconds>;

std::string lower(std::string_view text)
{
    std::string out(text);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z')
            c = static_cast<char>(c - 'A' + 'a');
    return out;
}

/// `text[begin, begin + count)` as a number of digits only; -1 for anything else.
int digits(std::string_view text, size_t begin, size_t count)
{
    if (begin + count > text.size())
        return -1;
    int value = 0;
    for (const char c : text.substr(begin, count)) {
        if (c < '0' || c > '9')
            return -1;
        value = value * 10 + (c - '0');
    }
    return value;
}

/// ".5" .. ".123456" as microseconds; -1 for anything else.
int fraction(std::string_view text)
{
    if (text.size() < 2 || text.size() > 7 || text[0] != '.')
        return -1;
    int value = digits(text, 1, text.size() - 1);
    for (size_t i = text.size(); value > 0 && i < 7; ++i)
        value *= 10;
    return value;
}

}  // namespace

std::string formatTimestamp(Timestamp t, bool withTime)
{
    const auto day = date::floor<date::days>(Stamp(std::chrono::microseconds(t)));
    const date::year_month_day ymd(day);
    const Timestamp ofDay = t - day.time_since_epoch().count() * microsPerDay;
    std::array<char, 64> buffer;
    std::snprintf(buffer.data(), buffer.size(), "%04d-%02u-%02u", static_cast<int>(ymd.year()),
                  static_cast<unsigned>(ymd.month()), static_cast<unsigned>(ymd.day()));
    std::string out = buffer.data();
    if (!withTime && ofDay == 0)
        return out;
    const auto seconds = static_cast<int>(ofDay / 1'000'000);
    std::snprintf(buffer.data(), buffer.size(), "T%02d:%02d:%02d", seconds / 3600, seconds / 60 % 60,
                  seconds % 60);
    out += buffer.data();
    if (const auto micros = static_cast<int>(ofDay % 1'000'000)) {
        std::snprintf(buffer.data(), buffer.size(), ".%06d", micros);
        out += buffer.data();
        out.erase(out.find_last_not_of('0') + 1);
    }
    return out + 'Z';
}

std::optional<Timestamp> parseTimestamp(std::string_view iso)
{
    if (iso.size() < 10 || iso[4] != '-' || iso[7] != '-')
        return std::nullopt;
    const int year = digits(iso, 0, 4);
    const int month = digits(iso, 5, 2);
    const int day = digits(iso, 8, 2);
    if (year < 0 || month < 1 || day < 1)
        return std::nullopt;
    const date::year_month_day ymd{date::year(year), date::month(static_cast<unsigned>(month)),
                                   date::day(static_cast<unsigned>(day))};
    if (!ymd.ok())
        return std::nullopt;
    const Timestamp midnight = date::sys_days(ymd).time_since_epoch().count() * microsPerDay;
    if (iso.size() == 10)
        return midnight;
    if (iso.size() < 20 || iso[10] != 'T' || iso[13] != ':' || iso[16] != ':' || iso.back() != 'Z')
        return std::nullopt;
    const int hour = digits(iso, 11, 2);
    const int minute = digits(iso, 14, 2);
    const int second = digits(iso, 17, 2);
    const int micros = iso.size() == 20 ? 0 : fraction(iso.substr(19, iso.size() - 20));
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59 || micros < 0)
        return std::nullopt;
    return midnight + (hour * 3600LL + minute * 60 + second) * 1'000'000 + micros;
}

const Column* Series::column(std::string_view nameOrRole) const
{
    const std::string wanted = lower(nameOrRole);
    for (const Column& c : columns)
        if (lower(c.name) == wanted)
            return &c;
    for (const Column& c : columns)
        if (!c.role.empty() && lower(c.role) == wanted)
            return &c;
    return nullptr;
}

bool Series::isMarket() const
{
    return std::ranges::all_of(std::array{"open", "high", "low", "close"}, [&](std::string_view role) {
        return std::ranges::any_of(columns, [&](const Column& c) { return c.role == role; });
    });
}

}  // namespace fc
