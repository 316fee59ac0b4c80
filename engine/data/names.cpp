// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/data/names.h"

#include <algorithm>

#include "engine/base/error.h"

namespace fc {

bool sameName(std::string_view a, std::string_view b)
{
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    return std::ranges::equal(a, b, {}, lower, lower);
}

std::string nameList(const std::vector<std::string>& names)
{
    constexpr std::size_t most = 40;
    std::string out;
    for (std::size_t i = 0; i < std::min(names.size(), most); ++i)
        out += (i == 0 ? "" : ", ") + names[i];
    if (names.size() > most)
        out += " (+" + std::to_string(names.size() - most) + ")";
    return out;
}

namespace {

constexpr std::string_view blanks = " \t\r\n";

std::string trimmed(std::string_view text)
{
    const std::size_t begin = text.find_first_not_of(blanks);
    if (begin == std::string_view::npos)
        return {};
    return std::string(text.substr(begin, text.find_last_not_of(blanks) - begin + 1));
}

/// Splits at each `mark` outside of double quotes; the quotes stay.
std::vector<std::string> pieces(std::string_view text, char mark)
{
    std::vector<std::string> out{""};
    bool quoted = false;
    for (const char c : text) {
        quoted ^= c == '"';
        if (c == mark && !quoted)
            out.emplace_back();
        else
            out.back() += c;
    }
    if (quoted)
        throw UsageError(Message(TR("engine", "In the list %1 a double quote has no end."), text));
    for (std::string& piece : out)
        piece = trimmed(piece);
    return out;
}

std::string unquoted(const std::string& text)
{
    if (text.size() < 2 || text.front() != '"' || text.back() != '"')
        return text;
    std::string out;
    for (std::size_t i = 1; i + 1 < text.size(); ++i) {
        out += text[i];
        if (text[i] == '"' && text[i + 1] == '"' && i + 2 < text.size())
            ++i;
    }
    return out;
}

}  // namespace

std::vector<std::string> splitNames(std::string_view text)
{
    std::vector<std::string> out;
    for (const std::string& piece : pieces(text, ','))
        if (!piece.empty())
            out.push_back(unquoted(piece));
    return out;
}

std::vector<std::pair<std::string, std::string>> splitPairs(std::string_view text)
{
    std::vector<std::pair<std::string, std::string>> out;
    for (const std::string& piece : pieces(text, ',')) {
        if (piece.empty())
            continue;
        const std::vector<std::string> sides = pieces(piece, '=');
        if (sides.size() != 2 || sides[0].empty())
            throw UsageError(Message(
                TR("engine",
                   "\"%1\" is no pair. Write name=value; a name with , or = in it stands in double quotes."),
                piece));
        out.emplace_back(unquoted(sides[0]), unquoted(sides[1]));
    }
    return out;
}

}  // namespace fc
