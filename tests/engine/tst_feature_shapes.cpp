// SPDX-License-Identifier: GPL-3.0-or-later
// Features that are recognized rather than computed: candle shapes, holidays, waves.
#include <QTest>
#include <cmath>
#include <numbers>

#include "engine/features/feature.h"
#include "engine/features/holidays.h"

using namespace fc;

namespace {

constexpr Timestamp day = 86'400'000'000;

/// Bars "open high low close", separated by semicolons.
Series candles(const QString& text)
{
    Series series;
    series.name = "candles";
    for (const char* role : {"open", "high", "low", "close"})
        series.columns.push_back({role, role, {}});
    for (const QString& bar : text.split(';')) {
        const QStringList prices = bar.simplified().split(' ');
        for (std::size_t i = 0; i < 4; ++i)
            series.columns[i].values.push_back(prices.at(static_cast<qsizetype>(i)).toDouble());
        series.times.push_back(static_cast<Timestamp>(series.times.size()) * day);
    }
    return series;
}

/// The same bars with prices turned upside down around 100.
Series mirrored(const Series& series)
{
    Series out = series;
    for (std::size_t i = 0; i < 4; ++i) {
        const std::size_t source = i == 1 ? 2 : i == 2 ? 1 : i;  // highs become lows
        for (std::size_t t = 0; t < series.rows(); ++t)
            out.columns[i].values[t] = 200.0 - series.columns[source].values[t];
    }
    return out;
}

double lastValue(const Series& series, const QString& feature)
{
    return computeFeatures(series, {parseFeature(feature.toStdString() + "(period=3)")}).columns[0].back();
}

Series daily(const char* first, int days)
{
    Series series;
    series.name = "days";
    for (int i = 0; i < days; ++i)
        series.times.push_back(*parseTimestamp(first) + i * day);
    return series;
}

Series wave(double turnsPerRow, int rows)
{
    Series series;
    series.name = "wave";
    series.hasClock = false;
    series.columns.push_back({"close", "", {}});
    for (int t = 0; t < rows; ++t) {
        series.times.push_back(t);
        series.columns[0].values.push_back(1000.0 + 3.0 * std::sin(2.0 * std::numbers::pi * turnsPerRow * t));
    }
    return series;
}

}  // namespace

class FeatureShapes : public QObject {
    Q_OBJECT

private slots:
    void candlesAreRecognizedOnBothSides_data()
    {
        QTest::addColumn<QString>("shape");
        QTest::addColumn<QString>("bars");
        QTest::addColumn<bool>("hasSides");
        // Three bars with bodies of 2 that fall to 100 come first: what is usual.
        const auto row = [](const char* shape, const QString& bars, bool hasSides = true) {
            QTest::newRow(shape) << shape << "106 107 103 104; 104 105 101 102; 102 103 99 100;" + bars
                                 << hasSides;
        };
        row("doji", "100 102 98 100.1", false);
        row("dragonfly_doji", "100 100.1 96 100");
        row("long_legged_doji", "100 103 97 100", false);
        row("marubozu", "98 102 98 102");
        row("spinning_top", "99.8 101 99 100.2");
        row("hammer", "99 99.2 96 99.1");
        row("hanging_man", "99.1 102 98.9 99");
        row("belt_hold", "97 101 97 100.5");
        row("engulfing", "99.5 103 99 102.5");
        row("harami", "102 103 96 97; 98 100 97.5 99");
        row("harami_cross", "102 103 96 97; 99 100 98 99");
        row("piercing_line", "102 103 96 97; 96.5 101 96 100.5");
        row("tweezers", "100 101 98 98.5; 98.2 100 98 99.5");
        row("kicking", "100 100 95 95; 101 106 101 106");
        row("counterattack", "101 101 97 98; 94 98.2 93 98");
        row("inside_bar", "100 104 96 98; 99 102 98 101");
        row("outside_bar", "100 101 99 99.5; 99 103 98 102");
        row("price_gap", "104 107 103.5 106");
        row("doji_star", "101 102 96 97; 96 96.5 95.5 96");
        row("morning_star", "102 102 97 97; 96 96.8 95 96.3; 97 101 96.5 100.5");
        row("abandoned_baby", "102 102 97 97; 96 96.5 95.5 96; 97.5 101 97 100.5");
        row("three_soldiers", "97 99.2 96.5 99; 98 101.3 97.5 101; 100 103.2 99.5 103");
        row("three_inside", "102 103 96 97; 98 100 97.5 99.5; 99.5 104 99 103");
        row("three_outside", "100 101 98 99; 98.5 102 98 101; 101 103 100 102");
        row("tasuki_gap", "100 102 99.5 101.5; 103 106 102.5 105; 104.5 105 102 102.2");
        row("three_line_strike", "97 99 96.5 98.5; 98 100 97.5 99.5; 99 102 98.5 101; 101.5 102 95 96");
        row("three_methods",
            "100 106 99 105; 104 104.5 102 103; 103 103.5 101 102; 102 102.5 100 101; "
            "102 108 101.5 107");
    }
    void candlesAreRecognizedOnBothSides()
    {
        QFETCH(QString, shape);
        QFETCH(QString, bars);
        QFETCH(bool, hasSides);
        const Series series = candles(bars);
        QCOMPARE(lastValue(series, shape), 1.0);
        QCOMPARE(lastValue(mirrored(series), shape), hasSides ? -1.0 : 1.0);
        // One bar before, the shape was not there yet.
        const auto all =
            computeFeatures(series, {parseFeature(shape.toStdString() + "(period=3)")}).columns[0];
        QVERIFY(!(all[all.size() - 2] > 0));
    }

    void everyCandleShapeHasItsExample()
    {
        QStringList known;
        for (const FeatureEntry& entry : featureCatalogue())
            if (entry.kind == "candle" && entry.id != "candle_parts")
                known << QString::fromStdString(entry.id);
        QVERIFY(known.size() >= 20);
        QCOMPARE(known.size(), 27);
    }

    void easterIsOnItsSunday()
    {
        QCOMPARE(easterSunday(2024) * day, *parseTimestamp("2024-03-31"));
        QCOMPARE(easterSunday(2025) * day, *parseTimestamp("2025-04-20"));
        QCOMPARE(easterSunday(1961) * day, *parseTimestamp("1961-04-02"));
        QCOMPARE(easterSunday(2038) * day, *parseTimestamp("2038-04-25"));
    }

    void holidaysAreThoseOfTheYear_data()
    {
        QTest::addColumn<QString>("calendar");
        QTest::addColumn<int>("year");
        QTest::addColumn<QString>("days");
        QTest::newRow("New York 2022")
            << "us_market" << 2022 << "01-01 01-17 02-21 04-15 05-30 06-20 07-04 09-05 11-24 12-26";
        QTest::newRow("New York 1997")
            << "us_market" << 1997 << "01-01 02-17 03-28 05-26 07-04 09-01 11-27 12-25";
        QTest::newRow("Washington 2021")
            << "us_federal" << 2021 << "01-01 01-18 02-15 05-31 06-18 07-05 09-06 10-11 11-11 11-25 12-24";
        QTest::newRow("London 2022") << "uk" << 2022
                                     << "01-03 04-15 04-18 05-02 06-02 06-03 08-29 09-19 12-26 12-27";
        QTest::newRow("London 2020") << "uk" << 2020 << "01-01 04-10 04-13 05-08 05-25 08-31 12-25 12-28";
        QTest::newRow("London 2021") << "uk" << 2021 << "01-01 04-02 04-05 05-03 05-31 08-30 12-27 12-28";
        QTest::newRow("euro 2024") << "target" << 2024 << "01-01 03-29 04-01 05-01 12-25 12-26";
        QTest::newRow("Germany 2017")
            << "germany" << 2017 << "01-01 04-14 04-17 05-01 05-25 06-05 10-03 10-31 12-25 12-26";
    }
    void holidaysAreThoseOfTheYear()
    {
        QFETCH(QString, calendar);
        QFETCH(int, year);
        QFETCH(QString, days);
        QStringList found;
        for (const DayNumber each : holidaysOf(calendar.toStdString(), year))
            found << QString::fromStdString(formatTimestamp(each * day, false)).mid(5);
        QCOMPARE(found.join(' '), days);
    }

    void holidaysAreCountedFromBothSides()
    {
        const Series series = daily("2024-12-23", 5);
        const FeatureTable table =
            computeFeatures(series, parseFeatures("holidays(calendar=us_market, horizon=7)"));
        QCOMPARE(table.columns[0], (std::vector<double>{0, 0, 1, 0, 0}));
        QCOMPARE(table.columns[1], (std::vector<double>{2, 1, 0, 6, 5}));
        QCOMPARE(table.columns[2], (std::vector<double>{7, 7, 0, 1, 2}));
        QCOMPARE(table.knowledge[0], Knowledge::Future);
    }

    void flagsMarkTheEdgesOfTheCalendar()
    {
        const FeatureTable table = computeFeatures(daily("2023-12-30", 3), parseFeatures("calendar_flags"));
        const std::vector<std::vector<double>> expected = {
            {1, 1, 0}, {0, 0, 1}, {0, 1, 0}, {0, 1, 0}, {0, 1, 0}};
        QVERIFY(table.columns == expected);
    }

    void fourierTermsTurnWithTheirPeriod()
    {
        const FeatureTable table =
            computeFeatures(daily("2024-01-01", 15), parseFeatures("fourier(period=1, "
                                                                   "unit=weeks, order=3)"));
        QCOMPARE(table.columns.size(), std::size_t{6});
        for (std::size_t k = 1; k <= 3; ++k) {
            for (std::size_t t = 0; t < 15; ++t) {
                // 1970-01-01 was a Thursday: days since then, in weeks.
                const double turns =
                    static_cast<double>(*parseTimestamp("2024-01-01") / day + Timestamp(t)) / 7.0;
                const double angle = 2.0 * std::numbers::pi * static_cast<double>(k) * turns;
                QVERIFY(std::abs(table.columns[2 * k - 2][t] - std::sin(angle)) < 1e-9);
                QVERIFY(std::abs(table.columns[2 * k - 1][t] - std::cos(angle)) < 1e-9);
            }
        }
    }

    void aWaveStandsInItsOwnFrequency()
    {
        const FeatureTable table =
            computeFeatures(wave(4.0 / 64.0, 200), parseFeatures("stft(window=64, hop=16, bins=8)"));
        QVERIFY(std::isnan(table.columns[3][62]));
        // The Hann window spreads half of the amplitude to each neighbor.
        const std::vector<double> expected = {0, 0, 1.5, 3, 1.5, 0, 0, 0};
        for (const std::size_t t : {63UL, 64UL, 100UL, 199UL}) {
            for (std::size_t k = 0; k < expected.size(); ++k)
                QVERIFY2(std::abs(table.columns[k][t] - expected[k]) < 1e-9, qPrintable(QString::number(k)));
        }
        const FeatureTable shape = computeFeatures(wave(4.0 / 64.0, 200), parseFeatures("spectral_shape"));
        QVERIFY(std::abs(shape.columns[0].back() - 4.0 / 64.0) < 1e-6);
        QVERIFY(shape.columns[1].back() < 1e-6);
    }

    void aHighToneStandsInAHighBand()
    {
        const auto loudest = [](double turnsPerRow) {
            const FeatureTable table =
                computeFeatures(wave(turnsPerRow, 600), parseFeatures("mel(window=256, bands=6)"));
            std::size_t best = 0;
            for (std::size_t i = 1; i < table.columns.size(); ++i)
                best = table.columns[i].back() > table.columns[best].back() ? i : best;
            return best;
        };
        QCOMPARE(loudest(0.02), std::size_t{0});
        QVERIFY(loudest(0.1) > loudest(0.02));
        QCOMPARE(loudest(0.4), std::size_t{5});
    }

    void waveletsAddUpToTheColumn()
    {
        const Series series = wave(0.03, 100);
        const FeatureTable table = computeFeatures(series, parseFeatures("haar(levels=4)"));
        for (std::size_t t = 15; t < 100; ++t) {
            double sum = 0;
            for (const std::vector<double>& column : table.columns)
                sum += column[t];
            QVERIFY(std::abs(sum - series.columns[0].values[t]) < 1e-9);
        }
    }
};

QTEST_APPLESS_MAIN(FeatureShapes)
#include "tst_feature_shapes.moc"
