// SPDX-License-Identifier: GPL-3.0-or-later
// The values of the columns: how their numbers are written, and reading them so.
#include "engine/io/import_columns.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "engine/base/error.h"
#include "engine/io/encoding.h"
#include "engine/io/import_layout.h"
#include "engine/io/number.h"

namespace fc {

namespace {

constexpr double largestExact = 9007199254740992.0;  // 2^53: from here on whole numbers have gaps

/// What a column looks like when its numbers are taken as plain.
struct FirstLook {
    size_t plain = 0;  ///< cells that are numbers with a dot or without
    size_t missing = 0;
    size_t decorated = 0;  ///< cells that are numbers in another format
    size_t otherText = 0;

    size_t present() const { return plain + decorated + otherText; }
};

/// What the cells of one column, or of all, say about marks.
struct Marks {
    size_t dot = 0, comma = 0, dotOrGroup = 0, commaOrGroup = 0, grouped = 0, percent = 0, magnitude = 0,
           zero = 0, numbers = 0;
    std::string_view currency;
    size_t withCurrency = 0;

    void add(const NumberHints& hints, std::string_view text)
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
};

FirstLook lookAt(const ImportContext& context, size_t column, std::vector<double>& values)
{
    FirstLook look;
    values.resize(context.rows.size());
    for (size_t row = 0; row < context.rows.size(); ++row) {
        const std::string_view text = context.cell(row, column);
        const NumberRead read = readNumber(text);
        values[row] = read.status == NumberStatus::Number ? read.value : missing;
        if (read.status == NumberStatus::Missing)
            ++look.missing;
        else if (read.status != NumberStatus::NotNumber)
            ++look.plain;
        else if (hintsOf(text).number)
            ++look.decorated;
        else
            ++look.otherText;
    }
    return look;
}

Marks marksOf(const ImportContext& context, size_t column)
{
    Marks marks;
    for (size_t row = 0; row < context.rows.size(); ++row) {
        const std::string_view text = context.cell(row, column);
        if (!isMissingMark(text))
            marks.add(hintsOf(text), text);
    }
    return marks;
}

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

void noteFormat(const ImportContext& context, size_t column, const NumberFormat& format, const Marks& marks,
                bool guessed)
{
    const std::string name = quotedText(context.names[column]);
    const auto note = [&](const char* code, const Message& text) {
        context.notes.warning(code, context.rows.empty() ? ImportPlace{} : context.place(0, column), text);
    };
    if (guessed)
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
    if (format.decimal == ',' && context.table.dialect.delimiter == ',' && !guessed && marks.comma > 0)
        note("decimal_comma",
             Message(TR("engine", "The commas in the column %1 were taken as decimal commas."), name));
}

void noteBadNumber(const ImportContext& context, size_t row, size_t column, NumberStatus status)
{
    const ImportPlace place = context.place(row, column);
    const std::string text = quotedText(context.cell(row, column));
    const std::string name = quotedText(*place.column);
    switch (status) {
        case NumberStatus::NotNumber:
            context.notes.error(
                "bad_number", place,
                Message(TR("engine",
                           "The text %1 in line %2, column %3, is not a number. Correct it, or leave "
                           "the cell empty if the value is missing."),
                        text, *place.line, name));
            return;
        case NumberStatus::Overflow:
            context.notes.error(
                "number_too_large", place,
                Message(
                    TR("engine", "The number %1 in line %2, column %3, is larger than any double (1.8e308)."),
                    text, *place.line, name));
            return;
        case NumberStatus::Underflow:
            context.notes.warning(
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

/// Reads a column of numbers under its format and notes what is odd.
std::vector<double> readNumbers(const ImportContext& context, size_t column, const NumberFormat& format)
{
    std::vector<double> values(context.rows.size(), missing);
    std::optional<size_t> firstMissing, firstRounded;
    std::int64_t missingCount = 0;
    for (size_t row = 0; row < values.size(); ++row) {
        const std::string_view text = context.cell(row, column);
        const NumberRead read = readNumber(text, format);
        if (read.status == NumberStatus::Number || read.status == NumberStatus::Underflow)
            values[row] = read.value;
        if (read.status == NumberStatus::Missing) {
            ++missingCount;
            firstMissing = firstMissing.value_or(row);
        } else if (read.status != NumberStatus::Number) {
            noteBadNumber(context, row, column, read.status);
        } else if (!firstRounded && std::abs(read.value) >= largestExact && losesDigits(text)) {
            firstRounded = row;
        }
    }
    if (firstMissing) {
        const ImportPlace place = context.place(*firstMissing, column);
        context.notes.warning(
            "missing_value", place,
            Message(TR("engine", "Values are missing in the column %1 (%2 of them), the first in line %3."),
                    quotedText(*place.column), missingCount, *place.line));
    }
    if (firstRounded) {
        const ImportPlace place = context.place(*firstRounded, column);
        context.notes.warning(
            "rounded_number", place,
            Message(TR("engine",
                       "The number %1 in line %2, column %3, has more digits than a double holds and was "
                       "rounded."),
                    quotedText(context.cell(*firstRounded, column)), *place.line, quotedText(*place.column)));
    }
    return values;
}

/// 0, 1, 2 ... or 1, 2, 3 ... as data frames write them in front of each row.
bool isRowCounter(const std::vector<double>& values)
{
    for (size_t i = 0; i < values.size(); ++i)
        if (values[i] != values[0] + static_cast<double>(i))
            return false;
    return !values.empty() && (values[0] == 0 || values[0] == 1);
}

/// What the person says a column is. Throws UsageError for a word that is no type.
std::optional<ImportColumnType> askedType(const ImportContext& context, size_t column)
{
    for (const auto& [name, type] : context.options.types) {
        if (columnNamed(context.names, name) != column)
            continue;
        if (type == "number")
            return ImportColumnType::Number;
        if (type == "text")
            return ImportColumnType::Text;
        if (type == "ignore")
            return ImportColumnType::Ignored;
        throw UsageError(
            Message(TR("engine", "There is no column type %1. Types are number, text and ignore."),
                    quotedText(type)));
    }
    return std::nullopt;
}

void checkAskedTypes(const ImportContext& context)
{
    for (const auto& [name, type] : context.options.types)
        if (!columnNamed(context.names, name))
            context.notes.error(
                "unknown_column", {std::nullopt, name},
                Message(TR("engine", "The type %1 was given to the column %2, which the file does not have."),
                        type, quotedText(name)));
}

ImportColumnType typeOf(const ImportContext& context, size_t column, const FirstLook& look,
                        const std::vector<double>& plain)
{
    if (const auto asked = askedType(context, column))
        return *asked;
    const bool nameless = context.names[column].empty();
    if (look.present() == 0) {
        if (!nameless)
            context.notes.warning("empty_column", {std::nullopt, context.names[column]},
                                  Message(TR("engine", "The column %1 holds no values and was left out."),
                                          quotedText(context.names[column])));
        return ImportColumnType::Ignored;
    }
    if (nameless && isRowCounter(plain))
        return ImportColumnType::Ignored;
    const auto& roles = context.options.roles;
    const auto asked = [&](const char* role) {
        const auto it = roles.find(role);
        return it != roles.end() && columnNamed(context.names, it->second) == column;
    };
    if (asked("id"))
        return ImportColumnType::Text;
    // A price column is one of numbers even when most of its cells are broken.
    const bool price = !roleOfName(plainName(context.names[column])).empty() || asked("open") ||
                       asked("high") || asked("low") || asked("close") || asked("volume");
    return price || (look.plain + look.decorated) * 2 > look.present() ? ImportColumnType::Number
                                                                       : ImportColumnType::Text;
}

}  // namespace

std::vector<ImportedColumn> readColumns(const ImportContext& context, const std::vector<std::size_t>& times,
                                        char& decimal, const std::function<bool(double)>& goOn)
{
    checkAskedTypes(context);
    std::vector<ImportedColumn> out;
    std::vector<FirstLook> looks;
    bool anyDecorated = false;
    for (size_t c = 0; c < context.names.size(); ++c) {
        if (std::ranges::find(times, c) != times.end())
            continue;
        if (!goOn(static_cast<double>(c) / static_cast<double>(context.names.size())))
            return {};
        ImportedColumn column;
        column.index = c;
        const FirstLook look = lookAt(context, c, column.numbers);
        column.info = {context.names[c], "", typeOf(context, c, look, column.numbers)};
        if (column.info.type != ImportColumnType::Number)
            column.numbers = {};
        anyDecorated |= column.info.type == ImportColumnType::Number && look.decorated > 0;
        looks.push_back(look);
        out.push_back(std::move(column));
    }
    std::vector<Marks> marks(out.size());
    Marks file;
    for (size_t i = 0; (anyDecorated || context.options.decimal) && i < out.size(); ++i)
        if (out[i].info.type == ImportColumnType::Number) {
            marks[i] = marksOf(context, out[i].index);
            file.comma += marks[i].comma;
            file.dot += marks[i].dot;
        }
    decimal = context.options.decimal.value_or(file.comma > file.dot ? ',' : '.');
    for (size_t i = 0; i < out.size(); ++i) {
        ImportedColumn& column = out[i];
        if (column.info.type == ImportColumnType::Text) {
            for (const std::uint32_t row : context.rows)
                column.texts.push_back(context.table.text(row, column.index));
        } else if (column.info.type == ImportColumnType::Number) {
            const Decimal mark = decimalOf(context, marks[i], file);
            const NumberFormat format = formatOf(marks[i], mark.mark);
            const bool clean = looks[i].missing + looks[i].decorated + looks[i].otherText == 0 &&
                               format.decimal == '.' && !format.grouped;
            const bool finite = clean && std::ranges::all_of(column.numbers, [](double x) {
                                    return std::abs(x) < largestExact;
                                });
            if (finite)
                continue;  // the first look read every cell as it stands
            noteFormat(context, column.index, format, marks[i], mark.guessed);
            column.numbers = readNumbers(context, column.index, format);
        }
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
