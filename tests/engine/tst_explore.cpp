// SPDX-License-Identifier: GPL-3.0-or-later
// What a first look at a series says.
#include <QTest>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numbers>

#include "engine/base/error.h"
#include "engine/base/rng.h"
#include "engine/runs/explore.h"

using namespace fc;

namespace {

/// Hourly values with a daily season, a second column that runs three rows ahead of their changes, and a gap.
Series hourly(int rows)
{
    Rng rng(5);
    std::vector<double> load;
    std::vector<double> ahead;
    for (int t = 0; t < rows; ++t)
        load.push_back(50 + 10 * std::sin(2 * std::numbers::pi * t / 24) + rng.normal());
    for (int t = 0; t < rows; ++t)
        ahead.push_back(t + 3 < rows ? load[static_cast<size_t>(t + 3)] : 0);
    Series series;
    series.name = "hourly";
    for (int t = 0; t < rows; ++t)
        series.times.push_back(Timestamp{1'700'000'000'000'000} / 3'600'000'000 * 3'600'000'000 +
                               t * Timestamp{3'600'000'000});
    ahead[10] = missing;
    series.columns = {{"load", "", load}, {"ahead", "", ahead}};
    return series;
}

QString refusal(const Series& series, const ExploreOptions& options)
{
    try {
        explore(series, options);
    } catch (const Error& error) {
        return QString::fromStdString(error.message().english());
    }
    return {};
}

}  // namespace

class Explore : public QObject {
    Q_OBJECT

private slots:
    void aDailySeasonIsFoundFromTheFrequency()
    {
        const Exploration e = explore(hourly(2000), {.column = "load"});
        QCOMPARE(e.season, 24);
        QVERIFY(e.strength.season > 0.9);
        QCOMPARE(std::round(e.cycles.at(0).period), 24.0);
        QCOMPARE(e.rows, 2000);
        QCOMPARE(e.testedRows, 2000);
        QVERIFY(e.autocorrelation.values.at(24) > 0.8);
    }

    void aColumnThatRunsAheadPeaksAtItsLead()
    {
        const Exploration e = explore(hourly(1000), {.column = "load", .lags = 12});
        QCOMPARE(e.crossCorrelations.size(), size_t(1));
        const std::vector<double>& r = e.crossCorrelations[0].values;
        QCOMPARE(std::ranges::max_element(r) - r.begin() - 12, 3);
    }

    void missingValuesAreMappedAndTestsKeepToTheLongestStretch()
    {
        const Exploration e = explore(hourly(1000), {.column = "ahead"});
        QCOMPARE(e.summary.missing, 1);
        QCOMPARE(e.testedRows, 989);
        QCOMPARE(e.columns, (std::vector<std::string>{"load", "ahead"}));
        QVERIFY(std::ranges::any_of(e.missing.shares[1], [](double share) { return share > 0; }));
        QVERIFY(std::ranges::all_of(e.missing.shares[0], [](double share) { return share == 0; }));
    }

    void aTellingFeatureStandsAboveNoise()
    {
        Series series = hourly(3000);
        Rng rng(17);
        for (double& value : series.columns[0].values)
            value = rng.normal();
        for (size_t t = 0; t + 3 < series.rows(); ++t)
            series.columns[1].values[t] = series.columns[0].values[t + 3];
        // One row ago the second column held the value of two rows ahead.
        const Exploration e =
            explore(series, {.column = "load",
                             .features = "lag(steps=400, column=ahead), lag(steps=1, column=ahead)",
                             .horizon = 2});
        QCOMPARE(e.features.size(), size_t(2));
        QVERIFY(e.features[0].correlation > 0.6);
        QVERIFY(e.features[0].information > 0.25);
        QVERIFY(e.features[1].information < 0.06);
    }

    void aConstantColumnSaysWhyItHasNoTests()
    {
        Series series = hourly(100);
        series.columns[0].values.assign(100, 3.0);
        const Exploration e = explore(series, {.column = "load"});
        QVERIFY(!e.unitRoot && !e.levelTest && !stationarityVerdict(e));
        QCOMPARE(e.notes.at(0).english(), std::string("All values are equal, so there is nothing to test."));
    }

    void aRandomWalkIsCalledNotStationary()
    {
        Series series = hourly(1500);
        Rng rng(11);
        double level = 0;
        for (double& value : series.columns[0].values)
            value = level += rng.normal();
        const auto verdict = stationarityVerdict(explore(series, {.column = "load"}));
        QVERIFY(verdict && verdict->english().starts_with("Not stationary"));
    }

    void whatCannotBeExploredIsRefusedInWords_data()
    {
        QTest::addColumn<QString>("column");
        QTest::addColumn<int>("lags");
        QTest::addColumn<QString>("sentence");
        QTest::newRow("column") << "laod" << 40
                                << "The series \"hourly\" has no column \"laod\". The nearest is \"load\".";
        QTest::newRow("lags") << "load" << 0 << "lags is 0; it may be from 1 to 2000.";
    }
    void whatCannotBeExploredIsRefusedInWords()
    {
        QFETCH(QString, column);
        QFETCH(int, lags);
        QFETCH(QString, sentence);
        QCOMPARE(refusal(hourly(100), {.column = column.toStdString(), .lags = lags}), sentence);
    }

    void anEmptyColumnIsRefused()
    {
        Series series = hourly(50);
        series.columns[0].values.assign(50, missing);
        QCOMPARE(refusal(series, {.column = "load"}),
                 QStringLiteral("The column \"load\" has 0 values; a look at it takes at least 3."));
    }

    void theDocumentHoldsEverything()
    {
        const auto document = nlohmann::json::parse(exploreJson(explore(hourly(500), {.column = "load"})));
        for (const char* key : {"summary", "histogram", "acf", "pacf", "ljung_box", "adf", "kpss_level",
                                "season", "cross_correlation", "missing", "features", "verdict"})
            QVERIFY2(document.contains(key), key);
        QCOMPARE(document["acf"].size(), size_t(41));
    }
};

QTEST_APPLESS_MAIN(Explore)
#include "tst_explore.moc"
