// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <vector>

namespace fc {

/// The last n values in order of size: ranks, quantiles, distances. They lie in sorted runs of at most 64
/// values, so that a change moves few of them; a window of 10,000 is some hundred runs. A missing value
/// empties the window, which counts again once n values in a row are present.
class SortedWindow {
public:
    SortedWindow() = default;
    explicit SortedWindow(int n);

    /// True when the last n values are present; the answers below are of them.
    bool push(double x);

    /// The value with `rank` smaller or equal ones before it, from 0.
    double at(std::size_t rank) const;
    /// Number of values below x, and of those not above it.
    double below(double x) const;
    double notAbove(double x) const;
    /// Linear between the two values around (n - 1) p: type 7 of Hyndman & Fan, The American Statistician 50,
    /// 1996.
    double quantile(double p) const;
    double median() const { return quantile(0.5); }
    /// sum(|x[i] - center|).
    double sumOfDistances(double center);
    /// median(|x[i] - center|).
    double medianOfDistances(double center) const;

private:
    static constexpr std::size_t mostValues = 64;

    struct Run {
        std::size_t count = 0;
        bool isSummed = false;
        double sum = 0;  ///< of the differences to the first value
        std::array<double, mostValues> values;

        /// Number of values below x.
        std::size_t place(double x) const;
        void refreshSum();
    };

    Run& run(std::size_t i) { return m_runs[m_order[i]]; }
    const Run& run(std::size_t i) const { return m_runs[m_order[i]]; }
    /// The run that holds x, or the one it belongs into.
    std::size_t runOf(double x) const;
    void insert(double x);
    void erase(double x);
    void replace(Run& only, double old, double x);
    void split(std::size_t i);
    void removeRun(std::size_t i);
    void clear();
    /// The k-th smallest distance, from 1.
    double distance(double center, std::size_t k) const;

    std::size_t m_size = 0;
    std::size_t m_present = 0;
    std::size_t m_at = 0;
    std::vector<double> m_values;  ///< in order of time, a ring
    std::vector<Run> m_runs;
    std::vector<std::size_t> m_order;  ///< runs in order of their values
    std::vector<std::size_t> m_free;
};

}  // namespace fc
