// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>

#include "engine/base/parallel.h"

namespace fc {

/// parallelFor for a body of any size: only a reference goes into the std::function, which so needs no heap.
template <typename Body>
void eachBlock(std::int64_t count, std::int64_t grain, Body&& body)
{
    parallelFor(count, grain, std::ref(body));
}

}  // namespace fc
