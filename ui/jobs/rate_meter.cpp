// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/jobs/rate_meter.h"

#include <limits>

namespace fc::ui {
namespace {

constexpr qint64 rateWindowMs = 3000;

}  // namespace

void RateMeter::reset()
{
    m_looks.clear();
    m_clock.start();
}

void RateMeter::add(std::int64_t step)
{
    if (!m_clock.isValid())
        m_clock.start();
    const qint64 now = m_clock.elapsed();
    m_looks.push_back({step, now});
    while (m_looks.size() > 2 && now - m_looks.front().ms > rateWindowMs)
        m_looks.pop_front();
}

double RateMeter::stepsPerSecond() const
{
    if (m_looks.size() < 2 || m_looks.back().ms == m_looks.front().ms)
        return std::numeric_limits<double>::quiet_NaN();
    return 1000.0 * static_cast<double>(m_looks.back().step - m_looks.front().step) /
           static_cast<double>(m_looks.back().ms - m_looks.front().ms);
}

}  // namespace fc::ui
