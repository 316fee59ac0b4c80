// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/statistics/stationarity.h"

#include <Eigen/QR>
#include <algorithm>
#include <cmath>
#include <vector>

#include "engine/base/error.h"

namespace fc {

namespace {

using Matrix = Eigen::MatrixXd;

/// MacKinnon 1994, tables 3 and 4, one variable: Phi(polynomial in the statistic), one polynomial left of
/// `middle` and one right of it; 0 and 1 beyond the ends.
struct ResponseSurface {
    double lowest;
    double middle;
    double highest;
    std::array<double, 3> left;
    std::array<double, 4> right;
};

constexpr double unbounded = 1e300;
constexpr std::array<ResponseSurface, 3> surfaces = {{
    {-19.04, -1.04, unbounded, {0.6344, 1.2378, 3.2496e-2}, {0.4797, 9.3557e-1, -0.6999e-1, 3.3066e-2}},
    {-18.83, -1.61, 2.74, {2.1659, 1.4412, 3.8269e-2}, {1.7339, 9.3202e-1, -1.2745e-1, -1.0368e-2}},
    {-16.18, -2.89, 0.70, {3.2512, 1.6047, 4.9588e-2}, {2.5261, 6.1654e-1, -3.7956e-1, -6.0285e-2}},
}};

/// MacKinnon 2010, table 2: critical value = b0 + b1/T + b2/T^2 + b3/T^3 at 1%, 5%, 10%.
using Quantile = std::array<double, 4>;
constexpr std::array<std::array<Quantile, 3>, 3> criticalSurfaces = {{
    {{{-2.56574, -2.2358, -3.627, 0},
      {-1.94100, -0.2686, -3.365, 31.223},
      {-1.61682, 0.2656, -2.714, 25.364}}},
    {{{-3.43035, -6.5393, -16.786, -79.433},
      {-2.86154, -2.8903, -4.234, -40.040},
      {-2.56677, -1.5384, -2.809, 0}}},
    {{{-3.95877, -9.0531, -28.428, -134.155},
      {-3.41049, -4.3904, -9.036, -45.374},
      {-3.12705, -2.5856, -3.925, -22.380}}},
}};

template <std::size_t N>
double polynomial(const std::array<double, N>& coefficients, double x)
{
    double sum = 0;
    for (std::size_t i = N; i-- > 0;)
        sum = sum * x + coefficients[i];
    return sum;
}

double unitRootPValue(double statistic, Deterministic terms)
{
    const ResponseSurface& surface = surfaces.at(static_cast<std::size_t>(terms));
    if (statistic < surface.lowest)
        return 0;
    if (statistic > surface.highest)
        return 1;
    const double z = statistic <= surface.middle ? polynomial(surface.left, statistic)
                                                 : polynomial(surface.right, statistic);
    return 0.5 * std::erfc(-z / std::sqrt(2.0));
}

int termCount(Deterministic terms)
{
    return static_cast<int>(terms);
}

/// One row per t from `lags` + 1 on: deterministic terms, x_{t-1}, dx_{t-1} .. dx_{t-lags}, dx_t. The level
/// stands behind the lags when `levelLast`.
Matrix regression(std::span<const double> x, int lags, Deterministic terms, bool levelLast)
{
    const auto first = static_cast<size_t>(lags) + 1;
    const auto rows = static_cast<Eigen::Index>(x.size() - first);
    Matrix table(rows, termCount(terms) + 1 + lags + 1);
    for (Eigen::Index i = 0; i < rows; ++i) {
        const size_t t = first + static_cast<size_t>(i);
        Eigen::Index at = 0;
        if (terms != Deterministic::None)
            table(i, at++) = 1;
        if (terms == Deterministic::ConstantAndTrend)
            table(i, at++) = static_cast<double>(i + 1);
        if (!levelLast)
            table(i, at++) = x[t - 1];
        for (size_t k = 1; k <= static_cast<size_t>(lags); ++k)
            table(i, at++) = x[t - k] - x[t - k - 1];
        if (levelLast)
            table(i, at++) = x[t - 1];
        table(i, at) = x[t] - x[t - 1];
    }
    return table;
}

Matrix triangle(Matrix table)
{
    const Eigen::Index columns = table.cols();
    const Eigen::HouseholderQR<Eigen::Ref<Matrix>> qr(table);
    return Matrix(qr.matrixQR().topRows(columns).triangularView<Eigen::Upper>());
}

/// The number of lags with the least criterion. One triangle serves all: the sum of squares that the first k
/// columns leave is what stands in the last column from row k on.
int bestLags(std::span<const double> x, int maxLag, Deterministic terms, LagChoice choice)
{
    const Matrix table = regression(x, maxLag, terms, false);
    const auto n = static_cast<double>(table.rows());
    const Matrix r = triangle(table);
    const Eigen::Index last = r.cols() - 1;
    int best = 0;
    double least = 0;
    for (int lags = 0; lags <= maxLag; ++lags) {
        const int columns = termCount(terms) + 1 + lags;
        const double squares = r.col(last).tail(r.rows() - columns).squaredNorm();
        const double price = choice == LagChoice::Aic ? 2 : std::log(n);
        const double criterion = n * std::log(squares / n) + price * columns;
        if (lags == 0 || criterion < least) {
            least = criterion;
            best = lags;
        }
    }
    return best;
}

void refuseConstant(std::span<const double> x, std::size_t least)
{
    if (x.size() < least) {
        throw Error(Message(TR("engine", "The test needs at least %1 values in a row, but there are %2."),
                            least, x.size()));
    }
    if (std::ranges::all_of(x, [&](double v) { return v == x.front(); }))
        throw Error(Message(TR("engine", "All values are equal, so there is nothing to test.")));
}

/// What a mean or a line leaves of x.
std::vector<double> residuals(std::span<const double> x, Deterministic terms)
{
    const auto n = static_cast<double>(x.size());
    double mean = 0;
    for (const double value : x)
        mean += value / n;
    double slope = 0;
    if (terms == Deterministic::ConstantAndTrend) {
        double products = 0;
        double squares = 0;
        for (size_t t = 0; t < x.size(); ++t) {
            const double place = static_cast<double>(t) - (n - 1) / 2;
            products += place * (x[t] - mean);
            squares += place * place;
        }
        slope = products / squares;
    }
    std::vector<double> out;
    for (size_t t = 0; t < x.size(); ++t)
        out.push_back(x[t] - mean - slope * (static_cast<double>(t) - (n - 1) / 2));
    return out;
}

double lagProduct(const std::vector<double>& e, int lag)
{
    double sum = 0;
    for (size_t t = static_cast<size_t>(lag); t < e.size(); ++t)
        sum += e[t] * e[t - static_cast<size_t>(lag)];
    return sum;
}

/// Hobijn, Franses & Ooms 1998, section 2.3, for the Bartlett window.
int bartlettLags(const std::vector<double>& e)
{
    const auto n = static_cast<double>(e.size());
    double s0 = lagProduct(e, 0) / n;
    double s1 = 0;
    const int covered = static_cast<int>(std::pow(n, 2.0 / 9.0));
    for (int i = 1; i <= covered; ++i) {
        const double product = lagProduct(e, i) / (n / 2);
        s0 += product;
        s1 += i * product;
    }
    const double ratio = s1 / s0;
    const double gamma = 1.1447 * std::cbrt(ratio * ratio);
    return std::min(static_cast<int>(gamma * std::cbrt(n)), static_cast<int>(e.size()) - 1);
}

double kpssPValue(double statistic, Deterministic terms)
{
    // Kwiatkowski et al. 1992, table 1.
    constexpr std::array<double, 4> probabilities = {0.10, 0.05, 0.025, 0.01};
    constexpr std::array<double, 4> aroundMean = {0.347, 0.463, 0.574, 0.739};
    constexpr std::array<double, 4> aroundLine = {0.119, 0.146, 0.176, 0.216};
    const auto& table = terms == Deterministic::ConstantAndTrend ? aroundLine : aroundMean;
    if (statistic <= table.front())
        return probabilities.front();
    for (size_t i = 1; i < table.size(); ++i) {
        if (statistic < table[i]) {
            const double share = (statistic - table[i - 1]) / (table[i] - table[i - 1]);
            return probabilities[i - 1] + share * (probabilities[i] - probabilities[i - 1]);
        }
    }
    return probabilities.back();
}

}  // namespace

UnitRootTest augmentedDickeyFuller(std::span<const double> x, Deterministic terms, LagChoice choice,
                                   std::optional<int> maxLag)
{
    refuseConstant(x, 12);
    const auto n = static_cast<int>(x.size()) - 1;  // differences
    const int usual = static_cast<int>(std::ceil(12 * std::pow((n + 1) / 100.0, 0.25)));
    const int most = std::max(0, (n + 1) / 2 - termCount(terms) - 1);
    const int limit = std::clamp(maxLag.value_or(usual), 0, most);

    UnitRootTest test;
    test.lags = choice == LagChoice::Fixed ? limit : bestLags(x, limit, terms, choice);
    const Matrix table = regression(x, test.lags, terms, true);
    test.rows = static_cast<int>(table.rows());
    const Matrix r = triangle(table);
    const Eigen::Index y = r.cols() - 1;
    const Eigen::Index level = y - 1;
    const double variance = r(y, y) * r(y, y) / static_cast<double>(table.rows() - y);
    if (!(variance > 0))
        throw Error(Message(
            TR("engine", "The values follow a rule without any noise, so there is nothing to test.")));
    // With the level last, its coefficient is r(level, y) / r(level, level) and its error sd / |r(level,
    // level)|.
    test.statistic = std::copysign(1.0, r(level, level)) * r(level, y) / std::sqrt(variance);
    test.pValue = unitRootPValue(test.statistic, terms);
    const auto& critical = criticalSurfaces.at(static_cast<size_t>(terms));
    for (size_t i = 0; i < critical.size(); ++i)
        test.criticalValues.at(i) = polynomial(critical.at(i), 1.0 / test.rows);
    return test;
}

StationarityTest kpss(std::span<const double> x, Deterministic terms)
{
    refuseConstant(x, 12);
    const std::vector<double> e = residuals(x, terms);
    const auto n = static_cast<double>(e.size());
    StationarityTest test;
    test.lags = bartlettLags(e);
    double variance = lagProduct(e, 0);
    for (int i = 1; i <= test.lags; ++i)
        variance += 2 * lagProduct(e, i) * (1 - i / (test.lags + 1.0));
    variance /= n;
    double sum = 0;
    double squares = 0;
    for (const double value : e) {
        sum += value;
        squares += sum * sum;
    }
    if (!(variance > 0))
        throw Error(Message(
            TR("engine", "The values follow a line without any noise, so there is nothing to test.")));
    test.statistic = squares / (n * n) / variance;
    test.pValue = kpssPValue(test.statistic, terms);
    return test;
}

}  // namespace fc
