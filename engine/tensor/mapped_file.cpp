// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tensor/mapped_file.h"

#include <cassert>
#include <cerrno>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

#include "engine/base/atomic_file.h"

namespace fc {

/// What is to be given back: the descriptor and the mapping.
struct MappedFile::Region {
    std::filesystem::path path;
    int descriptor = -1;
    std::byte* bytes = nullptr;
    std::size_t size = 0;
    timespec changed{};

    Region() = default;
    Region(const Region&) = delete;
    Region& operator=(const Region&) = delete;
    ~Region()
    {
        if (bytes != nullptr)
            ::munmap(bytes, size);
        if (descriptor >= 0)
            ::close(descriptor);
    }

    [[noreturn]] void fail() const
    {
        throw Error(Message(TR("engine", "Cannot read \"%1\": %2."), displayPath(path),
                            std::generic_category().message(errno)));
    }

    struct stat status() const
    {
        struct stat info = {};
        if (::fstat(descriptor, &info) != 0)
            fail();
        return info;
    }
};

MappedFile::MappedFile(const std::filesystem::path& path) : m_region(std::make_shared<Region>())
{
    Region& region = *m_region;
    region.path = path;
    region.descriptor = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (region.descriptor < 0)
        region.fail();
    const struct stat info = region.status();
    if (S_ISDIR(info.st_mode))
        throw Error(Message(TR("engine", "\"%1\" is a folder. Choose a file in it."), displayPath(path)));
    if (!S_ISREG(info.st_mode))
        throw Error(
            Message(TR("engine", "\"%1\" is not a regular file. Choose another file."), displayPath(path)));
    region.changed = info.st_mtim;
    region.size = static_cast<std::size_t>(info.st_size);
    if (region.size == 0)
        return;  // the system maps no empty range
    // Writable, so that a tensor over it is like any other; no swap is set aside for pages nobody writes.
    void* place = ::mmap(nullptr, region.size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_NORESERVE,
                         region.descriptor, 0);
    if (place == MAP_FAILED)
        region.fail();
    region.bytes = static_cast<std::byte*>(place);
}

std::string_view MappedFile::bytes() const
{
    return {reinterpret_cast<const char*>(m_region->bytes), m_region->size};
}

Tensor MappedFile::tensor(std::int64_t offset, const Shape& shape, DType dtype) const
{
    assert(offset >= 0 && offset % bytesOf(dtype) == 0);
    assert(offset + shape.count() * bytesOf(dtype) <= static_cast<std::int64_t>(m_region->size));
    return Tensor::over(m_region->bytes + offset, shape, dtype, m_region);
}

void MappedFile::checkUnchanged() const
{
    const struct stat info = m_region->status();
    if (static_cast<std::size_t>(info.st_size) != m_region->size ||
        info.st_mtim.tv_sec != m_region->changed.tv_sec || info.st_mtim.tv_nsec != m_region->changed.tv_nsec)
        throw Error(
            Message(TR("engine", "\"%1\" was changed by another program while it was open. Open it again."),
                    displayPath(m_region->path)));
}

}  // namespace fc
