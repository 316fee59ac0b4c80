// SPDX-License-Identifier: GPL-3.0-or-later
// For other C libraries, and for sanitizers, which need these functions themselves.
#include "app/commands/allocations.h"

namespace fc::app {

std::optional<std::int64_t> allocationCount()
{
    return std::nullopt;
}

}  // namespace fc::app
