// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/pyramid.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace fc::ui {
namespace {

constexpr std::size_t fanOut = 4;
constexpr double none = std::numeric_limits<double>::quiet_NaN();

// Written so that NaN on either side loses.
double higher(double a, double b)
{
    return a > b || std::isnan(b) ? a : b;
}

double lower(double a, double b)
{
    return a < b || std::isnan(b) ? a : b;
}

void join(Bar& sum, const Bar& next)
{
    if (std::isnan(sum.open))
        sum.open = next.open;
    sum.high = higher(sum.high, next.high);
    sum.low = lower(sum.low, next.low);
    if (!std::isnan(next.close))
        sum.close = next.close;
    if (!std::isnan(next.volume))
        sum.volume = std::isnan(sum.volume) ? next.volume : sum.volume + next.volume;
}

}  // namespace

Pyramid::Pyramid(const Columns& columns) : m_columns(columns)
{
    for (std::size_t below = barsAt(0); below > 64; below = barsAt(m_levels.size())) {
        const std::size_t level = m_levels.size();
        std::vector<Bar> bars;
        bars.reserve((below + fanOut - 1) / fanOut);
        for (std::size_t i = 0; i < below; i += fanOut) {
            Bar sum = bar(level, i);
            for (std::size_t j = i + 1; j < std::min(i + fanOut, below); ++j)
                join(sum, bar(level, j));
            bars.push_back(sum);
        }
        m_levels.push_back(std::move(bars));
    }
}

std::size_t Pyramid::barsAt(std::size_t level) const
{
    return level == 0 ? m_columns.close.size() : m_levels[level - 1].size();
}

Bar Pyramid::bar(std::size_t level, std::size_t index) const
{
    if (level > 0)
        return m_levels[level - 1][index];
    const Columns& c = m_columns;
    return {c.open[index], c.high[index], c.low[index], c.close[index],
            c.volume.empty() ? none : c.volume[index]};
}

Bar Pyramid::row(std::int64_t row) const
{
    return bar(0, static_cast<std::size_t>(row));
}

Pyramid::View Pyramid::view(double from, double to, int most) const
{
    View view;
    if (rows() == 0 || !(to >= from))
        return view;
    const auto last = static_cast<double>(rows() - 1);
    const double first = std::clamp(from, 0.0, last);
    const double final = std::clamp(to, 0.0, last);

    std::size_t level = 0;
    while (level < m_levels.size() &&
           (final - first) / static_cast<double>(view.rowsPerBar) > std::max(1, most)) {
        ++level;
        view.rowsPerBar *= fanOut;
    }
    const auto width = static_cast<double>(view.rowsPerBar);
    const auto begin = static_cast<std::size_t>(std::max(0.0, std::floor(first / width) - 1));
    const auto end = std::min(barsAt(level), static_cast<std::size_t>(std::floor(final / width)) + 2);
    view.firstRow = static_cast<std::int64_t>(begin) * view.rowsPerBar;
    view.bars.reserve(end - begin);
    for (std::size_t i = begin; i < end; ++i)
        view.bars.push_back(bar(level, i));
    return view;
}

}  // namespace fc::ui
