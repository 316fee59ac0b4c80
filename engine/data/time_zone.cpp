// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/data/time_zone.h"

#include <chrono>
#include <date/tz.h>
#include <optional>
#include <stdexcept>

#include "engine/base/atomic_file.h"
#include "engine/base/error.h"

namespace fc {

namespace {

/// "+02:00", "-0530" or "+2" as minutes.
std::optional<int> offsetMinutes(const std::string& text)
{
    if (text.size() < 2 || text.size() > 6 || (text[0] != '+' && text[0] != '-'))
        return std::nullopt;
    std::string digits;
    for (std::size_t i = 1; i < text.size(); ++i) {
        if (text[i] == ':' && i == 3)
            continue;
        if (text[i] < '0' || text[i] > '9')
            return std::nullopt;
        digits += text[i];
    }
    if (digits.size() != 1 && digits.size() != 2 && digits.size() != 4)
        return std::nullopt;
    const int hours = std::stoi(digits.substr(0, 2));
    const int minutes = digits.size() == 4 ? std::stoi(digits.substr(2)) : 0;
    if (hours > 23 || minutes > 59)
        return std::nullopt;
    return (text[0] == '-' ? -1 : 1) * (hours * 60 + minutes);
}

std::int64_t micros(std::chrono::seconds offset)
{
    return std::chrono::duration_cast<std::chrono::microseconds>(offset).count();
}

}  // namespace

TimeZoneRule::TimeZoneRule(const std::string& name)
{
    if (name == "UTC" || name == "Z" || name.empty())
        return;
    if (const std::optional<int> minutes = offsetMinutes(name)) {
        m_offsetMicros = *minutes * 60'000'000LL;
        return;
    }
    try {
        m_zone = date::locate_zone(name);
    } catch (const std::runtime_error&) {
        throw UsageError(
            Message(TR("engine",
                       "There is no time zone \"%1\" on this computer. Give UTC, an offset such as +02:00, "
                       "or a name such as Europe/Berlin."),
                    displayPath(name)));
    }
}

TimeZoneRule::Utc TimeZoneRule::toUtc(std::int64_t localMicros) const
{
    if (m_zone == nullptr)
        return {localMicros - m_offsetMicros, Kind::Unique, localMicros - m_offsetMicros};
    const date::local_time<std::chrono::microseconds> local{std::chrono::microseconds(localMicros)};
    const auto info =
        static_cast<const date::time_zone*>(m_zone)->get_info(date::floor<std::chrono::seconds>(local));
    const Timestamp first = localMicros - micros(info.first.offset);
    if (info.result == date::local_info::nonexistent)
        return {first, Kind::Skipped, first};
    if (info.result == date::local_info::ambiguous)
        return {first, Kind::Repeated, localMicros - micros(info.second.offset)};
    return {first, Kind::Unique, first};
}

std::int64_t TimeZoneRule::toLocal(Timestamp utc) const
{
    if (m_zone == nullptr)
        return utc + m_offsetMicros;
    const std::chrono::sys_time<std::chrono::microseconds> instant{std::chrono::microseconds(utc)};
    return utc + micros(static_cast<const date::time_zone*>(m_zone)
                            ->get_info(date::floor<std::chrono::seconds>(instant))
                            .offset);
}

}  // namespace fc
