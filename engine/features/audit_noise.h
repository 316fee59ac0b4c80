// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/rng.h"
#include "engine/data/series.h"

namespace fc {

/// The series with all columns from `row` on replaced: values of the column's own kind (above 0 where all
/// are) but far beyond its range, so that means, extremes and comparisons all notice. The first replaced row
/// is the highest (`risesFirst`) or the lowest of its column and the next one the other. Missing values at
/// the end of a column stay missing.
Series withNoiseFrom(Series series, std::int64_t row, bool risesFirst, Rng& rng);

}  // namespace fc
