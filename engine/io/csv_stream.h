// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "engine/io/csv.h"
#include "engine/io/text_stream.h"

namespace fc {

/// The records of a text in blocks of about half a MiB, so that a text of any size can be read.
class CsvStream {
public:
    /// `text` must outlive the stream.
    explicit CsvStream(TextStream& text) : m_text(text) {}

    /// The beginning of the text, `bytes` long or all of it; before `begin`.
    std::string_view head(std::size_t bytes);
    /// Sets how the text is cut, and from where on.
    void begin(CsvDialect dialect, CsvStart start);

    /// Cuts the next block: at least `minimumRows` records and down to physical line `line` at least, where the
    /// text has them and 32 MiB hold them. The last three records of a text come in one block. False at the
    /// end, after a problem, or when the text cannot be read on.
    bool next(std::size_t minimumRows = 1, std::int64_t line = 0);
    /// The block; valid until the next one is cut. Its `problem` ends the stream.
    const CsvTable& table() const { return m_table; }

private:
    void fill(std::size_t bytes);
    bool isEnough(std::size_t minimumRows, std::int64_t line) const;
    void keepBack();
    CsvProblem drainQuote(CsvProblem opened, std::size_t open);

    TextStream& m_text;
    CsvDialect m_dialect;
    std::string m_buffer;
    CsvStart m_start;  ///< of the first record in the buffer that no block has held
    CsvTable m_table;
    bool m_atEnd = false;  ///< the buffer holds the rest of the text
    bool m_done = false;
};

}  // namespace fc
