// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/io/csv.h"
#include "engine/io/import_notes.h"
#include "engine/io/text_stream.h"

namespace fc {

/// Notes what the bytes say about themselves. False when they are no text that can be read.
bool checkText(const TextFindings& text, ImportNotes& notes);

/// Notes why the text could not be cut into records; `names` as far as the header was read.
void noteProblem(const CsvProblem& problem, const std::vector<std::string>& names, ImportNotes& notes);

/// Columns that repeat the name of an earlier one. The same values: left out with a warning. Others: an
/// error, as any choice would be a guess.
class RepeatedColumns {
public:
    explicit RepeatedColumns(const std::vector<std::string>& names);

    void compare(const ImportContext& block);
    /// Those that are left out.
    std::vector<std::size_t> columns() const;
    /// Once all blocks are compared.
    void note(const std::vector<std::string>& names, std::int64_t headerLine, ImportNotes& notes) const;

private:
    struct Pair {
        std::size_t first;
        std::size_t second;
        bool same;
    };
    std::vector<Pair> m_pairs;
};

}  // namespace fc
