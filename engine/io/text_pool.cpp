// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/io/text_pool.h"

namespace fc {

double TextPool::place(std::string_view text)
{
    constexpr std::size_t mostTexts = 1'000'000;
    constexpr std::size_t mostBytes = std::size_t(32) << 20;
    if (m_givenUp)
        return none;
    if (!m_texts.empty() && m_texts[m_last] == text)
        return static_cast<double>(m_last);
    const auto it = m_places.find(text);
    if (it != m_places.end()) {
        m_last = it->second;
        return static_cast<double>(m_last);
    }
    if (!m_keepsAll && (m_texts.size() >= mostTexts || m_bytes + text.size() > mostBytes)) {
        m_givenUp = true;
        m_places = {};
        m_texts = {};
        return none;
    }
    m_bytes += text.size();
    m_last = m_texts.size();
    m_texts.emplace_back(text);
    m_places.emplace(m_texts.back(), m_last);
    return static_cast<double>(m_last);
}

}  // namespace fc
