// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/data/import_file.h"

#include <QFileInfo>

#include "engine/runs/import_file.h"
#include "engine/runs/services.h"
#include "ui/text/text.h"

namespace fc::ui {
namespace {

/// What other files with the same columns have in common, too: not which part of this one was read.
ImportOptions layoutOnly(ImportOptions options)
{
    options.member.reset();
    options.sheet.reset();
    options.table.reset();
    return options;
}

}  // namespace

ImportSource sourceOf(const QString& file)
{
    return {QFileInfo(file).fileName(), toPath(file), nullptr};
}

std::shared_ptr<const StagedImport> readSource(const ImportSource& source, const ImportOptions& options,
                                               const ImportControl& control,
                                               const std::filesystem::path& scratch)
{
    return std::make_shared<const StagedImport>(
        source.bytes ? stageBytes(*source.bytes, toUtf8(source.title), options, control)
                     : stageFile(source.path, options, control, scratch));
}

RawLines rawLinesOf(const ImportSource& source, std::int64_t first, std::int64_t count)
{
    return source.bytes ? fc::rawLinesOf(*source.bytes, first, count) : rawLines(source.path, first, count);
}

std::vector<SeriesRecord> storeWanted(const std::filesystem::path& workspace,
                                      const std::vector<WantedSeries>& files, const ImportControl& control)
{
    std::vector<StagedFile> all;
    for (const WantedSeries& file : files)
        all.push_back({*file.staged, file.source, file.name});
    std::vector<SeriesRecord> records = storeStaged(workspace, all, control);
    if (records.empty())
        return records;
    Store store = Store::open(workspace);
    for (const WantedSeries& file : files)
        store.rememberImportRecipe(headerKey(file.staged->result()), toJson(layoutOnly(file.overrides)));
    return records;
}

std::string headerKey(const ImportResult& result)
{
    std::string key;
    for (const ImportColumn& column : result.preview.columns)
        key += column.name + '\x1f';
    return key;
}

}  // namespace fc::ui
