// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "engine/tensor/tensor.h"

namespace fc {

/// Numbers that are kept on disk and look like memory: a file without a name, gone with the last value that
/// shares it. What is not looked at costs no memory once it is given back.
class ScratchFile {
public:
    /// Sets `bytes` aside in the folder TMPDIR names, else in /var/tmp, which is no memory disk. Throws Error
    /// when there is no room.
    explicit ScratchFile(std::int64_t bytes);

    std::byte* bytes() const;
    std::int64_t size() const;
    /// The float32 numbers at `offset` bytes, row-major; the tensor keeps the file.
    Tensor tensor(std::int64_t offset, const Shape& shape) const;
    /// Gives the memory of all whole pages in the range back; the numbers stay and are read again when
    /// needed.
    void release(std::int64_t offset, std::int64_t size) const;
    void release() const { release(0, size()); }

private:
    struct Region;
    std::shared_ptr<Region> m_region;
};

}  // namespace fc
