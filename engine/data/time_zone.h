// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>

#include "engine/data/series.h"

namespace fc {

/// Between what a clock on the wall shows and UTC.
class TimeZoneRule {
public:
    /// "UTC", "+02:00" or an IANA name. Throws UsageError for anything else.
    explicit TimeZoneRule(const std::string& name);

    enum class Kind { Unique, Skipped, Repeated };
    struct Utc {
        Timestamp micros = 0;
        /// Skipped: the clock never showed this; `micros` is as far after the jump as it is after the skipped
        /// hour began. Repeated: it showed this twice; `micros` is the first, `later` the second.
        Kind kind = Kind::Unique;
        Timestamp later = 0;  ///< equal to `micros` unless Repeated
    };
    Utc toUtc(std::int64_t localMicros) const;

    /// What the clock shows, as microseconds since 1970-01-01 there.
    std::int64_t toLocal(Timestamp utc) const;

private:
    std::int64_t m_offsetMicros = 0;
    const void* m_zone = nullptr;  ///< date::time_zone, alive as long as the program
};

}  // namespace fc
