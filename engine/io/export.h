// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "engine/data/series.h"

namespace fc {

/// One column of a table on its way out.
struct ExportColumn {
    std::string name;
    std::variant<std::vector<Timestamp>, std::vector<double>, std::vector<std::string>> values;
};

/// CSV after RFC 4180 with LF line ends: stamps in ISO 8601 (dates alone where all are midnights), numbers in
/// the shortest form that reads back as the same double, missing values as empty cells. Text that a
/// spreadsheet would take for a formula gets an apostrophe in front (CWE-1236). All columns must have the
/// same number of values.
std::string exportCsv(const std::vector<ExportColumn>& columns);

/// The time first (row numbers without a clock), then the columns of the series.
std::string exportCsv(const Series& series);

/// `text` with an apostrophe in front when it starts with = + - @ TAB CR or NUL.
std::string guardedText(const std::string& text);

}  // namespace fc
