// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/runs/services.h"

namespace fc {

/// Every setting of one run, sorted to those who use it.
struct RunSettings {
    Recipe recipe;
    TrainPlan plan;
    ParamValues model;
    ParamValues all;  ///< defaults included
};

/// `values` over the defaults. Throws UsageError naming the setting, and the nearest one when it is unknown.
RunSettings resolveSettings(const ModelEntry& entry, const ParamValues& values);

}  // namespace fc
