// SPDX-License-Identifier: GPL-3.0-or-later
// What commands say: results on standard output, everything else on standard error.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace fc::app {

/// Control characters, and bytes that are not UTF-8, as \xNN, so that a name from a file cannot forge a line.
std::string escaped(std::string_view text);

/// Writes to standard output. Throws Error when it cannot.
void print(std::string_view text);
/// One document with a line end. Text that is not UTF-8 is replaced, numbers that are not finite become null.
void printJson(const nlohmann::ordered_json& document);
/// A line on standard error.
void say(std::string_view text);

/// Four significant digits; "-" when it is not a number.
std::string shortNumber(double value);
/// "1.2 s", "3 min 05 s", "2 h 07 min".
std::string durationText(double seconds);

/// Aligned columns for people; numbers are right-aligned, but for the first column.
class TextTable {
public:
    explicit TextTable(std::vector<std::string> header) : m_rows{std::move(header)} {}

    /// As many cells as the header has; cells are escaped here.
    void add(std::vector<std::string> cells) { m_rows.push_back(std::move(cells)); }
    std::string text() const;

private:
    std::vector<std::vector<std::string>> m_rows;
};

}  // namespace fc::app
