// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "engine/store/records.h"

namespace fc::ui {

/// One row a run; the metrics of validation and test stand beside those of the naive forecasts.
std::string runCsv(const std::vector<RunRecord>& runs);

}  // namespace fc::ui
