// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/io/table_text.h"

namespace fc {

/// True for text that starts like a JSON object or array.
bool looksLikeJson(std::string_view text);

/// Reads the table of JSON text (RFC 8259, strictly; no key twice in an object; nesting up to 64) or of JSON
/// Lines, without keeping the text as a tree: an array of records, of arrays such as candles, an object of
/// columns, arrays beside an array of their names ("columns" and "data"), or any of these below keys. Of
/// several arrays of records `table` chooses by key. What is wrong is in the notes.
TableText readJson(std::string_view text, const std::optional<std::string>& table,
                   const ImportControl& control);

}  // namespace fc
