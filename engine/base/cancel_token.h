// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>

namespace fc {

/// Set by one thread, looked at by another between two pieces of work. Stays set.
class CancelToken {
public:
    void cancel() { m_cancelled.store(true, std::memory_order_relaxed); }
    bool cancelled() const { return m_cancelled.load(std::memory_order_relaxed); }

private:
    std::atomic<bool> m_cancelled{false};
};

}  // namespace fc
