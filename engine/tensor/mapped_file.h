// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string_view>

#include "engine/tensor/tensor.h"

namespace fc {

/// The bytes of a file as memory. A part costs memory only once it is read, and the system may take it back.
/// The mapping is private: what is written into it stays in this process and never reaches the file. A value:
/// copies and the tensors made from it share the mapping, and the last of them closes it.
///
/// Replacing the file by renaming another over it does no harm. A file that another program shortens in place
/// cannot be guarded against fully: as with every mapping, reading beyond its new end stops the process with
/// a bus error; checkUnchanged() finds it out before.
class MappedFile {
public:
    /// Throws Error when the file is missing, unreadable, a folder or not a regular file.
    explicit MappedFile(const std::filesystem::path& path);

    std::string_view bytes() const;
    /// The numbers at `offset` bytes, row-major, as a tensor over the mapping. `offset` must be a multiple of
    /// the type's size and the numbers lie within the file.
    Tensor tensor(std::int64_t offset, const Shape& shape, DType dtype) const;
    /// Throws Error when the file has another length or time of change than when it was opened.
    void checkUnchanged() const;

private:
    struct Region;
    std::shared_ptr<Region> m_region;
};

}  // namespace fc
