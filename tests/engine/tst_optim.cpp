// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>
#include <cmath>
#include <limits>
#include <vector>

#include "engine/base/parallel.h"
#include "engine/optim/optimizer.h"
#include "tests/support/allocations.h"

using namespace fc;

namespace {

void fillRandom(Tensor& x, Rng& rng)
{
    for (std::int64_t i = 0; i < x.count(); ++i)
        x.data()[i] = static_cast<float>(rng.normal());
}

Init randomInit()
{
    return [](Tensor& weight, Rng& rng) { fillRandom(weight, rng); };
}

/// Two trained weights and one that is not.
struct Net {
    Net()
    {
        Rng rng(7);
        const WeightScope scope(weights, rng);
        scope.make("a", {3, 5}, randomInit());
        scope.makeBuffer("statistics", {2}, constantInit(4.0F));
        scope.make("b", {17}, randomInit());
    }

    std::vector<float> values() const
    {
        std::vector<float> all;
        for (const NamedWeight& weight : weights.all())
            for (const float value : weight.value.values())
                all.push_back(value);
        return all;
    }

    Weights weights;
};

std::vector<Tensor> gradients(const Optimizer& optimizer, std::uint64_t seed)
{
    Rng rng(seed);
    std::vector<Tensor> all;
    for (const NamedWeight& weight : optimizer.weights()) {
        all.push_back(Tensor::empty(weight.value.shape()));
        fillRandom(all.back(), rng);
    }
    return all;
}

OptimizerParams paramsOf(const QString& name)
{
    return {.optimizer = name.toStdString(),
            .weightDecay = 0.1,
            .amsgrad = true,
            .nesterov = true,
            .centered = true};
}

QString refusal(const std::function<void()>& action)
{
    try {
        action();
    } catch (const Error& error) {
        return QString::fromUtf8(error.what());
    }
    return {};
}

}  // namespace

class OptimTest : public QObject {
    Q_OBJECT

private slots:
    void plainDescentSubtractsTheGradient()
    {
        Net net;
        const std::vector<float> before = net.values();
        Optimizer optimizer({.optimizer = "sgd", .weightDecay = 0, .momentum = 0}, net.weights);
        std::vector<Tensor> g = {Tensor::full({3, 5}, 2.0F), Tensor::full({17}, -4.0F)};
        optimizer.step(g, 0.25);
        const std::vector<float> after = net.values();
        QCOMPARE(after[0], before[0] - 0.5F);
        QCOMPARE(after.back(), before.back() + 1.0F);
        QVERIFY(optimizer.state().empty());
    }

    void theFirstStepOfAdamWHasTheSizeOfTheLearningRate()
    {
        // m / (1 - beta1) = g and v / (1 - beta2) = g^2 after one step, so the update is g / |g|.
        Net net;
        const float before = net.values()[0];
        Optimizer optimizer({.weightDecay = 0.5}, net.weights);
        const std::vector<Tensor> g = {Tensor::full({3, 5}, 1e3F), Tensor::full({17}, 1e-3F)};
        optimizer.step(g, 0.01);
        const float shrunk = before * (1.0F - 0.01F * 0.5F);
        QVERIFY(std::abs(net.values()[0] - (shrunk - 0.01F)) < 1e-6F);
    }

    void weightsThatAreNotTrainedStayAsTheyAre_data() { everyOptimizer(); }
    void weightsThatAreNotTrainedStayAsTheyAre()
    {
        QFETCH(const QString, name);
        Net net;
        Optimizer optimizer(paramsOf(name), net.weights);
        QCOMPARE(optimizer.weights().size(), size_t{2});
        optimizer.step(gradients(optimizer, 1), 0.1);
        QCOMPARE(net.weights.find("statistics")->value.values(), (std::vector<float>{4.0F, 4.0F}));
    }

    void aRestoredOptimizerGoesOnBitForBit_data() { everyOptimizer(); }
    void aRestoredOptimizerGoesOnBitForBit()
    {
        QFETCH(const QString, name);
        Net whole;
        Optimizer uninterrupted(paramsOf(name), whole.weights);
        Net half;
        Optimizer first(paramsOf(name), half.weights);
        for (std::uint64_t i = 0; i < 9; ++i) {
            uninterrupted.step(gradients(uninterrupted, i), 0.01);
            first.step(gradients(first, i), 0.01);
        }
        Optimizer second(paramsOf(name), half.weights);
        for (size_t i = 0; i < second.state().size(); ++i) {
            Tensor mine = second.state()[i].value;
            copyInto(mine, first.state()[i].value);
        }
        second.setStepCount(first.stepCount());
        for (std::uint64_t i = 9; i < 15; ++i) {
            uninterrupted.step(gradients(uninterrupted, i), 0.01);
            second.step(gradients(second, i), 0.01);
        }
        QCOMPARE(half.values(), whole.values());
        QCOMPARE(second.stepCount(), std::int64_t{15});
    }

    void itsMemoryCarriesTheNamesOfTheWeights()
    {
        Net net;
        const Optimizer optimizer({}, net.weights);
        QStringList names;
        for (const NamedTensor& tensor : optimizer.state())
            names.push_back(QString::fromStdString(tensor.name));
        QCOMPARE(names, (QStringList{"adamw.m.a", "adamw.v.a", "adamw.m.b", "adamw.v.b"}));
    }

    void valuesOutOfRangeAreRefused()
    {
        Net net;
        QVERIFY(refusal([&] { Optimizer({.optimizer = "adamv"}, net.weights); }).contains("adamv"));
        QVERIFY(refusal([&] { Optimizer({.beta1 = 1.5}, net.weights); }).contains("beta1 is 1.5"));
    }

    void clippingScalesAllGradientsByTheirCommonNorm()
    {
        Weights weights;
        Rng rng(1);
        weights.make("a", {3}, true, zerosInit(), rng);
        weights.make("b", {1, 1}, true, zerosInit(), rng);
        Optimizer optimizer({}, weights);
        const std::vector<Tensor> g = {Tensor::full({3}, 2.0F), Tensor::full({1, 1}, -2.0F)};
        const Clipping clipped = optimizer.clip({.clipNorm = 1.0}, g);
        QCOMPARE(clipped.norm, 4.0);
        QCOMPARE(clipped.scale, 1.0 / (4.0 + 1e-6));
        QCOMPARE(optimizer.clip({.normType = "l1"}, g).norm, 8.0);
        QCOMPARE(optimizer.clip({.normType = "inf"}, g).norm, 2.0);
        QCOMPARE(optimizer.clip({.clipNorm = 5.0}, g).scale, 1.0);
        QCOMPARE(optimizer.clip({.clipNorm = 0.0}, g).scale, 1.0);
        QCOMPARE(optimizer.clip({.clipNorm = 0.0, .clipValue = 0.5}, g).limit, 0.5);
    }

    void clippedGradientsAreWhatTheStepUses()
    {
        Net net;
        const std::vector<float> before = net.values();
        Optimizer optimizer({.optimizer = "sgd", .weightDecay = 0, .momentum = 0}, net.weights);
        const std::vector<Tensor> g = {Tensor::full({3, 5}, 8.0F), Tensor::full({17}, -1.0F)};
        optimizer.step(g, 1.0, {.scale = 0.5, .limit = 3.0});
        QCOMPARE(net.values()[0], before[0] - 3.0F);          // 8 / 2, then limited
        QCOMPARE(net.values().back(), before.back() + 0.5F);  // 1 / 2
    }

    void aGradientThatIsNotANumberIsNoticed_data() { everyOptimizer(); }
    void aGradientThatIsNotANumberIsNoticed()
    {
        QFETCH(const QString, name);
        Weights weights;
        Rng rng(1);
        weights.make("w", {40}, true, zerosInit(), rng);
        Optimizer optimizer({.optimizer = name.toStdString()}, weights);
        std::vector<Tensor> g = {Tensor::full({40}, 1.0F)};
        for (const char* norm : {"l2", "l1", "inf"}) {
            g[0].data()[5] = std::nanf("");
            QVERIFY(!std::isfinite(optimizer.clip({.normType = norm}, g).norm));
            g[0].data()[5] = std::numeric_limits<float>::infinity();
            QVERIFY(!std::isfinite(optimizer.clip({.normType = norm}, g).norm));
        }
        g[0].data()[5] = std::nanf("");
        optimizer.step(g, 0.1, {.limit = 1.0});
        QVERIFY(std::isnan(weights.all()[0].value.values()[5]));
    }

    void aSteadyStepAllocatesNothing_data() { everyOptimizer(); }
    void aSteadyStepAllocatesNothing()
    {
        QFETCH(const QString, name);
        Net net;
        Optimizer optimizer(paramsOf(name), net.weights);
        const std::vector<Tensor> g = gradients(optimizer, 1);
        const ClipParams clipping{.clipNorm = 0.1, .clipValue = 0.05};
        optimizer.step(g, 0.1, optimizer.clip(clipping, g));
        const std::int64_t before = heapAllocations();
        optimizer.step(g, 0.1, optimizer.clip(clipping, g));
        QCOMPARE(heapAllocations() - before, std::int64_t{0});
    }

    void aMomentumGivenToAStepStandsInForItsOwn()
    {
        Net own, given;
        Optimizer slow({.optimizer = "sgd", .weightDecay = 0, .momentum = 0.5}, own.weights);
        Optimizer fast({.optimizer = "sgd", .weightDecay = 0, .momentum = 0.9}, given.weights);
        for (std::uint64_t i = 0; i < 4; ++i) {
            slow.step(gradients(slow, i), 0.1);
            fast.step(gradients(fast, i), 0.1, {}, 0.5);
        }
        QCOMPARE(given.values(), own.values());
    }

    void lionStepsBySignsAndShrinks()
    {
        Net net;
        const std::vector<float> before = net.values();
        Optimizer optimizer({.optimizer = "lion", .weightDecay = 0.5, .beta2 = 0.99}, net.weights);
        std::vector<Tensor> g = {Tensor::full({3, 5}, 1e-6F), Tensor::full({17}, -1e6F)};
        optimizer.step(g, 0.01);
        QCOMPARE(net.values()[0], before[0] * static_cast<float>(1 - 0.01 * 0.5) - 0.01F);
        QCOMPARE(net.values().back(), before.back() * static_cast<float>(1 - 0.01 * 0.5) + 0.01F);
    }

    void lionRemembersWithItsSecondBeta()
    {
        // Chen et al., 2023, algorithm 2, for one number, in double.
        Weights weights;
        Rng rng(2);
        weights.make("w", {1}, true, constantInit(0.5F), rng);
        Optimizer optimizer({.optimizer = "lion", .weightDecay = 0.1, .beta1 = 0.6, .beta2 = 0.8}, weights);
        double w = 0.5, m = 0;
        for (int i = 0; i < 40; ++i) {
            const auto g = static_cast<float>(rng.normal());
            const double direction = 0.6 * m + 0.4 * static_cast<double>(g);
            w = w * (1 - 0.01 * 0.1) - 0.01 * (direction > 0 ? 1 : -1);
            m = 0.8 * m + 0.2 * static_cast<double>(g);
            optimizer.step(std::vector<Tensor>{Tensor::full({1}, g)}, 0.01);
            QVERIFY(std::abs(static_cast<double>(weights.all()[0].value.item()) - w) < 1e-6);
        }
    }

    void groupsHaveRatesAndDecaysOfTheirOwn()
    {
        const auto stepped = [](std::span<const WeightGroup> groups, double rate, double decay) {
            Net net;
            Optimizer optimizer({.weightDecay = decay}, net.weights, groups);
            for (std::uint64_t i = 0; i < 3; ++i)
                optimizer.step(gradients(optimizer, i), rate);
            return net.values();
        };
        const WeightGroup group{.pattern = "b", .learningRateFactor = 0.5, .weightDecay = 0.2};
        const std::vector<float> both = stepped(std::span(&group, 1), 0.01, 0.1);
        const std::vector<float> first = stepped({}, 0.01, 0.1);
        const std::vector<float> second = stepped({}, 0.005, 0.2);
        QCOMPARE(std::vector<float>(both.begin(), both.begin() + 15),
                 std::vector<float>(first.begin(), first.begin() + 15));
        QCOMPARE(std::vector<float>(both.end() - 17, both.end()),
                 std::vector<float>(second.end() - 17, second.end()));
    }

    void aFrozenGroupIsLeftOut()
    {
        Net net;
        const std::vector<float> before = net.values();
        const WeightGroup group{.pattern = "a", .frozen = true};
        Optimizer optimizer({}, net.weights, std::span(&group, 1));
        QCOMPARE(optimizer.weights().size(), size_t{1});
        QCOMPARE(optimizer.weights()[0].name, std::string("b"));
        optimizer.step(gradients(optimizer, 1), 0.1);
        QCOMPARE(net.values()[0], before[0]);
        QVERIFY(net.values().back() != before.back());
        const WeightGroup nobody{.pattern = "c"};
        QVERIFY(refusal([&] { Optimizer({}, net.weights, std::span(&nobody, 1)); }).contains("\"c\""));
    }

    void biasesCanBeSparedTheDecay()
    {
        Net net;
        const std::vector<float> before = net.values();
        Optimizer optimizer(
            {.optimizer = "sgd", .weightDecay = 0.5, .decayBiasAndNorm = false, .momentum = 0}, net.weights);
        optimizer.step(std::vector<Tensor>{Tensor::zeros({3, 5}), Tensor::zeros({17})}, 0.1);
        QVERIFY(std::abs(net.values()[0] - before[0] * 0.95F) < 1e-6F);
        QCOMPARE(net.values().back(), before.back());
    }

    void nesterovNeedsMomentum()
    {
        Net net;
        const OptimizerParams params{.optimizer = "sgd", .momentum = 0, .nesterov = true};
        QVERIFY(refusal([&] { Optimizer(params, net.weights); }).contains("nesterov"));
    }

    void threadsChangeNothing_data() { everyOptimizer(); }
    void threadsChangeNothing()
    {
        QFETCH(const QString, name);
        const auto run = [&](int threads) {
            setThreadCount(threads);
            Weights weights;
            Rng rng(3);
            for (int i = 0; i < 40; ++i)
                weights.make("small" + std::to_string(i), {7}, true, randomInit(), rng);
            weights.make("large", {90, 301}, true, randomInit(), rng);
            weights.make("last", {11}, true, randomInit(), rng);
            Optimizer optimizer(paramsOf(name), weights);
            std::vector<float> all;
            for (std::uint64_t i = 0; i < 3; ++i) {
                const std::vector<Tensor> g = gradients(optimizer, i);
                const Clipping clipping = optimizer.clip({.clipNorm = 0.5}, g);
                all.push_back(static_cast<float>(clipping.norm));
                optimizer.step(g, 0.01, clipping);
            }
            for (const NamedWeight& weight : weights.all())
                for (const float value : weight.value.values())
                    all.push_back(value);
            setThreadCount(1);
            return all;
        };
        const std::vector<float> alone = run(1);
        QCOMPARE(run(2), alone);
        QCOMPARE(run(3), alone);
    }

    void weightsIn16BitsAreRoundedFromTheirCopy()
    {
        Weights half, full;
        Rng rng(3), again(3);
        {
            const MatrixTypeScope scope(DType::BF16);
            half.makeMatrix("w", {40, 50}, randomInit(), rng);
        }
        full.makeMatrix("w", {40, 50}, randomInit(), again);
        Tensor value = full.all()[0].value;
        copyInto(value, half.all()[0].value.to(DType::F32));  // the same start, rounded
        Optimizer one({}, half), other({}, full);
        for (std::uint64_t i = 0; i < 30; ++i) {
            one.step(gradients(one, i), 1e-4);
            other.step(gradients(other, i), 1e-4);
        }
        QCOMPARE(half.all()[0].value.dtype(), DType::BF16);
        // Steps too small for 16 bits add up in the copy.
        QCOMPARE(one.stepped(0).values(), value.values());
        QCOMPARE(half.all()[0].value.to(DType::F32).values(), value.to(DType::BF16).to(DType::F32).values());
        QCOMPARE(one.state().back().name, std::string("adamw.master.w"));
    }

private:
    static void everyOptimizer()
    {
        QTest::addColumn<QString>("name");
        const Schema schema = schemaOf<OptimizerParams>();
        for (const std::string& name : find(schema, "optimizer")->spec.choices)
            QTest::newRow(name.c_str()) << QString::fromStdString(name);
    }
};

QTEST_APPLESS_MAIN(OptimTest)
#include "tst_optim.moc"
