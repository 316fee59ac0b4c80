// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace fc {

/// What a file that is not delimited text is, as a noun with its article: "a gzip archive", "a web page",
/// "JSON text", "binary data". Empty for text. The content decides, not the name.
std::string containerName(std::string_view bytes);

/// "utf-16le" or "utf-16be" when nearly every second byte is NUL, as in text of plain letters; else empty.
std::string utf16ByNuls(std::string_view bytes);

/// Where the code point of UTF-8 that starts at `i` ends; `i` itself when the bytes there are not UTF-8 (RFC
/// 3629).
std::size_t utf8End(std::string_view text, std::size_t i);

/// Unpaired surrogates become U+FFFD (Unicode 15, 3.9); an odd byte at the end is left out.
void appendUtf16(std::string_view bytes, bool bigEndian, std::string& to);

/// Windows-1252 as browsers read it (WHATWG Encoding, windows-1252 index).
void appendWindows1252(std::string_view bytes, std::string& to);

/// Physical line of `offset`, counted from 1; CR LF, LF and a lone CR end a line.
std::int64_t lineAt(std::string_view text, std::size_t offset);

/// `text` in double quotes for a message: control and direction characters escaped, cut after 80 characters.
std::string quotedText(std::string_view text);

}  // namespace fc
