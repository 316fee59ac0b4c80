// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fc {

/// Equal but for the case of A to Z, as column names are compared everywhere.
bool sameName(std::string_view a, std::string_view b);

/// "open, high, low": the first 40 for a message, then how many more.
std::string nameList(const std::vector<std::string>& names);

/// "a, "b, c", d" -> a | b, c | d: separated by commas, blanks around them off; names with commas stand in
/// double quotes (a quote within is written twice). Throws UsageError for a quote without an end.
std::vector<std::string> splitNames(std::string_view text);

/// "a=b, "c=d"=e" -> (a, b), (c=d, e). Throws UsageError for an entry without =.
std::vector<std::pair<std::string, std::string>> splitPairs(std::string_view text);

}  // namespace fc
