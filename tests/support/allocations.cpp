// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/allocations.h"

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <new>

namespace {

std::atomic<std::int64_t> allocations{0};

void* counted(std::size_t size, std::size_t alignment)
{
    allocations.fetch_add(1, std::memory_order_relaxed);
    const std::size_t whole = (size + alignment - 1) / alignment * alignment;
    if (void* place = std::aligned_alloc(alignment, whole > 0 ? whole : alignment))
        return place;
    throw std::bad_alloc();
}

}  // namespace

namespace fc {

std::int64_t heapAllocations()
{
    return allocations.load(std::memory_order_relaxed);
}

}  // namespace fc

void* operator new(std::size_t size)
{
    return counted(size, alignof(std::max_align_t));
}
void* operator new(std::size_t size, std::align_val_t alignment)
{
    return counted(size, static_cast<std::size_t>(alignment));
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept
{
    try {
        return operator new(size);
    } catch (const std::bad_alloc&) {
        return nullptr;
    }
}
void operator delete(void* place) noexcept
{
    std::free(place);
}
void operator delete(void* place, std::size_t) noexcept
{
    std::free(place);
}
void operator delete(void* place, std::align_val_t) noexcept
{
    std::free(place);
}
void operator delete(void* place, std::size_t, std::align_val_t) noexcept
{
    std::free(place);
}
