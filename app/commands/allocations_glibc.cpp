// SPDX-License-Identifier: GPL-3.0-or-later
// Counts by standing before glibc's own functions: operator new, Eigen and every library come through here.
// free() needs no stand-in, since the memory is glibc's. See "Replacing malloc" in the GNU C Library manual.
#include <atomic>
#include <cerrno>
#include <cstddef>

#include "app/commands/allocations.h"

extern "C" {
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* block, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);
}

namespace {

std::atomic<std::int64_t> count{0};

void note()
{
    count.fetch_add(1, std::memory_order_relaxed);
}

}  // namespace

#define STANDS_IN extern "C" __attribute__((visibility("default"), used))

STANDS_IN void* malloc(std::size_t size)
{
    note();
    return __libc_malloc(size);
}

STANDS_IN void* calloc(std::size_t number, std::size_t size)
{
    note();
    return __libc_calloc(number, size);
}

STANDS_IN void* realloc(void* block, std::size_t size)
{
    note();
    return __libc_realloc(block, size);
}

STANDS_IN void* memalign(std::size_t alignment, std::size_t size)
{
    note();
    return __libc_memalign(alignment, size);
}

STANDS_IN void* aligned_alloc(std::size_t alignment, std::size_t size)
{
    note();
    return __libc_memalign(alignment, size);
}

STANDS_IN int posix_memalign(void** block, std::size_t alignment, std::size_t size)
{
    note();
    void* got = __libc_memalign(alignment, size);
    if (got == nullptr && size > 0)
        return ENOMEM;
    *block = got;
    return 0;
}

namespace fc::app {

std::optional<std::int64_t> allocationCount()
{
    return count.load(std::memory_order_relaxed);
}

}  // namespace fc::app
