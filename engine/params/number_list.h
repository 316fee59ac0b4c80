// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string_view>
#include <vector>

namespace fc {

/// "0.1, 0.5,0.9" -> three numbers; nothing when a piece is not a finite number or is missing.
std::optional<std::vector<double>> numberList(std::string_view text);

}  // namespace fc
