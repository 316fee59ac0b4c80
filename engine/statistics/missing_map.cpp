// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/statistics/missing_map.h"

#include <algorithm>
#include <cmath>

namespace fc {

MissingMap missingMap(const std::vector<std::span<const double>>& columns, int maxBins)
{
    MissingMap map;
    const auto rows = columns.empty() ? 0 : static_cast<std::int64_t>(columns.front().size());
    map.rowsPerBin = std::max<std::int64_t>(1, (rows + maxBins - 1) / maxBins);
    for (const std::span<const double> column : columns) {
        std::vector<double>& shares = map.shares.emplace_back();
        for (std::int64_t begin = 0; begin < rows; begin += map.rowsPerBin) {
            const std::int64_t count = std::min(map.rowsPerBin, rows - begin);
            const auto bin = column.subspan(static_cast<size_t>(begin), static_cast<size_t>(count));
            const auto absent = std::ranges::count_if(bin, [](double v) { return std::isnan(v); });
            shares.push_back(static_cast<double>(absent) / static_cast<double>(count));
        }
    }
    return map;
}

}  // namespace fc
