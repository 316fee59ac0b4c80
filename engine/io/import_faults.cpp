// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/io/import_faults.h"

#include <unordered_map>
#include <utility>

#include "engine/io/encoding.h"

namespace fc {

bool checkText(const TextFindings& text, ImportNotes& notes)
{
    if (!text.container.empty()) {
        const bool readable = text.container == "JSON text";
        notes.error(
            "not_a_table", {},
            readable
                ? Message(TR("engine",
                             "The file is %1 and cannot be read as a table: %2. Give a text file with one "
                             "record in each line."),
                          text.container, quotedText(text.start))
                : Message(TR("engine",
                             "The file is %1 and cannot be read as a table. Give a text file with one record "
                             "in each line."),
                          text.container));
        return false;
    }
    if (text.mixed) {
        const std::int64_t line = text.oddLine;
        notes.error("mixed_encoding", {line, std::nullopt},
                    Message(TR("engine",
                               "The text is UTF-8, but line %1 holds bytes that are not. Correct the line or "
                               "save the file "
                               "as UTF-8."),
                            line));
        return false;
    }
    if (text.nulLine) {
        const std::int64_t line = *text.nulLine;
        notes.error(
            "nul_byte", {line, std::nullopt},
            Message(
                TR("engine",
                   "Line %1 holds a NUL byte, as damaged files do. Get the file anew or correct the line."),
                line));
        return false;
    }
    if (text.guessed) {
        const std::int64_t line = text.oddLine;
        notes.warning(
            "encoding", {line, std::nullopt},
            Message(TR("engine", "The file is not UTF-8, first seen in line %1; it was read as %2."), line,
                    text.encoding));
    }
    if (text.nulTail > 0) {
        const std::int64_t line = text.lastLine;
        notes.warning(
            "nul_tail", {line, std::nullopt},
            Message(TR("engine",
                       "The file ends in %1 NUL bytes after line %2; they were left out, and records may be "
                       "missing."),
                    static_cast<std::int64_t>(text.nulTail), line));
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
        case CsvProblem::Kind::RecordTooLong:
            notes.error(
                "record_too_long", {problem.line, std::nullopt},
                Message(TR("engine",
                           "The record that begins in line %1 is longer than 16 MiB, the most there may be: %2."),
                        problem.line, text));
            return;
        case CsvProblem::Kind::TooManyColumns:
            notes.error("too_many_columns", place,
                        Message(TR("engine", "Line %1 has more than 10000 fields, the most there may be."),
                                problem.line));
            return;
    }
}

RepeatedColumns::RepeatedColumns(const std::vector<std::string>& names)
{
    std::unordered_map<std::string, size_t> first;
    for (size_t c = 0; c < names.size(); ++c) {
        std::string name = names[c];
        for (char& letter : name)
            if (letter >= 'A' && letter <= 'Z')
                letter = static_cast<char>(letter - 'A' + 'a');
        const auto [it, isNew] = first.emplace(std::move(name), c);
        if (!isNew && !names[c].empty())
            m_pairs.push_back({it->second, c, true});
    }
}

void RepeatedColumns::compare(const ImportContext& block)
{
    for (Pair& pair : m_pairs)
        for (size_t row = 0; row < block.rows.size() && pair.same; ++row)
            pair.same = block.cell(row, pair.first) == block.cell(row, pair.second);
}

std::vector<std::size_t> RepeatedColumns::columns() const
{
    std::vector<std::size_t> out;
    for (const Pair& pair : m_pairs)
        out.push_back(pair.second);
    return out;
}

void RepeatedColumns::note(const std::vector<std::string>& names, std::int64_t headerLine,
                           ImportNotes& notes) const
{
    for (const Pair& pair : m_pairs) {
        const ImportPlace place{headerLine, names[pair.second]};
        if (pair.same)
            notes.warning(
                "duplicate_column", place,
                Message(
                    TR("engine",
                       "The columns %1 and %2 are both named %3 and hold the same; the second was left out."),
                    pair.first + 1, pair.second + 1, quotedText(names[pair.second])));
        else
            notes.error("duplicate_column", place,
                        Message(TR("engine",
                                   "The columns %1 and %2 are both named %3 but hold different "
                                   "values. Rename one of them."),
                                pair.first + 1, pair.second + 1, quotedText(names[pair.second])));
    }
}

}  // namespace fc
