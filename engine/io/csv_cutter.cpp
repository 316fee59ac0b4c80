// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/io/csv_cutter.h"

#include <algorithm>
#include <utility>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace fc {

namespace {

bool isBlank(char c)
{
    return c == ' ' || c == '\t';
}

}  // namespace

EndFinder::EndFinder(std::string_view text, CsvDialect dialect) : m_text(text), m_dialect(dialect)
{
    for (const char c : {dialect.delimiter, '\n', '\r'})
        m_isEnd[static_cast<unsigned char>(c)] = true;
    if (dialect.delimiter == ' ')
        m_isEnd[static_cast<unsigned char>('\t')] = true;
    look(0);
}

void EndFinder::look(std::size_t base)
{
    m_base = base;
    m_ends = 0;
    std::size_t i = 0;
#ifdef __SSE2__
    // Four vectors of 16 characters; the compiler finds no way to collect the answers as bits.
    const __m128i delimiter = _mm_set1_epi8(m_dialect.delimiter);
    const __m128i second = _mm_set1_epi8(m_dialect.delimiter == ' ' ? '\t' : m_dialect.delimiter);
    const __m128i lineFeed = _mm_set1_epi8('\n');
    const __m128i carriageReturn = _mm_set1_epi8('\r');
    for (; i < windowSize && base + i + 16 <= m_text.size(); i += 16) {
        const __m128i c = _mm_loadu_si128(reinterpret_cast<const __m128i*>(m_text.data() + base + i));
        const __m128i fields = _mm_or_si128(_mm_cmpeq_epi8(c, delimiter), _mm_cmpeq_epi8(c, second));
        const __m128i lines = _mm_or_si128(_mm_cmpeq_epi8(c, lineFeed), _mm_cmpeq_epi8(c, carriageReturn));
        const auto bits = static_cast<unsigned>(_mm_movemask_epi8(_mm_or_si128(fields, lines)));
        m_ends |= static_cast<std::uint64_t>(bits) << i;
    }
#endif
    for (; i < windowSize && base + i < m_text.size(); ++i)
        m_ends |= static_cast<std::uint64_t>(isEnd(m_text[base + i])) << i;
}

Cutter::Cutter(std::string_view text, CsvDialect dialect, CsvStart start, bool isLast)
    : m_text(text),
      m_dialect(dialect),
      m_ends(text, dialect),
      m_at(start.begin),
      m_line(start.line),
      m_isLast(isLast),
      m_rest(start)
{
    m_table.source = text;
    m_table.dialect = dialect;
    m_table.isLast = isLast;
    const std::size_t expected = std::min((text.size() - std::min(m_at, text.size())) / 4, std::size_t(1) << 17);
    m_table.fields.reserve(expected);
}

CsvTable Cutter::cut(std::size_t maxRows)
{
    while (m_at < m_text.size() && m_table.rows() < maxRows && !m_table.problem) {
        if (m_text[m_at] == '\n') {  // nothing in it
            m_rest = {++m_at, ++m_line};
            continue;
        }
        const std::size_t fields = m_table.fields.size();
        if (record() == Outcome::Whole) {
            m_rest = {m_at, m_line};
            continue;
        }
        m_table.fields.resize(fields);
        break;
    }
    return std::move(m_table);
}

Cutter::Outcome Cutter::record()
{
    const std::size_t first = m_table.fields.size();
    const std::size_t begin = m_at;
    const std::int64_t line = m_line;
    if (m_dialect.delimiter == ' ')
        skipBlanks();
    m_content = false;
    do {
        if (m_table.fields.size() - first >= maxColumns)
            return fail(CsvProblem::Kind::TooManyColumns, line, m_text.substr(m_at, 100));
        if (field(m_table.fields.size() - first) == Outcome::Partial)
            return Outcome::Partial;
    } while (nextField());
    if (m_at - begin > maxRecordBytes)
        return fail(CsvProblem::Kind::RecordTooLong, line, m_text.substr(begin, 100));
    const bool spansLines = m_line > line;
    if (lineEnd() == Outcome::Partial)
        return Outcome::Partial;
    if (m_content) {
        if (spansLines)
            m_table.multiline.push_back(static_cast<std::uint32_t>(m_table.rows()));
        m_table.firstField.push_back(static_cast<std::uint32_t>(first));
        m_table.lines.push_back(line);
        return Outcome::Whole;
    }
    if (m_table.fields.size() > first + 1 && m_table.emptyRecords++ == 0)
        m_table.firstEmptyLine = line;
    m_table.fields.resize(first);
    return Outcome::Whole;
}

Cutter::Outcome Cutter::field(std::size_t column)
{
    const std::size_t begin = m_at;
    std::size_t start = begin;
    while (start < m_text.size() && isBlank(m_text[start]) && !m_ends.isEnd(m_text[start]))
        ++start;
    if (start < m_text.size() && m_text[start] == m_dialect.quote)
        return quotedField(start, column);
    m_at = m_ends.next(start);
    if (m_at - begin > maxFieldBytes)
        return fail(CsvProblem::Kind::FieldTooLong, m_line, m_text.substr(begin, 100), column);
    if (m_at >= m_text.size() && !m_isLast)
        return Outcome::Partial;
    m_content = m_content || (m_at > start && (static_cast<signed char>(m_text[start]) > ' ' ||
                                               !trimmedBlanks(m_text.substr(begin, m_at - begin)).empty()));
    m_table.fields.push_back(
        {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(m_at - begin) & 0x3fffffff, 0, 0});
    return Outcome::Whole;
}

Cutter::Outcome Cutter::quotedField(std::size_t open, std::size_t column)
{
    const std::int64_t openLine = m_line;
    const std::size_t begin = open + 1;
    bool doubled = false;
    std::size_t close = begin;
    for (;; ++close) {
        if (close >= m_text.size()) {
            if (m_isLast)
                return fail(CsvProblem::Kind::UnclosedQuote, openLine, m_text.substr(open, 100), column);
            if (close - begin > maxFieldBytes) {
                fail(CsvProblem::Kind::UnclosedQuote, openLine, m_text.substr(open, 100), column);
                m_openQuote = std::exchange(m_table.problem, std::nullopt);
                m_rest = {open, openLine};
            }
            return Outcome::Partial;
        }
        const char c = m_text[close];
        if (c == m_dialect.quote) {
            if (close + 1 >= m_text.size() && !m_isLast)
                return Outcome::Partial;
            if (close + 1 >= m_text.size() || m_text[close + 1] != m_dialect.quote)
                break;
            doubled = true;
            ++close;
        } else if (c == '\n' || (c == '\r' && (close + 1 >= m_text.size() || m_text[close + 1] != '\n'))) {
            ++m_line;
        }
    }
    m_at = close + 1;
    while (m_at < m_text.size() && isBlank(m_text[m_at]) && !m_ends.isEnd(m_text[m_at]))
        ++m_at;
    if (m_at >= m_text.size() && !m_isLast)
        return Outcome::Partial;
    if (m_at < m_text.size() && !m_ends.isEnd(m_text[m_at]))
        return fail(CsvProblem::Kind::TextAfterQuote, openLine, m_text.substr(open, 100), column);
    if (close - begin > maxFieldBytes)
        return fail(CsvProblem::Kind::FieldTooLong, openLine, m_text.substr(open, 100), column);
    m_content = true;
    m_table.fields.push_back({static_cast<std::uint32_t>(begin),
                              static_cast<std::uint32_t>(close - begin) & 0x3fffffff, 1, doubled});
    return Outcome::Whole;
}

/// Steps over a delimiter; false at the end of the record.
bool Cutter::nextField()
{
    if (m_at >= m_text.size() || m_text[m_at] == '\n' || m_text[m_at] == '\r')
        return false;
    ++m_at;
    if (m_dialect.delimiter != ' ')
        return true;
    skipBlanks();
    return m_at < m_text.size() && m_text[m_at] != '\n' && m_text[m_at] != '\r';
}

Cutter::Outcome Cutter::lineEnd()
{
    if (m_at >= m_text.size())
        return m_isLast ? Outcome::Whole : Outcome::Partial;
    const bool isReturn = m_text[m_at] == '\r';
    if (isReturn && m_at + 1 >= m_text.size() && !m_isLast)
        return Outcome::Partial;
    m_at += isReturn && m_at + 1 < m_text.size() && m_text[m_at + 1] == '\n' ? 2 : 1;
    ++m_line;
    return Outcome::Whole;
}

void Cutter::skipBlanks()
{
    while (m_at < m_text.size() && isBlank(m_text[m_at]))
        ++m_at;
}

Cutter::Outcome Cutter::fail(CsvProblem::Kind kind, std::int64_t line, std::string_view text,
                             std::size_t column)
{
    m_table.problem =
        CsvProblem{kind, line, column, std::string(text.substr(0, text.find_first_of("\r\n")))};
    return Outcome::Partial;
}

}  // namespace fc
