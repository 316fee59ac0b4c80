// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/io/import_notes.h"

namespace fc {

/// One column of the file with its values, in the order of context.rows.
struct ImportedColumn {
    std::size_t index = 0;
    ImportColumn info;
    std::vector<double> numbers;     ///< when info.type is Number
    std::vector<std::string> texts;  ///< when it is Text
};

/// Reads all columns but `times`: numbers where most cells are numbers, text otherwise. Columns without any
/// value and nameless row counters are ignored. Notes bad cells as errors; missing cells and assumptions as
/// warnings. Sets `decimal` to the mark that was found.
std::vector<ImportedColumn> readColumns(const ImportContext& context, const std::vector<std::size_t>& times,
                                        char& decimal, const std::function<bool(double)>& goOn);

/// Gives open, high, low, close, volume and id to columns: by request, by name, by a name with one prefix
/// ("AAPL.Open"). Names columns of a file without header by what they hold. Throws UsageError for unknown
/// roles; a column that is not there is noted as an error.
void assignRoles(const ImportContext& context, std::vector<ImportedColumn>& columns);

/// Names for the nameless columns of a file: time, clock, and where a candle follows open, high, low, close,
/// volume; else column_1, column_2 ...
void nameColumns(ImportContext& context, std::optional<std::size_t> time, std::optional<std::size_t> clock);

/// Column whose name is `name` without case and outer blanks.
std::optional<std::size_t> columnNamed(const std::vector<std::string>& names, const std::string& name);

}  // namespace fc
