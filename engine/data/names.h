// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace fc {

/// Equal but for the case of A to Z, as column names are compared everywhere.
bool sameName(std::string_view a, std::string_view b);

/// "open, high, low": the first 40 for a message, then how many more.
std::string nameList(const std::vector<std::string>& names);

}  // namespace fc
