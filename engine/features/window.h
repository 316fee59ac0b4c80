// SPDX-License-Identifier: GPL-3.0-or-later
// Statistics of the last n values, taken one value at a time in amortized O(1). A missing value empties the
// window: it counts again once n values in a row are present.
//
// Windows are cut by blocks of n values: a window is the end of one block and the beginning of the next. Sums
// over ends are made when a block is full, going backwards; sums over beginnings grow by one value. Nothing
// is ever taken off a sum, so that nothing drifts and what left the window leaves no trace. Van Herk, Pattern
// Recognition Letters 13, 1992; Gil & Werman, IEEE PAMI 15, 1993.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>
#include <vector>

#include "engine/data/series.h"

namespace fc {

/// x as it was n rows ago; missing in the first n rows.
class Delay {
public:
    Delay() = default;
    explicit Delay(int n) : m_values(static_cast<std::size_t>(n), missing) {}

    double next(double x)
    {
        if (m_values.empty())
            return x;
        const double before = std::exchange(m_values[m_at], x);
        m_at = m_at + 1 == m_values.size() ? 0 : m_at + 1;
        return before;
    }

private:
    std::vector<double> m_values;
    std::size_t m_at = 0;
};

/// The value of the row before; missing in the first row.
class Previous {
public:
    double next(double x) { return std::exchange(m_value, x); }

private:
    double m_value = missing;
};

/// Sums of the first `Powers` powers of x - r over the last n values, r one of them: small where the values
/// lie close together, so that the moments lose nothing to a large mean, and exactly 0 where all are equal.
template <std::size_t Powers>
class WindowSums {
public:
    WindowSums() = default;
    explicit WindowSums(int n)
        : m_size(static_cast<std::size_t>(n)), m_count(n), m_values(m_size), m_ends(m_size + 1)
    {
    }

    /// True when the last n values are present.
    bool push(double x)
    {
        if (std::isnan(x)) {
            m_at = 0;
            m_full = false;
            return false;
        }
        if (m_at == 0)
            startBlock(x);
        add(m_beginning, x - m_reference);
        m_values[m_at] = x;
        const Sums& end = m_ends[m_at + 1];
        for (std::size_t p = 0; p < Powers; ++p)
            m_sums[p] = m_beginning[p] + end[p];
        if (++m_at == m_size) {
            m_at = 0;
            m_full = true;
        }
        return m_full;
    }

    double count() const { return m_count; }
    double reference() const { return m_reference; }
    double mean() const { return m_reference + m_sums[0] / m_count; }
    /// Of (x - reference)^(power).
    double sum(std::size_t power) const { return m_sums[power - 1]; }
    /// Sum of squared differences to the mean.
    double squares() const requires(Powers >= 2)
    {
        return std::max(m_sums[1] - m_sums[0] * m_sums[0] / m_count, 0.0);
    }
    /// Divisor: n - ddof (0 population, 1 sample).
    double variance(int ddof) const requires(Powers >= 2) { return squares() / (m_count - ddof); }
    double deviation(int ddof) const requires(Powers >= 2) { return std::sqrt(variance(ddof)); }

private:
    using Sums = std::array<double, Powers>;

    static void add(Sums& sums, double difference)
    {
        double power = difference;
        for (std::size_t p = 0; p < Powers; ++p) {
            sums[p] += power;
            power *= difference;
        }
    }

    void startBlock(double first)
    {
        m_reference = first;
        m_beginning = {};
        if (!m_full)
            return;
        Sums end = {};
        for (std::size_t i = m_size; i-- > 1;) {
            add(end, m_values[i] - first);
            m_ends[i] = end;
        }
    }

    std::size_t m_size = 0;
    double m_count = 0;
    std::size_t m_at = 0;  ///< place of the next value in its block
    bool m_full = false;   ///< a block before this one is there
    double m_reference = 0;
    Sums m_beginning = {};
    Sums m_sums = {};
    std::vector<double> m_values;  ///< of this block up to m_at, then those of the block before
    std::vector<Sums> m_ends;      ///< [i]: over the values i .. n - 1 of the block before
};

/// The mean of the last n values.
class WindowMean {
public:
    WindowMean() = default;
    explicit WindowMean(int n) : m_sums(n) {}

    double next(double x) { return m_sums.push(x) ? m_sums.mean() : missing; }

private:
    WindowSums<1> m_sums;
};

/// Sums over the last n values with weights 1 (oldest) .. n (newest): weighted means and straight lines.
class WindowRamp {
public:
    WindowRamp() = default;
    explicit WindowRamp(int n)
        : m_size(static_cast<std::size_t>(n)), m_count(n), m_values(m_size), m_ends(m_size + 1)
    {
    }

    bool push(double x)
    {
        if (std::isnan(x)) {
            m_at = 0;
            m_full = false;
            return false;
        }
        if (m_at == 0)
            startBlock(x);
        const auto at = static_cast<double>(m_at);
        const double difference = x - m_reference;
        m_beginning.plain += difference;
        m_beginning.ramp += (at + 1.0) * difference;
        m_values[m_at] = x;
        // The window begins at place m_at + 1 of the block before: weights there are place - m_at, here place
        // + n - m_at.
        const Sums& end = m_ends[m_at + 1];
        const double shift = m_count - at - 1.0;
        m_plain = end.plain + m_beginning.plain;
        m_ramp = end.ramp - (at + 1.0) * end.plain + m_beginning.ramp + shift * m_beginning.plain;
        if (++m_at == m_size) {
            m_at = 0;
            m_full = true;
        }
        return m_full;
    }

    double mean() const { return m_reference + m_plain / m_count; }
    /// sum(i x[i]) / sum(i).
    double weightedMean() const { return m_reference + m_ramp / (m_count * (m_count + 1.0) / 2.0); }
    /// Of the straight line through the window by least squares, per row; 0 for one value.
    double slope() const
    {
        if (m_count < 2)
            return 0.0;
        const double center = (m_count + 1.0) / 2.0;
        return (m_ramp - center * m_plain) / (m_count * (m_count * m_count - 1.0) / 12.0);
    }

private:
    struct Sums {
        double plain = 0;
        double ramp = 0;
    };

    void startBlock(double first)
    {
        m_reference = first;
        m_beginning = {};
        if (!m_full)
            return;
        Sums end;
        for (std::size_t i = m_size; i-- > 1;) {
            const double difference = m_values[i] - first;
            end.plain += difference;
            end.ramp += (static_cast<double>(i) + 1.0) * difference;
            m_ends[i] = end;
        }
    }

    std::size_t m_size = 0;
    double m_count = 0;
    std::size_t m_at = 0;
    bool m_full = false;
    double m_reference = 0;
    double m_plain = 0;
    double m_ramp = 0;
    Sums m_beginning;
    std::vector<double> m_values;
    std::vector<Sums> m_ends;
};

/// The best of the last n values: the highest or the lowest.
template <typename Better>
class WindowBest {
public:
    WindowBest() = default;
    explicit WindowBest(int n) : m_size(static_cast<std::size_t>(n)), m_ends(m_size + 1, Better::worst) {}

    double next(double x)
    {
        if (std::isnan(x)) {
            m_at = 0;
            m_full = false;
            return missing;
        }
        if (m_at == 0)
            startBlock();
        m_beginning = Better::of(m_beginning, x);
        const double best = Better::of(m_beginning, m_ends[m_at + 1]);
        m_ends[m_at] = x;
        if (++m_at == m_size) {
            m_at = 0;
            m_full = true;
        }
        return m_full ? best : missing;
    }

private:
    void startBlock()
    {
        m_beginning = Better::worst;
        // Without a full block before, what is left of an older one must not count.
        if (!m_full)
            std::fill(m_ends.begin(), m_ends.end(), Better::worst);
        for (std::size_t i = m_size - 1; i-- > 0;)
            m_ends[i] = Better::of(m_ends[i + 1], m_ends[i]);
    }

    std::size_t m_size = 0;
    std::size_t m_at = 0;
    bool m_full = false;
    double m_beginning = Better::worst;
    std::vector<double>
        m_ends;  ///< values of this block up to m_at, then the best of each end of the block before
};

struct Higher {
    static constexpr double worst = -std::numeric_limits<double>::infinity();
    static double of(double x, double y) { return x < y ? y : x; }
};
struct Lower {
    static constexpr double worst = std::numeric_limits<double>::infinity();
    static double of(double x, double y) { return y < x ? y : x; }
};
using WindowMax = WindowBest<Higher>;
using WindowMin = WindowBest<Lower>;

/// y[t] = ratio x[t] + (1 - ratio) y[t-1], started with the mean of the first `n` values in a row; a missing
/// value ends it, and it starts anew from the next `n`.
class Smooth {
public:
    Smooth() = default;
    Smooth(int n, double ratio) : m_size(n), m_ratio(ratio) {}

    double next(double x)
    {
        if (std::isnan(x)) {
            m_present = 0;
            return missing;
        }
        if (m_present == m_size)
            return m_value = m_ratio * x + (1.0 - m_ratio) * m_value;
        if (m_present == 0) {
            m_first = x;
            m_sum = 0;
        }
        m_sum += x - m_first;
        if (++m_present < m_size)
            return missing;
        return m_value = m_first + m_sum / m_size;
    }

private:
    int m_size = 1;
    double m_ratio = 1;
    int m_present = 0;
    double m_first = 0;
    double m_sum = 0;
    double m_value = missing;
};

/// Exponential average, ratio 2 / (n + 1).
inline Smooth exponentialMean(int n)
{
    return {n, 2.0 / (n + 1.0)};
}
/// Wilder's average, ratio 1 / n (Wilder, New Concepts in Technical Trading Systems, 1978).
inline Smooth wilderMean(int n)
{
    return {n, 1.0 / n};
}

/// Wilder's running sum: the first n - 1 values less one n-th, then s[t] = s[t-1] (n - 1) / n + x[t].
class WilderSum {
public:
    WilderSum() = default;
    explicit WilderSum(int n) : m_size(n), m_keep((n - 1.0) / n) {}

    double next(double x)
    {
        if (std::isnan(x)) {
            m_present = 0;
            m_sum = 0;
            return missing;
        }
        m_present = std::min(m_present + 1, m_size);
        m_sum = (m_present >= m_size ? m_sum * m_keep : m_sum) + x;
        return m_present >= m_size ? m_sum : missing;
    }

private:
    int m_size = 1;
    double m_keep = 0;
    int m_present = 0;
    double m_sum = 0;
};

}  // namespace fc
