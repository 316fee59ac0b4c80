// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "engine/features/window.h"

namespace fc {

/// A weighted sum of the last values with weights of any shape: sum(weights[k] x[t-k]). O(weights) a value.
class WeightedWindow {
public:
    WeightedWindow() = default;
    explicit WeightedWindow(std::vector<double> weights)
        : m_weights(std::move(weights)), m_values(2 * m_weights.size())
    {
    }

    double next(double x)
    {
        if (std::isnan(x)) {
            m_present = 0;
            return missing;
        }
        // Every value stands twice, so that the window is one run wherever it begins; the newest is first.
        const std::size_t size = m_weights.size();
        m_at = m_at == 0 ? size - 1 : m_at - 1;
        m_values[m_at] = x;
        m_values[m_at + size] = x;
        if (m_present < size && ++m_present < size)
            return missing;
        return product(&m_values[m_at]);
    }

private:
    double product(const double* window) const
    {
        // Four sums at a time: additions need not wait for one another.
        std::array<double, 4> sums = {};
        const std::size_t size = m_weights.size();
        const std::size_t whole = size - size % 4;
        for (std::size_t i = 0; i < whole; i += 4)
            for (std::size_t j = 0; j < 4; ++j)
                sums[j] += m_weights[i + j] * window[i + j];
        double rest = 0;
        for (std::size_t i = whole; i < size; ++i)
            rest += m_weights[i] * window[i];
        return (sums[0] + sums[1]) + (sums[2] + sums[3]) + rest;
    }

    std::vector<double> m_weights;
    std::vector<double> m_values;
    std::size_t m_at = 0;
    std::size_t m_present = 0;
};

}  // namespace fc
