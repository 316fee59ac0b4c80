// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/statistics/information.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>
#include <unsupported/Eigen/SpecialFunctions>
#include <vector>

#include "engine/base/rng.h"

namespace fc {

namespace {

/// Normal scores of the ranks. Equal values stand in an order drawn from a fixed seed: any rule that follows
/// the rows would make two columns with ties look dependent.
std::vector<double> normalScores(const std::vector<double>& values, std::uint64_t seed)
{
    Rng rng(seed);
    std::vector<double> lot(values.size());
    for (double& each : lot)
        each = rng.uniformDouble();
    std::vector<size_t> order(values.size());
    std::iota(order.begin(), order.end(), size_t(0));
    std::ranges::sort(order, [&](size_t a, size_t b) {
        return values[a] != values[b] ? values[a] < values[b] : lot[a] < lot[b];
    });
    std::vector<double> scores(values.size());
    const auto n = static_cast<double>(values.size());
    for (size_t rank = 0; rank < order.size(); ++rank)
        scores[order[rank]] = Eigen::numext::ndtri((static_cast<double>(rank) + 0.5) / n);
    return scores;
}

bool isConstant(const std::vector<double>& values)
{
    return std::ranges::all_of(values, [&](double v) { return v == values.front(); });
}

/// Values of `sorted` strictly closer than `distance` to `center`, itself left out.
std::int64_t closer(const std::vector<double>& sorted, double center, double distance)
{
    const auto begin = std::ranges::upper_bound(sorted, center - distance);
    const auto end = std::ranges::lower_bound(sorted, center + distance);
    return std::max<std::int64_t>(end - begin - 1, 0);
}

/// Distance to the k-th nearest neighbor of point i in the maximum norm; points are sorted by x, so that the
/// search stops where x alone is too far.
double neighborDistance(const std::vector<double>& x, const std::vector<double>& y, size_t i, int k,
                        std::vector<double>& nearest)
{
    nearest.assign(static_cast<size_t>(k), std::numeric_limits<double>::infinity());
    const auto take = [&](size_t j) {
        const double d = std::max(std::abs(x[j] - x[i]), std::abs(y[j] - y[i]));
        if (d >= nearest.back())
            return;
        const auto place = std::ranges::upper_bound(nearest, d);
        std::copy_backward(place, nearest.end() - 1, nearest.end());
        *place = d;
    };
    size_t left = i;
    size_t right = i + 1;
    for (;;) {
        const double toLeft = left > 0 ? x[i] - x[left - 1] : std::numeric_limits<double>::infinity();
        const double toRight = right < x.size() ? x[right] - x[i] : std::numeric_limits<double>::infinity();
        if (std::min(toLeft, toRight) >= nearest.back())
            return nearest.back();
        take(toLeft <= toRight ? --left : right++);
    }
}

}  // namespace

double mutualInformation(std::span<const double> x, std::span<const double> y, int neighbors)
{
    std::vector<double> a;
    std::vector<double> b;
    for (size_t i = 0; i < std::min(x.size(), y.size()); ++i) {
        if (std::isnan(x[i]) || std::isnan(y[i]))
            continue;
        a.push_back(x[i]);
        b.push_back(y[i]);
    }
    if (a.size() <= static_cast<size_t>(neighbors) + 1 || isConstant(a) || isConstant(b))
        return std::numeric_limits<double>::quiet_NaN();
    a = normalScores(a, 1);
    b = normalScores(b, 2);
    std::vector<size_t> order(a.size());
    std::iota(order.begin(), order.end(), size_t(0));
    std::ranges::sort(order, [&](size_t i, size_t j) { return a[i] < a[j]; });
    std::vector<double> sortedX;
    std::vector<double> yByX;
    for (const size_t i : order) {
        sortedX.push_back(a[i]);
        yByX.push_back(b[i]);
    }
    std::vector<double> sortedY = yByX;
    std::ranges::sort(sortedY);

    const auto digamma = [](double v) { return Eigen::numext::digamma(v); };
    const auto n = static_cast<double>(a.size());
    std::vector<double> nearest;
    double mean = 0;
    for (size_t i = 0; i < sortedX.size(); ++i) {
        const double distance = neighborDistance(sortedX, yByX, i, neighbors, nearest);
        mean += digamma(static_cast<double>(closer(sortedX, sortedX[i], distance) + 1)) / n;
        mean += digamma(static_cast<double>(closer(sortedY, yByX[i], distance) + 1)) / n;
    }
    return std::max(0.0, digamma(neighbors) + digamma(n) - mean);
}

}  // namespace fc
