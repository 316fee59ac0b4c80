// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/data/names.h"

#include <algorithm>

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

}  // namespace fc
