// SPDX-License-Identifier: GPL-3.0-or-later
// Tensors into and out of safetensors files. F32, F16, BF16, I8, U8, I64 and BOOL are kept as they are; F64
// becomes F32 (nearest; beyond its range infinity), I16, U16, I32 and U32 become I64; U64, C64 and the 8-bit
// floats are refused, since nothing computes with them.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "engine/io/safetensors.h"
#include "engine/tensor/mapped_file.h"
#include "engine/tensor/tensor.h"

namespace fc {

/// A copy of one tensor's numbers. Throws Error naming the tensor when its type is refused or it has too many
/// axes.
Tensor tensorFrom(const StoredTensor& stored);

/// A safetensors file that is read where it lies on disk.
class MappedSafetensors {
public:
    /// Checks the header against the length of the file and throws Error as parseSafetensors. With
    /// DigestCheck::Skip no tensor is read, so that a file of gigabytes opens at once.
    explicit MappedSafetensors(const std::filesystem::path& path, DigestCheck check);

    const SafetensorsFile& file() const { return m_file; }
    /// One of file().tensors, as a view of the mapping where its type and place allow it, else converted or
    /// copied. Throws Error as tensorFrom, and when the file changed since it was opened (see MappedFile).
    Tensor tensor(const StoredTensor& stored) const;
    /// The same by name. Throws Error when there is none of that name.
    Tensor tensor(const std::string& name) const;

private:
    MappedFile m_bytes;
    SafetensorsFile m_file;
};

/// Bytes of a safetensors file of these named tensors, each in its own type. Throws Error as the other
/// writeSafetensors.
std::string writeTensors(const std::vector<std::pair<std::string, Tensor>>& tensors,
                         const std::map<std::string, std::string>& metadata);

/// "F32", "BF16", …: the type's name in safetensors files.
std::string safetensorsType(DType dtype);

}  // namespace fc
