// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <atomic>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/io/import.h"
#include "engine/io/raw_lines.h"
#include "engine/store/records.h"

namespace fc::ui {

/// Where a table comes from: a file, or bytes such as those of the clipboard.
struct ImportSource {
    QString title;  ///< name without folder
    std::filesystem::path path;
    std::shared_ptr<const std::string> bytes;  ///< when there is no file
};

ImportSource sourceOf(const QString& file);

/// Reads it; may take long. Throws Error when it cannot be opened, UsageError for options that make no sense.
/// `scratch` as for stageFile.
std::shared_ptr<const StagedImport> readSource(const ImportSource& source, const ImportOptions& options,
                                               const ImportControl& control,
                                               const std::filesystem::path& scratch);
RawLines rawLinesOf(const ImportSource& source, std::int64_t first, std::int64_t count);

/// One table in the dialog, with everything a person set for it and what came of it.
struct ImportFile {
    ImportSource source;
    ImportOptions overrides;
    QString name;  ///< of the series; empty while nobody proposed or typed one
    bool isNameTyped = false;
    std::shared_ptr<const StagedImport> staged;
    std::shared_ptr<const ImportResult> result;  ///< a part of it
    QString failure;                             ///< why there is no result
    std::string recipeKey;                       ///< of its columns, once known
    bool isFromRecipe = false;                   ///< the options are those of an earlier file
    bool isStored = false;
    std::shared_ptr<CancelToken> cancel;  ///< of the reading at work; nullptr when none is
    std::shared_ptr<std::atomic<int>> progress;

    bool isReading() const { return cancel != nullptr; }
    bool isAccepted() const
    {
        return result && !isReading() && result->verdict != ImportVerdict::Reject && !result->cancelled;
    }
};

/// What is to be stored of one file.
struct WantedSeries {
    std::shared_ptr<const StagedImport> staged;
    ImportOptions overrides;
    std::string source;
    std::string name;
};

/// Stores the series of all files, or none, and remembers how files of their layouts are read. Empty when
/// cancelled.
std::vector<SeriesRecord> storeWanted(const std::filesystem::path& workspace,
                                      const std::vector<WantedSeries>& files, const ImportControl& control);

/// What files of the same layout have in common: their column names.
std::string headerKey(const ImportResult& result);

}  // namespace fc::ui
