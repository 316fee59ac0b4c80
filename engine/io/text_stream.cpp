// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/io/text_stream.h"

#include <algorithm>
#include <cstring>

#include "engine/io/encoding.h"

namespace fc {

namespace {

constexpr std::size_t pieceBytes = std::size_t(256) << 10;
/// As many NUL bytes in a row are no damaged end but a file that was never written.
constexpr std::uint64_t mostNuls = std::uint64_t(64) << 20;
constexpr std::size_t mostHeld = std::size_t(1) << 20;
constexpr std::string_view blanks = " \t\r\n\x1a";

/// The next `byte` of `text` from `at` on, or nullptr. Faster than a loop, and lines are long.
const char* findByte(const char* at, std::string_view text, char byte)
{
    const char* end = text.data() + text.size();
    return at == end ? nullptr
                     : static_cast<const char*>(std::memchr(at, byte, static_cast<std::size_t>(end - at)));
}

/// How many of the first bytes are ASCII.
std::size_t asciiRun(std::string_view s)
{
    std::size_t i = 0;
    for (std::uint64_t eight = 0; i + 8 <= s.size(); i += 8) {
        std::memcpy(&eight, s.data() + i, 8);
        if ((eight & 0x8080808080808080U) != 0)
            break;
    }
    while (i < s.size() && static_cast<unsigned char>(s[i]) < 0x80)
        ++i;
    return i;
}

}  // namespace

TextStream::TextStream(ByteSource& source) : m_source(source)
{
    m_source.rewind();
}

bool TextStream::read(std::string& to)
{
    while (!m_atEnd && !m_findings.isFatal()) {
        m_atEnd = !readBytes();
        if (m_first)
            look();
        m_first = false;
        if (m_findings.isFatal())
            return false;
        std::string text;
        decode(text);
        if (!m_marksGone)
            dropMarks(text);
        if (m_findings.mixed || !dropNuls(text))
            return false;
        holdBack(text);
        countLines(text);
        if (text.empty())
            continue;
        if (to.empty())
            to = std::move(text);
        else
            to += text;
        return true;
    }
    m_findings.nulTail = m_nuls;
    return false;
}

/// The first 64 KiB at least come at once: they decide what the file is.
bool TextStream::readBytes()
{
    const std::size_t before = m_bytes.size();
    m_bytes.resize(before + pieceBytes);
    std::size_t got = 0;
    bool more = true;
    while (more && got < (m_first ? std::size_t(65536) : std::size_t(1))) {
        const std::size_t n = m_source.read(std::span(m_bytes).subspan(before + got));
        more = n > 0;
        got += n;
    }
    m_bytes.resize(before + got);
    return more;
}

void TextStream::look()
{
    const auto size = m_atEnd ? std::optional<std::uint64_t>(m_bytes.size()) : m_source.size();
    const std::string byNuls = size.value_or(0) % 2 == 0 ? utf16ByNuls(m_bytes) : std::string();
    m_findings.container = containerName(m_bytes);
    if (m_bytes.starts_with("\xff\xfe"))
        m_findings.encoding = "utf-16le";
    else if (m_bytes.starts_with("\xfe\xff"))
        m_findings.encoding = "utf-16be";
    else if (!byNuls.empty()) {
        m_findings.encoding = byNuls;
        m_findings.guessed = true;
    }
    if (m_findings.container.empty())
        return;
    const std::string bytes = m_bytes;
    decode(m_findings.start);
    if (m_findings.mixed)
        m_findings.start = bytes;
    dropMarks(m_findings.start);
    m_findings.start.resize(std::min<std::size_t>(m_findings.start.size(), 200));
}

void TextStream::decode(std::string& out)
{
    if (m_findings.encoding.starts_with("utf-16"))
        decodeUtf16(out);
    else
        decodeUtf8(out);
}

void TextStream::decodeUtf16(std::string& out)
{
    // A pair of surrogates stays together; a byte too many at the end of the file is dropped.
    std::size_t whole = m_bytes.size() / 2 * 2;
    const bool bigEndian = m_findings.encoding == "utf-16be";
    if (!m_atEnd && whole >= 2 && (static_cast<unsigned char>(m_bytes[whole - (bigEndian ? 2 : 1)]) & 0xfc) == 0xd8)
        whole -= 2;
    appendUtf16(std::string_view(m_bytes).substr(0, whole), bigEndian, out);
    m_bytes.erase(0, whole);
}

/// Leaves UTF-8 as it is; from the first byte that is none on the text is read as Windows-1252.
void TextStream::decodeUtf8(std::string& out)
{
    const std::string_view s = m_bytes;
    std::size_t i = 0;
    std::size_t done = 0;  // of s, already in `out`
    for (;;) {
        i += asciiRun(s.substr(i));
        if (i >= s.size())
            break;
        const std::size_t end = utf8End(s, i);
        if (end == i && !m_atEnd && s.size() - i < 4)
            break;  // the rest of the sequence comes with the next bytes
        m_multibyte |= end > i;
        if (end == i && !m_findings.guessed) {
            m_findings.oddLine = m_findings.lastLine + lineAt(s, i) - 1;
            m_findings.guessed = true;
            m_findings.encoding = "windows-1252";
            out.append(s.substr(0, i));
            done = i;
        }
        m_findings.mixed = m_findings.guessed && m_multibyte;
        if (m_findings.mixed)
            return;
        i = std::max(end, i + 1);
    }
    const std::string_view piece = s.substr(done, i - done);
    if (m_findings.guessed)
        appendWindows1252(piece, out);
    else
        out.append(piece);
    m_bytes.erase(0, i);
}

void TextStream::dropMarks(std::string& text)
{
    constexpr std::string_view mark = "\xef\xbb\xbf";
    std::size_t marks = 0;
    while (text.compare(marks, mark.size(), mark) == 0)
        marks += mark.size();
    text.erase(0, marks);
    m_marksGone = !text.empty();
}

/// Takes NULs off the end; false when something follows one.
bool TextStream::dropNuls(std::string& text)
{
    if (m_nuls == 0 && (text.empty() || std::memchr(text.data(), '\0', text.size()) == nullptr))
        return true;
    const std::size_t end = text.find_last_not_of('\0') + 1;
    const std::size_t first = m_nuls > 0 ? 0 : text.find('\0');
    if (first < end || m_nuls + text.size() - end > mostNuls) {
        countLines(std::string_view(text).substr(0, std::min(first, end)));
        m_findings.nulLine = m_findings.lastLine;
        return false;
    }
    m_nuls += text.size() - end;
    text.resize(end);
    return true;
}

/// Keeps back what follows an end-of-file mark of DOS as long as that is blank.
void TextStream::holdBack(std::string& text)
{
    if (!m_held.empty()) {
        text.insert(0, m_held);
        m_held.clear();
    }
    if (m_findings.empty)
        m_findings.empty = text.find_first_not_of(blanks) == std::string::npos;
    const std::size_t end = text.find_last_not_of(blanks) + 1;
    const std::size_t mark = text.find('\x1a', end);
    if (mark == std::string::npos || text.size() - mark > mostHeld)
        return;
    m_held = text.substr(mark);
    text.resize(mark);
}

void TextStream::countLines(std::string_view text)
{
    if (text.empty())
        return;
    for (const char* at = text.data(); (at = findByte(at, text, '\n')) != nullptr; ++at)
        ++m_findings.lastLine;
    if (m_lastWasReturn && text.front() != '\n')
        ++m_findings.lastLine;
    m_lastWasReturn = text.back() == '\r';
    if (std::memchr(text.data(), '\r', text.size()) == nullptr)
        return;
    for (std::size_t i = 0; i + 1 < text.size(); ++i)
        m_findings.lastLine += text[i] == '\r' && text[i + 1] != '\n';
}

}  // namespace fc
