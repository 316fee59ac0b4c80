// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/features/sorted_window.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace fc {

SortedWindow::SortedWindow(int n)
    : m_size(static_cast<std::size_t>(n)), m_values(m_size), m_runs(1), m_order(1, 0)
{
}

std::size_t SortedWindow::Run::place(double x) const
{
    // Halving without branches: which way it goes cannot be predicted.
    std::size_t first = 0;
    std::size_t left = count;
    while (left > 1) {
        const std::size_t half = left / 2;
        first += values[first + half - 1] < x ? half : 0;
        left -= half;
    }
    return first + (left == 1 && values[first] < x ? 1 : 0);
}

void SortedWindow::Run::refreshSum()
{
    if (isSummed)
        return;
    sum = 0;
    for (std::size_t i = 1; i < count; ++i)
        sum += values[i] - values[0];
    isSummed = true;
}

bool SortedWindow::push(double x)
{
    if (std::isnan(x)) {
        clear();
        return false;
    }
    const double oldest = m_values[m_at];
    m_values[m_at] = x;
    m_at = m_at + 1 == m_size ? 0 : m_at + 1;
    if (m_present < m_size) {
        insert(x);
        return ++m_present == m_size;
    }
    if (m_order.size() == 1) {
        replace(run(0), oldest, x);
    } else {
        erase(oldest);
        insert(x);
    }
    return true;
}

double SortedWindow::at(std::size_t rank) const
{
    std::size_t i = 0;
    while (rank >= run(i).count)
        rank -= run(i++).count;
    return run(i).values[rank];
}

double SortedWindow::below(double x) const
{
    std::size_t count = 0;
    for (const std::size_t each : m_order) {
        const Run& run = m_runs[each];
        if (run.count > 0 && run.values[run.count - 1] < x) {
            count += run.count;
            continue;
        }
        count += run.place(x);
        break;
    }
    return static_cast<double>(count);
}

double SortedWindow::notAbove(double x) const
{
    return below(std::nextafter(x, std::numeric_limits<double>::infinity()));
}

double SortedWindow::quantile(double p) const
{
    const double place = static_cast<double>(m_size - 1) * p;
    const auto lower = std::min(static_cast<std::size_t>(place), m_size - 1);
    const double value = at(lower);
    const double share = place - static_cast<double>(lower);
    return share > 0 ? value + share * (at(lower + 1) - value) : value;
}

double SortedWindow::sumOfDistances(double center)
{
    double total = 0;
    for (const std::size_t each : m_order) {
        Run& run = m_runs[each];
        const bool isAbove = run.values[0] >= center;
        if (m_order.size() > 1 && (isAbove || run.values[run.count - 1] <= center)) {
            run.refreshSum();
            total += std::abs(run.sum + static_cast<double>(run.count) * (run.values[0] - center));
            continue;
        }
        for (std::size_t i = 0; i < run.count; ++i)
            total += std::abs(run.values[i] - center);
    }
    return total;
}

double SortedWindow::distance(double center, std::size_t k) const
{
    // The k nearest values stand side by side: find where they begin.
    std::size_t first = 0;
    std::size_t last = m_size - k;
    while (first < last) {
        const std::size_t middle = (first + last) / 2;
        if (center - at(middle) > at(middle + k) - center)
            first = middle + 1;
        else
            last = middle;
    }
    return std::max(std::abs(center - at(first)), std::abs(at(first + k - 1) - center));
}

double SortedWindow::medianOfDistances(double center) const
{
    const double upper = distance(center, m_size / 2 + 1);
    return m_size % 2 == 1 ? upper : (distance(center, m_size / 2) + upper) / 2.0;
}

std::size_t SortedWindow::runOf(double x) const
{
    if (m_order.size() == 1)
        return 0;
    // The first run whose last value is not below x.
    const auto last = [this](std::size_t each) { return m_runs[each].values[m_runs[each].count - 1]; };
    const auto found = std::ranges::lower_bound(m_order, x, {}, last);
    return std::min(static_cast<std::size_t>(found - m_order.begin()), m_order.size() - 1);
}

void SortedWindow::insert(double x)
{
    std::size_t i = runOf(x);
    if (run(i).count == mostValues) {
        split(i);
        i = runOf(x);
    }
    Run& target = run(i);
    double* const values = target.values.data();
    const std::size_t place = target.place(x);
    std::copy_backward(values + place, values + target.count, values + target.count + 1);
    values[place] = x;
    ++target.count;
    target.isSummed = false;
}

void SortedWindow::erase(double x)
{
    const std::size_t i = runOf(x);
    Run& source = run(i);
    double* const values = source.values.data();
    const std::size_t place = source.place(x);
    std::copy(values + place + 1, values + source.count, values + place);
    --source.count;
    source.isSummed = false;
    if (source.count == 0 && m_order.size() > 1)
        removeRun(i);
    else if (i + 1 < m_order.size() && source.count + run(i + 1).count <= mostValues / 2) {
        Run& next = run(i + 1);
        std::copy_n(next.values.data(), next.count, values + source.count);
        source.count += next.count;
        removeRun(i + 1);
    }
}

void SortedWindow::replace(Run& only, double old, double x)
{
    double* const values = only.values.data();
    const std::size_t from = only.place(old);
    std::size_t to = only.place(x);
    if (to > from) {
        --to;
        std::copy(values + from + 1, values + to + 1, values + from);
    } else {
        std::copy_backward(values + to, values + from, values + from + 1);
    }
    values[to] = x;
    only.isSummed = false;
}

void SortedWindow::split(std::size_t i)
{
    std::size_t fresh = m_runs.size();
    if (m_free.empty()) {
        m_runs.emplace_back();
    } else {
        fresh = m_free.back();
        m_free.pop_back();
    }
    Run& lower = run(i);
    Run& upper = m_runs[fresh];
    constexpr std::size_t half = mostValues / 2;
    std::copy_n(lower.values.data() + half, mostValues - half, upper.values.data());
    upper.count = mostValues - half;
    lower.count = half;
    lower.isSummed = upper.isSummed = false;
    m_order.insert(m_order.begin() + static_cast<std::ptrdiff_t>(i) + 1, fresh);
}

void SortedWindow::removeRun(std::size_t i)
{
    m_free.push_back(m_order[i]);
    m_order.erase(m_order.begin() + static_cast<std::ptrdiff_t>(i));
}

void SortedWindow::clear()
{
    m_present = 0;
    m_at = 0;
    while (m_order.size() > 1)
        removeRun(m_order.size() - 1);
    run(0).count = 0;
}

}  // namespace fc
