// SPDX-License-Identifier: GPL-3.0-or-later
// Tables of foreign databases, read and never written.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace fc {

/// One value of a row; the view is valid until the next row.
struct DatabaseCell {
    enum class Kind { Null, Number, Text, Blob };
    Kind kind = Kind::Null;
    std::string text;  ///< digits of a number; for a blob its size
};

/// Who takes a table: first the names of its columns, then its rows in the order of the table. `row` returns
/// false to stop.
struct DatabaseReader {
    std::function<void(const std::vector<std::string>& columns)> names;
    std::function<bool(const std::vector<DatabaseCell>& row)> row;
};

/// True for bytes that start like an SQLite file.
bool looksLikeDatabase(std::string_view head);

/// The tables of an SQLite file as it lies there: no locks, no side files, no code of the file run. Throws
/// Error when the file is damaged or a journal beside it holds changes.
std::vector<std::string> databaseTables(const std::filesystem::path& path);

/// Reads one of them in the same way.
void readDatabaseTable(const std::filesystem::path& path, const std::string& table,
                       const DatabaseReader& reader);

}  // namespace fc
