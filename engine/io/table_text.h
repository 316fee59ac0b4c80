// SPDX-License-Identifier: GPL-3.0-or-later
// Tables of other formats on their way through the import of delimited text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/io/import.h"

namespace fc {

/// What a place in a file is called: "line 7", "record 7", "row 7".
enum class PlaceTerm { Line, Record, Row };

/// A table that is no delimited text, written as such (RFC 4180: commas, LF, UTF-8), so that the steps,
/// checks and words of the import hold for it.
struct TableText {
    std::string csv;
    bool hasNames =
        true;  ///< the first record holds the names of the columns; else the import looks for them
    PlaceTerm term = PlaceTerm::Record;
    std::vector<std::uint32_t> places;  ///< place in the file of each physical line of `csv`; 0 = none
    std::vector<ImportMessage> notes;   ///< found while reading; an error refuses the file
    ImportChoice choice;                ///< tables of the file, when there are several
    bool cancelled = false;
};

/// Writes the cells of a table one after another.
class TableTextWriter {
public:
    explicit TableTextWriter(PlaceTerm term) { m_table.term = term; }

    /// A cell that is kept as it is, whatever stands in it.
    void text(std::string_view cell);
    /// A cell of digits, signs, letters and points.
    void bare(std::string_view cell);
    void missing() { next(); }
    /// Ends the record, which stands at `place` of the file.
    void endRecord(std::uint32_t place);

    std::size_t sizeBytes() const { return m_table.csv.size(); }
    TableText take() { return std::move(m_table); }

private:
    void next();

    TableText m_table;
    std::size_t m_recordBegin = 0;
    std::size_t m_cells = 0;
    std::size_t m_lines = 1;  ///< physical lines of the record at hand
};

/// Imports the table; messages and preview name the places of the file, and the options found out leave out
/// what only the way between has, such as the delimiter. The line of the header in `options` is a place.
ImportResult importTableText(TableText table, const std::string& name, const ImportOptions& options,
                             const ImportControl& control);

/// A refusal with one error.
ImportResult refusedImport(const char* code, const Message& text);

/// `control` for a step that takes the share from `begin` to `end` of the whole.
ImportControl partOf(const ImportControl& control, double begin, double end);

}  // namespace fc
