// SPDX-License-Identifier: GPL-3.0-or-later
// The part of csv.h that cuts; apart from it because only blocks of a stream need to know.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "engine/io/csv.h"

namespace fc {

/// Finds delimiters and line ends 64 characters at a time.
class EndFinder {
public:
    EndFinder(std::string_view text, CsvDialect dialect);

    /// The first delimiter or line end from `from` on, or the end of the text.
    std::size_t next(std::size_t from)
    {
        if (from < m_base || from - m_base >= windowSize)
            look(from);
        std::uint64_t ahead = m_ends & (~std::uint64_t(0) << (from - m_base));
        while (ahead == 0) {
            if (m_base + windowSize >= m_text.size())
                return m_text.size();
            look(m_base + windowSize);
            ahead = m_ends;
        }
        return m_base + static_cast<std::size_t>(__builtin_ctzll(ahead));
    }
    bool isEnd(char c) const { return m_isEnd[static_cast<unsigned char>(c)]; }

private:
    static constexpr std::size_t windowSize = 64;
    void look(std::size_t base);

    std::string_view m_text;
    CsvDialect m_dialect;
    std::array<bool, 256> m_isEnd{};
    std::size_t m_base = 0;
    std::uint64_t m_ends = 0;  ///< bit i: m_text[m_base + i] is one
};

/// Cuts a text, or one block of a longer text, into records.
class Cutter {
public:
    /// `isLast`: nothing follows the text, so that what it ends in is whole.
    Cutter(std::string_view text, CsvDialect dialect, CsvStart start, bool isLast);

    CsvTable cut(std::size_t maxRows);

    /// What cut() left of a block: where its first record that is not whole begins.
    CsvStart rest() const { return m_rest; }
    /// A quoted field that is longer than 1 MiB and does not end in the block: where its quote opens.
    const std::optional<CsvProblem>& openQuote() const { return m_openQuote; }

private:
    enum class Outcome { Whole, Partial };

    Outcome record();
    Outcome field(std::size_t column);
    Outcome quotedField(std::size_t open, std::size_t column);
    bool nextField();
    Outcome lineEnd();
    void skipBlanks();
    Outcome fail(CsvProblem::Kind kind, std::int64_t line, std::string_view text, std::size_t column = 0);

    std::string_view m_text;
    CsvDialect m_dialect;
    EndFinder m_ends;
    std::size_t m_at;
    std::int64_t m_line;
    bool m_isLast;
    bool m_content = false;  ///< the record so far
    CsvStart m_rest;
    std::optional<CsvProblem> m_openQuote;
    CsvTable m_table;
};

}  // namespace fc
