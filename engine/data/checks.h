// SPDX-License-Identifier: GPL-3.0-or-later
// The report on a series: what is odd, where, and what can be done about it. Nothing is repaired unless a
// person chooses a remedy (remedies.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/message.h"
#include "engine/data/calendar.h"
#include "engine/data/series.h"

namespace fc {

enum class Severity { Information, Warning };
/// "information", "warning".
std::string severityName(Severity severity);

struct Finding {
    std::string code;  ///< of a Fault, or "gaps"
    Severity severity = Severity::Information;
    std::string column;                    ///< empty for the time axis
    std::int64_t count = 0;                ///< rows; for gaps, stamps that are missing
    std::vector<std::size_t> rows = {};    ///< the first few, from 0; of a gap the row after it
    std::vector<std::int64_t> lines = {};  ///< of an import: the physical lines of `rows`, from 1
    Message text;
    std::vector<std::string> remedies = {};  ///< ids; "keep" first
};

/// How many rows a finding lists.
inline constexpr std::size_t listedRows = 10;

/// Warnings first. `calendar` is detected when there is none.
std::vector<Finding> checkSeries(const Series& series, const std::optional<TradingCalendar>& calendar = {});

}  // namespace fc
