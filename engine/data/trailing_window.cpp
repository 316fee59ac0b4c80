// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/data/trailing_window.h"

#include <cassert>
#include <cmath>

#include "engine/data/series.h"

namespace fc {

int smallestWindow(WindowKind kind)
{
    switch (kind) {
        case WindowKind::Lag:
            return 0;
        case WindowKind::Deviation:
            return 2;
        case WindowKind::Difference:
        case WindowKind::Mean:
        case WindowKind::Sum:
        case WindowKind::Lowest:
        case WindowKind::Highest:
            return 1;
    }
    return 1;
}

int warmUpOf(WindowKind kind, int rows)
{
    return kind == WindowKind::Lag || kind == WindowKind::Difference ? rows : rows - 1;
}

TrailingWindow::TrailingWindow(WindowKind kind, int rows)
    : m_kind(kind), m_rows(static_cast<std::size_t>(rows))
{
    assert(rows >= smallestWindow(kind));
    m_block.reserve(m_rows);
}

TrailingWindow::Part TrailingWindow::joined(const Part& a, const Part& b) const
{
    if (a.count == 0)
        return b;
    if (b.count == 0)
        return a;
    const double count = a.count + b.count;
    if (std::isnan(a.mean) || std::isnan(b.mean))
        return {count, missing, missing};
    switch (m_kind) {
        case WindowKind::Sum:
            return {count, a.mean + b.mean, 0};
        case WindowKind::Lowest:
            return {count, std::fmin(a.mean, b.mean), 0};
        case WindowKind::Highest:
            return {count, std::fmax(a.mean, b.mean), 0};
        case WindowKind::Mean:
        case WindowKind::Deviation:
        case WindowKind::Lag:
        case WindowKind::Difference:
            break;
    }
    // Chan, Golub & LeVeque, 1983: equal values give exactly their mean and no deviation.
    const double apart = b.mean - a.mean;
    return {count, a.mean + apart * (b.count / count),
            a.squares + b.squares + apart * apart * (a.count * b.count / count)};
}

double TrailingWindow::result(const Part& window) const
{
    return m_kind == WindowKind::Deviation ? std::sqrt(window.squares / (window.count - 1)) : window.mean;
}

void TrailingWindow::closeBlock()
{
    m_ends.resize(m_rows);
    Part end;
    for (std::size_t i = m_rows; i-- > 0;) {
        end = joined({1, m_block[i], 0}, end);
        m_ends[i] = end;
    }
    m_block.clear();
    m_sum = {};
}

double TrailingWindow::next(double value)
{
    if (m_kind == WindowKind::Lag || m_kind == WindowKind::Difference) {
        if (m_rows == 0)
            return value;
        if (m_block.size() < m_rows) {
            m_block.push_back(value);
            return missing;
        }
        double& slot = m_block[m_seen++ % m_rows];
        const double before = slot;
        slot = value;
        return m_kind == WindowKind::Lag ? before : value - before;
    }
    if (m_block.size() == m_rows)
        closeBlock();
    m_block.push_back(value);
    m_sum = joined(m_sum, {1, value, 0});
    if (m_block.size() == m_rows)
        return result(m_sum);
    if (m_ends.empty())
        return missing;
    return result(joined(m_ends[m_block.size()], m_sum));
}

}  // namespace fc
