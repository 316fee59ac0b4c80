// SPDX-License-Identifier: GPL-3.0-or-later
// What holds for every feature of the catalogue: rows one by one give what all rows at once give, later rows
// change nothing, the warm-up is what it says, and the windows compute what their definition says.
#include <QTest>
#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

#include "engine/base/rng.h"
#include "engine/features/feature_stream.h"
#include "engine/features/pair_window.h"
#include "engine/features/sorted_window.h"
#include "engine/features/window.h"
#include "engine/features/window_age.h"

using namespace fc;

namespace {

constexpr Timestamp hour = 3'600'000'000;

/// Hourly bars of a random walk: ties, rows without movement and rows without volume occur.
Series bars(std::size_t rows, std::uint64_t seed)
{
    Rng rng(seed);
    Series series;
    series.name = "random";
    for (const char* role : {"open", "high", "low", "close", "volume"})
        series.columns.push_back({role, role, {}});
    double price = 100;
    for (std::size_t t = 0; t < rows; ++t) {
        const double open = price;
        price = std::max(1.0, std::round((price + rng.normal()) * 20.0) / 20.0);
        const bool isStill = rng.uniformDouble() < 0.05;
        price = isStill ? open : price;
        const double reach = isStill ? 0.0 : std::round(20.0 * rng.uniformDouble()) / 20.0;
        const double low = std::max(0.5, std::min(open, price) - reach);
        const std::array<double, 5> row = {
            open, std::max(open, price) + reach, low, price,
            rng.uniformDouble() < 0.03 ? 0.0 : std::round(1000.0 * rng.uniformDouble())};
        for (std::size_t i = 0; i < row.size(); ++i)
            series.columns[i].values.push_back(row[i]);
        series.times.push_back(1'700'000'000'000'000 / hour * hour + static_cast<Timestamp>(t) * hour);
    }
    return series;
}

/// Single values, whole rows and long stretches are missing.
Series withGaps(Series series, std::uint64_t seed)
{
    Rng rng(seed, 1);
    for (Column& column : series.columns) {
        for (double& value : column.values)
            value = rng.uniformDouble() < 0.004 ? missing : value;
    }
    for (int gap = 0; gap < 6; ++gap) {
        const std::size_t at = rng.below(series.rows());
        const std::size_t end = std::min(at + 1 + rng.below(40), series.rows());
        for (Column& column : series.columns)
            std::fill(column.values.begin() + static_cast<std::ptrdiff_t>(at),
                      column.values.begin() + static_cast<std::ptrdiff_t>(end), missing);
    }
    return series;
}

bool sameBits(double x, double y)
{
    return (std::isnan(x) && std::isnan(y)) ||
           std::bit_cast<std::uint64_t>(x) == std::bit_cast<std::uint64_t>(y);
}

std::vector<const double*> heads(const Series& series, std::size_t row = 0)
{
    std::vector<const double*> pointers;
    for (const Column& column : series.columns)
        pointers.push_back(column.values.data() + row);
    return pointers;
}

std::vector<FeatureSpec> wholeCatalogue()
{
    std::vector<FeatureSpec> specs;
    for (const FeatureEntry& entry : featureCatalogue())
        specs.push_back(parseFeature(entry.id));
    return specs;
}

/// The first difference between two tables of columns up to `rows`, or nothing.
QString difference(const std::vector<std::string>& names, const std::vector<std::vector<double>>& got,
                   const std::vector<std::vector<double>>& expected, std::size_t rows)
{
    for (std::size_t i = 0; i < names.size(); ++i) {
        for (std::size_t t = 0; t < rows; ++t) {
            if (!sameBits(got[i][t], expected[i][t])) {
                return QString("%1[%2]: %3 is not %4")
                    .arg(QString::fromStdString(names[i]))
                    .arg(t)
                    .arg(got[i][t], 0, 'g', 17)
                    .arg(expected[i][t], 0, 'g', 17);
            }
        }
    }
    return {};
}

int firstWholeRow(const FeatureTable& table)
{
    for (std::size_t t = 0; !table.columns.empty() && t < table.columns[0].size(); ++t) {
        if (std::ranges::none_of(table.columns, [t](const auto& column) { return std::isnan(column[t]); }))
            return static_cast<int>(t);
    }
    return -1;
}

/// A feature with one parameter set to each end of its range, and to each of its choices.
std::vector<FeatureSpec> extremes(const FeatureEntry& entry)
{
    std::vector<FeatureSpec> specs;
    const auto add = [&](const Param& param, const ParamValue& value) {
        FeatureSpec spec{entry.id, defaults(entry.schema)};
        spec.values[param.spec.id] = value;
        specs.push_back(std::move(spec));
    };
    for (const Param& param : entry.schema) {
        for (const auto& end : {param.spec.min, param.spec.max}) {
            if (!end)
                continue;
            if (param.type() == "integer")
                add(param, static_cast<std::int64_t>(*end));
            else
                add(param, *end);
        }
        for (const std::string& choice : param.spec.choices)
            add(param, choice);
        if (param.type() == "boolean")
            add(param, !std::get<bool>(param.defaultValue));
    }
    return specs;
}

bool close(double got, double expected)
{
    return std::abs(got - expected) <= 1e-9 * std::max(1.0, std::abs(expected));
}

}  // namespace

class FeatureStreams : public QObject {
    Q_OBJECT

private slots:
    void rowsOneByOneGiveTheSameBits_data()
    {
        QTest::addColumn<int>("seed");
        for (int seed = 1; seed <= 5; ++seed)
            QTest::newRow(qPrintable(QString("seed %1").arg(seed))) << seed;
    }
    void rowsOneByOneGiveTheSameBits()
    {
        QFETCH(int, seed);
        const auto random = static_cast<std::uint64_t>(seed);
        const Series series = withGaps(bars(1500, random), random);
        const FeatureTable table = computeFeatures(series, wholeCatalogue());
        FeatureStream stream(series, wholeCatalogue());
        QVERIFY(stream.names() == table.names);
        std::vector<std::vector<double>> got(table.names.size());
        for (std::size_t t = 0; t < series.rows(); ++t) {
            std::vector<double> row;
            for (const Column& column : series.columns)
                row.push_back(column.values[t]);
            const std::span<const double> values = stream.push(series.times[t], row);
            for (std::size_t i = 0; i < values.size(); ++i)
                got[i].push_back(values[i]);
        }
        const QString found = difference(table.names, got, table.columns, series.rows());
        QVERIFY2(found.isEmpty(), qPrintable(found));
    }

    void chunksGiveTheSameBits()
    {
        const Series series = withGaps(bars(5000, 7), 7);
        const FeatureTable table = computeFeatures(series, wholeCatalogue());
        FeatureStream stream(series, wholeCatalogue());
        std::vector<std::vector<double>> got;
        Rng rng(8);
        for (std::size_t row = 0; row < series.rows();) {
            const std::size_t rows = std::min<std::size_t>(rng.below(2000), series.rows() - row);
            stream.append(std::span(series.times).subspan(row, rows), heads(series, row), got);
            row += rows;
        }
        const QString found = difference(table.names, got, table.columns, series.rows());
        QVERIFY2(found.isEmpty(), qPrintable(found));
    }

    void laterRowsChangeNothing()
    {
        const Series series = withGaps(bars(1200, 3), 3);
        const FeatureTable table = computeFeatures(series, wholeCatalogue());
        for (const std::size_t cut : {1UL, 40UL, 300UL, 777UL, 1199UL}) {
            Series other = series;
            const Series noise = bars(1200, 99);
            for (std::size_t i = 0; i < series.columns.size(); ++i)
                std::copy(noise.columns[i].values.begin() + static_cast<std::ptrdiff_t>(cut),
                          noise.columns[i].values.end(),
                          other.columns[i].values.begin() + static_cast<std::ptrdiff_t>(cut));
            const FeatureTable again = computeFeatures(other, wholeCatalogue());
            const QString found = difference(table.names, again.columns, table.columns, cut);
            QVERIFY2(found.isEmpty(), qPrintable(found));
        }
    }

    void warmUpIsExactAtBothEndsOfEveryParameter_data()
    {
        QTest::addColumn<QString>("id");
        for (const FeatureEntry& entry : featureCatalogue())
            QTest::newRow(entry.id.c_str()) << QString::fromStdString(entry.id);
    }
    void warmUpIsExactAtBothEndsOfEveryParameter()
    {
        QFETCH(QString, id);
        if (m_long.columns.empty())
            m_long = bars(12000, 5);
        const Series& series = m_long;
        for (const FeatureSpec& spec : extremes(featureEntry(id.toStdString()))) {
            FeatureTable table;
            try {
                table = computeFeatures(series, {spec});
            } catch (const Error&) {
                continue;  // refused with the defaults of the others, or for a series with a clock
            }
            const int first = firstWholeRow(table);
            if (table.warmUp < static_cast<int>(series.rows()))
                QVERIFY2(
                    first == table.warmUp,
                    qPrintable(
                        QString("%1: %2, not %3").arg(spec.text().c_str()).arg(first).arg(table.warmUp)));
            else
                QVERIFY2(first == -1, spec.text().c_str());
        }
    }

    void whatLeftTheWindowLeavesNoTrace()
    {
        Series series = bars(400, 11);
        Series shaken = series;
        for (Column& column : shaken.columns)
            for (std::size_t t = 50; t < 60; ++t)
                column.values[t] *= 1e9;
        std::vector<FeatureSpec> specs;
        for (const char* id :
             {"sma", "wma", "rolling_std", "rolling_skew", "rolling_kurtosis", "rolling_slope",
              "rolling_correlation(other=volume)", "rolling_median", "rolling_max", "cci", "bollinger", "cmf",
              "vwap", "yang_zhang", "rolling_mean_deviation"})
            specs.push_back(parseFeature(id));
        const FeatureTable calm = computeFeatures(series, specs);
        const FeatureTable after = computeFeatures(shaken, specs);
        for (std::size_t i = 0; i < calm.columns.size(); ++i) {
            for (std::size_t t = 100; t < 400; ++t)
                QVERIFY2(close(after.columns[i][t], calm.columns[i][t]), calm.names[i].c_str());
        }
    }

    void windowsEqualTheirDefinition_data()
    {
        QTest::addColumn<int>("size");
        for (const int size : {1, 2, 3, 20, 64, 65, 200, 1000})
            QTest::newRow(qPrintable(QString::number(size))) << size;
    }
    void windowsEqualTheirDefinition()
    {
        QFETCH(int, size);
        const auto n = static_cast<std::size_t>(size);
        Rng rng(2);
        std::vector<double> values;
        for (int i = 0; i < 4000; ++i)
            values.push_back(1000.0 + std::round(40.0 * rng.normal()) / 8.0);
        SortedWindow sorted(size);
        WindowSums<2> sums(size);
        WindowRamp ramp(size);
        WindowMax highest(size);
        WindowMin lowest(size);
        WindowAge<Higher> topAge(size, size);
        for (std::size_t t = 0; t < values.size(); ++t) {
            const double x = values[t];
            const bool isFull = t + 1 >= n;
            QCOMPARE(sorted.push(x), isFull);
            QCOMPARE(sums.push(x), isFull);
            QCOMPARE(ramp.push(x), isFull);
            const double top = highest.next(x);
            const double bottom = lowest.next(x);
            const double age = topAge.next(x);
            QCOMPARE(!std::isnan(top) && !std::isnan(bottom) && !std::isnan(age), isFull);
            if (!isFull || t % 7 != 0)
                continue;
            const std::vector<double> window(values.begin() + static_cast<std::ptrdiff_t>(t + 1 - n),
                                             values.begin() + static_cast<std::ptrdiff_t>(t + 1));
            compareOrder(window, sorted);
            double weighted = 0;
            for (std::size_t i = 0; i < n; ++i)
                weighted += static_cast<double>(i + 1) * window[i];
            QVERIFY(close(ramp.weightedMean(), weighted / (static_cast<double>(n) * (n + 1.0) / 2.0)));
            double mean = 0;
            for (const double each : window)
                mean += each / static_cast<double>(n);
            double squares = 0;
            for (const double each : window)
                squares += (each - mean) * (each - mean);
            QVERIFY(close(sums.mean(), mean));
            QVERIFY(close(sums.squares(), squares));
            const auto newest = std::ranges::max_element(window.rbegin(), window.rend());
            QCOMPARE(top, *newest);
            QCOMPARE(age, static_cast<double>(newest - window.rbegin()));
            QCOMPARE(bottom, std::ranges::min(window));
        }
    }

private:
    Series m_long;  // longer than the longest window

    static void compareOrder(std::vector<double> window, SortedWindow& sorted)
    {
        const double newest = window.back();
        std::ranges::sort(window);
        const std::size_t n = window.size();
        const auto place = [&](double p) {
            const double at = p * static_cast<double>(n - 1);
            const auto lower = static_cast<std::size_t>(at);
            const double next = window[std::min(lower + 1, n - 1)];
            return window[lower] + (at - static_cast<double>(lower)) * (next - window[lower]);
        };
        for (const double p : {0.0, 0.1, 0.5, 0.9, 1.0})
            QVERIFY(close(sorted.quantile(p), place(p)));
        QCOMPARE(sorted.below(newest),
                 static_cast<double>(std::ranges::lower_bound(window, newest) - window.begin()));
        QCOMPARE(sorted.notAbove(newest),
                 static_cast<double>(std::ranges::upper_bound(window, newest) - window.begin()));
        const double center = place(0.5);
        double distances = 0;
        for (double& value : window) {
            value = std::abs(value - center);
            distances += value;
        }
        std::ranges::sort(window);
        QVERIFY(close(sorted.sumOfDistances(center), distances));
        QVERIFY(close(sorted.medianOfDistances(center), place(0.5)));
    }
};

QTEST_APPLESS_MAIN(FeatureStreams)
#include "tst_feature_streams.moc"
