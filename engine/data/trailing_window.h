// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace fc {

/// What is taken of the last n values.
enum class WindowKind { Lag, Difference, Mean, Deviation, Sum, Lowest, Highest };

inline constexpr int largestWindow = 100'000;

/// A number out of the last values of a stream; missing until there are enough, and while a missing value is
/// among those it looks at. Lag and Difference look at the value `rows` before and at this one, the others at
/// this one and the rows - 1 before; Deviation is the sample's (divisor rows - 1).
///
/// Nothing is ever subtracted from a running sum, so nothing drifts and a huge value leaves no trace once it
/// is out of the window: the window is the end of the previous block of `rows` values, summed up backwards
/// when the block was full, joined with the current block so far (van Herk, 1992).
class TrailingWindow {
public:
    /// Needs rows >= smallestWindow(kind).
    TrailingWindow(WindowKind kind, int rows);

    /// The next value of the stream comes in, the window's value goes out.
    double next(double value);

private:
    /// Count, mean and squared deviations of some values in a row; or their sum, lowest, highest in `mean`.
    struct Part {
        double count = 0;
        double mean = 0;
        double squares = 0;
    };
    Part joined(const Part& a, const Part& b) const;
    double result(const Part& window) const;
    void closeBlock();

    WindowKind m_kind;
    std::size_t m_rows;
    std::vector<double> m_block;  ///< the current block, oldest first; Lag and Difference: a ring
    std::vector<Part> m_ends;  ///< m_ends[i]: values i … of the previous block; empty before there is one
    Part m_sum;                ///< of the current block
    std::size_t m_seen = 0;
};

/// Fewest rows the window makes sense with.
int smallestWindow(WindowKind kind);

/// Rows at the start for which the window has no value.
int warmUpOf(WindowKind kind, int rows);

}  // namespace fc
