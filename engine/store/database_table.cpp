// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/store/database_table.h"

#include <memory>
#include <optional>

#include "engine/base/atomic_file.h"
#include "engine/store/database.h"

namespace fc {

namespace {

/// A journal with content holds changes that the file alone does not show.
void refuseJournal(const std::filesystem::path& path)
{
    for (const char* ending : {"-wal", "-journal"}) {
        std::error_code none;
        const std::uintmax_t size = std::filesystem::file_size(path.string() + ending, none);
        if (!none && size > 0)
            throw Error(
                Message(TR("engine",
                           "The database \"%1\" has changes in \"%1%2\" that are not written back yet. "
                           "Close the program that uses it and try again."),
                        displayPath(path), ending));
    }
}

void distrust(const Database& database)
{
    sqlite3_db_config(database.handle(), SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_db_config(database.handle(), SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
    sqlite3_db_config(database.handle(), SQLITE_DBCONFIG_ENABLE_VIEW, 0, nullptr);
    sqlite3_db_config(database.handle(), SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
    database.execute("PRAGMA cell_size_check = ON");
}

std::vector<std::string> tablesOf(const Database& database)
{
    std::vector<std::string> names;
    Statement all(database,
                  "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' "
                  "ESCAPE '\\' ORDER BY name");
    while (all.step())
        names.push_back(all.text(0));
    return names;
}

std::string quotedName(const std::string& name)
{
    std::string out = "\"";
    for (const char c : name)
        out += c == '"' ? std::string("\"\"") : std::string(1, c);
    return out + '"';
}

DatabaseCell cellOf(sqlite3_stmt* row, int column)
{
    switch (sqlite3_column_type(row, column)) {
        case SQLITE_INTEGER:
            return {DatabaseCell::Kind::Number,
                    std::to_string(static_cast<std::int64_t>(sqlite3_column_int64(row, column)))};
        case SQLITE_FLOAT:
            return {DatabaseCell::Kind::Number, formatNumber(sqlite3_column_double(row, column))};
        case SQLITE_NULL:
            return {};
        case SQLITE_BLOB:
            return {DatabaseCell::Kind::Blob, std::to_string(sqlite3_column_bytes(row, column))};
        default: {
            const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(row, column));
            return {DatabaseCell::Kind::Text,
                    std::string(text == nullptr ? "" : text,
                                static_cast<std::size_t>(sqlite3_column_bytes(row, column)))};
        }
    }
}

struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};

void readRows(const Database& database, const std::string& table, const DatabaseReader& reader)
{
    const std::string sql = "SELECT * FROM " + quotedName(table);
    sqlite3_stmt* handle = nullptr;
    const int prepared = sqlite3_prepare_v2(database.handle(), sql.c_str(), -1, &handle, nullptr);
    const std::unique_ptr<sqlite3_stmt, Finalize> statement(handle);
    if (prepared != SQLITE_OK)
        database.fail(prepared);
    std::vector<std::string> names;
    for (int c = 0; c < sqlite3_column_count(handle); ++c)
        names.emplace_back(sqlite3_column_name(handle, c));
    reader.names(names);
    std::vector<DatabaseCell> row(names.size());
    int code = sqlite3_step(handle);
    for (; code == SQLITE_ROW; code = sqlite3_step(handle)) {
        for (std::size_t c = 0; c < row.size(); ++c)
            row[c] = cellOf(handle, static_cast<int>(c));
        if (!reader.row(row))
            return;
    }
    if (code != SQLITE_DONE)
        database.fail(code);
}

/// Opens the file and does `work`; what goes wrong is told as of a foreign database, not of a workspace.
template <typename Work>
void inWords(const std::filesystem::path& path, const Work& work)
{
    refuseJournal(path);
    std::optional<Database> database;
    try {
        database.emplace(path, Database::Access::Immutable);
        distrust(*database);
        work(*database);
    } catch (const Error&) {
        const int code = database ? sqlite3_errcode(database->handle()) : SQLITE_CANTOPEN;
        if (code == SQLITE_OK || code == SQLITE_DONE || code == SQLITE_ROW)
            throw;
        throw Error(Message(TR("engine", "The database \"%1\" cannot be read: %2. Get the file anew."),
                            displayPath(path), sqlite3_errstr(code)));
    }
}

}  // namespace

bool looksLikeDatabase(std::string_view head)
{
    return head.starts_with(std::string_view("SQLite format 3\0", 16));
}

std::vector<std::string> databaseTables(const std::filesystem::path& path)
{
    std::vector<std::string> out;
    inWords(path, [&](const Database& database) { out = tablesOf(database); });
    return out;
}

void readDatabaseTable(const std::filesystem::path& path, const std::string& table,
                       const DatabaseReader& reader)
{
    inWords(path, [&](const Database& database) { readRows(database, table, reader); });
}

}  // namespace fc
