// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>
#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "engine/nn/linear.h"
#include "engine/nn/summary.h"
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
        QTest::addColumn<double>("mean");
        QTest::newRow("uniform") << "uniform" << 2 / std::sqrt(3.0) << 3.0 << 1.0;
        QTest::newRow("normal") << "normal" << 0.7 << 7.0 << 0.0;
        // the variance of a normal distribution cut at 2: 1 - 4 phi(2) / (2 Phi(2) - 1) = 0.7737
        QTest::newRow("truncated normal") << "truncated normal" << 0.5 * std::sqrt(0.77374) << 1.0 << 0.0;
        QTest::newRow("fan in") << "fan in" << 0.25 / std::sqrt(3.0) << 0.25 << 0.0;
        QTest::newRow("Xavier") << "Xavier" << std::sqrt(2.0 / 30) << std::sqrt(6.0 / 30) << 0.0;
        QTest::newRow("Xavier, gain 2")
            << "Xavier, gain 2" << 2 * std::sqrt(2.0 / 30) << 2 * std::sqrt(6.0 / 30) << 0.0;
        QTest::newRow("Xavier normal") << "Xavier normal" << std::sqrt(2.0 / 30) << 10.0 << 0.0;
        QTest::newRow("He") << "He" << std::sqrt(2.0 / 16) << 10.0 << 0.0;
        QTest::newRow("He uniform") << "He uniform" << std::sqrt(2.0 / 16) << std::sqrt(6.0 / 16) << 0.0;
    }
    void initialValuesHaveTheirSpread()
    {
        QFETCH(const QString, kind);
        QFETCH(const double, deviation);
        QFETCH(const double, bound);
        QFETCH(const double, mean);
        const std::map<QString, Init> inits = {{"uniform", uniformInit(-1, 3)},
                                               {"normal", normalInit(0.7)},
                                               {"truncated normal", truncatedNormalInit(0.5)},
                                               {"fan in", uniformFanIn(16)},
                                               {"Xavier", xavierUniform(16, 14)},
                                               {"Xavier, gain 2", xavierUniform(16, 14, 2)},
                                               {"Xavier normal", xavierNormal(16, 14)},
                                               {"He", heNormal(16)},
                                               {"He uniform", heUniform(16)}};
        const Drawn values = drawn(inits.at(kind));
        // four standard errors of the mean, and more than that of the deviation
        QVERIFY(std::abs(values.mean - mean) < 4 * deviation / std::sqrt(double{sampleSize}));
        QVERIFY(std::abs(values.deviation - deviation) < 0.03 * deviation);
        QVERIFY(values.largest <= bound);
    }

    void orthogonalRowsOrColumns_data()
    {
        QTest::addColumn<int>("rows");
        QTest::addColumn<int>("columns");
        QTest::newRow("tall") << 40 << 12;
        QTest::newRow("wide") << 12 << 40;
        QTest::newRow("square") << 24 << 24;
    }
    void orthogonalRowsOrColumns()
    {
        QFETCH(const int, rows);
        QFETCH(const int, columns);
        Weights weights;
        Rng rng(2);
        const Tensor w = weights.make("w", {rows, columns / 4, 4}, true, orthogonalInit(1.5), rng);
        const bool isTall = rows >= columns;
        const int vectors = std::min(rows, columns);
        const auto at = [&](int vector, int i) {
            return double{w.data()[isTall ? i * columns + vector : vector * columns + i]};
        };
        for (int a = 0; a < vectors; ++a) {
            for (int b = 0; b < vectors; ++b) {
                double dot = 0;
                for (int i = 0; i < std::max(rows, columns); ++i)
                    dot += at(a, i) * at(b, i);
                QVERIFY(std::abs(dot - (a == b ? 2.25 : 0.0)) < 1e-6);
            }
        }
    }

    void orthogonalMatricesAreSpreadEvenly()
    {
        // every entry of a random orthogonal 4 x 4 matrix has mean 0 and variance 1 / 4
        constexpr int draws = 4000;
        std::array<double, 16> sums{};
        std::array<double, 16> squares{};
        Rng rng(3);
        Tensor w = Tensor::empty({4, 4});
        for (int i = 0; i < draws; ++i) {
            orthogonalInit()(w, rng);
            for (std::size_t j = 0; j < 16; ++j) {
                const double value = w.data()[j];
                sums[j] += value / draws;
                squares[j] += value * value / draws;
            }
        }
        for (std::size_t j = 0; j < 16; ++j) {
            QVERIFY(std::abs(sums[j]) < 4.5 * 0.5 / std::sqrt(double{draws}));
            QVERIFY(std::abs(squares[j] - 0.25) < 0.02);
        }
    }

    void anIdentityHasOnesOnItsDiagonal()
    {
        Weights weights;
        Rng rng(1);
        QCOMPARE(weights.make("w", {2, 3}, true, identityInit(), rng).values(),
                 (std::vector<float>{1, 0, 0, 0, 1, 0}));
        QVERIFY_THROWS_EXCEPTION(Error, weights.make("v", {3}, true, identityInit(), rng));
        QVERIFY_THROWS_EXCEPTION(Error, weights.make("u", {3}, true, orthogonalInit(), rng));
    }

    void aPatternNamesWeights_data()
    {
        QTest::addColumn<QString>("pattern");
        QTest::addColumn<QString>("named");
        QTest::newRow("a weight") << "decoder.0.bias"
                                  << "decoder.0.bias";
        QTest::newRow("a layer") << "decoder"
                                 << "decoder.0.weight decoder.0.bias decoder.1.weight";
        QTest::newRow("a layer, not its namesake") << "deco"
                                                   << "";
        QTest::newRow("any layer") << "*.weight"
                                   << "decoder.0.weight decoder.1.weight encoder.weight";
        QTest::newRow("in the middle") << "dec*.0.*"
                                       << "decoder.0.weight decoder.0.bias";
        QTest::newRow("one character") << "decoder.?"
                                       << "decoder.0.weight decoder.0.bias decoder.1.weight";
        QTest::newRow("all") << "*"
                             << "decoder.0.weight decoder.0.bias decoder.1.weight encoder.weight";
    }
    void aPatternNamesWeights()
    {
        QFETCH(const QString, pattern);
        QFETCH(const QString, named);
        QStringList names;
        for (const char* name : {"decoder.0.weight", "decoder.0.bias", "decoder.1.weight", "encoder.weight"})
            if (namesWeight(pattern.toStdString(), name))
                names += name;
        QCOMPARE(names.join(' '), named);
    }

    void frozenWeightsAreNotTrained()
    {
        Weights weights;
        Rng rng(1);
        const WeightScope scope(weights, rng);
        const Linear encoder(scope.sub("encoder"), 3, 2);
        const Linear head(scope.sub("head"), 2, 1);
        scope.makeBuffer("head.mean", {2}, zerosInit());
        const auto learning = [&] {
            QStringList names;
            for (const NamedWeight* weight : trainable(weights))
                names += QString::fromStdString(weight->name);
            return names.join(' ');
        };
        QCOMPARE(learning(), "encoder.weight encoder.bias head.weight head.bias");
        QCOMPARE(weights.freeze("encoder"), 2);
        QCOMPARE(learning(), "head.weight head.bias");
        QCOMPARE(weights.freeze("*.bias"), 2);
        QCOMPARE(weights.thaw("encoder.weight"), 1);
        QCOMPARE(learning(), "encoder.weight head.weight");
        QVERIFY(!weights.find("head.mean")->frozen);
        QCOMPARE(weights.count(), std::int64_t{11});  // frozen ones are weights of the model all the same
        try {
            weights.freeze("haed");
            QFAIL("It was frozen.");
        } catch (const UsageError& error) {
            QCOMPARE(
                QString::fromUtf8(error.what()),
                "No weight of the model is named by \"haed\". Its weights: encoder.weight, encoder.bias, "
                "head.weight, head.bias.");
        }
    }

    void aSummaryCountsByLayer()
    {
        Weights weights;
        Rng rng(1);
        const WeightScope scope(weights, rng);
        const Linear encoder(scope.sub("encoder").sub("0"), 3, 2);
        const Linear head(scope.sub("head"), 2, 1);
        scope.makeBuffer("head.mean", {2}, zerosInit());
        scope.make("shift", {5}, zerosInit());
        weights.freeze("encoder");
        const WeightSummary all = summary(weights);
        QStringList layers;
        for (const LayerSummary& layer : all.layers)
            layers += QString::fromStdString(layer.name) + ": " + QString::number(layer.sizes.total);
        QCOMPARE(layers, (QStringList{"encoder.0: 8", "head: 5", "(model): 5"}));
        QCOMPARE(all.total.total, std::int64_t{18});
        QCOMPARE(all.total.trainable, std::int64_t{8});
        QCOMPARE(all.total.frozen, std::int64_t{8});
        QCOMPARE(all.total.buffers, std::int64_t{2});
        QCOMPARE(all.total.bytes, std::int64_t{72});
        QCOMPARE(QString::fromStdString(all.layers[1].weights), "weight[1, 2] bias[1] mean[2]");
        QCOMPARE(all.layers[1].sizes,
                 (WeightCounts{.total = 5, .trainable = 3, .frozen = 0, .buffers = 2, .bytes = 20}));
    }
};

QTEST_APPLESS_MAIN(WeightsTest)
#include "tst_weights.moc"
