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

/// Picks the records of the right width that hold data; notes repeated headers, footers, and ragged records as
/// errors. Blocks of one text are given in order.
class DataRows {
public:
    /// `head` is the first block; `timeColumn` tells a footer from a broken record.
    DataRows(const CsvTable& head, const ImportLayout& layout, std::optional<std::size_t> timeColumn);

    /// Indices of records of `block`.
    void pick(const CsvTable& block, std::vector<std::uint32_t>& rows, ImportNotes& notes);

private:
    bool repeatsHeader(const CsvTable& block, std::size_t row) const;
    void noteOther(const CsvTable& block, std::size_t row, ImportNotes& notes) const;

    std::vector<std::string> m_header;  ///< its cells; empty without one
    std::size_t m_firstData;            ///< in the block that comes next
    std::size_t m_width;
    std::optional<std::size_t> m_timeColumn;
    std::optional<std::string> m_timeName;
    bool m_trailing = false;
};

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
