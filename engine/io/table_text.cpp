// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/io/table_text.h"

#include <algorithm>
#include <array>

namespace fc {

namespace {

bool isLetter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// "line" in the file's own term, in the case of `first`.
std::string wordOf(PlaceTerm term, char first)
{
    const bool capital = first == 'L';
    switch (term) {
        case PlaceTerm::Line:
            return capital ? "Line" : "line";
        case PlaceTerm::Record:
            return capital ? "Record" : "record";
        case PlaceTerm::Row:
            return capital ? "Row" : "row";
    }
    return {};
}

/// Turns physical lines of the text between into places of the file.
class Retelling {
public:
    Retelling(PlaceTerm term, const std::vector<std::uint32_t>& places) : m_term(term), m_places(places) {}

    std::int64_t place(std::int64_t line) const
    {
        const auto index = static_cast<std::size_t>(std::max<std::int64_t>(line - 1, 0));
        return index < m_places.size() ? m_places[index] : m_places.empty() ? 0 : m_places.back();
    }

    std::optional<std::int64_t> place(std::optional<std::int64_t> line) const
    {
        const std::int64_t found = line ? place(*line) : 0;
        return found == 0 ? std::nullopt : std::optional(found);
    }

    /// Every pattern of the import writes the number of a line right behind that word; that is how it is
    /// found here. The sentence in other terms is a pattern of its own to translators.
    Message told(const Message& message) const
    {
        const std::string& pattern = message.pattern();
        std::array<std::string, 9> args;
        std::copy_n(message.args().begin(), std::min(args.size(), message.args().size()), args.begin());
        std::string out;
        for (std::size_t i = 0; i < pattern.size();) {
            const bool word = (pattern.compare(i, 4, "line") == 0 || pattern.compare(i, 4, "Line") == 0) &&
                              (i == 0 || !isLetter(pattern[i - 1]));
            const std::size_t end = i + 4 + (word && pattern.compare(i + 4, 1, "s") == 0 ? 1 : 0);
            if (!word || (end < pattern.size() && isLetter(pattern[end]))) {
                out += pattern[i++];
                continue;
            }
            out += wordOf(m_term, pattern[i]) + pattern.substr(i + 4, end - i - 4);
            i = end;
            if (pattern.compare(i, 2, " %") == 0 && i + 2 < pattern.size())
                renumber(args, static_cast<std::size_t>(pattern[i + 2] - '1'));
        }
        return Message(out, args[0], args[1], args[2], args[3], args[4], args[5], args[6], args[7], args[8]);
    }

private:
    void renumber(std::array<std::string, 9>& args, std::size_t index) const
    {
        const bool number = index < args.size() && !args[index].empty() && args[index].size() < 18 &&
                            std::ranges::all_of(args[index], [](char c) { return c >= '0' && c <= '9'; });
        if (number)
            args[index] = std::to_string(place(std::stoll(args[index])));
    }

    PlaceTerm m_term;
    const std::vector<std::uint32_t>& m_places;
};

/// Physical line of the record at `place`, for a header that a person chose.
std::int64_t lineOfPlace(const std::vector<std::uint32_t>& places, std::int64_t place)
{
    const auto it =
        std::ranges::find_if(places, [&](std::uint32_t each) { return std::int64_t(each) >= place; });
    return it - places.begin() + 1;
}

}  // namespace

void TableTextWriter::next()
{
    if (m_cells++ > 0)
        m_table.csv += ',';
}

void TableTextWriter::text(std::string_view cell)
{
    next();
    std::string& out = m_table.csv;
    out += '"';
    for (std::size_t i = 0; i < cell.size(); ++i) {
        const char c = cell[i];
        if (c == '"')
            out += c;
        m_lines += c == '\n' || (c == '\r' && cell.compare(i + 1, 1, "\n") != 0);
        out += c;
    }
    out += '"';
}

void TableTextWriter::bare(std::string_view cell)
{
    next();
    m_table.csv += cell;
}

void TableTextWriter::endRecord(std::uint32_t place)
{
    if (m_table.csv.size() == m_recordBegin)
        m_table.csv += "\"\"";  // a record of one missing cell is no blank line
    m_table.csv += '\n';
    m_table.places.insert(m_table.places.end(), m_lines, place);
    m_recordBegin = m_table.csv.size();
    m_cells = 0;
    m_lines = 1;
}

ImportResult importTableText(TableText table, const std::string& name, const ImportOptions& options,
                             const ImportControl& control)
{
    ImportOptions inner = options;
    inner.name = options.name.value_or(name);
    inner.delimiter = ',';
    inner.encoding.reset();
    if (table.hasNames)
        inner.headerLine = 1;
    else if (options.headerLine && *options.headerLine > 0)
        inner.headerLine = lineOfPlace(table.places, *options.headerLine);
    ImportResult result;
    const bool refused = std::ranges::any_of(table.notes, &ImportMessage::isError);
    if (table.cancelled || refused) {
        result.cancelled = table.cancelled;
        result.detected = inner;
    } else {
        result = importCsvBytes(std::move(table.csv), *inner.name, inner, control);
    }
    if (table.choice.names.size() > 1)
        result.preview.choices.push_back(table.choice);
    const Retelling retelling(table.term, table.places);
    for (ImportMessage& message : result.messages) {
        message.line = retelling.place(message.line);
        message.text = retelling.told(message.text);
    }
    for (std::vector<Finding>& findings : result.findings)
        for (Finding& finding : findings) {
            finding.text = retelling.told(finding.text);
            for (std::int64_t& line : finding.lines)
                line = retelling.place(line);
        }
    for (ImportPreview::Row& row : result.preview.rows)
        row.line = retelling.place(row.line);
    result.messages.insert(result.messages.begin(), table.notes.begin(), table.notes.end());
    if (result.verdict == ImportVerdict::Accept && !result.messages.empty())
        result.verdict = ImportVerdict::AcceptWithWarning;
    const std::optional<std::int64_t> header = result.detected.headerLine;
    result.detected.delimiter.reset();
    result.detected.encoding.reset();
    result.detected.headerLine = table.hasNames || !header ? std::nullopt
                                 : *header == 0            ? header
                                                           : std::optional(retelling.place(*header));
    return result;
}

ImportResult refusedImport(const char* code, const Message& text)
{
    ImportResult result;
    result.messages.push_back({true, code, std::nullopt, std::nullopt, text});
    return result;
}

ImportControl partOf(const ImportControl& control, double begin, double end)
{
    if (!control.progress)
        return control;
    return {control.cancel,
            [tell = control.progress, begin, end](double share) { tell(begin + (end - begin) * share); }};
}

}  // namespace fc
