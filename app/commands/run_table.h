// SPDX-License-Identifier: GPL-3.0-or-later
// Many runs at a glance.
#pragma once

#include <string>
#include <vector>

#include "engine/store/records.h"

namespace fc::app {

/// One line a run.
std::string runList(const std::vector<RunRecord>& runs);

/// One column a run: metrics of the test part, then settings and environment where they differ.
std::string comparison(const std::vector<RunRecord>& runs);

}  // namespace fc::app
