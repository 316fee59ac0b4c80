// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/io/number.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <optional>

namespace fc {

namespace {

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

bool isSign(char c)
{
    return c == '+' || c == '-';
}

/// Blank, no-break space, narrow no-break space, thin space, apostrophe and its typographic form: marks
/// between groups only.
size_t pureGroupMark(std::string_view text)
{
    for (const std::string_view mark : {" ", "'", "\u00a0", "\u202f", "\u2009", "\u2019"})
        if (text.starts_with(mark))
            return mark.size();
    return 0;
}

constexpr std::array<std::string_view, 7> currencies = {"$",      "\u20ac", "\u00a3", "\u00a5",
                                                        "\u20b9", "\u20bd", "\u20bf"};

std::string_view currencyOf(std::string_view text)
{
    for (const std::string_view sign : currencies)
        if (text.starts_with(sign))
            return sign;
    return {};
}

/// Power of ten of a K, M, B or T at the end; 0 when it is none.
int magnitudeOf(char c)
{
    switch (c) {
        case 'k':
        case 'K':
            return 3;
        case 'm':
        case 'M':
            return 6;
        case 'b':
        case 'B':
            return 9;
        case 't':
        case 'T':
            return 12;
        default:
            return 0;
    }
}

/// Most numbers in files: up to 18 digits, with a dot or without. Exact, because the digits and the power of ten
/// are doubles themselves, and one division rounds once (Clinger, 1990). False for all others.
bool readShort(std::string_view text, double& value)
{
    constexpr std::array<double, 19> powers = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8, 1e9,
                                               1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18};
    constexpr std::uint64_t exact = std::uint64_t(1) << 53;
    const bool negative = text.starts_with('-');
    if (negative)
        text.remove_prefix(1);
    if (text.empty() || text.size() > 18 || !isDigit(text[0]))
        return false;
    std::uint64_t digits = 0;
    size_t i = 0;
    for (; i < text.size() && isDigit(text[i]); ++i)
        digits = digits * 10 + static_cast<std::uint64_t>(text[i] - '0');
    size_t fraction = 0;
    if (i < text.size()) {
        if (text[i] != '.')
            return false;
        const size_t dot = i++;
        for (; i < text.size() && isDigit(text[i]); ++i)
            digits = digits * 10 + static_cast<std::uint64_t>(text[i] - '0');
        if (i < text.size())
            return false;
        fraction = i - dot - 1;
    }
    if (digits > exact)
        return false;
    value = static_cast<double>(digits) / powers[fraction];
    if (negative)
        value = -value;
    return true;
}

/// Digits, one dot, exponent, with a sign or without.
NumberRead readPlain(std::string_view text)
{
    if (double value = 0; readShort(text, value))
        return {value, NumberStatus::Number};
    const bool plus = text.starts_with('+');
    if (plus)
        text.remove_prefix(1);
    const size_t first = !plus && text.starts_with('-') ? 1 : 0;
    // from_chars takes "inf" and "nan" too, so the first character decides.
    if (first >= text.size() || (!isDigit(text[first]) && text[first] != '.'))
        return {};
    NumberRead out;
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, out.value);
    if (stop != end || error == std::errc::invalid_argument)
        return {};
    out.status = NumberStatus::Number;
    if (error == std::errc::result_out_of_range) {
        // Both ends of the range give the same error; a negative exponent tells them apart, and without one
        // only a fraction that starts with zeros can be too small.
        const size_t exponent = text.find_first_of("eE");
        const bool small = exponent != std::string_view::npos
                               ? text[exponent + 1] == '-'
                               : text.substr(first).find_first_of("123456789") > text.substr(first).find('.');
        out.value = 0;
        out.status = small ? NumberStatus::Underflow : NumberStatus::Overflow;
    }
    return out;
}

/// The groups of a whole part: "1,234,567", also "12,34,567" as in India. The marks must all be the same.
bool groupsAreRegular(std::string_view whole, std::string_view mark)
{
    size_t digits = 0;
    size_t groups = 0;
    for (size_t i = 0; i < whole.size();) {
        if (whole.substr(i).starts_with(mark)) {
            if (digits == 0 || digits > 3 || (groups > 0 && digits < 2))
                return false;
            ++groups;
            digits = 0;
            i += mark.size();
        } else if (isDigit(whole[i])) {
            ++digits;
            ++i;
        } else {
            return false;
        }
    }
    return groups > 0 && digits == 3;
}

/// Whole part, mark and rest of an unsigned number without decoration.
struct Parts {
    std::string_view whole;
    std::string_view rest;  ///< fraction and exponent, with the decimal mark
};

std::optional<std::string> withoutGroups(std::string_view whole, char decimal)
{
    size_t at = 0;
    while (at < whole.size() && isDigit(whole[at]))
        ++at;
    if (at == whole.size())
        return std::string(whole);
    std::string_view mark = whole.substr(at, pureGroupMark(whole.substr(at)));
    if (mark.empty() && whole[at] == (decimal == '.' ? ',' : '.'))
        mark = whole.substr(at, 1);
    if (mark.empty() || !groupsAreRegular(whole, mark))
        return std::nullopt;
    std::string out;
    for (const char c : whole)
        if (isDigit(c))
            out += c;
    return out;
}

Parts partsOf(std::string_view text, char decimal)
{
    const size_t end = std::min(text.find_first_of(decimal == '.' ? ".eE" : ",eE"), text.size());
    return {text.substr(0, end), text.substr(end)};
}

/// A number with thousands marks or a decimal comma, rewritten for readPlain.
NumberRead readMarked(std::string_view text, const NumberFormat& format)
{
    std::string plain;
    if (!text.empty() && isSign(text[0])) {
        plain = text[0] == '-' ? "-" : "";
        text.remove_prefix(1);
        if (text.empty() || isSign(text[0]))
            return {};
    }
    const Parts parts = partsOf(text, format.decimal);
    const auto whole = format.grouped ? withoutGroups(parts.whole, format.decimal) : std::string(parts.whole);
    if (!whole)
        return {};
    plain += *whole;
    if (format.decimal == ',' &&
        (whole->find('.') != std::string::npos || parts.rest.find('.') != std::string_view::npos))
        return {};
    plain += parts.rest;
    if (format.decimal == ',' && parts.rest.starts_with(','))
        plain[plain.size() - parts.rest.size()] = '.';
    return readPlain(plain);
}

std::string lower(std::string_view text)
{
    std::string out(text);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z')
            c = static_cast<char>(c - 'A' + 'a');
    return out;
}

/// What stands around the marks of `text`, an unsigned number without decoration.
void markHints(std::string_view text, NumberHints& hints)
{
    const auto dots = std::ranges::count(text, '.');
    const auto commas = std::ranges::count(text, ',');
    if (dots > 0 && commas > 0) {
        const bool dotLast = text.rfind('.') > text.rfind(',');
        hints.decimalDot = dotLast && dots == 1;
        hints.decimalComma = !dotLast && commas == 1;
        hints.grouped = true;
        return;
    }
    const char mark = dots > 0 ? '.' : ',';
    const auto count = std::max(dots, commas);
    if (count == 0)
        return;
    if (count > 1) {
        hints.grouped = groupsAreRegular(text, std::string_view(&mark, 1));
        (mark == '.' ? hints.decimalComma : hints.decimalDot) = hints.grouped;
        return;
    }
    const size_t at = text.find(mark);
    const bool could = at <= 3 && at > 0 && text[0] != '0' && text.size() - at == 4 &&
                       std::ranges::all_of(text.substr(at + 1), isDigit);
    if (could)
        (mark == '.' ? hints.dotOrGroup : hints.commaOrGroup) = true;
    else
        (mark == '.' ? hints.decimalDot : hints.decimalComma) = true;
}

}  // namespace

bool isMissingMark(std::string_view text)
{
    if (text.empty() || text == "-" || text == ".")
        return true;
    if (text.size() > 4 || isDigit(text[0]))
        return false;
    const std::string word = lower(text);
    return word == "nan" || word == "na" || word == "n/a" || word == "null" || word == "none";
}

bool losesDigits(std::string_view text)
{
    if (text.size() < 16)
        return false;
    const bool negative = isSign(text[0]);
    std::int64_t whole = 0;
    const std::string_view digits = text.substr(negative ? 1 : 0);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), whole);
    if (end != digits.data() + digits.size() || error != std::errc())
        return false;
    const auto rounded = static_cast<double>(whole);
    return rounded >= 9.2e18 || static_cast<std::int64_t>(rounded) != whole;
}

NumberRead readNumber(std::string_view text)
{
    if (double value = 0; readShort(text, value))
        return {value, NumberStatus::Number};
    return isMissingMark(text) ? NumberRead{0, NumberStatus::Missing} : readPlain(text);
}

NumberRead readNumber(std::string_view text, const NumberFormat& format)
{
    if (format.isPlain())
        return readNumber(text);
    if (isMissingMark(text))
        return {0, NumberStatus::Missing};
    std::string signedText;
    if (!format.currency.empty()) {
        const bool negative = text.starts_with('-');
        std::string_view rest = text.substr(negative ? 1 : 0);
        if (!rest.starts_with(format.currency))
            return {};
        rest.remove_prefix(format.currency.size());
        signedText = (negative ? "-" : "") + std::string(rest.substr(rest.starts_with(' ') ? 1 : 0));
        text = signedText;
    }
    if ((format.percent || format.magnitudes) && text != "0") {
        const int power = format.magnitudes ? magnitudeOf(text.back()) : 0;
        if (format.percent ? text.back() != '%' : power == 0)
            return {};
        text.remove_suffix(1);
        if (text.ends_with(' '))
            text.remove_suffix(1);
        // As an exponent of the text, so that 1.38M is the double nearest to 1380000.
        signedText = std::string(text) + (power > 0 ? "e" + std::to_string(power) : "");
        text = signedText;
    }
    return readMarked(text, format);
}

NumberHints hintsOf(std::string_view text)
{
    NumberHints hints;
    if (!text.empty() && isSign(text[0]))
        text.remove_prefix(1);
    hints.currency = currencyOf(text);
    text.remove_prefix(hints.currency.size());
    if (text.starts_with(' ') && !hints.currency.empty())
        text.remove_prefix(1);
    if (text.ends_with('%')) {
        hints.percent = true;
        text.remove_suffix(1);
    } else if (!text.empty() && magnitudeOf(text.back()) > 0) {
        hints.magnitude = true;
        text.remove_suffix(1);
    }
    if (text.ends_with(' '))
        text.remove_suffix(1);
    if (text.empty() || (!isDigit(text[0]) && text[0] != '.' && text[0] != ','))
        return hints;
    std::string marked;
    for (size_t i = 0; i < text.size();) {
        const size_t mark = pureGroupMark(text.substr(i));
        const char c = text[i];
        const bool exponent = (c == 'e' || c == 'E') && i + 1 < text.size();
        if (exponent) {
            marked += '5';  // stands for a long fraction, so that "1.234e5" is no group
            break;
        }
        if (mark == 0 && !isDigit(c) && c != '.' && c != ',')
            return hints;
        if (mark > 0)
            hints.grouped = true;
        else
            marked += c;
        i += std::max<size_t>(mark, 1);
    }
    hints.number = true;
    const bool pureMarks = hints.grouped;
    markHints(marked, hints);
    // With apostrophes or blanks between the groups, a lone dot or comma is the decimal mark.
    if (pureMarks) {
        hints.decimalDot |= hints.dotOrGroup;
        hints.decimalComma |= hints.commaOrGroup;
        hints.dotOrGroup = hints.commaOrGroup = false;
    }
    return hints;
}

}  // namespace fc
