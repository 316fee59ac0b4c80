// SPDX-License-Identifier: GPL-3.0-or-later
// The tables of a workspace; docs/workspace.md describes them for other programs.
#pragma once

#include <cstdint>
#include <span>

namespace fc {

/// PRAGMA application_id of a workspace: "Fcst" in ASCII. It tells a workspace from other SQLite files.
inline constexpr std::int64_t applicationId = 0x46637374;

/// The n-th entry takes a workspace from PRAGMA user_version n to n + 1. Entries are never changed, only
/// added.
std::span<const char* const> migrations();

/// The user_version this program reads and writes.
inline std::int64_t schemaVersion()
{
    return static_cast<std::int64_t>(migrations().size());
}

}  // namespace fc
