// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engine/io/import_notes.h"
#include "engine/io/number.h"
#include "engine/io/text_pool.h"

namespace fc {

/// One column of the file with its values in one block, in the order of context.rows.
struct ImportedColumn {
    std::size_t index = 0;
    ImportColumn info;
    bool idle = false;            ///< every value of the whole column is 0
    std::vector<double> numbers;  ///< when info.type is Number; when it is Text, places in its TextPool
};

/// How one column is read: one way for all its cells.
struct ColumnReading {
    ImportColumnType type = ImportColumnType::Number;
    NumberFormat format;
    bool guessed = false;  ///< the decimal mark could be another
    std::string role;

    bool operator==(const ColumnReading&) const = default;
};

/// How all columns are read.
struct ColumnReadings {
    std::vector<ColumnReading> columns;
    char decimal = '.';
    bool marks = false;  ///< marks and decoration of numbers must be counted

    bool operator==(const ColumnReadings&) const = default;
};

/// What the cells of one column, or of all, say about marks.
struct Marks {
    std::size_t dot = 0, comma = 0, dotOrGroup = 0, commaOrGroup = 0, grouped = 0, percent = 0, magnitude = 0,
                zero = 0, numbers = 0;
    std::string currency;
    std::size_t withCurrency = 0;

    void add(const NumberHints& hints, std::string_view text);
};

/// What a person asked one column to be.
struct AskedRoles {
    std::set<std::size_t> ids;
    std::set<std::size_t> prices;
    std::map<std::size_t, ImportColumnType> types;
};
AskedRoles askedRoles(const ImportOptions& options, const std::vector<std::string>& names);

/// Reads the cells of one column in block after block, and learns whether that was the right way.
class ColumnReader {
public:
    ColumnReader(std::size_t index, std::string name, const AskedRoles& asked, const ColumnReading& reading,
                 bool countMarks);

    std::size_t index() const { return m_index; }
    const std::string& name() const { return m_name; }
    const ColumnReading& reading() const { return m_reading; }
    /// Of the first record.
    std::int64_t firstLine() const { return m_firstLine; }
    const std::string& firstCell() const { return m_firstCell; }

    /// Sets `out`, one value for each of block.rows; texts go to `pool`.
    void read(const ImportContext& block, std::vector<double>& out, TextPool& pool);

    ImportColumnType settledType() const;
    const Marks& marks() const { return m_marks; }
    bool isDecorated() const { return m_decorated > 0; }
    bool isIdle() const { return m_idle; }

    /// Warns of a named column without values.
    void noteEmpty(ImportNotes& notes) const;
    /// Notes what was assumed, missing, repaired or wrong; the reading was the settled one.
    void note(char delimiter, ImportNotes& notes) const;

private:
    struct Seen {
        std::int64_t line = 0;
        std::string text;
    };

    void count(std::string_view text, const NumberRead& plain, std::size_t row);
    double convert(const ImportContext& block, std::size_t row, std::string_view text, const NumberRead& plain);
    void noteBadNumber(const ImportContext& block, std::size_t row, NumberStatus status);
    void noteFormat(char delimiter, ImportNotes& notes) const;
    std::size_t present() const { return m_plain + m_decorated + m_otherText; }

    std::size_t m_index;
    std::string m_name;
    ColumnReading m_reading;
    bool m_countMarks;
    std::optional<ImportColumnType> m_askedType;
    bool m_isAskedForId;
    bool m_isPrice;
    bool m_isPlain;  ///< the reading is one of plain numbers

    std::size_t m_plain = 0;      ///< cells that are numbers with a dot or without
    std::size_t m_decorated = 0;  ///< cells that are numbers in another format
    std::size_t m_otherText = 0;
    Marks m_marks;
    bool m_idle = true;
    bool m_counts = true;  ///< 0, 1, 2 ... or 1, 2, 3 ... as data frames write them in front of each row
    double m_first = 0;
    std::int64_t m_missing = 0;
    std::int64_t m_firstLine = 0;
    std::string m_firstCell;
    std::int64_t m_missingLine = 0;
    std::optional<Seen> m_rounded;
    ImportNotes m_notes;
};

/// The readings, roles included, that all cells read so far ask for. Notes roles of columns that are not there.
ColumnReadings settledReadings(const ImportContext& context, const std::vector<ColumnReader>& readers);

/// Gives open, high, low, close, volume and id to columns: by request, by name, by a name with one prefix
/// ("AAPL.Open"). Names columns of a file without header by what they hold. Throws UsageError for unknown
/// roles; a column that is not there is noted as an error.
void assignRoles(const ImportContext& context, std::vector<ImportedColumn>& columns);

/// Names for the nameless columns of a file: time, clock, and where a candle follows open, high, low, close,
/// volume; else column_1, column_2 ...
void nameColumns(ImportContext& context, std::optional<std::size_t> time, std::optional<std::size_t> clock);

/// Column whose name is `name` without case and outer blanks.
std::optional<std::size_t> columnNamed(const std::vector<std::string>& names, const std::string& name);

}  // namespace fc
