// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/io/csv.h"

#include <algorithm>
#include <array>
#include <map>

#include "engine/io/encoding.h"

namespace fc {

namespace {

constexpr size_t maxColumns = 10'000;
constexpr size_t maxFieldBytes = size_t(1) << 20;
constexpr size_t rowsBetweenLooks = 4096;

bool isBlank(char c)
{
    return c == ' ' || c == '\t';
}

/// Cuts one text into records; a class because position, line and the growing table belong together.
class Cutter {
public:
    Cutter(std::string_view text, CsvDialect dialect, size_t begin)
        : m_text(text), m_delimiter(dialect.delimiter), m_at(begin)
    {
        m_table.source = text;
        m_table.dialect = dialect;
        m_line = lineAt(text, begin);
        for (const char c : {dialect.delimiter, '\n', '\r'})
            m_ends[static_cast<unsigned char>(c)] = true;
        if (dialect.delimiter == ' ')
            m_ends[static_cast<unsigned char>('\t')] = true;
    }

    CsvTable cut(const CsvReading& reading)
    {
        const size_t expected =
            std::min((m_text.size() - std::min(m_at, m_text.size())) / 8, size_t(1) << 16);
        m_table.fields.reserve(expected);
        while (m_at < m_text.size() && m_table.rows() < reading.maxRows && !m_table.problem) {
            record();
            if (m_table.rows() % rowsBetweenLooks != 0)
                continue;
            if (reading.cancel != nullptr && reading.cancel->cancelled()) {
                m_table.cancelled = true;
                break;
            }
            if (reading.progress)
                reading.progress(static_cast<double>(m_at) / static_cast<double>(m_text.size()));
        }
        return std::move(m_table);
    }

private:
    void record()
    {
        const size_t first = m_table.fields.size();
        const std::int64_t line = m_line;
        if (m_delimiter == ' ')
            skipBlanks();
        bool content = false;
        do {
            if (m_table.fields.size() - first >= maxColumns)
                return fail(CsvProblem::Kind::TooManyColumns, line, m_text.substr(m_at, 100));
            field(m_table.fields.size() - first);
            if (m_table.problem)
                return;
            const CsvTable::Field& f = m_table.fields.back();
            content = content || f.quoted != 0 || !trimmedBlanks(m_text.substr(f.begin, f.length)).empty();
        } while (nextField());
        lineEnd();
        if (content) {
            m_table.firstField.push_back(static_cast<std::uint32_t>(first));
            m_table.lines.push_back(static_cast<std::uint32_t>(line));
            return;
        }
        if (m_table.fields.size() > first + 1 && m_table.emptyRecords++ == 0)
            m_table.firstEmptyLine = line;
        m_table.fields.resize(first);
    }

    void field(size_t column)
    {
        size_t begin = m_at;
        while (begin < m_text.size() && isBlank(m_text[begin]) && !isEnd(begin))
            ++begin;
        if (begin < m_text.size() && m_text[begin] == m_table.dialect.quote)
            return quotedField(begin, column);
        begin = m_at;
        while (m_at < m_text.size() && !isEnd(m_at))
            ++m_at;
        if (m_at - begin > maxFieldBytes)
            return fail(CsvProblem::Kind::FieldTooLong, m_line, m_text.substr(begin, 100), column);
        m_table.fields.push_back(
            {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(m_at - begin) & 0x3fffffff, 0, 0});
    }

    void quotedField(size_t open, size_t column)
    {
        const char quote = m_table.dialect.quote;
        const std::int64_t openLine = m_line;
        const size_t begin = open + 1;
        bool doubled = false;
        size_t close = begin;
        for (;; ++close) {
            if (close >= m_text.size())
                return fail(CsvProblem::Kind::UnclosedQuote, openLine, m_text.substr(open, 100), column);
            const char c = m_text[close];
            if (c == quote) {
                if (close + 1 >= m_text.size() || m_text[close + 1] != quote)
                    break;
                doubled = true;
                ++close;
            } else if (c == '\n' ||
                       (c == '\r' && (close + 1 >= m_text.size() || m_text[close + 1] != '\n'))) {
                ++m_line;
            }
        }
        m_at = close + 1;
        while (m_at < m_text.size() && isBlank(m_text[m_at]) && !isEnd(m_at))
            ++m_at;
        if (m_at < m_text.size() && !isEnd(m_at))
            return fail(CsvProblem::Kind::TextAfterQuote, openLine, m_text.substr(open, 100), column);
        if (close - begin > maxFieldBytes)
            return fail(CsvProblem::Kind::FieldTooLong, openLine, m_text.substr(open, 100), column);
        m_table.fields.push_back({static_cast<std::uint32_t>(begin),
                                  static_cast<std::uint32_t>(close - begin) & 0x3fffffff, 1, doubled});
    }

    /// Steps over a delimiter; false at the end of the record.
    bool nextField()
    {
        if (m_at >= m_text.size() || m_text[m_at] == '\n' || m_text[m_at] == '\r')
            return false;
        ++m_at;
        if (m_delimiter != ' ')
            return true;
        skipBlanks();
        return m_at < m_text.size() && m_text[m_at] != '\n' && m_text[m_at] != '\r';
    }

    void lineEnd()
    {
        if (m_at >= m_text.size())
            return;
        m_at += m_text[m_at] == '\r' && m_at + 1 < m_text.size() && m_text[m_at + 1] == '\n' ? 2 : 1;
        ++m_line;
    }

    void skipBlanks()
    {
        while (m_at < m_text.size() && isBlank(m_text[m_at]))
            ++m_at;
    }

    bool isEnd(size_t i) const { return m_ends[static_cast<unsigned char>(m_text[i])]; }

    void fail(CsvProblem::Kind kind, std::int64_t line, std::string_view text, size_t column = 0)
    {
        m_table.problem =
            CsvProblem{kind, line, column, std::string(text.substr(0, text.find_first_of("\r\n")))};
    }

    std::string_view m_text;
    char m_delimiter;
    size_t m_at;
    std::int64_t m_line = 1;
    std::array<bool, 256> m_ends{};
    CsvTable m_table;
};

/// The first lines, cut after a line end, so that no record is half there.
std::string_view sampleOf(std::string_view text)
{
    constexpr size_t sampleBytes = size_t(1) << 18;
    if (text.size() <= sampleBytes)
        return text;
    const size_t end = text.find_last_of("\r\n", sampleBytes);
    return text.substr(0, end == std::string_view::npos ? sampleBytes : end + 1);
}

/// How alike the records look under one delimiter.
struct Fit {
    double share = 0;  ///< of the records that have the most common width
    size_t width = 0;
};

Fit fitOf(const CsvTable& table)
{
    std::map<size_t, size_t> widths;
    for (size_t i = 0; i < table.rows(); ++i)
        ++widths[table.width(i)];
    Fit fit;
    size_t most = 0;
    for (const auto& [width, count] : widths)
        if (width > 1 && count >= most) {
            most = count;
            fit.width = width;
        }
    if (table.rows() > 0)
        fit.share = static_cast<double>(most) / static_cast<double>(table.rows());
    return fit;
}

/// True when every field of the first record stands between apostrophes.
bool quotesWithApostrophes(std::string_view text, char delimiter)
{
    const CsvTable table =
        readCsv(text, {delimiter, '"'}, {.begin = 0, .maxRows = 1, .cancel = nullptr, .progress = {}});
    if (table.rows() == 0 || table.width(0) < 2)
        return false;
    for (size_t c = 0; c < table.width(0); ++c) {
        const std::string_view cell = table.trimmed(0, c);
        if (table.field(0, c).quoted != 0 || cell.size() < 2 || cell.front() != '\'' || cell.back() != '\'')
            return false;
    }
    return true;
}

}  // namespace

std::string_view trimmedBlanks(std::string_view text)
{
    for (;;) {
        if (text.starts_with(' ') || text.starts_with('\t'))
            text.remove_prefix(1);
        else if (text.ends_with(' ') || text.ends_with('\t'))
            text.remove_suffix(1);
        else if (text.starts_with("\u00a0"))
            text.remove_prefix(2);
        else if (text.ends_with("\u00a0"))
            text.remove_suffix(2);
        else
            return text;
    }
}

std::string_view CsvTable::trimmed(std::size_t row, std::size_t column) const
{
    return trimmedBlanks(raw(row, column));
}

std::string CsvTable::text(std::size_t row, std::size_t column) const
{
    std::string out(raw(row, column));
    if (field(row, column).doubled == 0)
        return out;
    size_t kept = 0;
    for (size_t i = 0; i < out.size(); ++i) {
        out[kept++] = out[i];
        i += out[i] == dialect.quote;
    }
    out.resize(kept);
    return out;
}

std::int64_t CsvTable::fieldLine(std::size_t row, std::size_t column) const
{
    const std::uint32_t begin = field(row, 0).begin;
    return lines[row] +
           lineAt(source.substr(begin, field(row, column).begin - begin), maxFieldBytes * maxColumns) - 1;
}

CsvTable readCsv(std::string_view text, CsvDialect dialect, const CsvReading& reading)
{
    return Cutter(text, dialect, reading.begin).cut(reading);
}

CsvDialect detectDialect(std::string_view text, std::optional<char> delimiter)
{
    CsvDialect best;
    if (delimiter) {
        best.delimiter = *delimiter;
    } else {
        const std::string_view sample = sampleOf(text);
        Fit bestFit;
        // In this order because a comma is also a decimal mark, and a blank also stands inside dates and
        // texts.
        for (const char candidate : {'\t', ';', '|', ',', ' '}) {
            const CsvTable table = readCsv(sample, {candidate, '"'},
                                           {.begin = 0, .maxRows = 200, .cancel = nullptr, .progress = {}});
            const Fit fit = fitOf(table);
            const bool plausible = candidate != ' ' || (bestFit.width == 0 && fit.share > 0.9);
            if (plausible && fit.width > 1 && (fit.share > bestFit.share + 0.02 || bestFit.width == 0)) {
                bestFit = fit;
                best.delimiter = candidate;
            }
        }
    }
    if (quotesWithApostrophes(text, best.delimiter))
        best.quote = '\'';
    return best;
}

}  // namespace fc
