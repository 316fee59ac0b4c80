// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

namespace fc {

/// Memory that is handed out piece by piece and taken back all at once. It keeps its blocks, so that using it
/// again in the same way asks the system for nothing.
class Arena {
public:
    /// `align` is a power of two up to that of std::max_align_t.
    void* allocate(std::size_t bytes, std::size_t align);
    void reset();

private:
    struct Block {
        std::unique_ptr<std::byte[]> bytes;
        std::size_t size;
    };
    std::vector<Block> m_blocks;
    std::size_t m_block = 0;
    std::size_t m_used = 0;
};

}  // namespace fc
