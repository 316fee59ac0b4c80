// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace fc {

/// How the numbers of one column are written.
struct NumberFormat {
    char decimal = '.';       ///< '.' or ','
    bool grouped = false;     ///< thousands marks may stand in the whole part
    std::string currency;     ///< sign in front of every number, or empty
    bool percent = false;     ///< every number ends in a percent sign
    bool magnitudes = false;  ///< every number ends in K, M, B or T: thousands to millions of millions

    /// Digits, a decimal dot and an exponent only.
    bool isPlain() const
    {
        return decimal == '.' && !grouped && !percent && !magnitudes && currency.empty();
    }
    bool operator==(const NumberFormat&) const = default;
};

enum class NumberStatus {
    Number,
    Missing,    ///< empty, NaN, NA, N/A, null, None, "-" or "."
    Underflow,  ///< smaller than any double; the value is 0
    Overflow,   ///< larger than any double
    NotNumber,
};

struct NumberRead {
    double value = 0;
    NumberStatus status = NumberStatus::NotNumber;
};

/// Reads the whole of `text` (outer blanks already off) or nothing, whatever the locale. No hexadecimal, no
/// inf.
NumberRead readNumber(std::string_view text, const NumberFormat& format);
/// The same for plain numbers.
NumberRead readNumber(std::string_view text);

bool isMissingMark(std::string_view text);

/// True when `text` is a whole number that no double holds exactly (beyond 2^53).
bool losesDigits(std::string_view text);

/// What one cell says about the format of its column.
struct NumberHints {
    bool number = false;      ///< digits, marks and decoration only
    bool decimalDot = false;  ///< proves a decimal dot: "1.5", "1,234.5", "1,234,567"
    bool decimalComma = false;
    bool dotOrGroup = false;    ///< "1.234": either
    bool commaOrGroup = false;  ///< "1,234": either
    bool grouped = false;       ///< apostrophes, blanks or repeated marks between groups
    bool percent = false;
    bool magnitude = false;
    std::string_view currency;
};

NumberHints hintsOf(std::string_view text);

}  // namespace fc
