// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>
#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

#include "engine/optim/optimizer.h"
#include "engine/optim/schedule.h"
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
    for (const Tensor& weight : optimizer.weights()) {
        all.push_back(Tensor::empty(weight.shape()));
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
        const std::vector<Tensor> g = {Tensor::full({3}, 2.0F), Tensor::full({1, 1}, 2.0F)};  // norm 4
        const Clipping clipped = clip({.clipNorm = 1.0}, g);
        QCOMPARE(clipped.norm, 4.0);
        QCOMPARE(clipped.scale, 1.0 / (4.0 + 1e-6));
        QCOMPARE(clip({.clipNorm = 5.0}, g).scale, 1.0);
        QCOMPARE(clip({.clipNorm = 0.0}, g).scale, 1.0);
        QCOMPARE(clip({.clipNorm = 0.0, .clipValue = 0.5}, g).limit, 0.5);
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

    void aGradientThatIsNotANumberIsNoticed()
    {
        std::vector<Tensor> g = {Tensor::full({40}, 1.0F)};
        g[0].data()[5] = std::nanf("");
        QVERIFY(std::isnan(clip({}, g).norm));
        g[0].data()[5] = std::numeric_limits<float>::infinity();
        QVERIFY(std::isinf(clip({}, g).norm));

        Weights weights;
        Rng rng(1);
        weights.make("w", {40}, true, zerosInit(), rng);
        Optimizer optimizer({}, weights);
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
        optimizer.step(g, 0.1, clip(clipping, g));
        const std::int64_t before = heapAllocations();
        optimizer.step(g, 0.1, clip(clipping, g));
        QCOMPARE(heapAllocations() - before, std::int64_t{0});
    }

    void schedulesTakeTheirMarkedValues_data()
    {
        QTest::addColumn<QString>("schedule");
        QTest::addColumn<int>("step");
        QTest::addColumn<double>("rate");
        const auto row = [](const char* schedule, int step, double rate) {
            QTest::addRow("%s at %d", schedule, step) << QString(schedule) << step << rate;
        };
        // base 1, 100 steps in all, 10 of warm-up, a drop to a quarter each 20, a tenth left at the end
        row("constant", 0, 1.0);
        row("constant", 5000, 1.0);
        row("step", 19, 1.0);
        row("step", 20, 0.25);
        row("step", 45, 0.0625);
        row("exponential", 10, 0.5);
        row("polynomial", 0, 1.0);
        row("polynomial", 50, 0.1 + 0.9 * 0.25);
        row("polynomial", 100, 0.1);
        row("cosine", 0, 1.0);
        row("cosine", 50, 0.55);
        row("cosine", 100, 0.1);
        row("cosine", 170, 0.1);
        row("warmup_constant", 0, 0.1);
        row("warmup_constant", 9, 1.0);
        row("warmup_constant", 60, 1.0);
        row("warmup_cosine", 4, 0.5);
        row("warmup_cosine", 10, 1.0);
        row("warmup_cosine", 55, 0.55);
        row("warmup_cosine", 100, 0.1);
        row("one_cycle", 0, 0.04);
        row("one_cycle", 29, 1.0);
        row("one_cycle", 99, 0.04 / 1e4);
        row("inverse_sqrt", 4, 0.5);
        row("inverse_sqrt", 9, 1.0);
        row("inverse_sqrt", 39, 0.5);
    }
    void schedulesTakeTheirMarkedValues()
    {
        QFETCH(const QString, schedule);
        QFETCH(const int, step);
        QFETCH(const double, rate);
        const ScheduleParams params{.schedule = schedule.toStdString(),
                                    .warmupSteps = 10,
                                    .stepEvery = 20,
                                    .stepFactor = 0.25,
                                    .power = 2.0,
                                    .finalShare = 0.1};
        QVERIFY(std::abs(learningRate(params, 1.0, step, 100) - rate) < 1e-12);
        QVERIFY(std::abs(learningRate(params, 0.02, step, 100) - 0.02 * rate) < 1e-12);
    }

    void everyScheduleStaysBetweenZeroAndItsBase_data()
    {
        QTest::addColumn<QString>("schedule");
        const Schema schema = schemaOf<ScheduleParams>();
        for (const std::string& name : find(schema, "schedule")->spec.choices)
            QTest::newRow(name.c_str()) << QString::fromStdString(name);
    }
    void everyScheduleStaysBetweenZeroAndItsBase()
    {
        QFETCH(const QString, schedule);
        for (const int warmup : {0, 1, 7, 500})
            for (const int total : {0, 1, 2, 3, 50})
                for (int step = 0; step <= 2 * total + 2; ++step) {
                    const double rate = learningRate(
                        {.schedule = schedule.toStdString(), .warmupSteps = warmup, .stepEvery = 5}, 0.3,
                        step, total);
                    QVERIFY2(rate >= 0 && rate <= 0.3 * (1 + 1e-12),
                             qPrintable(QString("%1 at step %2 of %3, warm-up %4")
                                            .arg(rate)
                                            .arg(step)
                                            .arg(total)
                                            .arg(warmup)));
                }
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
