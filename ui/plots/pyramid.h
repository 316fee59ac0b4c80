// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace fc::ui {

/// One row, or several rows as one: first, highest, lowest, last, sum. NaN where there is nothing.
struct Bar {
    double open;
    double high;
    double low;
    double close;
    double volume;
};

/// A series at 1, 4, 16, 64 … rows a bar, so that any stretch of it can be shown by a bounded number of bars.
class Pyramid {
public:
    /// Columns of equal length; `volume` may be empty. They stay where they are as long as the pyramid is
    /// used.
    struct Columns {
        std::span<const double> open;
        std::span<const double> high;
        std::span<const double> low;
        std::span<const double> close;
        std::span<const double> volume;
    };

    /// Bar i stands for rows firstRow + i * rowsPerBar and on; the last one may stand for fewer.
    struct View {
        std::int64_t rowsPerBar = 1;
        std::int64_t firstRow = 0;
        std::vector<Bar> bars;

        /// Middle of bar i on the axis of rows.
        double middle(std::size_t i) const
        {
            return static_cast<double>(firstRow + static_cast<std::int64_t>(i) * rowsPerBar) +
                   static_cast<double>(rowsPerBar - 1) / 2;
        }
    };

    Pyramid() = default;
    explicit Pyramid(const Columns& columns);

    std::int64_t rows() const { return static_cast<std::int64_t>(m_columns.close.size()); }
    Bar row(std::int64_t row) const;

    /// The bars that touch rows `from` ... `to`, at the finest level with at most `most` of them (and one
    /// more at each end).
    View view(double from, double to, int most) const;

private:
    Bar bar(std::size_t level, std::size_t index) const;
    std::size_t barsAt(std::size_t level) const;

    Columns m_columns;
    std::vector<std::vector<Bar>> m_levels;  ///< 4, 16, 64 … rows a bar
};

}  // namespace fc::ui
