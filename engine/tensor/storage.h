// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <cstdint>

namespace fc {

/// The head of a block of the pool; its floats follow in the same block, aligned to 64 bytes.
struct alignas(64) Storage {
    std::atomic<std::int32_t> shares{1};
    std::int32_t sizeClass = 0;
    std::int64_t blockBytes = 0;
    Storage* nextFree = nullptr;

    float* data() { return reinterpret_cast<float*>(this + 1); }
};

/// A block with room for `floats` values, not set, with one share. Throws std::bad_alloc.
Storage* takeStorage(std::int64_t floats);
/// Puts a block nobody shares any more into the pool of the calling thread.
void giveStorage(Storage* storage) noexcept;

}  // namespace fc
