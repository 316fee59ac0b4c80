// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/loss_curve.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace fc::ui {
namespace {

constexpr std::ptrdiff_t blockSize = 64;

}  // namespace

void Track::append(double value)
{
    const std::ptrdiff_t index = std::ssize(m_values);
    m_values.push_back(value);
    if (index % blockSize == 0)
        m_blocks.emplace_back();
    take(m_blocks.back(), index);
}

void Track::shorten(std::size_t size)
{
    m_values.resize(size);
    m_blocks.resize((size + blockSize - 1) / blockSize);
    if (m_blocks.empty())
        return;
    m_blocks.back() = {};
    for (std::ptrdiff_t i = (std::ssize(m_blocks) - 1) * blockSize; i < std::ssize(m_values); ++i)
        take(m_blocks.back(), i);
}

void Track::take(Extremes& extremes, std::ptrdiff_t index) const
{
    const double* values = m_values.data();
    if (!std::isfinite(values[index]))
        return;
    if (extremes.lowest < 0 || values[index] < values[extremes.lowest])
        extremes.lowest = index;
    if (extremes.highest < 0 || values[index] > values[extremes.highest])
        extremes.highest = index;
}

Track::Extremes Track::extremes(std::ptrdiff_t begin, std::ptrdiff_t end) const
{
    Extremes found;
    for (std::ptrdiff_t i = begin; i < end;) {
        if (i % blockSize != 0 || i + blockSize > end) {
            take(found, i++);
            continue;
        }
        const Extremes& block = m_blocks[static_cast<std::size_t>(i / blockSize)];
        if (block.lowest >= 0) {
            take(found, block.lowest);
            take(found, block.highest);
        }
        i += blockSize;
    }
    return found;
}

void LossCurve::append(const std::vector<LossPoint>& points)
{
    for (const LossPoint& point : points) {
        if (!m_steps.empty() && point.step <= m_steps.back()) {
            const auto there = std::lower_bound(m_steps.begin(), m_steps.end(), point.step) - m_steps.begin();
            const auto keep = static_cast<std::size_t>(there);
            m_steps.resize(keep);
            m_raw.shorten(keep);
            smoothAgain();
        }
        m_steps.push_back(point.step);
        m_raw.append(point.loss);
        smooth(point.loss);
    }
}

void LossCurve::clear()
{
    m_steps.clear();
    m_raw.shorten(0);
    smoothAgain();
}

void LossCurve::setSmoothing(double weight)
{
    m_weight = std::clamp(weight, 0.0, 0.999);
    smoothAgain();
}

void LossCurve::smoothAgain()
{
    m_sum = 0;
    m_mass = 0;
    m_smoothed.shorten(0);
    for (const double value : m_raw.values())
        smooth(value);
}

void LossCurve::smooth(double value)
{
    // One value that is not finite would stay in the average for ever.
    if (std::isfinite(value)) {
        m_sum = m_weight * m_sum + (1 - m_weight) * value;
        m_mass = m_weight * m_mass + (1 - m_weight);
    }
    m_smoothed.append(m_mass > 0 ? m_sum / m_mass : std::numeric_limits<double>::quiet_NaN());
}

std::optional<std::size_t> LossCurve::nearest(double step) const
{
    if (m_steps.empty())
        return std::nullopt;
    const auto above = std::lower_bound(m_steps.begin(), m_steps.end(), step);
    if (above == m_steps.end())
        return m_steps.size() - 1;
    const auto index = static_cast<std::size_t>(above - m_steps.begin());
    return index > 0 && step - m_steps[index - 1] < *above - step ? index - 1 : index;
}

std::optional<std::size_t> LossCurve::lowest() const
{
    const Track::Extremes all = m_raw.extremes(0, std::ssize(m_steps));
    return all.lowest < 0 ? std::nullopt : std::optional(static_cast<std::size_t>(all.lowest));
}

ThinCurve thin(const std::vector<double>& steps, const Track& track, double from, double to, int columns)
{
    ThinCurve curve;
    const auto first = std::lower_bound(steps.begin(), steps.end(), from);
    const auto last = std::upper_bound(first, steps.end(), to);
    const auto begin = std::max<std::ptrdiff_t>(0, first - steps.begin() - 1);
    const auto end = std::min(last - steps.begin() + 1, std::ssize(steps));
    const double width = (to - from) / std::max(1, columns);
    const auto at = [&](std::ptrdiff_t i) { return static_cast<std::size_t>(i); };
    const auto finite = [&](std::ptrdiff_t i) { return std::isfinite(track.values()[at(i)]); };

    for (std::ptrdiff_t i = begin; i < end;) {
        const double limit = from + (std::floor((steps[at(i)] - from) / width) + 1) * width;
        const auto beyond = std::lower_bound(steps.begin() + i + 1, steps.begin() + end, limit);
        const std::ptrdiff_t next = beyond - steps.begin();
        const Track::Extremes extremes = track.extremes(i, next);
        if (extremes.lowest >= 0) {
            std::ptrdiff_t corners[] = {i, extremes.lowest, extremes.highest, next - 1};
            while (!finite(corners[0]))
                ++corners[0];
            while (!finite(corners[3]))
                --corners[3];
            std::sort(std::begin(corners), std::end(corners));
            std::for_each(std::begin(corners), std::unique(std::begin(corners), std::end(corners)),
                          [&](std::ptrdiff_t corner) {
                              curve.steps.push_back(steps[at(corner)]);
                              curve.values.push_back(track.values()[at(corner)]);
                          });
        }
        i = next;
    }
    return curve;
}

std::optional<ValueRange> lossRange(std::vector<double> raw, std::span<const double> always)
{
    std::erase_if(raw, [](double value) { return !std::isfinite(value); });
    double low = std::numeric_limits<double>::infinity();
    double high = -low;
    if (!raw.empty()) {
        const auto cut =
            raw.begin() + static_cast<std::ptrdiff_t>(static_cast<double>(raw.size() - 1) * 0.98);
        std::nth_element(raw.begin(), cut, raw.end());
        low = *std::min_element(raw.begin(), cut + 1);
        high = *cut;
    }
    for (const double value : always) {
        if (!std::isfinite(value))
            continue;
        low = std::min(low, value);
        high = std::max(high, value);
    }
    if (!(low <= high))
        return std::nullopt;
    if (low == high) {
        const double half = std::max(std::abs(low) * 0.05, 1e-6);
        return ValueRange{low - half, high + half};
    }
    return ValueRange{low, high};
}

}  // namespace fc::ui
