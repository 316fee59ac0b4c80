// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string_view>

namespace fc {

/// Hands the parser one character after the other and knows the line of the last one.
class JsonCursor {
public:
    explicit JsonCursor(std::string_view text) : m_text(text) {}

    bool atEnd() const { return m_at >= m_text.size(); }
    std::uint32_t line() const { return m_line; }
    double share() const { return static_cast<double>(m_at) / static_cast<double>(m_text.size()); }
    /// The parser takes NUL for the end of the text; a character that JSON allows nowhere is refused instead.
    char peek() const { return m_text[m_at] == '\0' || isTooLong() ? '\x01' : m_text[m_at]; }
    /// Remembers that a token ends here.
    void endToken() { m_tokenEnd = m_at; }
    /// True when so much came since the last token that the next can only fill the memory.
    bool isTooLong() const { return m_at - m_tokenEnd > (std::size_t(8) << 20); }
    void step()
    {
        m_line += m_lineEnded;
        const char c = m_text[m_at++];
        m_lineEnded = c == '\n' || (c == '\r' && (atEnd() || m_text[m_at] != '\n'));
    }
    /// To the next character that is not blank. True when a line ended on the way.
    bool skipBlanks()
    {
        bool lineEnd = m_lineEnded;
        while (!atEnd() && std::string_view(" \t\r\n").find(m_text[m_at]) != std::string_view::npos) {
            step();
            lineEnd |= m_lineEnded;
        }
        return lineEnd;
    }

private:
    std::string_view m_text;
    std::size_t m_at = 0;
    std::size_t m_tokenEnd = 0;
    std::uint32_t m_line = 1;
    bool m_lineEnded = false;
};

/// A cursor as the parser wants it; without one, the end.
class JsonIterator {
public:
    using iterator_category = std::input_iterator_tag;
    using value_type = char;
    using difference_type = std::ptrdiff_t;
    using pointer = const char*;
    using reference = char;

    JsonIterator() = default;
    explicit JsonIterator(JsonCursor& cursor) : m_cursor(&cursor) {}
    char operator*() const { return m_cursor->peek(); }
    JsonIterator& operator++()
    {
        m_cursor->step();
        return *this;
    }
    JsonIterator operator++(int)
    {
        const JsonIterator old = *this;
        m_cursor->step();
        return old;
    }
    bool operator==(const JsonIterator& other) const { return isEnd() == other.isEnd(); }

private:
    bool isEnd() const { return m_cursor == nullptr || m_cursor->atEnd(); }

    JsonCursor* m_cursor = nullptr;
};

}  // namespace fc
