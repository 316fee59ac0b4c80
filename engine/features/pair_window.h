// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cmath>
#include <cstddef>
#include <vector>

#include "engine/features/window.h"

namespace fc {

/// Sums over the last n pairs (x, y), cut by blocks as in WindowSums: covariance and what follows from it.
class PairWindow {
public:
    PairWindow() = default;
    explicit PairWindow(int n)
        : m_size(static_cast<std::size_t>(n)), m_count(n), m_pairs(m_size), m_ends(m_size + 1)
    {
    }

    /// True when the last n pairs are present.
    bool push(double x, double y)
    {
        if (std::isnan(x + y)) {
            m_at = 0;
            m_full = false;
            return false;
        }
        if (m_at == 0)
            startBlock({x, y});
        m_beginning.add(x - m_reference.x, y - m_reference.y);
        m_pairs[m_at] = {x, y};
        m_sums = m_beginning;
        m_sums.add(m_ends[m_at + 1]);
        if (++m_at == m_size) {
            m_at = 0;
            m_full = true;
        }
        return m_full;
    }

    /// Sums of products of differences to the means.
    double productsXY() const { return m_sums.xy - m_sums.x * m_sums.y / m_count; }
    double squaresX() const { return std::max(m_sums.xx - m_sums.x * m_sums.x / m_count, 0.0); }
    double squaresY() const { return std::max(m_sums.yy - m_sums.y * m_sums.y / m_count, 0.0); }
    /// 0 where one of the two is constant.
    double correlation() const
    {
        const double scale = std::sqrt(squaresX()) * std::sqrt(squaresY());
        return scale > 0 ? std::clamp(productsXY() / scale, -1.0, 1.0) : 0.0;
    }

private:
    struct Pair {
        double x = 0;
        double y = 0;
    };
    struct Sums {
        double x = 0;
        double y = 0;
        double xx = 0;
        double yy = 0;
        double xy = 0;

        void add(double dx, double dy) { add(Sums{dx, dy, dx * dx, dy * dy, dx * dy}); }
        void add(const Sums& other)
        {
            x += other.x;
            y += other.y;
            xx += other.xx;
            yy += other.yy;
            xy += other.xy;
        }
    };

    void startBlock(const Pair& first)
    {
        m_reference = first;
        m_beginning = {};
        if (!m_full)
            return;
        Sums end;
        for (std::size_t i = m_size; i-- > 1;) {
            end.add(m_pairs[i].x - first.x, m_pairs[i].y - first.y);
            m_ends[i] = end;
        }
    }

    std::size_t m_size = 0;
    double m_count = 0;
    std::size_t m_at = 0;
    bool m_full = false;
    Pair m_reference;
    Sums m_beginning;
    Sums m_sums;
    std::vector<Pair> m_pairs;
    std::vector<Sums> m_ends;
};

}  // namespace fc
