// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/io/import_notes.h"

namespace fc {

/// Where the names of the columns are and where the data begins.
struct ImportLayout {
    std::optional<std::size_t> header;  ///< record with the names
    std::size_t firstData = 0;          ///< record
    std::vector<std::string> names;     ///< one for each column, distinct; "" where the file has none
};

/// Finds the header below titles and comments, or finds that there is none, and notes what was skipped.
ImportLayout findLayout(const CsvTable& table, const ImportOptions& options, ImportNotes& notes);

/// Keeps the records of the right width that hold data; notes repeated headers, footers, and ragged records
/// as errors. `timeColumn` tells a footer from a broken record.
std::vector<std::uint32_t> dataRows(const CsvTable& table, const ImportLayout& layout,
                                    std::optional<std::size_t> timeColumn, ImportNotes& notes);

/// Lower case, without outer blanks and angle brackets, with blanks for _ - and dots: "<Adj_Close>" -> "adj
/// close".
std::string plainName(std::string_view name);

/// True for names that stand above a time axis: "date", "timestamp", "Open time" ...
bool isTimeName(std::string_view plainName);

/// The role that a name speaks of: open, high, low, close, volume, or "".
std::string roleOfName(std::string_view plainName);

/// True when a cell is a number or a date, as data are and names are not.
bool looksLikeData(std::string_view cell);

}  // namespace fc
