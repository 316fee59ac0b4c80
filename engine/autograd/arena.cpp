// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/autograd/arena.h"

#include <algorithm>
#include <cassert>

namespace fc {

void* Arena::allocate(std::size_t bytes, std::size_t align)
{
    assert(align <= alignof(std::max_align_t));
    constexpr std::size_t blockBytes = std::size_t{64} << 10;
    for (;;) {
        if (m_block == m_blocks.size()) {
            const std::size_t size = std::max(blockBytes, bytes);
            m_blocks.push_back({std::make_unique<std::byte[]>(size), size});
        }
        const Block& block = m_blocks[m_block];
        const std::size_t at = (m_used + align - 1) & ~(align - 1);
        if (at + bytes <= block.size) {
            m_used = at + bytes;
            return block.bytes.get() + at;
        }
        ++m_block;
        m_used = 0;
    }
}

void Arena::reset()
{
    m_block = 0;
    m_used = 0;
}

}  // namespace fc
