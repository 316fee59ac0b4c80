// SPDX-License-Identifier: GPL-3.0-or-later
// The values of the columns: how their numbers are written, and reading them so.
#include "engine/io/import_columns.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "engine/base/error.h"
#include "engine/io/encoding.h"
#include "engine/io/import_layout.h"

namespace fc {

namespace {

constexpr double largestExact = 9007199254740992.0;  // 2^53: from here on whole numbers have gaps

/// The decimal mark of a column, and whether it is a guess.
struct Decimal {
    char mark = '.';
    bool guessed = false;
};

Decimal decimalOf(const ImportContext& context, const Marks& column, const Marks& file)
{
    if (context.options.decimal)
        return {*context.options.decimal, false};
    if (column.comma != column.dot)
        return {column.comma > column.dot ? ',' : '.', false};
    if (column.commaOrGroup + column.dotOrGroup == 0)
        return {};
    if (file.comma != file.dot)
        return {file.comma > file.dot ? ',' : '.', false};
    if (column.commaOrGroup == 0)
        return {};
    return {context.table.dialect.delimiter == ',' ? '.' : ',', true};
}

NumberFormat formatOf(const Marks& marks, char decimal)
{
    NumberFormat format;
    format.decimal = decimal;
    format.grouped = marks.grouped > 0 || (decimal == '.' ? marks.commaOrGroup : marks.dotOrGroup) > 0;
    // Decoration counts only where the whole column wears it: one percent sign among plain numbers is a
    // riddle.
    if (marks.withCurrency > 0 && marks.withCurrency == marks.numbers)
        format.currency = marks.currency;
    format.percent = marks.percent > 0 && marks.percent == marks.numbers;
    format.magnitudes = marks.magnitude > 0 && marks.magnitude + marks.zero == marks.numbers;
    return format;
}

}  // namespace

void Marks::add(const NumberHints& hints, std::string_view text)
{
    if (!hints.number)
        return;
    ++numbers;
    dot += hints.decimalDot;
    comma += hints.decimalComma;
    dotOrGroup += hints.dotOrGroup;
    commaOrGroup += hints.commaOrGroup;
    grouped += hints.grouped;
    percent += hints.percent;
    magnitude += hints.magnitude;
    zero += text == "0";
    if (!hints.currency.empty() && (withCurrency == 0 || currency == hints.currency)) {
        currency = hints.currency;
        ++withCurrency;
    }
}

namespace {

/// Throws UsageError for a word that is no type.
ImportColumnType typeNamed(const std::string& type)
{
    if (type == "number")
        return ImportColumnType::Number;
    if (type == "text")
        return ImportColumnType::Text;
    if (type == "ignore")
        return ImportColumnType::Ignored;
    throw UsageError(Message(TR("engine", "There is no column type %1. Types are number, text and ignore."),
                             quotedText(type)));
}

}  // namespace

AskedRoles askedRoles(const ImportOptions& options, const std::vector<std::string>& names)
{
    AskedRoles out;
    for (const auto& [name, type] : options.types)
        if (const auto column = columnNamed(names, name))
            out.types.emplace(*column, typeNamed(type));
    for (const auto& [role, name] : options.roles) {
        const auto column = name.empty() ? std::nullopt : columnNamed(names, name);
        if (!column)
            continue;
        if (role == "id")
            out.ids.insert(*column);
        if (role == "open" || role == "high" || role == "low" || role == "close" || role == "volume")
            out.prices.insert(*column);
    }
    return out;
}

ColumnReader::ColumnReader(std::size_t index, std::string name, const AskedRoles& asked,
                           const ColumnReading& reading, bool countMarks)
    : m_index(index),
      m_name(std::move(name)),
      m_reading(reading),
      m_countMarks(countMarks),
      m_askedType(asked.types.contains(index) ? std::optional(asked.types.at(index)) : std::nullopt),
      m_isAskedForId(asked.ids.contains(index)),
      // A price column is one of numbers even when most of its cells are broken.
      m_isPrice(asked.prices.contains(index) || !roleOfName(plainName(m_name)).empty()),
      m_isPlain(reading.type == ImportColumnType::Number && reading.format.isPlain())
{
}

void ColumnReader::read(const ImportContext& block, std::vector<double>& out, TextPool& pool)
{
    out.resize(block.rows.size());
    if (block.firstRow == 0 && !block.rows.empty()) {
        m_firstLine = *block.place(0, m_index).line;
        m_firstCell = block.cell(0, m_index);
    }
    for (std::size_t row = 0; row < out.size(); ++row) {
        // Most cells are plain numbers without blanks around them.
        std::string_view text = block.table.raw(block.rows[row], m_index);
        NumberRead plain = readNumber(text);
        if (plain.status == NumberStatus::NotNumber) {
            const std::string_view trimmed = trimmedBlanks(text);
            if (trimmed.size() < text.size())
                plain = readNumber(trimmed);
            text = trimmed;
        }
        count(text, plain, block.firstRow + row);
        if (m_isPlain && plain.status == NumberStatus::Number && std::abs(plain.value) < largestExact)
            out[row] = plain.value;
        else
            out[row] = m_reading.type == ImportColumnType::Text
                           ? pool.place(block.table.text(block.rows[row], m_index))
                           : convert(block, row, text, plain);
        m_idle = m_idle && out[row] == 0;
    }
}

void ColumnReader::count(std::string_view text, const NumberRead& plain, std::size_t row)
{
    if (plain.status == NumberStatus::Missing) {
        m_counts = false;
        return;
    }
    const bool isPlain = plain.status != NumberStatus::NotNumber;
    const NumberHints hints = isPlain && !m_countMarks ? NumberHints{} : hintsOf(text);
    m_plain += isPlain;
    m_decorated += !isPlain && hints.number;
    m_otherText += !isPlain && !hints.number;
    if (m_countMarks)
        m_marks.add(hints, text);
    if (row == 0)
        m_first = plain.value;
    m_counts = m_counts && plain.status == NumberStatus::Number &&
               plain.value == m_first + static_cast<double>(row);
}

/// A cell that is no small plain number, under the reading of the column.
double ColumnReader::convert(const ImportContext& block, std::size_t row, std::string_view text,
                             const NumberRead& plain)
{
    if (m_reading.type == ImportColumnType::Ignored)
        return missing;
    const NumberRead read = m_isPlain ? plain : readNumber(text, m_reading.format);
    switch (read.status) {
        case NumberStatus::Missing:
            if (m_missing++ == 0)
                m_missingLine = *block.place(row, m_index).line;
            return missing;
        case NumberStatus::Number:
            if (!m_rounded && std::abs(read.value) >= largestExact && losesDigits(text))
                m_rounded = Seen{*block.place(row, m_index).line, std::string(text)};
            return read.value;
        case NumberStatus::Underflow:
        case NumberStatus::Overflow:
        case NumberStatus::NotNumber:
            noteBadNumber(block, row, read.status);
            return read.status == NumberStatus::Underflow ? read.value : missing;
    }
    return missing;
}

void ColumnReader::noteBadNumber(const ImportContext& block, std::size_t row, NumberStatus status)
{
    const ImportPlace place = block.place(row, m_index);
    const std::string text = quotedText(block.cell(row, m_index));
    const std::string name = quotedText(m_name);
    switch (status) {
        case NumberStatus::NotNumber:
            m_notes.error("bad_number", place,
                          Message(TR("engine",
                                     "The text %1 in line %2, column %3, is not a number. Correct it, or leave "
                                     "the cell empty if the value is missing."),
                                  text, *place.line, name));
            return;
        case NumberStatus::Overflow:
            m_notes.error(
                "number_too_large", place,
                Message(
                    TR("engine", "The number %1 in line %2, column %3, is larger than any double (1.8e308)."),
                    text, *place.line, name));
            return;
        case NumberStatus::Underflow:
            m_notes.warning(
                "number_too_small", place,
                Message(TR("engine",
                           "The number %1 in line %2, column %3, is smaller than any double and became 0."),
                        text, *place.line, name));
            return;
        case NumberStatus::Number:
        case NumberStatus::Missing:
            return;
    }
}

ImportColumnType ColumnReader::settledType() const
{
    if (m_askedType)
        return *m_askedType;
    if (present() == 0)
        return ImportColumnType::Ignored;
    if (m_name.empty() && m_counts && (m_first == 0 || m_first == 1))
        return ImportColumnType::Ignored;
    if (m_isAskedForId)
        return ImportColumnType::Text;
    return m_isPrice || (m_plain + m_decorated) * 2 > present() ? ImportColumnType::Number
                                                                : ImportColumnType::Text;
}

void ColumnReader::noteEmpty(ImportNotes& notes) const
{
    if (present() == 0 && !m_name.empty() && !m_askedType)
        notes.warning("empty_column", {std::nullopt, m_name},
                      Message(TR("engine", "The column %1 holds no values and was left out."),
                              quotedText(m_name)));
}

void ColumnReader::noteFormat(char delimiter, ImportNotes& notes) const
{
    const std::string name = quotedText(m_name);
    const NumberFormat& format = m_reading.format;
    const auto note = [&](const char* code, const Message& text) {
        notes.warning(code, {m_firstLine, m_name}, text);
    };
    if (m_reading.guessed)
        note("ambiguous_decimal", format.decimal == ','
                                      ? Message(TR("engine",
                                                   "The commas in the column %1 were taken as decimal "
                                                   "commas. Choose the decimal mark if that "
                                                   "is wrong."),
                                                name)
                                      : Message(TR("engine",
                                                   "The commas in the column %1 were taken as thousands "
                                                   "marks. Choose the decimal mark if "
                                                   "that is wrong."),
                                                name));
    else if (format.grouped)
        note("thousands_marks",
             Message(TR("engine", "The numbers in the column %1 have thousands marks, which were taken off."),
                     name));
    if (!format.currency.empty())
        note("currency_sign", Message(TR("engine", "The currency sign %1 in the column %2 was taken off."),
                                      format.currency, name));
    if (format.percent)
        note("percent_sign",
             Message(TR("engine", "The percent signs in the column %1 were taken off; 1.5% is 1.5."), name));
    if (format.magnitudes)
        note("magnitudes",
             Message(TR("engine",
                        "K, M, B and T in the column %1 were taken as thousands, millions, thousands and "
                        "millions of millions."),
                     name));
    if (format.decimal == ',' && delimiter == ',' && !m_reading.guessed && m_marks.comma > 0)
        note("decimal_comma",
             Message(TR("engine", "The commas in the column %1 were taken as decimal commas."), name));
}

void ColumnReader::note(char delimiter, ImportNotes& notes) const
{
    if (m_reading.type != ImportColumnType::Number)
        return;
    noteFormat(delimiter, notes);
    notes.append(m_notes);
    if (m_missing > 0)
        notes.warning(
            "missing_value", {m_missingLine, m_name},
            Message(TR("engine", "Values are missing in the column %1 (%2 of them), the first in line %3."),
                    quotedText(m_name), m_missing, m_missingLine));
    if (m_rounded)
        notes.warning(
            "rounded_number", {m_rounded->line, m_name},
            Message(TR("engine",
                       "The number %1 in line %2, column %3, has more digits than a double holds and was "
                       "rounded."),
                    quotedText(m_rounded->text), m_rounded->line, quotedText(m_name)));
}

ColumnReadings settledReadings(const ImportContext& context, const std::vector<ColumnReader>& readers)
{
    for (const auto& [name, type] : context.options.types)
        if (!columnNamed(context.names, name))
            context.notes.error(
                "unknown_column", {std::nullopt, name},
                Message(TR("engine", "The type %1 was given to the column %2, which the file does not have."),
                        type, quotedText(name)));
    ColumnReadings out;
    Marks file;
    std::vector<ImportedColumn> columns;
    out.marks = context.options.decimal.has_value();
    for (const ColumnReader& reader : readers) {
        const ImportColumnType type = reader.settledType();
        columns.push_back({reader.index(), {reader.name(), "", type}, reader.isIdle(), {}});
        if (type != ImportColumnType::Number)
            continue;
        out.marks |= reader.isDecorated();
        file.comma += reader.marks().comma;
        file.dot += reader.marks().dot;
    }
    out.decimal = context.options.decimal.value_or(file.comma > file.dot ? ',' : '.');
    assignRoles(context, columns);
    for (std::size_t i = 0; i < readers.size(); ++i) {
        ColumnReading reading{columns[i].info.type, {}, false, columns[i].info.role};
        if (reading.type == ImportColumnType::Number) {
            const Decimal mark = decimalOf(context, readers[i].marks(), file);
            reading.format = formatOf(readers[i].marks(), mark.mark);
            reading.guessed = mark.guessed;
        }
        out.columns.push_back(reading);
    }
    return out;
}

std::optional<std::size_t> columnNamed(const std::vector<std::string>& names, const std::string& name)
{
    const std::string wanted = plainName(name);
    for (size_t c = 0; c < names.size(); ++c)
        if (names[c] == name)
            return c;
    for (size_t c = 0; c < names.size() && !wanted.empty(); ++c)
        if (plainName(names[c]) == wanted)
            return c;
    return std::nullopt;
}

}  // namespace fc
