// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "engine/store/records.h"

namespace fc {

/// One metric of one part ("train", "validation", "test"); `missing` (NaN) when the run has none.
double metricOf(const MetricsByPart& metrics, const std::string& part, const std::string& name);

}  // namespace fc
