// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

#include "engine/features/window.h"

namespace fc {

/// The last bars, with what is usual at each of them. A missing price begins anew.
class Candles {
public:
    static constexpr std::size_t most = 5;

    struct Candle {
        double open = missing;
        double high = missing;
        double low = missing;
        double close = missing;
        double usualBody = missing;   ///< mean |C - O| of the last n bars, this one included
        double usualClose = missing;  ///< mean close of the last n bars, this one included
    };

    Candles() = default;
    explicit Candles(int period) : m_bodies(period), m_closes(period) {}

    void push(double open, double high, double low, double close)
    {
        const bool isWhole = !std::isnan(open + high + low + close);
        m_newest = (m_newest + 1) % m_candles.size();
        m_candles[m_newest] = {open,
                               high,
                               low,
                               close,
                               m_bodies.next(isWhole ? std::abs(close - open) : missing),
                               m_closes.next(isWhole ? close : missing)};
    }

    /// k bars ago.
    const Candle& at(std::size_t k) const { return m_candles[(m_newest - k) % m_candles.size()]; }
    /// Whether the last `count` bars are whole, and what is usual at them is known.
    bool has(std::size_t count) const
    {
        double sum = 0;
        for (std::size_t k = 0; k < count; ++k)
            sum += at(k).usualBody;
        return !std::isnan(sum);
    }

private:
    std::array<Candle, 8> m_candles;  // a power of two: places wrap around without a division
    std::size_t m_newest = 0;
    WindowMean m_bodies;
    WindowMean m_closes;
};

/// The last bars seen from one side: sign -1 turns prices upside down, so that a shape that calls for falling
/// prices is the one that calls for rising prices. k = 0 is the newest bar.
template <int sign>
class CandleSide {
public:
    explicit CandleSide(const Candles& candles) : m_candles(candles) {}

    double open(std::size_t k) const { return sign * m_candles.at(k).open; }
    double close(std::size_t k) const { return sign * m_candles.at(k).close; }
    double high(std::size_t k) const { return sign > 0 ? m_candles.at(k).high : -m_candles.at(k).low; }
    double low(std::size_t k) const { return sign > 0 ? m_candles.at(k).low : -m_candles.at(k).high; }
    double top(std::size_t k) const { return std::max(open(k), close(k)); }
    double bottom(std::size_t k) const { return std::min(open(k), close(k)); }
    double middle(std::size_t k) const { return (open(k) + close(k)) / 2.0; }
    double range(std::size_t k) const { return high(k) - low(k); }
    double body(std::size_t k) const { return std::abs(close(k) - open(k)); }
    double upperShadow(std::size_t k) const { return high(k) - top(k); }
    double lowerShadow(std::size_t k) const { return bottom(k) - low(k); }
    double usualBody(std::size_t k) const { return m_candles.at(k).usualBody; }

    bool isUp(std::size_t k) const { return close(k) > open(k); }
    bool isDown(std::size_t k) const { return close(k) < open(k); }
    bool isLong(std::size_t k) const { return body(k) > usualBody(k); }
    bool isSmall(std::size_t k) const { return body(k) < 0.5 * usualBody(k); }
    bool isDoji(std::size_t k) const { return range(k) > 0 && body(k) <= 0.1 * range(k); }
    /// A long body without shadows to speak of.
    bool isFull(std::size_t k) const
    {
        return isLong(k) && upperShadow(k) <= 0.05 * range(k) && lowerShadow(k) <= 0.05 * range(k);
    }
    /// A small body at the top and a long lower shadow.
    bool hangs(std::size_t k) const
    {
        return range(k) > 0 && body(k) <= 0.35 * range(k) && lowerShadow(k) >= 2.0 * body(k) &&
               upperShadow(k) <= 0.1 * range(k);
    }
    /// Prices fell, or rose, to bar k: its close lies below, or above, the usual one.
    bool fellTo(std::size_t k) const { return close(k) < sign * m_candles.at(k).usualClose; }
    bool roseTo(std::size_t k) const { return close(k) > sign * m_candles.at(k).usualClose; }
    bool isNear(double x, double y, std::size_t k) const { return std::abs(x - y) <= 0.1 * usualBody(k); }
    /// The body of k lies inside that of k + 1, or around it.
    bool isInside(std::size_t k) const
    {
        return top(k) <= top(k + 1) && bottom(k) >= bottom(k + 1) && body(k) < body(k + 1);
    }
    bool isAround(std::size_t k) const
    {
        return top(k) >= top(k + 1) && bottom(k) <= bottom(k + 1) && body(k) > body(k + 1);
    }

private:
    const Candles& m_candles;
};

}  // namespace fc
