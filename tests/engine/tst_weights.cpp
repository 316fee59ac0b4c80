// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>
#include <algorithm>
#include <cmath>

#include "engine/nn/linear.h"
#include "engine/nn/weights.h"

using namespace fc;

namespace {

constexpr std::int64_t sampleSize = 20000;

/// Mean, standard deviation and largest size of many drawn values.
struct Drawn {
    double mean = 0;
    double deviation = 0;
    double largest = 0;
};

Drawn drawn(const Init& init)
{
    Weights weights;
    Rng rng(1);
    const std::vector<float> values = weights.make("w", {sampleSize}, true, init, rng).values();
    Drawn result;
    for (const float value : values) {
        result.mean += double{value} / sampleSize;
        result.deviation += double{value} * value / sampleSize;
        result.largest = std::max(result.largest, std::abs(double{value}));
    }
    result.deviation = std::sqrt(result.deviation - result.mean * result.mean);
    return result;
}

}  // namespace

class WeightsTest : public QObject {
    Q_OBJECT

private slots:
    void namesFollowTheScopes()
    {
        Weights weights;
        Rng rng(1);
        const WeightScope scope(weights, rng);
        const Linear layer(scope.sub("decoder").sub("0"), 3, 2);
        scope.makeBuffer("mean", {3}, constantInit(1.5F));
        QStringList names;
        for (const NamedWeight& weight : weights.all())
            names.push_back(QString::fromStdString(weight.name + print(weight.value.shape())));
        QCOMPARE(names, (QStringList{"decoder.0.weight[2, 3]", "decoder.0.bias[2]", "mean[3]"}));
        QCOMPARE(weights.count(), std::int64_t{8});  // what is not trained does not count
        QCOMPARE(weights.find("mean")->value.values(), std::vector<float>(3, 1.5F));
        QVERIFY(!weights.find("decoder"));
    }

    void aNameIsTakenOnce()
    {
        Weights weights;
        Rng rng(1);
        weights.make("w", {2}, true, zerosInit(), rng);
        try {
            weights.make("w", {2}, true, zerosInit(), rng);
            QFAIL("It was made twice.");
        } catch (const Error& error) {
            QCOMPARE(QString::fromUtf8(error.what()),
                     "Two weights are named \"w\"; each weight of a model needs its own name.");
        }
    }

    void initialValuesHaveTheirSpread_data()
    {
        QTest::addColumn<QString>("kind");
        QTest::addColumn<double>("deviation");
        QTest::addColumn<double>("bound");
        // a uniform distribution of half width b has the standard deviation b / sqrt(3)
        QTest::newRow("fan in") << "fan in" << 0.25 / std::sqrt(3.0) << 0.25;
        QTest::newRow("Xavier") << "Xavier" << std::sqrt(2.0 / 30) << std::sqrt(6.0 / 30);
        QTest::newRow("He") << "He" << std::sqrt(2.0 / 16) << 10.0;
    }
    void initialValuesHaveTheirSpread()
    {
        QFETCH(const QString, kind);
        QFETCH(const double, deviation);
        QFETCH(const double, bound);
        const Drawn values = drawn(kind == "fan in"   ? uniformFanIn(16)
                                   : kind == "Xavier" ? xavierUniform(16, 14)
                                                      : heNormal(16));
        // four standard errors of the mean, and more than that of the deviation
        QVERIFY(std::abs(values.mean) < 4 * deviation / std::sqrt(double{sampleSize}));
        QVERIFY(std::abs(values.deviation - deviation) < 0.03 * deviation);
        QVERIFY(values.largest <= bound);
    }
};

QTEST_APPLESS_MAIN(WeightsTest)
#include "tst_weights.moc"
