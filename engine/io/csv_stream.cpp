// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/io/csv_stream.h"

#include <algorithm>

#include "engine/io/csv_cutter.h"

namespace fc {

namespace {

constexpr std::size_t blockBytes = std::size_t(512) << 10;
constexpr std::size_t largestBlock = std::size_t(32) << 20;
/// A footer is told from records by standing among the last three.
constexpr std::size_t lastRecords = 3;

}  // namespace

void CsvStream::fill(std::size_t bytes)
{
    while (m_buffer.size() < bytes && !m_atEnd)
        m_atEnd = !m_text.read(m_buffer);
}

std::string_view CsvStream::head(std::size_t bytes)
{
    fill(bytes);
    return std::string_view(m_buffer).substr(0, bytes);
}

void CsvStream::begin(CsvDialect dialect, CsvStart start)
{
    m_dialect = dialect;
    m_start = start;
    head(start.begin);
}

bool CsvStream::isEnough(std::size_t minimumRows, std::int64_t line) const
{
    return m_table.rows() >= minimumRows + lastRecords && m_table.lines.back() > line;
}

bool CsvStream::next(std::size_t minimumRows, std::int64_t line)
{
    if (m_done)
        return false;
    m_buffer.erase(0, m_start.begin);
    m_start.begin = 0;
    for (std::size_t bytes = blockBytes;; bytes = m_buffer.size() * 2) {
        fill(bytes);
        m_done = m_atEnd;
        if (m_text.findings().isFatal())
            return false;
        Cutter cutter(m_buffer, m_dialect, m_start, m_atEnd);
        m_table = cutter.cut(std::size_t(-1));
        const CsvStart rest = cutter.rest();
        if (cutter.openQuote())
            m_table.problem = drainQuote(*cutter.openQuote(), rest.begin);
        else if (!m_table.problem && !m_atEnd && m_buffer.size() - rest.begin > maxRecordBytes)
            m_table.problem = CsvProblem{CsvProblem::Kind::RecordTooLong, rest.line, 0,
                                         m_buffer.substr(rest.begin, 100)};
        m_done |= m_table.problem.has_value();
        if (m_done)
            return !m_text.findings().isFatal();
        if (isEnough(minimumRows, line) || m_buffer.size() >= largestBlock) {
            m_start = rest;
            keepBack();
            return true;
        }
    }
}

/// Takes the last records out of the block again: they come at the front of the next one.
void CsvStream::keepBack()
{
    if (m_table.rows() == 0)
        return;
    const std::size_t row = m_table.rows() - std::min(m_table.rows(), lastRecords);
    const CsvTable::Field& first = m_table.field(row, 0);
    m_start = {first.begin - first.quoted, m_table.line(row)};
    const CsvTable kept = Cutter(m_buffer, m_dialect, m_start, false).cut(std::size_t(-1));
    m_table.emptyRecords -= kept.emptyRecords;
    m_table.fields.resize(m_table.firstField[row]);
    m_table.firstField.resize(row);
    m_table.lines.resize(row);
    std::erase_if(m_table.multiline, [&](std::uint32_t each) { return each >= row; });
}

/// A quoted field that is far too long: looks for its end without keeping it, because only the end tells
/// whether the quote was forgotten.
CsvProblem CsvStream::drainQuote(CsvProblem opened, std::size_t open)
{
    bool closed = false;  // the last character was a quote that may close
    std::string piece = m_buffer.substr(open + 1);
    do {
        for (const char c : piece) {
            if (closed && c != m_dialect.quote) {
                const bool fits = c == m_dialect.delimiter || c == '\n' || c == '\r' || c == ' ' || c == '\t';
                opened.kind = fits ? CsvProblem::Kind::FieldTooLong : CsvProblem::Kind::TextAfterQuote;
                return opened;
            }
            closed = !closed && c == m_dialect.quote;
        }
        piece.clear();
    } while (m_text.read(piece));
    if (closed)
        opened.kind = CsvProblem::Kind::FieldTooLong;
    return opened;
}

}  // namespace fc
