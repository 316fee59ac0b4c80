// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/data/import_file.h"

#include <QFileInfo>

#include "engine/runs/import_file.h"
#include "engine/runs/services.h"
#include "ui/text/text.h"

namespace fc::ui {
namespace {

/// Gives the series of one file the name a person typed; those of a long file keep their ids behind it.
void rename(Series& series, const std::string& proposed, const std::string& wanted)
{
    if (series.name.compare(0, proposed.size(), proposed) == 0)
        series.name = wanted + series.name.substr(proposed.size());
}

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

ImportResult readSource(const ImportSource& source, const ImportOptions& options,
                        const ImportControl& control)
{
    if (source.bytes)
        return importBytes(*source.bytes, toUtf8(source.title), options, control);
    return importFile(source.path, options, control);
}

RawLines rawLinesOf(const ImportSource& source, std::int64_t first, std::int64_t count)
{
    return source.bytes ? fc::rawLinesOf(*source.bytes, first, count) : rawLines(source.path, first, count);
}

std::vector<SeriesRecord> storeWanted(const std::filesystem::path& workspace,
                                      const std::vector<WantedSeries>& files)
{
    std::vector<std::pair<Series, SeriesRecord>> all;
    for (const WantedSeries& file : files) {
        for (const Series& each : file.result->series) {
            Series series = each;
            rename(series, file.result->detected.name.value_or(each.name), file.name);
            SeriesRecord record = describeSeries(series, file.source, toJson(file.result->detected));
            all.emplace_back(std::move(series), std::move(record));
        }
    }
    std::vector<SeriesRecord> records = storeSeries(workspace, all);
    Store store = Store::open(workspace);
    for (const WantedSeries& file : files)
        store.rememberImportRecipe(headerKey(*file.result), toJson(layoutOnly(file.overrides)));
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
