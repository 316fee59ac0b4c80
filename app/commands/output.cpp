// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/commands/output.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <iostream>
#include <nlohmann/json.hpp>

#include "engine/base/error.h"

namespace fc::app {

namespace {

/// Length of the UTF-8 character at the start of `text`, or 0 when there is none. Overlong forms and
/// surrogates are left to the terminal: they cannot end a line.
size_t characterLength(std::string_view text)
{
    const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
    size_t length = 1;
    if (byte(0) >= 0xf0)
        length = 4;
    else if (byte(0) >= 0xe0)
        length = 3;
    else if (byte(0) >= 0x80)
        length = 2;
    const bool canStart = byte(0) < 0x80 || (byte(0) >= 0xc2 && byte(0) < 0xf8);
    if (!canStart || text.size() < length)
        return 0;
    for (size_t i = 1; i < length; ++i)
        if ((byte(i) & 0xc0) != 0x80)
            return 0;
    return length;
}

bool isControl(std::string_view character)
{
    const auto first = static_cast<unsigned char>(character[0]);
    if (character.size() == 1)
        return first < 0x20 || first == 0x7f;
    if (character.size() == 2)
        return first == 0xc2 && static_cast<unsigned char>(character[1]) < 0xa0;
    // Line and paragraph separators and the marks that turn the writing direction: U+2028..U+202E,
    // U+2066..U+2069.
    return (character >= "\u2028" && character <= "\u202e") ||
           (character >= "\u2066" && character <= "\u2069");
}

size_t width(std::string_view text)
{
    return static_cast<size_t>(
        std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

bool looksNumeric(std::string_view text)
{
    return text.find_first_not_of("+-.0123456789e%") == std::string_view::npos;
}

/// With '.', whatever the locale.
std::string digits(double value, std::chars_format format, int precision)
{
    std::array<char, 400> buffer;
    const auto [end, error] =
        std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, format, precision);
    return {buffer.data(), end};
}

}  // namespace

std::string escaped(std::string_view text)
{
    std::string out;
    while (!text.empty()) {
        const size_t length = characterLength(text);
        const std::string_view character = text.substr(0, std::max<size_t>(length, 1));
        if (length > 0 && !isControl(character)) {
            out += character;
        } else {
            for (const char c : character) {
                const auto byte = static_cast<unsigned char>(c);
                out += {'\\', 'x', "0123456789abcdef"[byte >> 4], "0123456789abcdef"[byte & 15]};
            }
        }
        text.remove_prefix(character.size());
    }
    return out;
}

void print(std::string_view text)
{
    std::cout << text << std::flush;
    if (!std::cout)
        throw Error(Message(TR("commands", "The results could not be written to standard output.")));
}

void printJson(const nlohmann::ordered_json& document)
{
    print(document.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n");
}

void say(std::string_view text)
{
    std::cerr << text << std::endl;
}

std::string shortNumber(double value)
{
    return std::isfinite(value) ? digits(value, std::chars_format::general, 4) : "-";
}

std::string durationText(double seconds)
{
    if (seconds < 60)
        return digits(seconds, std::chars_format::fixed, 1) + " s";
    const auto whole = static_cast<long long>(seconds + 0.5);
    const auto pair = [](long long large, const char* first, long long small, const char* second) {
        return std::to_string(large) + first + (small < 10 ? "0" : "") + std::to_string(small) + second;
    };
    if (whole < 3600)
        return pair(whole / 60, " min ", whole % 60, " s");
    return pair(whole / 3600, " h ", whole / 60 % 60, " min");
}

std::string TextTable::text() const
{
    std::vector<size_t> widths(m_rows.front().size(), 0);
    for (const auto& row : m_rows)
        for (size_t i = 0; i < row.size(); ++i)
            widths[i] = std::max(widths[i], width(escaped(row[i])));

    // A column of nothing but numbers is right-aligned; its heading stands like the cells below it.
    std::vector<bool> right(widths.size(), false);
    for (size_t i = 1; i < widths.size(); ++i) {
        const auto isText = [&](const auto& row) { return !row[i].empty() && !looksNumeric(row[i]); };
        right[i] = std::none_of(m_rows.begin() + 1, m_rows.end(), isText);
    }

    std::string out;
    for (const auto& row : m_rows) {
        std::string line;
        for (size_t i = 0; i < row.size(); ++i) {
            const std::string cell = escaped(row[i]);
            const std::string padding(widths[i] - width(cell), ' ');
            line += (i == 0 ? "" : "  ") + (right[i] ? padding + cell : cell + padding);
        }
        line.erase(line.find_last_not_of(' ') + 1);
        out += line + "\n";
    }
    return out;
}

}  // namespace fc::app
