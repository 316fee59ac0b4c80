// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <span>
#include <vector>

namespace fc::ui {

/// Which time belongs to which row, and where a time axis over evenly spaced rows has its labels. All times
/// in UTC.
class RowClock {
public:
    struct Tick {
        double row;
        QString label;
    };

    RowClock() = default;
    /// `times` (seconds, rising) stay where they are as long as the clock is used. Without a clock they count
    /// rows.
    RowClock(std::span<const double> times, bool hasClock);

    /// Stamps of the rows after the last; beyond those, the common step goes on.
    void setFuture(std::vector<double> times) { m_future = std::move(times); }

    /// Time of the row nearest to `row`.
    double timeOf(double row) const;
    /// First row at or after `time`.
    double rowOf(double time) const;
    /// "Wed 10 Apr 2024 17:00"; days alone for daily rows; "# 17" without a clock.
    QString stamp(double row) const;

    /// At most about `most` labels where days, months or round times begin.
    std::vector<Tick> ticks(double fromRow, double toRow, int most) const;

private:
    std::vector<Tick> rowTicks(double fromRow, double toRow, int most) const;

    std::span<const double> m_times;
    std::vector<double> m_future;
    bool m_hasClock = false;
    double m_step = 1;  ///< most common difference, seconds
};

}  // namespace fc::ui
