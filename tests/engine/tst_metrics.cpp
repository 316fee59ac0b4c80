// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>
#include <cmath>
#include <limits>

#include "engine/metrics/baselines.h"
#include "engine/metrics/metrics.h"

using namespace fc;

namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();
using Values = std::vector<double>;

std::map<std::string, double> errors(const Values& forecast, const Values& actual, double last = 0,
                                     double maseScale = 0)
{
    ForecastErrors sums(maseScale);
    sums.add(forecast, actual, last);
    return sums.values();
}

}  // namespace

class Metrics : public QObject {
    Q_OBJECT

private slots:
    void errorsFollowTheirDefinition_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<double>("expected");
        QTest::newRow("mae") << "mae" << 1.5;
        QTest::newRow("mse") << "mse" << 2.5;
        QTest::newRow("rmse") << "rmse" << std::sqrt(2.5);
        QTest::newRow("mape") << "mape" << (0.5 + 0.5) / 2;
        QTest::newRow("smape") << "smape" << (2.0 / 5 + 2.0 * 2 / 6) / 2;
        QTest::newRow("wape") << "wape" << 3.0 / 6;
        QTest::newRow("bias") << "bias" << -0.5;
        QTest::newRow("mase") << "mase" << 1.5 / 0.75;
        QTest::newRow("r2") << "r2" << 1.0 - 5.0 / 2;
        QTest::newRow("directional_accuracy") << "directional_accuracy" << 1.0;
    }
    void errorsFollowTheirDefinition()
    {
        QFETCH(QString, name);
        QFETCH(double, expected);
        QCOMPARE(errors({3, 2}, {2, 4}, 1, 0.75).at(name.toStdString()), expected);
    }

    void aDirectionCountsFromTheLastValue()
    {
        QCOMPARE(errors({3, 2, 2, 1}, {2, 4, 2, 0}, 2).at("directional_accuracy"), 0.5);
    }

    void missingActualsAreLeftOut()
    {
        QVERIFY(errors({3, 9, 2}, {2, missing, 4}, 2.5, 0.75) == errors({3, 2}, {2, 4}, 2.5, 0.75));
        QVERIFY(errors({3}, {missing}).empty());
    }

    void manyWindowsAreOne()
    {
        ForecastErrors sums(1);
        sums.add(Values{3}, Values{2}, 2.5);
        sums.add(Values{2}, Values{4}, 2.5);
        QCOMPARE(sums.count(), 2LL);
        QVERIFY(sums.values() == errors({3, 2}, {2, 4}, 2.5, 1));
    }

    void whatIsNotDefinedIsLeftOut()
    {
        QVERIFY(!errors({1, 1}, {0, 2}).contains("mape"));
        QVERIFY(!errors({1, 1}, {2, 2}).contains("r2"));
        QVERIFY(!errors({1, 1}, {1, 2}).contains("mase"));
        QVERIFY(!errors({1, 1}, {0, 0}).contains("wape"));
        QVERIFY(!errors({1, 1}, {1, 2}, missing).contains("directional_accuracy"));
    }

    void zeroForecastOfZeroIsNoError()
    {
        const auto values = errors({0}, {0});
        QCOMPARE(values.at("smape"), 0.0);
        QCOMPARE(values.at("directional_accuracy"), 1.0);
    }

    void r2OfLargeValuesKeepsItsDigits()
    {
        // Around 1e9 a plain sum of squares has lost the variance of 0.25.
        QVERIFY(std::abs(errors({1e9, 1e9 + 1}, {1e9, 1e9 + 1}).at("r2") - 1) < 1e-12);
        QVERIFY(std::abs(errors({1e9 + 0.5, 1e9 + 0.5}, {1e9, 1e9 + 1}).at("r2")) < 1e-6);
    }

    void seasonalScaleComparesValuesOneSeasonApart()
    {
        QCOMPARE(seasonalScale(Values{1, 2, 4, 7}, 1), 2.0);
        QCOMPARE(seasonalScale(Values{1, 2, 4, 7}, 2), 4.0);
        QCOMPARE(seasonalScale(Values{1, missing, 4, 7}, 1), 3.0);
        QCOMPARE(seasonalScale(Values{1, 2}, 2), 0.0);
    }

    void quantilesInterpolate()
    {
        const Values sorted = {1, 2, 4, 8};
        QCOMPARE(quantile(sorted, 0), 1.0);
        QCOMPARE(quantile(sorted, 1), 8.0);
        QCOMPARE(quantile(sorted, 0.5), 3.0);
        QCOMPARE(quantile(sorted, 0.75), 5.0);
        QCOMPARE(quantile(Values{5}, 0.3), 5.0);
    }

    void pinballPunishesTheRareSide()
    {
        QCOMPARE(pinballLoss(Values{1}, Values{2}, 0.9), 0.9);
        QCOMPARE(pinballLoss(Values{3}, Values{2}, 0.9), 1 - 0.9);
        QCOMPARE(pinballLoss(Values{3, 1}, Values{missing, 2}, 0.5), 0.5);
    }

    void naiveRepeatsTheLastPresentValue()
    {
        QVERIFY(naiveForecast(Values{1, 2}, 3) == Values({2, 2, 2}));
        QVERIFY(naiveForecast(Values{1, 2, missing}, 2) == Values({2, 2}));
        QVERIFY(std::isnan(naiveForecast(Values{missing}, 1)[0]));
    }

    void seasonalNaiveRepeatsTheLastSeason()
    {
        QVERIFY(seasonalNaiveForecast(Values{9, 1, 2, 3}, 3, 5) == Values({1, 2, 3, 1, 2}));
        QVERIFY(seasonalNaiveForecast(Values{5, 6, 1, missing}, 2, 2) == Values({1, 6}));
        QVERIFY(seasonalNaiveForecast(Values{1, 2}, 5, 4) == Values({2, 2, 2, 1}));
        QVERIFY(seasonalNaiveForecast(Values{1, 2}, 1, 2) == naiveForecast(Values{1, 2}, 2));
    }
};

QTEST_APPLESS_MAIN(Metrics)
#include "tst_metrics.moc"
