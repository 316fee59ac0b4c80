// SPDX-License-Identifier: GPL-3.0-or-later
// Every way in for tables: one file, bytes at hand, several files as one series.
#pragma once

#include <filesystem>
#include <string>

#include "engine/io/import.h"

namespace fc {

/// Reads the table in a file of any format that is known: what importContent reads, and tables of SQLite
/// files. What is wrong with the file is in the messages; throws UsageError only for options that make no
/// sense.
ImportResult importFile(const std::filesystem::path& path, const ImportOptions& options = {},
                        const ImportControl& control = {});

/// The same on the way into a workspace: delimited text of more than 64 MiB, packed or not, never comes into
/// memory as a whole.
/// `scratch` as for stageCsv.
StagedImport stageFile(const std::filesystem::path& path, const ImportOptions& options = {},
                       const ImportControl& control = {}, const std::filesystem::path& scratch = {});

/// The same for bytes, such as those of the clipboard; `fileName` gives the series its name.
ImportResult importBytes(std::string bytes, const std::string& fileName, const ImportOptions& options = {},
                         const ImportControl& control = {});

StagedImport stageBytes(std::string bytes, const std::string& fileName, const ImportOptions& options = {},
                        const ImportControl& control = {});

}  // namespace fc
