// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fc {

/// How the fields of a text are told apart.
struct CsvDialect {
    char delimiter = ',';  ///< a blank means runs of blanks and tabs
    char quote = '"';
};

/// Why a text cannot be cut into records.
struct CsvProblem {
    enum class Kind { UnclosedQuote, TextAfterQuote, FieldTooLong, RecordTooLong, TooManyColumns };
    Kind kind = Kind::UnclosedQuote;
    std::int64_t line = 0;   ///< where the quote opened, else where it happened
    std::size_t column = 0;  ///< from 0
    std::string text;        ///< what is there
};

/// Records of fields that look into `source`, which must outlive the table: a whole text or a block of one. Records without any content are
/// left out.
struct CsvTable {
    struct Field {
        std::uint32_t begin;
        std::uint32_t length : 30;
        std::uint32_t quoted : 1;
        std::uint32_t doubled : 1;  ///< holds doubled quotes
    };

    std::string_view source;
    CsvDialect dialect;
    std::vector<Field> fields;
    std::vector<std::uint32_t> firstField;  ///< of each record
    std::vector<std::int64_t> lines;        ///< physical line of each record, from 1
    std::vector<std::uint32_t> multiline;   ///< records that hold line ends
    std::size_t emptyRecords = 0;           ///< delimiters without content, left out
    std::int64_t firstEmptyLine = 0;
    bool isLast = true;  ///< no record of the text follows
    std::optional<CsvProblem> problem;

    std::size_t rows() const { return firstField.size(); }
    std::size_t width(std::size_t row) const { return fieldsEnd(row) - firstField[row]; }
    std::size_t fieldsEnd(std::size_t row) const
    {
        return row + 1 < rows() ? firstField[row + 1] : fields.size();
    }
    std::int64_t line(std::size_t row) const { return lines[row]; }
    const Field& field(std::size_t row, std::size_t column) const { return fields[firstField[row] + column]; }
    /// Between its quotes where there are any, otherwise as written with its outer blanks; doubled quotes
    /// still doubled.
    std::string_view raw(std::size_t row, std::size_t column) const
    {
        const Field& f = field(row, column);
        return source.substr(f.begin, f.length);
    }
    /// Without outer blanks: what numbers, dates and names are read from.
    std::string_view trimmed(std::size_t row, std::size_t column) const;
    /// The text as it was meant: doubled quotes single.
    std::string text(std::size_t row, std::size_t column) const;
    /// Physical line on which a field starts: line ends inside quotes count.
    std::int64_t fieldLine(std::size_t row, std::size_t column) const;
};

inline constexpr std::size_t maxFieldBytes = std::size_t(1) << 20;
inline constexpr std::size_t maxRecordBytes = std::size_t(16) << 20;
inline constexpr std::size_t maxColumns = 10'000;

/// Where the cutting of a text begins.
struct CsvStart {
    std::size_t begin = 0;  ///< offset of the first record
    std::int64_t line = 1;  ///< physical line there
};

/// Cuts `text` (under 1 GiB) after RFC 4180, more lenient in this: any of LF, CR LF and CR ends a record;
/// blanks may stand between quotes and delimiters; a quote inside an unquoted field is a character. Stops at
/// the first problem, or after `maxRows` records. At most 10000 columns and 1 MiB a field.
CsvTable readCsv(std::string_view text, CsvDialect dialect, CsvStart start = {},
                 std::size_t maxRows = std::size_t(-1));

/// The dialect under which most of the first records have the same number of fields, and most fields.
CsvDialect detectDialect(std::string_view text, std::optional<char> delimiter = std::nullopt);

/// Without outer blanks, tabs and no-break spaces.
std::string_view trimmedBlanks(std::string_view text);

}  // namespace fc
