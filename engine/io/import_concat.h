// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "engine/io/import.h"

namespace fc {

/// One of several files that belong together.
struct ImportPart {
    std::string file;  ///< as messages name it
    ImportResult result;
};

/// Joins accepted parts, at least one, into one series in the order of time: its name is that of `options`,
/// else of the first part. The messages of all parts come first. Refused with an error when the parts do not
/// have the same columns or one holds several series; stamps that repeat between parts follow
/// options.onDuplicate.
ImportResult concatenated(std::vector<ImportPart> parts, const ImportOptions& options);

}  // namespace fc
