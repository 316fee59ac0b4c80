// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/io/byte_source.h"

namespace fc {

/// What the bytes of a file say about themselves, as far as it was read.
struct TextFindings {
    std::string container;  ///< containerName: the bytes are no text
    std::string start;      ///< of the text, when they are not
    std::string encoding = "utf-8";  ///< utf-8, utf-16le, utf-16be or windows-1252
    bool guessed = false;            ///< nothing in the file says so: worth a warning
    std::int64_t oddLine = 1;        ///< of the first byte that is not UTF-8, when guessed
    bool mixed = false;              ///< valid and broken UTF-8 side by side: no encoding reads it all
    std::optional<std::int64_t> nulLine;  ///< of the first NUL byte that something follows
    std::uint64_t nulTail = 0;            ///< NUL bytes at the end, left out, as a crash leaves them
    std::int64_t lastLine = 1;            ///< on which the text ends
    bool empty = true;                    ///< blanks and line ends only

    /// The text cannot be read on.
    bool isFatal() const { return !container.empty() || mixed || nulLine.has_value(); }
};

/// A source as UTF-8 in pieces: byte order marks, NUL bytes at the end and whatever follows the end-of-file mark
/// of DOS are left out. UTF-8, UTF-16 (by byte order mark, else by where the NULs are) and, when it is
/// neither, Windows-1252: plain ASCII is both, so the first other byte decides.
class TextStream {
public:
    /// Starts at the beginning of `source`, which must outlive the stream.
    explicit TextStream(ByteSource& source);

    /// Appends the next piece to `to`; false at the end or when the text cannot be read on.
    bool read(std::string& to);
    const TextFindings& findings() const { return m_findings; }
    double progress() const { return m_source.progress(); }

private:
    void look();
    bool readBytes();
    void decode(std::string& out);
    void decodeUtf16(std::string& out);
    void decodeUtf8(std::string& out);
    void decodeWindows1252(std::string_view bytes, std::string& out);
    void dropMarks(std::string& text);
    bool dropNuls(std::string& text);
    void holdBack(std::string& text);
    void countLines(std::string_view text);

    ByteSource& m_source;
    TextFindings m_findings;
    std::string m_bytes;  ///< not yet decoded
    bool m_atEnd = false;
    bool m_first = true;
    bool m_multibyte = false;
    bool m_marksGone = false;
    bool m_lastWasReturn = false;
    std::uint64_t m_nuls = 0;  ///< seen last and not yet known to be the end
    std::string m_held;        ///< from an end-of-file mark of DOS on, with only blanks after it
};

}  // namespace fc
