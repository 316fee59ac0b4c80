// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tensor/storage.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <new>
#include <utility>

#include "engine/tensor/tensor.h"

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#endif

namespace fc {

namespace {

// Size classes: powers of two in quarter steps, so that at most a fifth of a block is unused. The smallest
// holds the head and 64 bytes; the largest is beyond any address space.
constexpr std::int64_t smallestBlock = 128;
constexpr int classCount = 4 * 40;

std::int64_t blockBytes(int sizeClass)
{
    return (smallestBlock / 4 * (4 + sizeClass % 4)) << (sizeClass / 4);
}

int sizeClassFor(std::int64_t bytes)
{
    if (bytes <= smallestBlock)
        return 0;
    const int octave =
        static_cast<int>(std::bit_width(static_cast<std::uint64_t>(bytes - 1) / smallestBlock)) - 1;
    const std::int64_t quarter = (smallestBlock / 4) << octave;
    const auto steps = static_cast<int>((bytes + quarter - 1) / quarter) - 4;
    return 4 * octave + steps;
}

/// Tells the address sanitizer, in builds with it, that only the first `usable` bytes behind the head may be
/// touched: the pool would hide from it what reads past a tensor's end or a tensor that is gone.
void guard([[maybe_unused]] Storage* storage, [[maybe_unused]] std::int64_t usable) noexcept
{
#if defined(__SANITIZE_ADDRESS__)
    std::byte* numbers = reinterpret_cast<std::byte*>(storage + 1);
    const auto room = static_cast<std::size_t>(storage->blockBytes) - sizeof(Storage);
    const auto open = static_cast<std::size_t>(usable);
    ASAN_UNPOISON_MEMORY_REGION(numbers, open);
    ASAN_POISON_MEMORY_REGION(numbers + open, room - open);
#endif
}

void freeBlock(Storage* storage) noexcept
{
    guard(storage, storage->blockBytes - static_cast<std::int64_t>(sizeof(Storage)));
    storage->~Storage();
    ::operator delete (storage, std::align_val_t{alignof(Storage)});
}

/// Blocks this thread gave back and may take again; nobody else looks at them, so there is no lock.
class Pool {
public:
    ~Pool();

    Storage* take(int sizeClass)
    {
        Storage*& first = m_free[static_cast<std::size_t>(sizeClass)];
        if (first == nullptr)
            return nullptr;
        Storage* storage = first;
        first = storage->nextFree;
        m_freeBytes -= storage->blockBytes;
        return storage;
    }

    bool give(Storage* storage) noexcept
    {
        // A thread that only gives (results made elsewhere) must not hoard.
        if (m_freeBytes + storage->blockBytes > freeLimit + 4 * stats.bytesPeak)
            return false;
        guard(storage, 0);
        Storage*& first = m_free[static_cast<std::size_t>(storage->sizeClass)];
        storage->nextFree = first;
        first = storage;
        m_freeBytes += storage->blockBytes;
        return true;
    }

    void clear() noexcept
    {
        for (Storage*& first : m_free) {
            while (first != nullptr)
                freeBlock(std::exchange(first, first->nextFree));
        }
        m_freeBytes = 0;
    }

    PoolStats stats;

private:
    static constexpr std::int64_t freeLimit = std::int64_t{64} << 20;

    std::array<Storage*, classCount> m_free{};
    std::int64_t m_freeBytes = 0;
};

/// True once this thread's pool is gone: tensors that die later go straight to the system. Plain, so that it
/// outlives every thread_local with a destructor.
thread_local bool poolIsGone = false;

Pool::~Pool()
{
    clear();
    poolIsGone = true;
}

Pool* pool()
{
    if (poolIsGone)
        return nullptr;
    thread_local Pool instance;
    return &instance;
}

}  // namespace

Storage* takeStorage(std::int64_t count, DType dtype)
{
    // No byte count overflows below it, and the system says no long before.
    constexpr std::int64_t limit = std::int64_t{1} << 43;
    if (count > limit)
        throw std::bad_alloc();
    const int sizeClass = sizeClassFor(static_cast<std::int64_t>(sizeof(Storage)) + count * bytesOf(dtype));
    Pool* mine = pool();
    Storage* storage = mine != nullptr ? mine->take(sizeClass) : nullptr;
    if (storage == nullptr) {
        const std::int64_t bytes = blockBytes(sizeClass);
        void* place = ::operator new (static_cast<std::size_t>(bytes), std::align_val_t{alignof(Storage)});
        storage = new (place) Storage;
        storage->sizeClass = sizeClass;
        storage->blockBytes = bytes;
        if (mine != nullptr)
            ++mine->stats.heapAllocations;
    }
    storage->shares.store(1, std::memory_order_relaxed);
    storage->bytes = reinterpret_cast<std::byte*>(storage + 1);
    storage->dtype = dtype;
    guard(storage, count * bytesOf(dtype));
    if (mine != nullptr) {
        mine->stats.bytesInUse += storage->blockBytes;
        mine->stats.bytesPeak = std::max(mine->stats.bytesPeak, mine->stats.bytesInUse);
    }
    return storage;
}

Storage* takeForeignStorage(std::byte* bytes, DType dtype, std::shared_ptr<void> owner)
{
    Storage* storage = takeStorage(0, dtype);
    storage->bytes = bytes;
    storage->owner = std::move(owner);
    return storage;
}

void giveStorage(Storage* storage) noexcept
{
    if (storage->owner)
        storage->owner.reset();
    Pool* mine = pool();
    if (mine != nullptr)
        mine->stats.bytesInUse -= storage->blockBytes;
    if (mine == nullptr || !mine->give(storage))
        freeBlock(storage);
}

PoolStats poolStats()
{
    const Pool* mine = pool();
    return mine != nullptr ? mine->stats : PoolStats{};
}

void trimPool()
{
    if (Pool* mine = pool())
        mine->clear();
}

}  // namespace fc
