// SPDX-License-Identifier: GPL-3.0-or-later
#include <date/tz.h>
#include <stdexcept>

#include "engine/base/error.h"
#include "engine/io/encoding.h"
#include "engine/io/import_stamp.h"
#include "engine/io/import_time.h"

namespace fc {

TimeZoneRule::TimeZoneRule(const std::string& name)
{
    if (name == "UTC" || name == "Z" || name.empty())
        return;
    if (const auto stamp = readStamp("2000-01-01T00:00" + name); stamp && stamp->offsetMinutes) {
        m_offsetMicros = *stamp->offsetMinutes * 60'000'000LL;
        return;
    }
    try {
        m_zone = date::locate_zone(name);
    } catch (const std::runtime_error&) {
        throw UsageError(
            Message(TR("engine",
                       "There is no time zone %1 on this computer. Give UTC, an offset such as +02:00, "
                       "or a name such as Europe/Berlin."),
                    quotedText(name)));
    }
}

TimeZoneRule::Utc TimeZoneRule::toUtc(std::int64_t localMicros) const
{
    if (m_zone == nullptr)
        return {localMicros - m_offsetMicros, Kind::Unique};
    const date::local_time<std::chrono::microseconds> local{std::chrono::microseconds(localMicros)};
    const auto info =
        static_cast<const date::time_zone*>(m_zone)->get_info(date::floor<std::chrono::seconds>(local));
    const std::int64_t offset =
        std::chrono::duration_cast<std::chrono::microseconds>(info.first.offset).count();
    const Kind kind = info.result == date::local_info::nonexistent ? Kind::Skipped
                      : info.result == date::local_info::ambiguous ? Kind::Repeated
                                                                   : Kind::Unique;
    return {localMicros - offset, kind};
}

}  // namespace fc
