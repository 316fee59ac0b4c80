// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace fc {

/// Replaces `path` by `bytes` as a whole: temporary file beside it, flush to disk, rename, flush of the
/// folder. After a crash the old or the new file is there, never a part. Throws Error naming path and reason.
void writeFile(const std::filesystem::path& path, std::string_view bytes);

/// The whole file. Throws Error when it is missing, a directory, unreadable, not a regular file, or larger
/// than `limitBytes`.
std::string readFile(const std::filesystem::path& path, std::uintmax_t limitBytes);

/// UTF-8 for messages, with control characters escaped so that a name cannot forge a line.
std::string displayPath(const std::filesystem::path& path);

}  // namespace fc
