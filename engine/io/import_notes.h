// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/io/csv.h"
#include "engine/io/import.h"

namespace fc {

/// Where something was found: a physical line, a column, both or neither.
struct ImportPlace {
    std::optional<std::int64_t> line = std::nullopt;
    std::optional<std::string> column = std::nullopt;
};

/// Messages of one import. Of one kind about one column the first few are kept and the rest is counted.
class ImportNotes {
public:
    void error(const char* code, const ImportPlace& place, const Message& text)
    {
        add(true, code, place, text);
    }
    void warning(const char* code, const ImportPlace& place, const Message& text)
    {
        add(false, code, place, text);
    }
    /// How many messages of one kind about one column are kept.
    static constexpr std::int64_t shownOfAKind = 5;
    /// Counts `more` of a kind that has shownOfAKind messages already.
    void countMore(const char* code, const std::string& column, std::int64_t more)
    {
        m_counts[{code, column}].first += more;
    }
    bool hasErrors() const { return m_hasErrors; }
    /// Everything of a later step, behind what is here.
    void append(const ImportNotes& later);
    /// Everything in the order it was found, counts of what was left out behind.
    std::vector<ImportMessage> take();

private:
    void add(bool isError, const char* code, const ImportPlace& place, const Message& text);

    bool m_hasErrors = false;
    std::vector<ImportMessage> m_messages;
    std::map<std::pair<std::string, std::string>, std::pair<std::int64_t, bool>> m_counts;
};

/// What every step of an import looks at: one block of records after the other, in the order of the file.
struct ImportContext {
    const CsvTable& table;  ///< the block
    const ImportOptions& options;
    ImportNotes& notes;
    std::vector<std::string> names;     ///< one for each column, distinct
    std::vector<std::uint32_t> rows{};  ///< records of the block that hold data, in the order of the file
    std::size_t firstRow = 0;           ///< how many records that hold data the earlier blocks have had

    std::string_view cell(std::size_t row, std::size_t column) const
    {
        return table.trimmed(rows[row], column);
    }
    ImportPlace place(std::size_t row, std::size_t column) const
    {
        return {table.fieldLine(rows[row], column), names[column]};
    }
};

}  // namespace fc
