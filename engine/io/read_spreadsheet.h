// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>

#include "engine/io/table_text.h"
#include "engine/io/unpack_zip.h"

namespace fc {

/// True for an archive that is a spreadsheet of Office Open XML (.xlsx).
bool isSpreadsheet(const ZipArchive& archive);

struct Sheet {
    std::string name;
    TableText table;
};

/// Reads the cells of a sheet, the first one unless `sheet` names another: numbers as they are stored, dates
/// and times of day by the format of their cells, formulas as the results stored with them. Throws Error when
/// the file is damaged or has no such sheet.
Sheet readSpreadsheet(const ZipArchive& archive, const std::optional<std::string>& sheet,
                      const ImportControl& control);

}  // namespace fc
