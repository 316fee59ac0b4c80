// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/runs/import_file.h"

#include <algorithm>
#include <array>

#include "engine/base/error.h"
#include "engine/io/encoding.h"
#include "engine/io/import_content.h"
#include "engine/io/table_text.h"
#include "engine/store/database_table.h"

namespace fc {

namespace {

constexpr std::size_t rowsBetweenLooks = 4096;
constexpr std::size_t largestTable = 2'000'000'000;

void writeCell(TableTextWriter& out, const DatabaseCell& cell)
{
    switch (cell.kind) {
        case DatabaseCell::Kind::Null:
            return out.missing();
        case DatabaseCell::Kind::Number:
            return out.bare(cell.text);
        case DatabaseCell::Kind::Text:
            return out.text(cell.text);
        case DatabaseCell::Kind::Blob:
            return out.text("(" + cell.text + " bytes)");
    }
}

TableText tableOf(const std::filesystem::path& path, const std::string& name, const ImportControl& control)
{
    TableTextWriter out(PlaceTerm::Record);
    std::uint32_t rows = 0;
    bool cancelled = false;
    const auto names = [&](const std::vector<std::string>& columns) {
        for (const std::string& column : columns)
            out.text(column);
        out.endRecord(0);
    };
    const auto row = [&](const std::vector<DatabaseCell>& cells) {
        for (const DatabaseCell& cell : cells)
            writeCell(out, cell);
        out.endRecord(++rows);
        cancelled = rows % rowsBetweenLooks == 0 && control.cancel != nullptr && control.cancel->cancelled();
        if (out.sizeBytes() > largestTable)
            throw Error(
                Message(TR("engine",
                           "The table %1 holds more than the %2 bytes that can be read at once. Export a "
                           "part of it."),
                        quotedText(name), static_cast<std::int64_t>(largestTable)));
        return !cancelled;
    };
    readDatabaseTable(path, name, {names, row});
    TableText table = out.take();
    table.cancelled = cancelled;
    return table;
}

std::string listed(const std::vector<std::string>& names)
{
    std::string out;
    for (const std::string& name : names)
        out += (out.empty() ? "" : ", ") + name;
    return quotedText(out);
}

ImportResult importDatabase(const std::filesystem::path& path, const ImportOptions& options,
                            const ImportControl& control)
{
    const std::vector<std::string> tables = databaseTables(path);
    const bool known =
        options.table ? std::ranges::find(tables, *options.table) != tables.end() : tables.size() == 1;
    if (!known) {
        ImportResult result = refusedImport(
            "choose_table",
            tables.empty() ? Message(TR("engine", "The database has no table. Give one with a table in it."))
            : options.table
                ? Message(TR("engine", "The database has no table %1. Its tables are: %2."),
                          quotedText(*options.table), listed(tables))
                : Message(TR("engine",
                             "The database has %1 tables: %2. Choose one of them with the option table."),
                          tables.size(), listed(tables)));
        if (tables.size() > 1)
            result.preview.choices.push_back({"table", tables});
        return result;
    }
    const std::string name = options.table.value_or(tables.front());
    TableText table = tableOf(path, name, control);
    table.choice = {"table", tables};
    ImportResult result =
        importTableText(std::move(table), path.stem().string(), options, partOf(control, 0.5, 1));
    result.detected.table = name;
    return result;
}

bool isDatabase(ByteSource& source)
{
    std::array<char, 16> head{};
    std::size_t done = 0;
    while (done < head.size()) {
        const std::size_t n = source.read(std::span(head).subspan(done));
        if (n == 0)
            break;
        done += n;
    }
    source.rewind();
    return looksLikeDatabase({head.data(), done});
}

}  // namespace

ImportResult importFile(const std::filesystem::path& path, const ImportOptions& options,
                        const ImportControl& control)
{
    try {
        std::unique_ptr<ByteSource> source = openFile(path);
        if (isDatabase(*source))
            return importDatabase(path, options, control);
        return importContent(std::move(source), path.filename().string(), options, control);
    } catch (const UsageError&) {
        throw;
    } catch (const Error& error) {
        return refusedImport("cannot_read", error.message());
    }
}

StagedImport stageFile(const std::filesystem::path& path, const ImportOptions& options,
                       const ImportControl& control, const std::filesystem::path& scratch)
{
    try {
        std::unique_ptr<ByteSource> source = openFile(path);
        if (isDatabase(*source))
            return StagedImport(importDatabase(path, options, control));
        return stageContent(std::move(source), path.filename().string(), options, control, scratch);
    } catch (const UsageError&) {
        throw;
    } catch (const Error& error) {
        return StagedImport(refusedImport("cannot_read", error.message()));
    }
}

StagedImport stageBytes(std::string bytes, const std::string& fileName, const ImportOptions& options,
                        const ImportControl& control)
{
    return stageContent(sourceOf(std::move(bytes)), fileName, options, control);
}

ImportResult importBytes(std::string bytes, const std::string& fileName, const ImportOptions& options,
                         const ImportControl& control)
{
    return importContent(sourceOf(std::move(bytes)), fileName, options, control);
}

}  // namespace fc
