// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QElapsedTimer>
#include <cstdint>
#include <deque>

namespace fc::ui {

/// Training steps a second over the last seconds, pauses left out.
class RateMeter {
public:
    void reset();
    void add(std::int64_t step);
    /// NaN before there are two looks at the clock.
    double stepsPerSecond() const;

private:
    struct Look {
        std::int64_t step;
        qint64 ms;
    };
    std::deque<Look> m_looks;
    QElapsedTimer m_clock;
};

}  // namespace fc::ui
