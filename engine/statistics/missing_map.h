// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace fc {

/// Where values are missing: the share of missing values in stretches of equal length.
struct MissingMap {
    std::int64_t rowsPerBin = 1;
    std::vector<std::vector<double>> shares;  ///< [column][bin], 0 .. 1
};

/// At most `maxBins` stretches; the last one may be shorter. Columns of equal length.
MissingMap missingMap(const std::vector<std::span<const double>>& columns, int maxBins = 400);

}  // namespace fc
