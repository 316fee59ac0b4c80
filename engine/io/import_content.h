// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "engine/io/byte_source.h"
#include "engine/io/import.h"

namespace fc {

/// Reads whatever table the bytes hold: delimited text, JSON, JSON Lines, a spreadsheet, sound, or one of
/// these packed with gzip or zip. The content decides; `fileName` gives the series its name, and speaks only
/// for text that may be anything. What is wrong with the bytes is in the messages; throws UsageError only for
/// options that make no sense.
ImportResult importContent(std::unique_ptr<ByteSource> source, const std::string& fileName,
                           const ImportOptions& options = {}, const ImportControl& control = {});

/// The same on the way into a workspace: delimited text of more than 64 MiB, packed or not, never comes into
/// memory as a whole. `scratch` as for stageCsv.
StagedImport stageContent(std::unique_ptr<ByteSource> source, const std::string& fileName,
                          const ImportOptions& options = {}, const ImportControl& control = {},
                          const std::filesystem::path& scratch = {});

/// All bytes of a source. Throws Error when there are more than `limitBytes`.
std::string readAll(ByteSource& source, std::uint64_t limitBytes);

}  // namespace fc
