// SPDX-License-Identifier: GPL-3.0-or-later
// Running a block again in the backward pass instead of keeping its inside: same gradients, less memory.
#include <QTest>
#include <thread>

#include "engine/autograd/ops_math.h"
#include "engine/autograd/ops_reduce.h"
#include "engine/base/parallel.h"
#include "engine/nn/checkpointed.h"
#include "engine/nn/transformer.h"
#include "tests/support/allocations.h"

using namespace fc;

namespace {

constexpr std::int64_t width = 16;
constexpr double share = 0.2;

Tensor random(const Shape& shape, std::uint64_t seed)
{
    Rng rng(seed);
    Tensor x = Tensor::empty(shape);
    normalInit(1.0)(x, rng);
    return x;
}

/// Eight encoder layers with dropout.
struct Chain {
    Chain()
    {
        const WeightScope scope(weights, rng);
        for (int i = 0; i < 8; ++i)
            blocks.emplace_back(scope.sub(std::to_string(i)), width,
                                TransformerOptions{.heads = 4,
                                                   .feedForward = 4 * width,
                                                   .activation = Activation::Gelu,
                                                   .normFirst = true,
                                                   .dropout = share});
    }

    Weights weights;
    Rng rng{1};
    std::vector<TransformerEncoderLayer> blocks;
};

enum class Way { Plain, Checkpointed, InPairs };

Tensor run(const Chain& chain, const Tensor& x, const Pass& pass, Way way)
{
    const std::span<const TransformerEncoderLayer> blocks(chain.blocks);
    if (way != Way::Plain)
        return checkpointed(blocks, x, pass, way == Way::InPairs ? 2 : 1);
    Tensor h = x;
    for (const TransformerEncoderLayer& block : blocks)
        h = block(h, pass);
    return h;
}

/// One training step without the optimizer.
void step(Tape& tape, const Chain& chain, const Tensor& x, Way way, std::uint64_t seed = 5)
{
    Rng rng(seed);
    tape.clear();
    tape.watch(x);
    for (const NamedWeight& weight : chain.weights.all())
        tape.watch(weight.value);
    const TapeScope scope(&tape);
    tape.backward(mean(square(run(chain, x, {.training = true, .rng = &rng}, way))));
}

std::vector<std::vector<float>> gradients(const Chain& chain, const Tensor& x, Way way)
{
    Tape tape;
    step(tape, chain, x, way);
    std::vector<std::vector<float>> result{tape.grad(x).values()};
    for (const NamedWeight& weight : chain.weights.all())
        result.push_back(tape.grad(weight.value).values());
    return result;
}

/// The most bytes that a step holds beyond what was there before it, on a thread of its own.
std::int64_t peakBytes(Way way)
{
    std::int64_t peak = 0;
    std::thread([&] {
        setThreadCount(1);
        const Chain chain;
        const Tensor x = random({8, 64, width}, 2);
        Tape tape;
        const std::int64_t before = poolStats().bytesInUse;
        step(tape, chain, x, way);
        peak = poolStats().bytesPeak - before;
    }).join();
    return peak;
}

/// f(x, w) by checkpointed() or directly, and the gradients of both.
template <typename F>
std::vector<std::vector<float>> gradientsOf(const F& f, const Tensor& x, const Tensor& w, bool checkpoint)
{
    Tape tape;
    tape.watch(x);
    tape.watch(w);
    const TapeScope scope(&tape);
    const Tensor between = tanh(w * 1.5F);  // on the tape, but not one of the leaves
    const auto block = [&](const Tensor& h) { return f(h, w, between); };
    const Tensor once = checkpoint ? checkpointed(x, nullptr, block) : block(x);
    const Tensor twice = checkpoint ? checkpointed(once, nullptr, block) : block(once);
    tape.backward(sum(square(twice) + once));
    return {tape.grad(x).values(), tape.grad(w).values()};
}

}  // namespace

class CheckpointingTest : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { setThreadCount(1); }

    void gradientsAreThoseOfThePlainRun_data()
    {
        QTest::addColumn<int>("way");
        QTest::newRow("each block") << static_cast<int>(Way::Checkpointed);
        QTest::newRow("pairs of blocks") << static_cast<int>(Way::InPairs);
    }
    void gradientsAreThoseOfThePlainRun()
    {
        QFETCH(const int, way);
        const Chain chain;
        const Tensor x = random({3, 7, width}, 2);
        QVERIFY(gradients(chain, x, static_cast<Way>(way)) == gradients(chain, x, Way::Plain));
    }

    void threadsDoNotChangeABit()
    {
        const Chain chain;
        const Tensor x = random({3, 7, width}, 2);
        setThreadCount(1);
        const auto one = gradients(chain, x, Way::Checkpointed);
        setThreadCount(3);
        const auto three = gradients(chain, x, Way::Checkpointed);
        setThreadCount(1);
        QVERIFY(three == one);
    }

    void sharedAndInnerTensorsGetTheirGradient()
    {
        const Tensor x = random({4, 5}, 3);
        const Tensor w = random({5}, 4);
        const auto f = [](const Tensor& h, const Tensor& leaf, const Tensor& inner) {
            return sin(h * leaf) + h * inner + leaf;
        };
        QVERIFY(gradientsOf(f, x, w, true) == gradientsOf(f, x, w, false));
    }

    void aBlockThatGivesItsInputIsHarmless()
    {
        const Tensor x = random({4, 5}, 3);
        const Tensor w = random({5}, 4);
        const auto f = [](const Tensor& h, const Tensor&, const Tensor&) { return h; };
        QVERIFY(gradientsOf(f, x, w, true) == gradientsOf(f, x, w, false));
    }

    void checkpointsMayNest()
    {
        const Tensor x = random({4, 5}, 3);
        const Tensor w = random({5}, 4);
        const auto plain = [](const Tensor& h, const Tensor& leaf, const Tensor& inner) {
            return exp(tanh(h * leaf)) * inner;
        };
        const auto nested = [&](const Tensor& h, const Tensor& leaf, const Tensor& inner) {
            const Tensor t = checkpointed(h, nullptr, [&](const Tensor& y) { return tanh(y * leaf); });
            return checkpointed(t, nullptr, [&](const Tensor& y) { return exp(y) * inner; });
        };
        QVERIFY(gradientsOf(nested, x, w, true) == gradientsOf(plain, x, w, false));
    }

    void gradientsAddUpOverSeveralPasses()
    {
        const Chain chain;
        const Tensor x = random({2, 3, width}, 2);
        const Tensor weight = chain.weights.find("3.linear1.weight")->value;
        const auto twice = [&](Way way) {
            Tape tape;
            tape.watch(weight);
            const TapeScope scope(&tape);
            for (const std::uint64_t seed : {1, 2}) {
                Rng rng(seed);
                tape.backward(sum(run(chain, x, {.training = true, .rng = &rng}, way)));
                tape.clearRecords();
            }
            return tape.grad(weight).values();
        };
        QVERIFY(twice(Way::Checkpointed) == twice(Way::Plain));
    }

    void batchNormRemembersABatchOnce()
    {
        Weights plainWeights;
        Weights replayedWeights;
        Rng rng(1);
        const BatchNorm plain(WeightScope(plainWeights, rng), 3);
        const BatchNorm replayed(WeightScope(replayedWeights, rng), 3);
        const Tensor x = random({8, 3}, 6);
        const Pass pass{.training = true};
        plain(x, pass);
        Tape tape;
        tape.watch(x);
        const TapeScope scope(&tape);
        tape.backward(
            sum(square(checkpointed(x, nullptr, [&](const Tensor& h) { return replayed(h, pass); }))));
        QCOMPARE(replayedWeights.find("running_mean")->value.values(),
                 plainWeights.find("running_mean")->value.values());
        QCOMPARE(replayedWeights.find("running_var")->value.values(),
                 plainWeights.find("running_var")->value.values());
    }

    void theGeneratorGoesOnWhereItWas()
    {
        const Chain chain;
        const Tensor x = random({2, 3, width}, 2);
        const auto after = [&](Way way) {
            Rng rng(5);
            Tape tape;
            tape.watch(x);
            const TapeScope scope(&tape);
            tape.backward(sum(run(chain, x, {.training = true, .rng = &rng}, way)));
            return rng.position();
        };
        QCOMPARE(after(Way::Checkpointed), after(Way::Plain));
    }

    void withoutATapeNothingIsKept()
    {
        const Chain chain;
        const Tensor x = random({2, 3, width}, 2);
        QCOMPARE(run(chain, x, {}, Way::Checkpointed).values(), run(chain, x, {}, Way::Plain).values());
    }

    void theMemoryOfEightBlocksFallsByHalf()
    {
        const std::int64_t plain = peakBytes(Way::Plain);
        const std::int64_t replayed = peakBytes(Way::Checkpointed);
        qInfo("peak of a step: %lld KiB plain, %lld KiB checkpointed", static_cast<long long>(plain / 1024),
              static_cast<long long>(replayed / 1024));
        QVERIFY(2 * replayed <= plain);
    }

    void aSteadyStepAllocatesNothing()
    {
        const Chain chain;
        const Tensor x = random({2, 5, width}, 2);
        Tape tape;
        for (int i = 0; i < 3; ++i)
            step(tape, chain, x, Way::Checkpointed);
        const std::int64_t before = heapAllocations();
        step(tape, chain, x, Way::Checkpointed);
        QCOMPARE(heapAllocations(), before);
    }
};

QTEST_GUILESS_MAIN(CheckpointingTest)
#include "tst_checkpointing.moc"
