// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/io/raw_lines.h"

#include <algorithm>
#include <fstream>
#include <iterator>

#include "engine/base/atomic_file.h"
#include "engine/base/error.h"
#include "engine/io/encoding.h"
#include "engine/io/transcode.h"

namespace fc {

namespace {

constexpr std::size_t longestLine = 2000;
constexpr std::size_t headBytes = 4096;
/// Of a file in two-byte units, which has to be decoded as a whole.
constexpr std::uintmax_t largestWide = 256 << 20;

/// One line to be shown: what is not UTF-8 is read as Windows-1252, unless characters of UTF-8 stand beside it.
std::string shownLine(std::string line)
{
    constexpr std::string_view mark = "\xef\xbb\xbf";
    while (line.starts_with(mark))
        line.erase(0, mark.size());
    line.resize(line.find_last_not_of('\0') + 1);
    bool multibyte = false;
    bool broken = false;
    for (std::size_t i = 0; i < line.size();) {
        const std::size_t end = utf8End(line, i);
        multibyte |= end > i + 1;
        broken |= end == i;
        i = std::max(end, i + 1);
    }
    return broken && !multibyte ? toUtf8(line, "windows-1252") : line;
}

/// Takes bytes and keeps the wanted lines of them. CR LF, LF and a lone CR end a line.
class LineCutter {
public:
    LineCutter(std::int64_t first, std::int64_t count) : m_first(first), m_end(first + count)
    {
        m_out.first = first;
    }

    /// False when everything wanted is there.
    bool take(std::string_view bytes)
    {
        for (const char c : bytes) {
            if (m_line >= m_end) {
                m_out.more = true;
                return false;
            }
            const bool endsPair = c == '\n' && m_lastWasReturn;
            m_lastWasReturn = c == '\r';
            if (endsPair)
                continue;
            if (c == '\r' || c == '\n')
                endLine();
            else if (m_line >= m_first && m_text.size() < longestLine)
                m_text += c;
            m_isOpen = c != '\r' && c != '\n';
        }
        return true;
    }

    RawLines finish()
    {
        if (m_isOpen && m_line < m_end)
            endLine();
        return std::move(m_out);
    }

private:
    void endLine()
    {
        if (m_line >= m_first && m_line < m_end)
            m_out.lines.push_back(shownLine(std::move(m_text)));
        m_text.clear();
        ++m_line;
    }

    std::int64_t m_first;
    std::int64_t m_end;
    std::int64_t m_line = 1;
    bool m_lastWasReturn = false;
    bool m_isOpen = false;
    std::string m_text;
    RawLines m_out;
};

/// What cannot be shown line by line; empty for text of any kind.
std::string unreadable(std::string_view head)
{
    const std::string container = containerName(head);
    return container == "JSON text" || container == "a web page" ? std::string() : container;
}

RawLines cut(std::string_view text, std::int64_t first, std::int64_t count)
{
    LineCutter cutter(first, count);
    cutter.take(text);
    return cutter.finish();
}

}  // namespace

RawLines rawLinesOf(std::string_view bytes, std::int64_t first, std::int64_t count)
{
    const std::string_view head = bytes.substr(0, headBytes);
    if (const std::string container = unreadable(head); !container.empty())
        return {.container = container, .first = first, .lines = {}};
    const std::string wide = wideEncoding(head);
    return wide.empty() ? cut(bytes, first, count) : cut(toUtf8(bytes, wide), first, count);
}

RawLines rawLines(const std::filesystem::path& path, std::int64_t first, std::int64_t count)
{
    std::error_code reason;
    std::ifstream file(path, std::ios::binary);
    if (!std::filesystem::is_regular_file(path, reason) || !file)
        throw Error(Message(TR("engine", "The file %1 cannot be read."), displayPath(path)));
    std::string block(headBytes, '\0');
    file.read(block.data(), static_cast<std::streamsize>(block.size()));
    block.resize(static_cast<std::size_t>(file.gcount()));
    if (const std::string container = unreadable(block); !container.empty())
        return {.container = container, .first = first, .lines = {}};
    if (!wideEncoding(block).empty())
        return rawLinesOf(readFile(path, largestWide), first, count);
    LineCutter cutter(first, count);
    while (!block.empty() && cutter.take(block)) {
        block.resize(1 << 16);
        file.read(block.data(), static_cast<std::streamsize>(block.size()));
        block.resize(static_cast<std::size_t>(file.gcount()));
    }
    return cutter.finish();
}

}  // namespace fc
