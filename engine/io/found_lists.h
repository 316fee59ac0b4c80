// SPDX-License-Identifier: GPL-3.0-or-later
// What was found in a file that may be a table, and the choice among it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/io/import_notes.h"
#include "engine/io/table_text.h"

namespace fc {

enum class CellKind { Text, Bare, Missing };

/// One value: a piece of FoundLists::text.
struct FoundCell {
    std::size_t begin = 0;
    std::uint32_t length : 30 = 0;
    std::uint32_t kind : 2 = 0;  ///< CellKind
    std::uint32_t column = 0;    ///< index into names, or the place in the row
};

/// An array of values, of objects or of arrays.
struct FoundList {
    enum class Kind { Empty, Values, Objects, Arrays };
    struct Row {
        std::size_t firstCell = 0;
        std::uint32_t line = 0;
    };

    std::string key;  ///< keys that lead to it, joined by dots
    Kind kind = Kind::Empty;
    std::vector<std::string> names;  ///< of objects, as they come
    std::map<std::string, std::uint32_t, std::less<>> columns;
    std::vector<Row> rows;  ///< of objects and arrays
    std::vector<FoundCell> cells;

    bool isTable() const { return kind == Kind::Objects || kind == Kind::Arrays; }
    std::size_t rowEnd(std::size_t row) const
    {
        return row + 1 < rows.size() ? rows[row + 1].firstCell : cells.size();
    }
    /// Cells of the longest row, or the number of names.
    std::size_t width() const;
};

/// All arrays of one text.
struct FoundLists {
    std::string text;              ///< every value, one behind the other
    std::vector<FoundList> lists;  ///< in the order of the text

    std::string_view valueOf(const FoundCell& cell) const
    {
        return std::string_view(text).substr(cell.begin, cell.length);
    }
};

/// The records of one list with `names` above them, if there are any. Missing cells of objects are filled up
/// to the width of the list.
TableText recordsTable(const FoundLists& found, const FoundList& list, const std::vector<std::string>& names,
                       PlaceTerm term);

/// The table of JSON text, by key where there are several. Without one, or when its parts do not fit
/// together, that is noted as an error.
TableText tableOf(const FoundLists& found, const std::optional<std::string>& chosen, ImportNotes& notes);

}  // namespace fc
