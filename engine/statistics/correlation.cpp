// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/statistics/correlation.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>
#include <unsupported/Eigen/SpecialFunctions>

namespace fc {

namespace {

constexpr double undefined = std::numeric_limits<double>::quiet_NaN();

struct Pairs {
    std::vector<double> x;
    std::vector<double> y;
};

Pairs presentPairs(std::span<const double> x, std::span<const double> y)
{
    Pairs pairs;
    for (size_t i = 0; i < std::min(x.size(), y.size()); ++i) {
        if (std::isnan(x[i]) || std::isnan(y[i]))
            continue;
        pairs.x.push_back(x[i]);
        pairs.y.push_back(y[i]);
    }
    return pairs;
}

/// Values less the mean of those present; missing ones stay missing.
struct Centered {
    std::vector<double> values;
    double squares = 0;
    std::int64_t count = 0;
};

Centered centered(std::span<const double> x)
{
    Centered c{{x.begin(), x.end()}, 0, 0};
    double sum = 0;
    for (const double value : x) {
        if (!std::isnan(value)) {
            sum += value;
            ++c.count;
        }
    }
    const double mean = sum / static_cast<double>(std::max<std::int64_t>(c.count, 1));
    bool varies = false;
    double first = undefined;
    for (size_t t = 0; t < x.size(); ++t) {
        if (std::isnan(x[t]))
            continue;
        first = std::isnan(first) ? x[t] : first;
        varies = varies || x[t] != first;
        c.values[t] -= mean;
        c.squares += c.values[t] * c.values[t];
    }
    if (!varies)
        c.squares = 0;
    return c;
}

/// Ranks from 1, ties with their mean.
std::vector<double> ranks(const std::vector<double>& x)
{
    std::vector<size_t> order(x.size());
    std::iota(order.begin(), order.end(), size_t(0));
    std::ranges::sort(order, [&](size_t a, size_t b) { return x[a] < x[b]; });
    std::vector<double> out(x.size());
    for (size_t begin = 0, end = 0; begin < order.size(); begin = end) {
        while (end < order.size() && x[order[end]] == x[order[begin]])
            ++end;
        for (size_t i = begin; i < end; ++i)
            out[order[i]] = static_cast<double>(begin + end + 1) / 2;
    }
    return out;
}

/// Pairs of equal neighbors in a sorted order, counted within each run.
template <typename Same>
std::int64_t tiedPairs(size_t count, const Same& same)
{
    std::int64_t pairs = 0;
    std::int64_t run = 1;
    for (size_t i = 1; i <= count; ++i) {
        if (i < count && same(i - 1, i)) {
            ++run;
            continue;
        }
        pairs += run * (run - 1) / 2;
        run = 1;
    }
    return pairs;
}

/// Sorts [begin, end) and counts the exchanges a bubble sort would make.
std::int64_t sortCounting(std::vector<double>& values, std::vector<double>& spare, size_t begin, size_t end)
{
    if (end - begin < 2)
        return 0;
    const size_t middle = begin + (end - begin) / 2;
    std::int64_t exchanges =
        sortCounting(values, spare, begin, middle) + sortCounting(values, spare, middle, end);
    for (size_t left = begin, right = middle, at = begin; at < end; ++at) {
        if (right == end || (left < middle && values[left] <= values[right])) {
            spare[at] = values[left++];
        } else {
            exchanges += static_cast<std::int64_t>(middle - left);
            spare[at] = values[right++];
        }
    }
    std::copy(spare.begin() + static_cast<std::ptrdiff_t>(begin),
              spare.begin() + static_cast<std::ptrdiff_t>(end),
              values.begin() + static_cast<std::ptrdiff_t>(begin));
    return exchanges;
}

double chiSquareTail(double statistic, int freedom)
{
    return Eigen::numext::igammac(freedom / 2.0, statistic / 2.0);
}

template <typename Term>
Portmanteau portmanteau(std::span<const double> x, int maxLag, const Term& term)
{
    const std::vector<double> r = autocorrelation(x, maxLag).values;
    Portmanteau test;
    double sum = 0;
    for (size_t k = 1; k < r.size(); ++k) {
        sum += term(r[k], static_cast<double>(k));
        test.statistic.push_back(sum);
        test.pValue.push_back(chiSquareTail(sum, static_cast<int>(k)));
    }
    return test;
}

double presentCount(std::span<const double> x)
{
    return static_cast<double>(std::ranges::count_if(x, [](double v) { return !std::isnan(v); }));
}

}  // namespace

double pearson(std::span<const double> x, std::span<const double> y)
{
    const Pairs pairs = presentPairs(x, y);
    const Centered a = centered(pairs.x);
    const Centered b = centered(pairs.y);
    if (a.squares <= 0 || b.squares <= 0)
        return undefined;
    const double products = std::inner_product(a.values.begin(), a.values.end(), b.values.begin(), 0.0);
    return std::clamp(products / std::sqrt(a.squares) / std::sqrt(b.squares), -1.0, 1.0);
}

double spearman(std::span<const double> x, std::span<const double> y)
{
    const Pairs pairs = presentPairs(x, y);
    return pearson(ranks(pairs.x), ranks(pairs.y));
}

double kendall(std::span<const double> x, std::span<const double> y)
{
    // Knight 1966: sort by x, then count the exchanges that sorting y takes.
    const Pairs pairs = presentPairs(x, y);
    const size_t n = pairs.x.size();
    std::vector<size_t> order(n);
    std::iota(order.begin(), order.end(), size_t(0));
    std::ranges::sort(order, [&](size_t a, size_t b) {
        return pairs.x[a] != pairs.x[b] ? pairs.x[a] < pairs.x[b] : pairs.y[a] < pairs.y[b];
    });
    std::vector<double> byX;
    std::vector<double> ys;
    for (const size_t i : order) {
        byX.push_back(pairs.x[i]);
        ys.push_back(pairs.y[i]);
    }
    const auto sameX = [&](size_t a, size_t b) { return byX[a] == byX[b]; };
    const std::int64_t tiesX = tiedPairs(n, sameX);
    const std::int64_t tiesBoth =
        tiedPairs(n, [&](size_t a, size_t b) { return sameX(a, b) && ys[a] == ys[b]; });
    std::vector<double> spare(n);
    const std::int64_t exchanges = sortCounting(ys, spare, 0, n);
    const std::int64_t tiesY = tiedPairs(n, [&](size_t a, size_t b) { return ys[a] == ys[b]; });
    const auto all = static_cast<std::int64_t>(n) * (static_cast<std::int64_t>(n) - 1) / 2;
    const double scale =
        std::sqrt(static_cast<double>(all - tiesX)) * std::sqrt(static_cast<double>(all - tiesY));
    if (!(scale > 0))
        return undefined;
    return static_cast<double>(all - tiesX - tiesY + tiesBoth - 2 * exchanges) / scale;
}

Autocorrelation autocorrelation(std::span<const double> x, int maxLag, bool adjusted)
{
    const Centered c = centered(x);
    Autocorrelation out;
    const auto lags = std::min<std::int64_t>(maxLag, static_cast<std::int64_t>(x.size()) - 1);
    double squaresBefore = 0;
    for (std::int64_t k = 0; k <= lags; ++k) {
        double sum = 0;
        for (size_t t = 0; t + static_cast<size_t>(k) < x.size(); ++t) {
            const double product = c.values[t] * c.values[t + static_cast<size_t>(k)];
            sum += std::isnan(product) ? 0 : product;
        }
        const auto n = static_cast<double>(c.count);
        double r = c.squares > 0 ? sum / c.squares : undefined;
        if (adjusted)
            r *= n / (n - static_cast<double>(k));
        out.values.push_back(k == 0 ? 1 : r);
        out.halfWidths.push_back(k == 0 ? 0 : 1.959963984540054 * std::sqrt((1 + 2 * squaresBefore) / n));
        squaresBefore += k == 0 ? 0 : r * r;
    }
    return out;
}

std::vector<double> partialAutocorrelation(std::span<const double> x, int maxLag, bool adjusted)
{
    const std::vector<double> r = autocorrelation(x, maxLag, adjusted).values;
    std::vector<double> partial{1};
    std::vector<double> phi;
    double error = 1;
    for (size_t k = 1; k < r.size(); ++k) {
        double rest = r[k];
        for (size_t j = 0; j < phi.size(); ++j)
            rest -= phi[j] * r[k - 1 - j];
        const double last = rest / error;
        std::vector<double> next = phi;
        for (size_t j = 0; j < phi.size(); ++j)
            next[j] -= last * phi[phi.size() - 1 - j];
        next.push_back(last);
        phi = std::move(next);
        error *= 1 - last * last;
        partial.push_back(last);
    }
    return partial;
}

std::vector<double> crossCorrelation(std::span<const double> x, std::span<const double> y, int maxLag)
{
    const Centered a = centered(x);
    const Centered b = centered(y);
    const auto rows = static_cast<std::int64_t>(std::min(x.size(), y.size()));
    const double scale = std::sqrt(a.squares) * std::sqrt(b.squares);
    std::vector<double> out;
    for (std::int64_t k = -maxLag; k <= maxLag; ++k) {
        double sum = 0;
        bool any = false;
        for (std::int64_t t = std::max<std::int64_t>(0, -k); t < rows && t + k < rows; ++t) {
            const double product = a.values[static_cast<size_t>(t)] * b.values[static_cast<size_t>(t + k)];
            if (!std::isnan(product)) {
                sum += product;
                any = true;
            }
        }
        out.push_back(any && scale > 0 ? sum / scale : undefined);
    }
    return out;
}

Portmanteau ljungBox(std::span<const double> x, int maxLag)
{
    const double n = presentCount(x);
    return portmanteau(x, maxLag, [n](double r, double k) { return n * (n + 2) * r * r / (n - k); });
}

Portmanteau boxPierce(std::span<const double> x, int maxLag)
{
    const double n = presentCount(x);
    return portmanteau(x, maxLag, [n](double r, double) { return n * r * r; });
}

}  // namespace fc
