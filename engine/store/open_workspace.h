// SPDX-License-Identifier: GPL-3.0-or-later
// How a workspace file is made, looked at and brought up to date before anything else is done with it.
#pragma once

#include <filesystem>

#include "engine/store/database.h"

namespace fc {

/// Makes an empty workspace under `path`; it has its name only when it is complete. False when the name is
/// taken.
bool makeWorkspace(const std::filesystem::path& path);

/// The regular file behind `path`, links resolved. Throws Error when it is missing, a folder, special, or
/// unreadable.
std::filesystem::path workspaceFile(const std::filesystem::path& path);

/// How the file can be opened for looking at it only.
Database::Access readingAccess(const std::filesystem::path& file);

/// Throws Error when the file or its folder cannot be written.
void requireWritable(const std::filesystem::path& file);

/// Throws Error when the file is not a workspace or of a newer version; leaves every byte as it is.
void inspectFile(const std::filesystem::path& file);

/// Settles a fresh connection: checks the version once more, migrates an older schema after a backup, and
/// sets everything SQLite asks per connection.
void settle(Database& database, bool readOnly);

}  // namespace fc
