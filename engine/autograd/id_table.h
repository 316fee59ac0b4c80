// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <vector>

namespace fc {

/// Tensor id -> slot: open addressing, emptied by counting the round up, so that neither looking up nor
/// clear() costs more when it once was large.
class IdTable {
public:
    /// -1 when there is none.
    std::int32_t find(std::uint64_t id) const
    {
        if (m_used == 0)
            return -1;
        for (std::size_t at = home(id);; at = (at + 1) & mask()) {
            const Entry& entry = m_entries[at];
            if (entry.round != m_round)
                return -1;
            if (entry.id == id)
                return entry.slot;
        }
    }

    void set(std::uint64_t id, std::int32_t slot);
    void clear();

private:
    struct Entry {
        std::uint64_t id = 0;
        std::int32_t slot = -1;
        std::uint32_t round = 0;
    };

    std::size_t mask() const { return m_entries.size() - 1; }
    // Fibonacci hashing (Knuth, The Art of Computer Programming, volume 3, 6.4): ids are nearly consecutive.
    std::size_t home(std::uint64_t id) const { return ((id * 0x9E3779B97F4A7C15U) >> 20U) & mask(); }
    void grow();

    std::vector<Entry> m_entries;
    std::size_t m_used = 0;
    std::uint32_t m_round = 1;
};

}  // namespace fc
