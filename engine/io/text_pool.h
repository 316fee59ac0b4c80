// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>

namespace fc {

/// The different texts of one column, each once: symbols come back in every row. A column of notes that never
/// come back is given up after a million of them, unless all are wanted.
class TextPool {
public:
    static constexpr double none = -1;  ///< the place of every text of a column that was given up

    explicit TextPool(bool keepsAll = true) : m_keepsAll(keepsAll) {}

    /// The place of `text`, from 0.
    double place(std::string_view text);
    const std::string& at(double place) const { return m_texts[static_cast<std::size_t>(place)]; }
    std::size_t size() const { return m_texts.size(); }
    bool isGivenUp() const { return m_givenUp; }

private:
    bool m_keepsAll;
    bool m_givenUp = false;
    std::deque<std::string> m_texts;
    std::unordered_map<std::string_view, std::size_t> m_places;
    std::size_t m_bytes = 0;
    std::size_t m_last = 0;
};

}  // namespace fc
