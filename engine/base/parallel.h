// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>

namespace fc {

/// How many threads `parallelFor` may use on the calling thread from now on, this one included; 0 = all
/// cores. Each job sets it for its own thread.
void setThreadCount(int count);
int threadCount();

/// Calls `body(begin, end)` for consecutive blocks of [0, count) of exactly `grain` items (the last may be
/// shorter), on up to threadCount() threads. The blocks do not depend on the number of threads, so a body
/// that sums within its block gives the same numbers with any of them. An exception of `body` is rethrown
/// here after all blocks ended.
void parallelFor(std::int64_t count, std::int64_t grain,
                 const std::function<void(std::int64_t begin, std::int64_t end)>& body);

}  // namespace fc
