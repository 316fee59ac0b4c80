// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/io/import_layout.h"

#include <algorithm>
#include <array>
#include <map>

#include "engine/io/encoding.h"
#include "engine/io/import_stamp.h"
#include "engine/io/number.h"

namespace fc {

namespace {

constexpr size_t none = static_cast<size_t>(-1);
constexpr size_t headerSearch = 50;
constexpr size_t widthSample = 200;

std::string_view withoutMark(std::string_view cell)
{
    return cell.starts_with("\xef\xbb\xbf") ? cell.substr(3) : cell;
}

/// Most common number of fields among the first records.
size_t commonWidth(const CsvTable& table)
{
    std::map<size_t, size_t> counts;
    for (size_t i = 0; i < std::min(table.rows(), widthSample); ++i)
        ++counts[table.width(i)];
    size_t best = 0;
    for (const auto& [width, count] : counts)
        if (best == 0 || count >= counts[best])
            best = width;
    return best;
}

/// Fields of a record without the empty ones at its end.
size_t usedWidth(const CsvTable& table, size_t row)
{
    size_t width = table.width(row);
    while (width > 0 && table.trimmed(row, width - 1).empty())
        --width;
    return width;
}

size_t knownNames(const CsvTable& table, size_t row)
{
    size_t known = 0;
    for (size_t c = 0; c < table.width(row); ++c) {
        const std::string name = plainName(table.trimmed(row, c));
        known += isTimeName(name) || !roleOfName(name).empty();
    }
    return known;
}

bool hasTimeName(const CsvTable& table, size_t row)
{
    for (size_t c = 0; c < table.width(row); ++c)
        if (isTimeName(plainName(table.trimmed(row, c))))
            return true;
    return false;
}

/// Names only: nothing in it is a number or a date. Short numbers may be names where another name is one of a
/// time axis.
bool isTextual(const CsvTable& table, size_t row)
{
    constexpr size_t longestNumericName = 4;
    bool shortNumbers = false;
    for (size_t c = 0; c < table.width(row); ++c) {
        const std::string_view cell = table.trimmed(row, c);
        if (!looksLikeData(cell))
            continue;
        shortNumbers = true;
        if (cell.size() > longestNumericName || readNumber(cell).status != NumberStatus::Number)
            return false;
    }
    return !shortNumbers || hasTimeName(table, row);
}

size_t findHeader(const CsvTable& table, const ImportOptions& options)
{
    const size_t last = std::min(table.rows(), headerSearch);
    if (options.headerLine) {
        for (size_t i = 0; i < table.rows() && *options.headerLine > 0; ++i)
            if (table.line(i) >= *options.headerLine)
                return i;
        return none;
    }
    const size_t width = commonWidth(table);
    const auto isComment = [&](size_t i) {
        return table.trimmed(i, 0).starts_with('#') && table.width(i) != width;
    };
    size_t firstData = 0;
    while (firstData < last && (isTextual(table, firstData) || table.width(firstData) != width))
        ++firstData;
    // Names over every column come first, then names we know over some of them, then any line of names right
    // above data.
    for (size_t i = 0; i < firstData; ++i)
        if (table.width(i) == width && isTextual(table, i) && !isComment(i))
            return i;
    for (size_t i = 0; i < firstData; ++i)
        if (isTextual(table, i) && !isComment(i) && knownNames(table, i) >= 2)
            return i;
    if (firstData > 0 && firstData < table.rows() && table.width(firstData - 1) > 1 &&
        isTextual(table, firstData - 1) && !isComment(firstData - 1))
        return firstData - 1;
    return none;
}

/// A header cut by another delimiter than the rows would pass as a title, and the names would be lost.
bool refuseForeignHeader(const CsvTable& table, size_t row, ImportNotes& notes)
{
    for (const char delimiter : {';', ',', '\t', '|'}) {
        if (delimiter == table.dialect.delimiter)
            continue;
        const std::string line = table.text(row, 0);
        const CsvTable cut = readCsv(line, {delimiter, '"'});
        if (cut.rows() != 1 || knownNames(cut, 0) < 2)
            continue;
        notes.error(
            "header_delimiter", {table.line(row), std::nullopt},
            Message(TR("engine",
                       "The header in line %1 separates its names with %2, but the rows use %3. Make both "
                       "the same."),
                    table.line(row), quotedText(std::string(1, delimiter)),
                    quotedText(std::string(1, table.dialect.delimiter))));
        return true;
    }
    return false;
}

std::vector<std::string> headerNames(const CsvTable& table, size_t header)
{
    std::vector<std::string> names;
    size_t width = table.width(header);
    const size_t used = usedWidth(table, header);
    if (used < width && commonWidth(table) == used)
        width = used;
    for (size_t c = 0; c < width; ++c) {
        std::string name(trimmedBlanks(withoutMark(table.text(header, c))));
        if (name.size() > 2 && name.front() == '<' && name.back() == '>')
            name = name.substr(1, name.size() - 2);
        if (c == 0 && name.starts_with('#') && name.size() > 1)
            name = std::string(trimmedBlanks(std::string_view(name).substr(1)));
        names.push_back(name);
    }
    return names;
}

void noteSkipped(const CsvTable& table, size_t begin, size_t end, ImportNotes& notes)
{
    if (begin == end)
        return;
    const std::int64_t count = static_cast<std::int64_t>(end - begin);
    notes.warning(
        "skipped_title", {table.line(begin), std::nullopt},
        Message(TR("engine", "Lines above the data were skipped (%1 of them), the first is line %2: %3."),
                count, table.line(begin), quotedText(table.text(begin, 0))));
}

/// Units, tickers and second headers between the names and the data.
size_t skipSubHeaders(const CsvTable& table, size_t header, ImportNotes& notes)
{
    constexpr size_t most = 3;
    size_t row = header + 1;
    while (row < table.rows() && row <= header + most && isTextual(table, row))
        ++row;
    if (row >= table.rows() || isTextual(table, row))
        return header + 1;
    for (size_t i = header + 1; i < row; ++i)
        notes.warning("skipped_line", {table.line(i), std::nullopt},
                      Message(TR("engine", "Line %1 is a second header and was skipped: %2."), table.line(i),
                              quotedText(table.text(i, 0) + " ...")));
    return row;
}

/// A record near the end that is no data: in place of a time it has a word, or it has nothing but one text.
bool isFooter(const CsvTable& table, size_t row, size_t width, std::optional<size_t> timeColumn)
{
    constexpr size_t lastRecords = 3;
    if (!table.isLast || row + lastRecords < table.rows())
        return false;
    const size_t column = table.width(row) == width ? timeColumn.value_or(none) : 0;
    if (column == none)
        return false;
    const std::string_view cell = table.trimmed(row, column);
    const char first = cell.empty() ? '\0' : static_cast<char>(cell[0] | 0x20);
    return first >= 'a' && first <= 'z' && !looksLikeData(cell) &&
           (table.width(row) == width || usedWidth(table, row) == 1);
}

void noteRagged(const CsvTable& table, size_t row, size_t width, ImportNotes& notes)
{
    notes.error(
        "ragged_row", {table.line(row), std::nullopt},
        Message(TR("engine",
                   "Line %1 has %2 fields, but there are %3 columns. Correct the line or the delimiter."),
                table.line(row), table.width(row), width));
}

}  // namespace

bool looksLikeData(std::string_view cell)
{
    cell = withoutMark(cell);
    if (isMissingMark(cell))
        return false;
    return readNumber(cell).status != NumberStatus::NotNumber || hintsOf(cell).number ||
           readStamp(cell).has_value() || readClock(cell).has_value();
}

ImportLayout findLayout(const CsvTable& table, const ImportOptions& options, ImportNotes& notes)
{
    ImportLayout layout;
    const size_t header = findHeader(table, options);
    if (header != none) {
        noteSkipped(table, 0, header, notes);
        layout.header = header;
        layout.names = headerNames(table, header);
        layout.firstData = skipSubHeaders(table, header, notes);
        return layout;
    }
    const size_t width = commonWidth(table);
    while (layout.firstData < table.rows() && layout.firstData < headerSearch &&
           (table.width(layout.firstData) != width || table.trimmed(layout.firstData, 0).starts_with('#'))) {
        if (refuseForeignHeader(table, layout.firstData, notes)) {
            layout.names.resize(width);
            return layout;
        }
        // Without names the first record decides, unless it can only be a title.
        if (!isTextual(table, layout.firstData) && table.width(layout.firstData) > 1)
            break;
        ++layout.firstData;
    }
    noteSkipped(table, 0, layout.firstData, notes);
    layout.names.resize(width);
    if (layout.firstData < table.rows())
        notes.warning(
            "no_header", {table.line(layout.firstData), std::nullopt},
            Message(TR("engine",
                       "There is no line with column names; the data begin in line %1. The columns are "
                       "named by what they hold."),
                    table.line(layout.firstData)));
    return layout;
}

DataRows::DataRows(const CsvTable& head, const ImportLayout& layout, std::optional<std::size_t> timeColumn)
    : m_firstData(layout.firstData), m_width(layout.names.size()), m_timeColumn(timeColumn)
{
    if (!layout.header)
        return;
    for (size_t c = 0; c < head.width(*layout.header); ++c)
        m_header.emplace_back(withoutMark(head.trimmed(*layout.header, c)));
    if (timeColumn)
        m_timeName = layout.names[*timeColumn];
}

bool DataRows::repeatsHeader(const CsvTable& block, std::size_t row) const
{
    if (m_header.empty() || block.raw(row, 0).size() > m_header[0].size() + 3 ||
        block.width(row) != m_header.size())
        return false;
    for (size_t c = 0; c < m_header.size(); ++c)
        if (withoutMark(block.trimmed(row, c)) != m_header[c])
            return false;
    return true;
}

void DataRows::pick(const CsvTable& block, std::vector<std::uint32_t>& rows, ImportNotes& notes)
{
    rows.clear();
    for (size_t i = m_firstData; i < block.rows(); ++i) {
        const size_t width = block.width(i);
        const bool isTrailing = width > m_width && usedWidth(block, i) <= m_width;
        if (repeatsHeader(block, i) || isFooter(block, i, m_width, m_timeColumn) ||
            (width != m_width && !isTrailing)) {
            noteOther(block, i, notes);
            continue;
        }
        rows.push_back(static_cast<std::uint32_t>(i));
        if (!isTrailing || m_trailing)
            continue;
        m_trailing = true;
        notes.warning("trailing_delimiter", {block.line(i), std::nullopt},
                      Message(TR("engine",
                                 "Rows end in a delimiter that the header does not have, first in line %1; "
                                 "the empty field was left out."),
                              block.line(i)));
    }
    m_firstData = 0;
}

/// Notes a record that is no data.
void DataRows::noteOther(const CsvTable& block, std::size_t row, ImportNotes& notes) const
{
    const std::int64_t line = block.line(row);
    if (repeatsHeader(block, row))
        notes.warning("repeated_header", {line, std::nullopt},
                      Message(TR("engine", "Line %1 repeats the header and was skipped."), line));
    else if (isFooter(block, row, m_width, m_timeColumn))
        notes.warning("skipped_footer", {line, m_timeName},
                      Message(TR("engine", "Line %1 at the end is no record and was skipped: %2."), line,
                              quotedText(block.text(row, 0))));
    else
        noteRagged(block, row, m_width, notes);
}

std::string plainName(std::string_view name)
{
    name = trimmedBlanks(withoutMark(name));
    if (name.size() > 2 && name.front() == '<' && name.back() == '>')
        name = name.substr(1, name.size() - 2);
    std::string out;
    for (const char c : name) {
        if (c >= 'A' && c <= 'Z')
            out += static_cast<char>(c - 'A' + 'a');
        else
            out += c == '_' || c == '-' || c == '.' ? ' ' : c;
    }
    return std::string(trimmedBlanks(out));
}

bool isTimeName(std::string_view plainName)
{
    // English, then German, Polish, Spanish, French and Italian as their banks and exchanges write them.
    constexpr std::array names = {
        "timestamp", "datetime",   "date time",  "date",  "time",           "t",
        "step",      "index",      "open time",  "unix",  "unix timestamp", "unix time",
        "epoch",     "day",        "month",      "week",  "year",           "period",
        "ds",        "dtyyyymmdd", "trade date", "datum", "zeit",           "zeitstempel",
        "data",      "czas",       "fecha",      "hora",  "heure",          "timestamp utc"};
    return std::ranges::find(names, plainName) != names.end();
}

std::string roleOfName(std::string_view plainName)
{
    struct Names {
        const char* role;
        std::vector<std::string_view> names;
    };
    static const std::array<Names, 5> table = {
        Names{"open",
              {"open", "o", "open price", "openprice", "erster", "er\u00f6ffnung", "otwarcie", "apertura",
               "ouverture"}},
        Names{"high",
              {"high", "h", "high price", "highprice", "max", "hoch", "najwyzszy", "najwy\u017cszy",
               "m\u00e1ximo", "plus haut"}},
        Names{"low",
              {"low", "l", "low price", "lowprice", "min", "tief", "najnizszy", "najni\u017cszy",
               "m\u00ednimo", "plus bas"}},
        Names{"close",
              {"close", "c", "close price", "closeprice", "last", "close/last", "schlusskurs", "schluss",
               "zamkniecie", "zamkni\u0119cie", "cierre", "cl\u00f4ture"}},
        Names{"volume",
              {"volume", "v", "vol", "volumen", "wolumen", "stuecke", "st\u00fccke", "tick volume", "tickvol",
               "tickvolume", "real volume"}},
    };
    for (const Names& entry : table)
        if (std::ranges::find(entry.names, plainName) != entry.names.end())
            return entry.role;
    return {};
}

}  // namespace fc
