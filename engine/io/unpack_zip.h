// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/io/byte_source.h"

namespace fc {

/// True for bytes that start like a zip archive.
bool looksLikeZip(std::string_view head);

/// A zip archive at hand. Throws Error when it is damaged.
class ZipArchive {
public:
    explicit ZipArchive(std::string bytes);

    /// Names of all members that are files, as written in the archive.
    const std::vector<std::string>& members() const { return m_members; }
    bool has(std::string_view member) const;

    /// What the member holds. `read` throws Error when it is damaged, encrypted, packed in a way that is not
    /// known, or grows beyond all measure. The source may outlive the archive.
    std::unique_ptr<ByteSource> open(const std::string& member) const;

private:
    std::shared_ptr<const std::string> m_bytes;
    std::vector<std::string> m_members;
};

/// Members that may hold data: neither notes nor pictures nor files of the system that packed them. All
/// members when none is left.
std::vector<std::string> dataMembers(const ZipArchive& archive);

/// The member asked for, or the only one that may hold data. Throws Error naming the members when that does
/// not settle it.
std::string dataMember(const ZipArchive& archive, const std::optional<std::string>& asked);

}  // namespace fc
