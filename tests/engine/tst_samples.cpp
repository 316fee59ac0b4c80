// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>
#include <algorithm>
#include <cmath>
#include <map>

#include "engine/base/error.h"
#include "engine/features/rolling.h"
#include "engine/features/samples.h"

using namespace fc;

namespace {

Values logReturns(const Series& market)
{
    const Values& close = market.column("close")->values;
    Values out;
    for (std::size_t t = 1; t < close.size(); ++t)
        out.push_back(std::log(close[t] / close[t - 1]));
    return out;
}

double correlation(const Values& x, const Values& y)
{
    const double meanX = windowMean(x);
    const double meanY = windowMean(y);
    double sum = 0;
    for (std::size_t i = 0; i < x.size(); ++i)
        sum += (x[i] - meanX) * (y[i] - meanY);
    return sum / static_cast<double>(x.size()) / windowDeviation(x, 0) / windowDeviation(y, 0);
}

double autocorrelation(const Values& x, std::size_t lag)
{
    return correlation(Values(x.begin(), x.end() - static_cast<std::ptrdiff_t>(lag)),
                       Values(x.begin() + static_cast<std::ptrdiff_t>(lag), x.end()));
}

}  // namespace

class Samples : public QObject {
    Q_OBJECT

private slots:
    void sameSeedSameBytes_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<int>("rows");
        QTest::addColumn<QString>("frequency");
        QTest::addColumn<QString>("hash");
        QTest::newRow("crypto") << "synthetic-crypto-1h" << 8000 << "1h"
                                << "3f228255f037bdcb20187a1fb68e006a88cfa50df93a0d2726c1af1b5f2423cc";
        QTest::newRow("equity") << "synthetic-equity-1d" << 2500 << "business day"
                                << "7651264f3e03079b15f5ca39675d8ff27acbdc2eab4eaf5803046a03aa49e9f3";
        QTest::newRow("load") << "synthetic-load-1h" << 17520 << "1h"
                              << "9851dc559c4141ce9341618c2594d9529c1f48dd76449d16cf0c214e07a26546";
    }
    void sameSeedSameBytes()
    {
        QFETCH(QString, name);
        QFETCH(int, rows);
        QFETCH(QString, frequency);
        QFETCH(QString, hash);
        const Series series = makeSample(name.toStdString());
        QCOMPARE(QString::fromStdString(contentHash(series)), hash);
        QVERIFY(contentHash(makeSample(name.toStdString(), 2)) != contentHash(series));
        QCOMPARE(series.rows(), static_cast<std::size_t>(rows));
        QCOMPARE(QString::fromStdString(detectFrequency(series).text()), frequency);
        QCOMPARE(detectFrequency(series).gaps, 0);
    }

    void everySampleSaysThatItIsSynthetic()
    {
        for (const std::string& name : sampleNames()) {
            QVERIFY(name.find("synthetic") != std::string::npos);
            QVERIFY(makeSample(name).synthetic);
            QCOMPARE(makeSample(name).name, name);
        }
    }

    void barsAreInOrder()
    {
        for (const std::string& name : sampleNames()) {
            const Series series = makeSample(name, 7);
            if (!series.isMarket())
                continue;
            const Values& open = series.column("open")->values;
            const Values& high = series.column("high")->values;
            const Values& low = series.column("low")->values;
            const Values& close = series.column("close")->values;
            const Values& volume = series.column("volume")->values;
            for (std::size_t t = 0; t < series.rows(); ++t) {
                QVERIFY(high[t] >= std::max(open[t], close[t]));
                QVERIFY(low[t] <= std::min(open[t], close[t]));
                QVERIFY(low[t] > 0 && volume[t] > 0);
                QVERIFY(close[t] == std::round(close[t] * 100) / 100);
            }
        }
    }

    void marketsHaveTheirHabits()
    {
        for (const std::string name : {"synthetic-crypto-1h", "synthetic-equity-1d"}) {
            const Series series = makeSample(name);
            const Values returns = logReturns(series);
            Values sizes;
            for (const double r : returns)
                sizes.push_back(std::abs(r));
            const Values& volume = series.column("volume")->values;
            // Sampling noise of these is about 1 / sqrt(2500) = 0.02; the limits leave five times that.
            QVERIFY(autocorrelation(sizes, 1) > 0.1);
            QVERIFY(std::abs(autocorrelation(returns, 1)) < 0.15);
            QVERIFY(correlation(sizes, Values(volume.begin() + 1, volume.end())) > 0.3);
            const double spread = windowDeviation(returns, 0);
            double fourth = 0;
            for (const double r : returns)
                fourth += std::pow(r / spread, 4);
            QVERIFY(fourth / static_cast<double>(returns.size()) > 4);
        }
    }

    void theLoadFollowsDayWeekAndYear()
    {
        const Values load = makeSample("synthetic-load-1h").columns[0].values;
        std::map<std::string, Values> groups;
        for (std::size_t t = 0; t < load.size(); ++t) {
            const std::size_t weekday = (t / 24 + 5) % 7;
            groups[t % 24 == 15 ? "afternoon" : t % 24 == 3 ? "night" : ""].push_back(load[t]);
            groups[weekday == 6 ? "sunday" : weekday == 2 ? "wednesday" : ""].push_back(load[t]);
            groups[t % 8760 < 1000                      ? "winter"
                   : t % 8760 > 3900 && t % 8760 < 4900 ? "summer"
                                                        : ""]
                .push_back(load[t]);
        }
        QVERIFY(windowMean(groups["afternoon"]) > 1.2 * windowMean(groups["night"]));
        QVERIFY(windowMean(groups["wednesday"]) > 1.1 * windowMean(groups["sunday"]));
        QVERIFY(windowMean(groups["winter"]) > 1.1 * windowMean(groups["summer"]));
        QVERIFY(*std::ranges::min_element(load) > 0);
    }

    void anUnknownSampleIsNamed()
    {
        try {
            makeSample("bitcoin");
            QFAIL("accepted");
        } catch (const UsageError& error) {
            QCOMPARE(error.what(),
                     "There is no sample \"bitcoin\". There are: synthetic-crypto-1h, synthetic-equity-1d, "
                     "synthetic-load-1h.");
        }
    }
};

QTEST_APPLESS_MAIN(Samples)
#include "tst_samples.moc"
