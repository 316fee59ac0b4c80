// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/io/sheet_format.h"

#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>

#include "engine/data/series.h"

namespace fc {

namespace {

constexpr std::int64_t millisPerDay = 86'400'000;

std::string clockText(std::int64_t ofDay)
{
    std::array<char, 24> out;
    const auto part = [&](std::int64_t unit, std::int64_t count) {
        return static_cast<int>(ofDay / unit % count);
    };
    const int size = std::snprintf(out.data(), out.size(), "%02d:%02d:%02d.%03d", part(3'600'000, 24),
                                   part(60'000, 60), part(1000, 60), part(1, 1000));
    return std::string(out.data(), static_cast<std::size_t>(size) - (ofDay % 1000 == 0 ? 4 : 0));
}

}  // namespace

SheetFormat builtInFormat(int id)
{
    if ((id >= 14 && id <= 17) || id == 22 || (id >= 27 && id <= 31) || id == 36 || (id >= 50 && id <= 58))
        return SheetFormat::Date;
    if ((id >= 18 && id <= 21) || (id >= 32 && id <= 35) || (id >= 45 && id <= 47))
        return SheetFormat::Clock;
    return SheetFormat::Number;
}

SheetFormat formatOfCode(std::string_view code)
{
    bool day = false;
    bool clock = false;
    bool month = false;
    for (std::size_t i = 0; i < code.size() && code[i] != ';'; ++i) {
        const char c = static_cast<char>(code[i] | 0x20);
        if (code[i] == '"' || code[i] == '[') {
            // Texts, colors and locales; but [h] counts hours.
            const std::size_t end = code.find(code[i] == '"' ? '"' : ']', i + 1);
            const std::string_view inside =
                code.substr(i + 1, end == std::string_view::npos ? end : end - i - 1);
            clock |= code[i] == '[' && !inside.empty() &&
                     inside.find_first_not_of("hHmMsS") == std::string_view::npos;
            i = end == std::string_view::npos ? code.size() : end;
        } else if (code[i] == '\\' || code[i] == '_' || code[i] == '*') {
            ++i;
        } else if (code.compare(i, 7, "General") == 0) {
            i += 6;
        } else {
            day |= c == 'd' || c == 'y';
            clock |= c == 'h' || c == 's';
            month |= c == 'm';
        }
    }
    if (day || (month && !clock))
        return SheetFormat::Date;
    return clock ? SheetFormat::Clock : SheetFormat::Number;
}

std::string sheetDate(double days, SheetFormat format, bool from1904)
{
    constexpr double lastDay = 2'958'466;  // the 1st of January 10000
    constexpr std::int64_t unixEpoch = 25'569;
    constexpr std::int64_t shift1904 = 1'462;
    if (!(days >= 0) || days >= lastDay)
        return {};
    const std::int64_t millis = std::llround(days * static_cast<double>(millisPerDay));
    if (format == SheetFormat::Clock && millis < millisPerDay)
        return clockText(millis);
    // The day 60 is a 29th of February 1900 that never was; the days before it count from one day later.
    const std::int64_t day = millis / millisPerDay + (from1904 ? shift1904 : 0);
    if (!from1904 && (day == 60 || day == 0))
        return {};
    const std::int64_t real = day < 60 && !from1904 ? day + 1 : day;
    const std::int64_t ofDay = millis % millisPerDay;
    const Timestamp midnight = (real - unixEpoch) * millisPerDay * 1000;
    return formatTimestamp(midnight, false).substr(0, 10) + (ofDay == 0 ? "" : " " + clockText(ofDay));
}

}  // namespace fc
