// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/io/csv.h"
#include "engine/io/encoding.h"
#include "engine/io/import_notes.h"

namespace fc {

/// Notes what the bytes say about themselves. False when they are no text that can be read.
bool checkText(const DecodedText& decoded, const std::string& container, ImportNotes& notes);

/// Notes why the text could not be cut into records; `names` as far as the header was read.
void noteProblem(const CsvProblem& problem, const std::vector<std::string>& names, ImportNotes& notes);

/// Columns that repeat the name of an earlier one. The same values: left out with a warning. Others: an
/// error, as any choice would be a guess.
std::vector<std::size_t> repeatedColumns(const ImportContext& context, std::int64_t headerLine);

}  // namespace fc
