// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/io/import_faults.h"

#include <algorithm>

namespace fc {

namespace {

bool sameName(std::string_view a, std::string_view b)
{
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    return std::ranges::equal(a, b, [&](char x, char y) { return lower(x) == lower(y); });
}

}  // namespace

bool checkText(const DecodedText& decoded, const std::string& container, ImportNotes& notes)
{
    if (!container.empty()) {
        const std::string start = decoded.text.substr(0, 200);
        const bool readable = container == "JSON text";
        notes.error(
            "not_a_table", {},
            readable
                ? Message(TR("engine",
                             "The file is %1 and cannot be read as a table: %2. Give a text file with one "
                             "record in each line."),
                          container, quotedText(start))
                : Message(TR("engine",
                             "The file is %1 and cannot be read as a table. Give a text file with one record "
                             "in each line."),
                          container));
        return false;
    }
    if (decoded.mixed) {
        const std::int64_t line = lineAt(decoded.text, decoded.oddAt);
        notes.error("mixed_encoding", {line, std::nullopt},
                    Message(TR("engine",
                               "The text is UTF-8, but line %1 holds bytes that are not. Correct the line or "
                               "save the file "
                               "as UTF-8."),
                            line));
        return false;
    }
    if (decoded.nulAt != std::string::npos) {
        const std::int64_t line = lineAt(decoded.text, decoded.nulAt);
        notes.error(
            "nul_byte", {line, std::nullopt},
            Message(
                TR("engine",
                   "Line %1 holds a NUL byte, as damaged files do. Get the file anew or correct the line."),
                line));
        return false;
    }
    if (decoded.guessed) {
        const bool wide = decoded.encoding.starts_with("utf-16");
        const std::int64_t line = wide ? 1 : lineAt(decoded.text, decoded.oddAt);
        notes.warning(
            "encoding", {line, std::nullopt},
            Message(TR("engine", "The file is not UTF-8, first seen in line %1; it was read as %2."), line,
                    decoded.encoding));
    }
    if (decoded.nulTail > 0) {
        const std::int64_t line = lineAt(decoded.text, decoded.text.size());
        notes.warning(
            "nul_tail", {line, std::nullopt},
            Message(TR("engine",
                       "The file ends in %1 NUL bytes after line %2; they were left out, and records may be "
                       "missing."),
                    decoded.nulTail, line));
    }
    return true;
}

void noteProblem(const CsvProblem& problem, const std::vector<std::string>& names, ImportNotes& notes)
{
    const std::string text = quotedText(problem.text);
    ImportPlace place{problem.line, std::nullopt};
    if (problem.column < names.size() && !names[problem.column].empty() &&
        problem.kind != CsvProblem::Kind::TooManyColumns)
        place.column = names[problem.column];
    switch (problem.kind) {
        case CsvProblem::Kind::UnclosedQuote:
            notes.error(
                "unclosed_quote", place,
                Message(TR("engine",
                           "The quote that opens in line %1 is never closed: %2. Close it or delete it."),
                        problem.line, text));
            return;
        case CsvProblem::Kind::TextAfterQuote:
            notes.error("text_after_quote", place,
                        Message(TR("engine",
                                   "The field that opens with a quote in line %1 goes on after its closing "
                                   "quote: %2. A quote "
                                   "inside a quoted field is written twice."),
                                problem.line, text));
            return;
        case CsvProblem::Kind::FieldTooLong:
            notes.error(
                "field_too_long", place,
                Message(TR("engine", "A field in line %1 is longer than 1 MiB, the most there may be: %2."),
                        problem.line, text));
            return;
        case CsvProblem::Kind::TooManyColumns:
            notes.error("too_many_columns", place,
                        Message(TR("engine", "Line %1 has more than 10000 fields, the most there may be."),
                                problem.line));
            return;
    }
}

std::vector<size_t> repeatedColumns(const ImportContext& context, std::int64_t headerLine)
{
    std::vector<size_t> out;
    for (size_t c = 1; c < context.names.size(); ++c) {
        size_t first = 0;
        while (first < c && !sameName(context.names[first], context.names[c]))
            ++first;
        if (first == c || context.names[c].empty())
            continue;
        bool same = true;
        for (size_t row = 0; row < context.rows.size() && same; ++row)
            same = context.cell(row, first) == context.cell(row, c);
        const ImportPlace place{headerLine, context.names[c]};
        if (same)
            context.notes.warning(
                "duplicate_column", place,
                Message(
                    TR("engine",
                       "The columns %1 and %2 are both named %3 and hold the same; the second was left out."),
                    first + 1, c + 1, quotedText(context.names[c])));
        else
            context.notes.error("duplicate_column", place,
                                Message(TR("engine",
                                           "The columns %1 and %2 are both named %3 but hold different "
                                           "values. Rename one of them."),
                                        first + 1, c + 1, quotedText(context.names[c])));
        out.push_back(c);
    }
    return out;
}

}  // namespace fc
