// SPDX-License-Identifier: GPL-3.0-or-later
// What must hold of the outcome of any import.
#pragma once

#include <algorithm>
#include <cstdlib>

#include "engine/io/import.h"

namespace fc {

/// Ends the program when an outcome contradicts itself: a reject without a reason or with records, an accept
/// without records, times out of order, columns of different lengths, a message that is not plain text.
inline void requireSound(const ImportResult& result)
{
    const auto require = [](bool holds) {
        if (!holds)
            std::abort();
    };
    const bool refused = result.verdict == ImportVerdict::Reject;
    require(refused == result.series.empty());
    require(!refused || std::ranges::any_of(result.messages, &ImportMessage::isError));
    require(refused || std::ranges::none_of(result.messages, &ImportMessage::isError));
    require((result.verdict == ImportVerdict::Accept) == (!refused && result.messages.empty()));
    for (const Series& series : result.series) {
        require(series.rows() > 0 && std::ranges::is_sorted(series.times));
        for (const Column& column : series.columns)
            require(column.values.size() == series.rows());
    }
    for (const ImportMessage& message : result.messages) {
        const std::string text = message.text.english();
        require(!text.empty());
        require(std::ranges::none_of(text, [](char c) { return (c >= 0 && c < 0x20) || c == 0x7f; }));
    }
    require(!importDocument(result, true).empty());
}

}  // namespace fc
