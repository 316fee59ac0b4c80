// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/io/transcode.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "engine/base/error.h"
#include "engine/io/encoding.h"

namespace fc {

namespace {

class Utf8Source : public ByteSource {
public:
    Utf8Source(std::unique_ptr<ByteSource> source, const std::string& encoding)
        : m_source(std::move(source)), m_encoding(encoding)
    {
    }

    std::size_t read(std::span<char> buffer) override
    {
        while (m_done == m_text.size() && !m_atEnd && !buffer.empty())
            fill();
        const std::size_t n = std::min(buffer.size(), m_text.size() - m_done);
        std::memcpy(buffer.data(), m_text.data() + m_done, n);
        m_done += n;
        return n;
    }
    void rewind() override
    {
        m_source->rewind();
        m_held.clear();
        m_text.clear();
        m_done = 0;
        m_line = 1;
        m_atEnd = false;
    }
    std::optional<std::uint64_t> size() const override
    {
        return m_encoding == "utf-8" ? m_source->size() : std::nullopt;
    }
    double progress() const override { return m_source->progress(); }

private:
    void fill()
    {
        std::array<char, std::size_t(1) << 16> block;
        const std::size_t n = m_source->read(block);
        m_atEnd = n == 0;
        m_held.append(block.data(), n);
        const std::size_t whole = m_atEnd ? m_held.size() : wholeCharacters();
        const std::string_view bytes = std::string_view(m_held).substr(0, whole);
        if (m_encoding == "utf-8")
            requireUtf8(bytes);
        m_text = toUtf8(bytes, m_encoding);
        m_done = 0;
        m_held.erase(0, whole);
    }

    /// Bytes held that do not end within a character.
    std::size_t wholeCharacters() const
    {
        const std::size_t size = m_held.size();
        if (m_encoding == "windows-1252")
            return size;
        if (m_encoding == "utf-8") {
            constexpr std::size_t longest = 4;
            for (std::size_t i = 1; i < longest && i <= size; ++i)
                if ((static_cast<unsigned char>(m_held[size - i]) & 0xc0U) == 0xc0)
                    return size - i;
            return size;
        }
        const std::size_t even = size - size % 2;
        const auto high = static_cast<unsigned char>(
            even < 2 ? '\0' : m_held[m_encoding == "utf-16be" ? even - 2 : even - 1]);
        return high >= 0xd8 && high < 0xdc ? even - 2 : even;  // half of a pair waits for the other
    }

    void requireUtf8(std::string_view bytes)
    {
        std::size_t valid = 0;
        for (std::size_t end = 0; valid < bytes.size() && (end = utf8End(bytes, valid)) > valid;)
            valid = end;
        m_line += lineAt(bytes, valid) - 1;
        if (valid < bytes.size())
            throw Error(
                Message(TR("engine",
                           "Line %1 holds bytes that are not UTF-8: %2. Choose another encoding or correct "
                           "the line."),
                        m_line, quotedText(bytes.substr(valid, 4))));
    }

    std::unique_ptr<ByteSource> m_source;
    std::string m_encoding;
    std::string m_held;  ///< bytes that wait for the rest of their character
    std::string m_text;
    std::size_t m_done = 0;
    std::int64_t m_line = 1;
    bool m_atEnd = false;
};

}  // namespace

std::string encodingNamed(std::string_view name)
{
    struct Name {
        std::string_view spelling;
        const char* encoding;
    };
    constexpr std::array names = {
        Name{"utf8", "utf-8"},          Name{"utf16le", "utf-16le"},         Name{"utf16be", "utf-16be"},
        Name{"utf16", "utf-16le"},      Name{"latin1", "windows-1252"},      Name{"iso88591", "windows-1252"},
        Name{"cp1252", "windows-1252"}, Name{"windows1252", "windows-1252"}, Name{"ascii", "utf-8"},
    };
    std::string plain;
    for (const char c : name)
        if (c != '-' && c != '_' && c != ' ')
            plain += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    const auto it = std::ranges::find(names, plain, &Name::spelling);
    return it == names.end() ? std::string() : it->encoding;
}

std::string wideEncoding(std::string_view head)
{
    if (head.starts_with("\xff\xfe"))
        return "utf-16le";
    return head.starts_with("\xfe\xff") ? "utf-16be" : utf16ByNuls(head);
}

std::string toUtf8(std::string_view bytes, std::string_view encoding)
{
    std::string out;
    if (encoding == "windows-1252")
        appendWindows1252(bytes, out);
    else if (encoding.starts_with("utf-16"))
        appendUtf16(bytes, encoding == "utf-16be", out);
    else
        out = bytes;
    return out;
}

std::unique_ptr<ByteSource> asUtf8(std::unique_ptr<ByteSource> source, const std::string& encoding)
{
    return std::make_unique<Utf8Source>(std::move(source), encoding);
}

}  // namespace fc
