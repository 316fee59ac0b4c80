// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tensor/scratch_file.h"

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <string>
#include <sys/mman.h>
#include <system_error>
#include <unistd.h>

#include "engine/base/atomic_file.h"

namespace fc {

namespace {

std::string folderForScratch()
{
    const char* chosen = std::getenv("TMPDIR");  // NOLINT(concurrency-mt-unsafe): nothing here sets it
    return chosen != nullptr && *chosen != '\0' ? chosen : "/var/tmp";
}

}  // namespace

struct ScratchFile::Region {
    int descriptor = -1;
    std::byte* bytes = nullptr;
    std::int64_t size = 0;

    Region() = default;
    Region(const Region&) = delete;
    Region& operator=(const Region&) = delete;
    ~Region()
    {
        if (bytes != nullptr)
            ::munmap(bytes, static_cast<std::size_t>(size));
        if (descriptor >= 0)
            ::close(descriptor);
    }

    [[noreturn]] void fail(const std::string& folder, int reason) const
    {
        throw Error(
            Message(TR("engine",
                       "Cannot set %1 MiB aside in \"%2\": %3. Make room there, or name another folder in "
                       "TMPDIR."),
                    (size >> 20) + 1, displayPath(folder), std::generic_category().message(reason)));
    }
};

ScratchFile::ScratchFile(std::int64_t bytes) : m_region(std::make_shared<Region>())
{
    Region& region = *m_region;
    region.size = std::max<std::int64_t>(bytes, 1);
    const std::string folder = folderForScratch();
    std::string name = folder + "/forecastle.XXXXXX";
    region.descriptor = ::mkostemp(name.data(), O_CLOEXEC);
    if (region.descriptor < 0)
        region.fail(folder, errno);
    ::unlink(name.c_str());
    // A page that finds no room when it is written would stop the process.
    if (const int reason = ::posix_fallocate(region.descriptor, 0, region.size); reason != 0)
        region.fail(folder, reason);
    void* place = ::mmap(nullptr, static_cast<std::size_t>(region.size), PROT_READ | PROT_WRITE, MAP_SHARED,
                         region.descriptor, 0);
    if (place == MAP_FAILED)
        region.fail(folder, errno);
    region.bytes = static_cast<std::byte*>(place);
}

std::byte* ScratchFile::bytes() const
{
    return m_region->bytes;
}

std::int64_t ScratchFile::size() const
{
    return m_region->size;
}

Tensor ScratchFile::tensor(std::int64_t offset, const Shape& shape) const
{
    assert(offset % bytesOf(DType::F32) == 0 && offset + shape.count() * bytesOf(DType::F32) <= size());
    return Tensor::over(m_region->bytes + offset, shape, DType::F32, m_region);
}

void ScratchFile::release(std::int64_t offset, std::int64_t size) const
{
    const std::int64_t page = ::sysconf(_SC_PAGESIZE);
    const std::int64_t begin = (offset + page - 1) / page * page;
    const std::int64_t end = (offset + size) / page * page;
    if (begin < end)
        ::madvise(m_region->bytes + begin, static_cast<std::size_t>(end - begin), MADV_DONTNEED);
}

}  // namespace fc
