// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/autograd/id_table.h"

#include <algorithm>
#include <utility>

namespace fc {

void IdTable::set(std::uint64_t id, std::int32_t slot)
{
    if (2 * (m_used + 1) > m_entries.size())
        grow();
    std::size_t at = home(id);
    while (m_entries[at].round == m_round && m_entries[at].id != id)
        at = (at + 1) & mask();
    if (m_entries[at].round != m_round)
        ++m_used;
    m_entries[at] = {id, slot, m_round};
}

void IdTable::clear()
{
    m_used = 0;
    if (++m_round == 0) {
        std::ranges::fill(m_entries, Entry{});
        m_round = 1;
    }
}

void IdTable::grow()
{
    const std::vector<Entry> old =
        std::exchange(m_entries, std::vector<Entry>(std::max<std::size_t>(256, 2 * m_entries.size())));
    m_used = 0;
    for (const Entry& entry : old) {
        if (entry.round == m_round)
            set(entry.id, entry.slot);
    }
}

}  // namespace fc
