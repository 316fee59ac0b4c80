// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>
#include <algorithm>
#include <cmath>
#include <map>

#include "engine/features/audit.h"
#include "engine/features/rolling.h"
#include "engine/features/samples.h"

using namespace fc;

namespace {

Series firstRows(Series series, std::size_t rows)
{
    series.times.resize(rows);
    for (Column& column : series.columns)
        column.values.resize(rows);
    return series;
}

std::string wholeCatalogue()
{
    std::string text;
    for (const FeatureEntry& entry : featureCatalogue())
        text += entry.id + ";";
    return text;
}

/// A column of values, each of which may depend on its row and earlier ones.
Audited column(const std::string& what, const Values& values)
{
    Audited group{what, {}, {}};
    for (std::size_t t = 0; t < values.size(); ++t) {
        group.bits.push_back(auditBits(values[t]));
        group.knownAt.push_back(static_cast<std::int64_t>(t));
    }
    return group;
}

Audited scale(const std::string& what, const ColumnScale& fitted, std::int64_t knownAt)
{
    return {what, {auditBits(fitted.center), auditBits(fitted.scale)}, {knownAt, knownAt}};
}

using Compute = std::function<std::vector<Audited>(const Series&)>;

const Values& closes(const Series& series)
{
    return series.column("close")->values;
}

/// Computations that look ahead, each in a way people have done it.
Values centeredMean(const Values& x)
{
    Values out = x;
    for (std::size_t t = 1; t + 1 < x.size(); ++t)
        out[t] = (x[t - 1] + x[t] + x[t + 1]) / 3;
    return out;
}

Values backFilled(Values x)
{
    for (std::size_t t = x.size() - 1; t-- > 0;) {
        if (std::isnan(x[t]))
            x[t] = x[t + 1];
    }
    return x;
}

Values normalizedByAll(const Values& x)
{
    const double highest = std::ranges::max(x);
    Values out;
    for (const double value : x)
        out.push_back(value / highest);
    return out;
}

}  // namespace

class LookAhead : public QObject {
    Q_OBJECT

private slots:
    void nothingOfARecipeLooksAhead_data()
    {
        QTest::addColumn<QString>("sample");
        QTest::addColumn<QString>("scaler");
        QTest::addColumn<QString>("features");
        for (const std::string& scaler : scalerNames()) {
            QTest::newRow(scaler.c_str()) << "synthetic-crypto-1h" << QString::fromStdString(scaler)
                                          << "rsi; macd; atr; obv; rolling_median; calendar";
        }
        QTest::newRow("business days") << "synthetic-equity-1d"
                                       << "standard" << QString::fromStdString(wholeCatalogue());
        QTest::newRow("one column") << "synthetic-load-1h"
                                    << "robust"
                                    << "calendar; ema; zscore";
    }
    void nothingOfARecipeLooksAhead()
    {
        QFETCH(QString, sample);
        QFETCH(QString, scaler);
        QFETCH(QString, features);
        Series series = firstRows(makeSample(sample.toStdString()), 700);
        series.columns[0].values[300] = missing;  // gaps must not be mended from the future either
        const Recipe recipe = {
            .length = 24, .horizon = 6, .features = features.toStdString(), .scaler = scaler.toStdString()};
        for (std::uint64_t seed = 1; seed <= 4; ++seed) {
            const std::vector<Leak> leaks = auditLookAhead(series, recipe, seed);
            QVERIFY2(leaks.empty(), leaks.empty() ? "" : leaks.front().what.c_str());
        }
    }

    void aLeakIsCaughtEveryTime_data()
    {
        QTest::addColumn<QString>("what");
        for (const char* name :
             {"centered mean", "normalized by all rows", "scaler of all rows", "known ahead"})
            QTest::newRow(name) << name;
    }
    void aLeakIsCaughtEveryTime()
    {
        QFETCH(QString, what);
        const std::map<QString, Compute> leaks = {
            {"centered mean",
             [](const Series& s) { return std::vector{column("leak", centeredMean(closes(s)))}; }},
            {"normalized by all rows",
             [](const Series& s) { return std::vector{column("leak", normalizedByAll(closes(s)))}; }},
            {"scaler of all rows",
             [](const Series& s) {
                 return std::vector{scale("leak", fitScale("standard", closes(s)), 350)};
             }},
            {"known ahead",
             [](const Series& s) {
                 Audited group = column("leak", closes(s));
                 std::ranges::fill(group.knownAt, -1);
                 return std::vector{group};
             }},
        };
        const Series series = firstRows(makeSample("synthetic-crypto-1h"), 500);
        for (std::uint64_t seed = 1; seed <= 100; ++seed) {
            const std::vector<Leak> found = auditLookAhead(series, leaks.at(what), seed);
            QVERIFY2(!found.empty(), qPrintable(QString("seed %1").arg(seed)));
            QVERIFY(found.front().row < found.front().cutOff);
            QCOMPARE(found.front().what, std::string("leak"));
        }
    }

    void fillingFromTheFutureIsALeak()
    {
        Series series = firstRows(makeSample("synthetic-crypto-1h"), 200);
        Values& close = series.columns[3].values;
        for (std::size_t t = 0; t < close.size(); ++t) {
            if (t % 3 != 0)
                close[t] = missing;
        }
        const auto compute = [](const Series& s) {
            return std::vector{column("fill", backFilled(closes(s)))};
        };
        for (std::uint64_t seed = 1; seed <= 20; ++seed)
            QVERIFY(!auditLookAhead(series, compute, seed).empty());
    }

    void whatKeepsToThePastPasses()
    {
        const Series series = firstRows(makeSample("synthetic-crypto-1h"), 300);
        const auto compute = [](const Series& s) {
            return std::vector{column("lag", lagged(closes(s), 1)),
                               scale("scaler", fitScale("standard", std::span(closes(s)).first(200)), 199)};
        };
        for (std::uint64_t seed = 1; seed <= 100; ++seed)
            QVERIFY(auditLookAhead(series, compute, seed).empty());
    }
};

QTEST_APPLESS_MAIN(LookAhead)
#include "tst_lookahead.moc"
