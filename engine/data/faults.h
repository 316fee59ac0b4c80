// SPDX-License-Identifier: GPL-3.0-or-later
// Where the values of a series make no sense, or are worth a look.
#pragma once

#include <string>
#include <vector>

#include "engine/data/series.h"

namespace fc {

/// A change is a spike when it is more than so many robust standard deviations (1.4826 x the median of the
/// absolute distances from the median) away from the median change, and the next change undoes it.
inline constexpr double spikeDeviations = 10;
/// So many equal values in a row are stale, in a column whose value nearly always changes.
inline constexpr std::size_t staleRows = 10;

/// All rows of one kind of fault in one column.
struct Fault {
    std::string code;  ///< high_below_low, open_outside, close_outside, negative_volume, negative_price,
                       ///< zero_price, zero_volume, spike, stale, missing_values, duplicate_time, unsorted
    std::size_t column = 0;  ///< place in series.columns; the high for high_below_low; no meaning for times
    std::vector<std::size_t> rows;  ///< ascending; not empty
};

/// In the order of the codes above, then of the columns. Changes are differences of logarithms where a column
/// is positive throughout, else of values. Takes time proportional to the number of cells.
std::vector<Fault> findFaults(const Series& series);
/// Those of one kind.
std::vector<Fault> findFaults(const Series& series, const std::string& code);

}  // namespace fc
