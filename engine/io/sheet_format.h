// SPDX-License-Identifier: GPL-3.0-or-later
// How the numbers of a spreadsheet are shown, as far as that says what they are.
#pragma once

#include <string>
#include <string_view>

namespace fc {

enum class SheetFormat { Number, Date, Clock };

/// What a built-in number format (ECMA-376, 18.8.30) makes of a number.
SheetFormat builtInFormat(int id);

/// What a number format such as "dd/mm/yyyy h:mm" makes of a number.
SheetFormat formatOfCode(std::string_view code);

/// A number of days as a date or time of day in ISO 8601; empty when it stands for none. Days count from the
/// 30th of December 1899, or from the 1st of January 1904.
std::string sheetDate(double days, SheetFormat format, bool from1904);

}  // namespace fc
