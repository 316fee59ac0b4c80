// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string_view>

#include "engine/data/series.h"

namespace fc {

/// Cuts time into longer bars: "15min", "4h", "1d", "1w", "1month", "1quarter", "1year" in UTC, weeks from
/// Monday; "12rows" by counting.
class TimeFrame {
public:
    /// Throws UsageError when the text is no time frame.
    explicit TimeFrame(std::string_view text);

    bool countsRows() const { return m_unit == Unit::Rows; }
    /// Rows of a bar at least.
    int leastRows() const { return countsRows() ? static_cast<int>(m_length) : 1; }
    /// Number of the bar that holds the row; larger for later bars. row: from 0.
    std::int64_t barOf(Timestamp stamp, std::int64_t row) const;

private:
    enum class Unit { Rows, Micros, Weeks, Months };

    Unit m_unit = Unit::Rows;
    std::int64_t m_length = 1;
};

}  // namespace fc
