// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "ui/plots/bars.h"

namespace fc::ui {

/// A growing row of values that knows the lowest and highest of any stretch without looking at each.
class Track {
public:
    /// Indices; -1 where no value is finite.
    struct Extremes {
        std::ptrdiff_t lowest = -1;
        std::ptrdiff_t highest = -1;
    };

    void append(double value);
    /// Forgets all but the first `size` values.
    void shorten(std::size_t size);
    const std::vector<double>& values() const { return m_values; }
    /// Of the values begin ... end - 1.
    Extremes extremes(std::ptrdiff_t begin, std::ptrdiff_t end) const;

private:
    void take(Extremes& extremes, std::ptrdiff_t index) const;

    std::vector<double> m_values;
    std::vector<Extremes> m_blocks;  ///< of each full or begun block
};

/// Loss over steps, raw and as a moving average. Steps rise; a step that is there already throws away the
/// rest.
class LossCurve {
public:
    void append(const std::vector<LossPoint>& points);
    void clear();

    /// Weight w of the past, 0 ... 0.999. Average m of n points: m = w m + (1 - w) x, divided by 1 - w^n so
    /// that it is not drawn towards 0 at the start. // Kingma & Ba, 2015, section 3
    void setSmoothing(double weight);
    double smoothing() const { return m_weight; }

    std::size_t size() const { return m_steps.size(); }
    const std::vector<double>& steps() const { return m_steps; }
    const Track& raw() const { return m_raw; }
    const Track& smoothed() const { return m_smoothed; }
    /// Index of the point nearest to `step`; none while there are no points.
    std::optional<std::size_t> nearest(double step) const;
    /// Index of the lowest finite value.
    std::optional<std::size_t> lowest() const;

private:
    void smooth(double value);
    void smoothAgain();

    std::vector<double> m_steps;
    Track m_raw;
    Track m_smoothed;
    double m_weight = 0.9;
    double m_sum = 0;   ///< m of the formula
    double m_mass = 0;  ///< 1 - w^n
};

/// Part of a curve, thinned for the screen.
struct ThinCurve {
    std::vector<double> steps;
    std::vector<double> values;
};

/// What lies between steps `from` and `to` (and one point beyond each) in at most four points a column:
/// first, lowest, highest, last, in their order. Not finite values are left out. `steps` rise.
ThinCurve thin(const std::vector<double>& steps, const Track& track, double from, double to, int columns);

/// The lowest and highest value worth showing: all but the largest 2% of `raw`, widened to hold `always`.
struct ValueRange {
    double low = 0;
    double high = 1;
};
std::optional<ValueRange> lossRange(std::vector<double> raw, std::span<const double> always);

}  // namespace fc::ui
