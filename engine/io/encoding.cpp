// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/io/encoding.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "engine/base/message.h"

namespace fc {

namespace {

using namespace std::string_view_literals;

struct Magic {
    std::string_view bytes;
    const char* name;
};

constexpr std::array magics = {
    Magic{"\x1f\x8b"sv, TR("engine", "a gzip archive")},
    Magic{"PK\x03\x04"sv, TR("engine", "a zip archive or a spreadsheet")},
    Magic{"PK\x05\x06"sv, TR("engine", "an empty zip archive")},
    Magic{"\xfd"
          "7zXZ\0"sv,
          TR("engine", "an xz archive")},
    Magic{"BZh"sv, TR("engine", "a bzip2 archive")},
    Magic{"\x28\xb5\x2f\xfd"sv, TR("engine", "a zstd archive")},
    Magic{"7z\xbc\xaf\x27\x1c"sv, TR("engine", "a 7z archive")},
    Magic{"Rar!\x1a\x07"sv, TR("engine", "a rar archive")},
    Magic{"\x89PNG\r\n\x1a\n"sv, TR("engine", "a PNG picture")},
    Magic{"\xff\xd8\xff"sv, TR("engine", "a JPEG picture")},
    Magic{"GIF8"sv, TR("engine", "a GIF picture")},
    Magic{"%PDF-"sv, TR("engine", "a PDF document")},
    Magic{"SQLite format 3\0"sv, TR("engine", "an SQLite database")},
    Magic{"PAR1"sv, TR("engine", "a Parquet file")},
    Magic{"ARROW1"sv, TR("engine", "an Arrow or Feather file")},
    Magic{"FEA1"sv, TR("engine", "a Feather file")},
    Magic{"\x89HDF\r\n\x1a\n"sv, TR("engine", "an HDF5 file")},
    Magic{"\x93NUMPY"sv, TR("engine", "a NumPy array")},
    Magic{"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"sv, TR("engine", "an old Office document")},
    Magic{"{\\rtf"sv, TR("engine", "a rich text document")},
    Magic{"\x7f"
          "ELF"sv,
          TR("engine", "a program")},
};

bool isBlank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool startsWithoutCase(std::string_view text, std::string_view lowerPrefix)
{
    return text.size() >= lowerPrefix.size() &&
           std::ranges::equal(text.substr(0, lowerPrefix.size()), lowerPrefix, [](char a, char b) {
               return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
           });
}

std::string markupName(std::string_view text)
{
    while (!text.empty() && isBlank(text.front()))
        text.remove_prefix(1);
    if (startsWithoutCase(text, "<!doctype html") || startsWithoutCase(text, "<html") ||
        startsWithoutCase(text, "<head"))
        return TR("engine", "a web page");
    if (startsWithoutCase(text, "<?xml") || startsWithoutCase(text, "<!doctype") ||
        startsWithoutCase(text, "<!--"))
        return TR("engine", "XML text");
    if (text.starts_with('{'))
        return TR("engine", "JSON text");
    if (text.starts_with('[')) {
        const size_t next = text.find_first_not_of(" \t\r\n", 1);
        if (next == std::string_view::npos || "{[\"]-0123456789"sv.find(text[next]) != std::string_view::npos)
            return TR("engine", "JSON text");
    }
    return {};
}

void appendUtf8(std::string& out, char32_t c)
{
    if (c < 0x80) {
        out += static_cast<char>(c);
        return;
    }
    if (c < 0x800) {
        out += static_cast<char>(0xc0 | c >> 6);
    } else {
        if (c < 0x10000) {
            out += static_cast<char>(0xe0 | c >> 12);
        } else {
            out += static_cast<char>(0xf0 | c >> 18);
            out += static_cast<char>(0x80 | (c >> 12 & 0x3f));
        }
        out += static_cast<char>(0x80 | (c >> 6 & 0x3f));
    }
    out += static_cast<char>(0x80 | (c & 0x3f));
}

}  // namespace

size_t utf8End(std::string_view s, size_t i)
{
    const auto byte = [&](size_t k) { return k < s.size() ? static_cast<unsigned char>(s[k]) : 0U; };
    const unsigned first = byte(i);
    const size_t length = first < 0x80   ? 1
                          : first < 0xc2 ? 0
                          : first < 0xe0 ? 2
                          : first < 0xf0 ? 3
                          : first < 0xf5 ? 4
                                         : 0;
    if (length < 2)
        return i + length;
    const unsigned low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
    const unsigned high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
    if (byte(i + 1) < low || byte(i + 1) > high)
        return i;
    for (size_t k = 2; k < length; ++k)
        if ((byte(i + k) & 0xc0) != 0x80)
            return i;
    return i + length;
}

void appendUtf16(std::string_view bytes, bool bigEndian, std::string& out)
{
    out.reserve(out.size() + bytes.size() / 2 + bytes.size() / 8);
    const auto unit = [&](size_t i) {
        const auto a = static_cast<unsigned char>(bytes[i]);
        const auto b = static_cast<unsigned char>(bytes[i + 1]);
        return static_cast<char32_t>(bigEndian ? a << 8 | b : b << 8 | a);
    };
    for (size_t i = 0; i + 1 < bytes.size(); i += 2) {
        char32_t c = unit(i);
        if (c >= 0xd800 && c < 0xdc00 && i + 3 < bytes.size() && (unit(i + 2) & 0xfc00) == 0xdc00) {
            c = 0x10000 + ((c - 0xd800) << 10) + (unit(i + 2) - 0xdc00);
            i += 2;
        } else if (c >= 0xd800 && c < 0xe000) {
            c = 0xfffd;
        }
        appendUtf8(out, c);
    }
}

void appendWindows1252(std::string_view bytes, std::string& out)
{
    constexpr std::array<char32_t, 32> upper = {
        0x20ac, 0x81,   0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
        0x2039, 0x0152, 0x8d,   0x017d, 0x8f,   0x90,   0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
        0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x9d,   0x017e, 0x0178};
    out.reserve(out.size() + bytes.size() + bytes.size() / 16);
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        appendUtf8(out, byte >= 0x80 && byte < 0xa0 ? upper[byte - 0x80U] : byte);
    }
}

std::string utf16ByNuls(std::string_view bytes)
{
    const std::string_view sample = bytes.substr(0, 4096);
    size_t even = 0;
    size_t odd = 0;
    for (size_t i = 0; i < sample.size(); ++i)
        (i % 2 == 0 ? even : odd) += sample[i] == '\0';
    const size_t pairs = sample.size() / 2;
    if (pairs < 2)
        return {};
    if (odd * 10 > pairs * 7 && even * 10 < pairs)
        return "utf-16le";
    if (even * 10 > pairs * 7 && odd * 10 < pairs)
        return "utf-16be";
    return {};
}

std::string containerName(std::string_view bytes)
{
    for (const Magic& magic : magics)
        if (bytes.starts_with(magic.bytes))
            return magic.name;
    std::string_view text = bytes;
    while (text.starts_with("\xef\xbb\xbf"))
        text.remove_prefix(3);
    if (std::string name = markupName(text); !name.empty())
        return name;
    if (bytes.starts_with("\xff\xfe") || bytes.starts_with("\xfe\xff") || (bytes.size() % 2 == 0 && !utf16ByNuls(bytes).empty()))
        return {};
    const std::string_view sample = bytes.substr(0, 65536);
    const auto odd = std::ranges::count_if(sample, [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte != 0 && byte < 0x20 && (byte < 0x07 || byte > 0x0d) && byte != 0x1a && byte != 0x1b;
    });
    if (static_cast<size_t>(odd) * 50 > sample.size())
        return TR("engine", "binary data");
    return {};
}

std::int64_t lineAt(std::string_view text, std::size_t offset)
{
    std::int64_t line = 1;
    for (size_t i = 0; i < offset && i < text.size(); ++i)
        line += text[i] == '\n' || (text[i] == '\r' && (i + 1 >= text.size() || text[i + 1] != '\n'));
    return line;
}

std::string quotedText(std::string_view text)
{
    std::string out = "\"";
    size_t shown = 0;
    for (size_t i = 0; i < text.size(); ++shown) {
        if (shown == 80)
            return out + "\" ...";
        const size_t end = std::max(utf8End(text, i), i + 1);
        const std::string_view piece = text.substr(i, end - i);
        const auto byte = static_cast<unsigned char>(piece[0]);
        // C1 controls, line and paragraph separators, and marks that turn the direction of what follows
        const bool hidden =
            piece.size() > 1 &&
            ((byte == 0xc2 && static_cast<unsigned char>(piece[1]) < 0xa0) ||
             (piece >= "\u2028"sv && piece <= "\u202e"sv) || (piece >= "\u2066"sv && piece <= "\u2069"sv));
        const bool broken = piece.size() == 1 && byte >= 0x80;
        if (byte >= 0x20 && byte != 0x7f && !hidden && !broken) {
            out += piece;
        } else {
            for (const char c : piece) {
                std::array<char, 8> hex;
                std::snprintf(hex.data(), hex.size(), "\\x%02x", static_cast<unsigned char>(c));
                out += hex.data();
            }
        }
        i = end;
    }
    return out + '"';
}

}  // namespace fc
