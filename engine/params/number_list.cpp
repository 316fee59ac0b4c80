// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/params/number_list.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace fc {

std::optional<std::vector<double>> numberList(std::string_view text)
{
    std::vector<double> numbers;
    for (size_t begin = 0; begin <= text.size();) {
        const size_t comma = std::min(text.find(',', begin), text.size());
        std::string_view piece = text.substr(begin, comma - begin);
        piece.remove_prefix(std::min(piece.find_first_not_of(' '), piece.size()));
        piece.remove_suffix(piece.size() - (piece.find_last_not_of(' ') + 1));
        double number = 0;
        const auto [end, error] = std::from_chars(piece.data(), piece.data() + piece.size(), number);
        if (error != std::errc() || end != piece.data() + piece.size() || !std::isfinite(number))
            return std::nullopt;
        numbers.push_back(number);
        begin = comma + 1;
    }
    return numbers;
}

}  // namespace fc
