// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <mutex>
#include <utility>
#include <vector>

namespace fc {

/// A bounded hand-over of small values from one thread to another: the worker pushes, the screen's timer
/// drains. When the screen does not drain, every second value is dropped, so memory stays bounded and the
/// curve keeps its shape.
template <typename T>
class Feed {
public:
    explicit Feed(std::size_t capacity = 65536) : m_capacity(capacity) {}

    void push(T value)
    {
        const std::lock_guard lock(m_mutex);
        if (m_values.size() >= m_capacity)
            thin();
        m_values.push_back(std::move(value));
    }

    std::vector<T> drain()
    {
        std::vector<T> taken;
        const std::lock_guard lock(m_mutex);
        taken.swap(m_values);
        return taken;
    }

private:
    void thin()
    {
        std::size_t kept = 0;
        for (std::size_t i = 0; i < m_values.size(); i += 2)
            m_values[kept++] = std::move(m_values[i]);
        m_values.resize(kept);
    }

    std::mutex m_mutex;
    std::vector<T> m_values;
    std::size_t m_capacity;
};

}  // namespace fc
