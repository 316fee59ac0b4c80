// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cmath>
#include <cstddef>
#include <vector>

#include "engine/features/window.h"

namespace fc {

/// How long ago the best of the last n values came, in rows; of equal ones the newest counts. It answers
/// from `least` values on.
template <typename Better>
class WindowAge {
public:
    WindowAge() = default;
    WindowAge(int n, int least)
        : m_size(static_cast<std::size_t>(n)), m_least(static_cast<std::size_t>(least)), m_ends(m_size)
    {
    }

    double next(double x)
    {
        if (std::isnan(x)) {
            m_at = 0;
            m_full = false;
            return missing;
        }
        if (m_at == 0)
            startBlock(x);
        if (wins(x, m_beginning.value))
            m_beginning = {x, m_at};
        std::size_t place = m_beginning.place + m_size;
        if (m_full && m_at + 1 < m_size && !wins(m_beginning.value, m_ends[m_at + 1].value))
            place = m_ends[m_at + 1].place;
        const auto age = static_cast<double>(m_at + m_size - place);
        m_ends[m_at] = {x, m_at};
        if (++m_at == m_size) {
            m_at = 0;
            m_full = true;
        }
        return m_full || m_at >= m_least ? age : missing;
    }

private:
    struct Item {
        double value = missing;
        std::size_t place = 0;
    };

    static bool wins(double newer, double older) { return Better::of(older, newer) == newer; }

    void startBlock(double first)
    {
        m_beginning = {first, 0};
        if (!m_full)
            return;
        for (std::size_t i = m_size - 1; i-- > 0;)
            if (wins(m_ends[i + 1].value, m_ends[i].value))
                m_ends[i] = m_ends[i + 1];
    }

    std::size_t m_size = 0;
    std::size_t m_least = 0;
    std::size_t m_at = 0;
    bool m_full = false;
    Item m_beginning;
    std::vector<Item>
        m_ends;  ///< values of this block up to m_at, then the best of each end of the block before
};

}  // namespace fc
