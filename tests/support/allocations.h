// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

namespace fc {

/// How often any thread called operator new since the program began. Programs that link allocations.cpp
/// count.
std::int64_t heapAllocations();

}  // namespace fc
