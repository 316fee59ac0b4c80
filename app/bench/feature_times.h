// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/features/feature.h"

namespace fc::app {

/// Seconds of one core that features take over made-up minute bars.
struct FeatureTimes {
    struct One {
        std::string feature;
        double seconds = 0;
    };
    double together = 0;      ///< seconds for all of them in one call, the table kept
    double rowByRow = 0;      ///< microseconds for one row through all of them
    std::size_t columns = 0;  ///< outputs of all
    std::vector<One> each;    ///< slowest first
};

/// rows: at least 1000.
FeatureTimes measureFeatures(const std::vector<FeatureSpec>& specs, std::int64_t rows);

}  // namespace fc::app
