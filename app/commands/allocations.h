// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>

namespace fc::app {

/// How often this program has asked the heap for memory so far, on any thread and by any way; std::nullopt
/// where that cannot be counted.
std::optional<std::int64_t> allocationCount();

}  // namespace fc::app
