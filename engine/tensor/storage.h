// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "engine/tensor/dtype.h"

namespace fc {

/// The head of a block of the pool; its numbers follow in the same block, aligned to 64 bytes. Memory from
/// elsewhere (a mapped file) has a head alone, which keeps that memory alive.
struct alignas(64) Storage {
    std::atomic<std::int32_t> shares{1};
    std::int32_t sizeClass = 0;
    std::int64_t blockBytes = 0;
    Storage* nextFree = nullptr;
    std::byte* bytes = nullptr;
    std::shared_ptr<void> owner;  ///< of `bytes`, where they are not in this block
    DType dtype = DType::F32;
};

/// A block with room for `count` numbers, not set, with one share. Throws std::bad_alloc.
Storage* takeStorage(std::int64_t count, DType dtype);
/// A head for the numbers at `bytes`, which `owner` keeps alive. Throws std::bad_alloc.
Storage* takeForeignStorage(std::byte* bytes, DType dtype, std::shared_ptr<void> owner);
/// Puts a block nobody shares any more into the pool of the calling thread.
void giveStorage(Storage* storage) noexcept;

}  // namespace fc
