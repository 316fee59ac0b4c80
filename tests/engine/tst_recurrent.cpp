// SPDX-License-Identifier: GPL-3.0-or-later
// Recurrent layers: gradients, directions, independence of threads and neighbours, half weights.
#include <QtTest>
#include <array>
#include <atomic>
#include <bit>
#include <limits>
#include <thread>

#include "engine/autograd/ops_math.h"
#include "engine/autograd/ops_recurrent.h"
#include "engine/autograd/ops_shape.h"
#include "engine/autograd/tape.h"
#include "engine/base/float_mode.h"
#include "engine/base/parallel.h"
#include "engine/nn/recurrent.h"
#include "tests/support/allocations.h"
#include "tests/support/gradcheck.h"

using namespace fc;

namespace {

using List = std::vector<Tensor>;

const std::array<std::pair<const char*, RecurrentKind>, 4> kinds{{{"rnn tanh", RecurrentKind::RnnTanh},
                                                                  {"rnn relu", RecurrentKind::RnnRelu},
                                                                  {"gru", RecurrentKind::Gru},
                                                                  {"lstm", RecurrentKind::Lstm}}};

std::int64_t gatesOf(RecurrentKind kind)
{
    return kind == RecurrentKind::Lstm ? 4 : kind == RecurrentKind::Gru ? 3 : 1;
}

/// v: x, h0, c0, weightIh, weightHh, biasIh, biasHh. All that the operation gives, one behind the other.
Tensor everything(RecurrentKind kind, Direction direction, const List& v)
{
    if (kind == RecurrentKind::Lstm) {
        const LstmOutput y = lstm(v[0], v[1], v[2], v[3], v[4], v[5], v[6], direction);
        return concat({flatten(y.output), flatten(y.h), flatten(y.c)}, 0);
    }
    const RnnActivation activation =
        kind == RecurrentKind::RnnRelu ? RnnActivation::Relu : RnnActivation::Tanh;
    const RecurrentOutput y = kind == RecurrentKind::Gru
                                  ? gru(v[0], v[1], v[3], v[4], v[5], v[6], direction)
                                  : rnn(v[0], v[1], v[3], v[4], v[5], v[6], activation, direction);
    return concat({flatten(y.output), flatten(y.h)}, 0);
}

struct Sizes {
    std::int64_t batch, steps, inputs, hidden;
};

List randomLayer(RecurrentKind kind, const Sizes& size, std::uint64_t seed)
{
    Rng rng(seed);
    const std::int64_t rows = gatesOf(kind) * size.hidden;
    const float bound = 1.0F / std::sqrt(static_cast<float>(size.hidden));
    const auto random = [&](const Shape& shape, float limit) {
        return randomTensor(shape, rng, -limit, limit);
    };
    return {random({size.batch, size.steps, size.inputs}, 1.0F),
            random({size.batch, size.hidden}, 1.0F),
            random({size.batch, size.hidden}, 1.0F),
            random({rows, size.inputs}, bound),
            random({rows, size.hidden}, bound),
            random({rows}, bound),
            random({rows}, bound)};
}

/// The values and then the gradients of all defined inputs, for fixed weights on the values.
List valuesAndGrads(RecurrentKind kind, Direction direction, const List& inputs)
{
    Tape tape;
    for (const Tensor& input : inputs) {
        if (input.defined())
            tape.watch(input);
    }
    Tensor y;
    {
        const TapeScope scope(&tape);
        y = everything(kind, direction, inputs);
    }
    Rng rng(5);
    const std::pair<Tensor, Tensor> seed{y, randomTensor(y.shape(), rng)};
    tape.backward(std::span(&seed, 1));
    List all{y};
    for (const Tensor& input : inputs) {
        if (input.defined())
            all.push_back(tape.grad(input));
    }
    return all;
}

bool sameBits(const List& a, const List& b)
{
    return std::ranges::equal(a, b,
                              [](const Tensor& p, const Tensor& q) { return p.values() == q.values(); });
}

bool close(const Tensor& a, const Tensor& b, float tolerance)
{
    return std::ranges::equal(a.values(), b.values(),
                              [tolerance](float p, float q) { return std::abs(p - q) <= tolerance; });
}

void addKinds()
{
    QTest::addColumn<int>("kind");
    for (const auto& [name, kind] : kinds)
        QTest::newRow(name) << static_cast<int>(kind);
}

RecurrentKind fetchedKind()
{
    QFETCH_GLOBAL(int, kind);
    return static_cast<RecurrentKind>(kind);
}

QString messageOf(const std::function<void()>& run)
{
    try {
        run();
    } catch (const Error& error) {
        return QString::fromStdString(error.what());
    }
    return {};
}

}  // namespace

class TestRecurrent : public QObject {
    Q_OBJECT

private slots:
    void initTestCase_data() { addKinds(); }
    void init() { setThreadCount(1); }

    void gradientsMatchDifferences_data()
    {
        QTest::addColumn<bool>("backward");
        QTest::addColumn<bool>("firstStates");
        QTest::addColumn<bool>("biases");
        QTest::addColumn<int>("inputs");
        QTest::newRow("all inputs") << false << true << true << 2;
        QTest::newRow("backward") << true << true << true << 2;
        QTest::newRow("from zero states") << false << false << true << 2;
        QTest::newRow("backward from zero states") << true << false << true << 2;
        QTest::newRow("without biases") << false << true << false << 2;
        QTest::newRow("projected input") << true << true << true << 19;
    }
    void gradientsMatchDifferences()
    {
        const RecurrentKind kind = fetchedKind();
        QFETCH(const bool, backward);
        QFETCH(const bool, firstStates);
        QFETCH(const bool, biases);
        QFETCH(const int, inputs);
        List all = randomLayer(kind, {2, 3, inputs, 3}, 3);
        if (kind == RecurrentKind::RnnRelu) {
            // Away from the kink: sums of positive numbers.
            for (Tensor& x : all)
                x = abs(x) + 0.1F;
        }
        List given;
        for (std::size_t i = 0; i < all.size(); ++i) {
            const bool isCell = i == 2 && kind != RecurrentKind::Lstm;
            const bool isLeftOut = (!firstStates && (i == 1 || i == 2)) || (!biases && i >= 5) || isCell;
            if (isLeftOut)
                all[i] = Tensor();
            else
                given.push_back(all[i]);
        }
        const auto run = [&](const List& v) {
            List full(7);
            for (std::size_t i = 0, next = 0; i < 7; ++i)
                full[i] = all[i].defined() ? v[next++] : Tensor();
            return everything(kind, backward ? Direction::Backward : Direction::Forward, full);
        };
        QCOMPARE(QString::fromStdString(gradcheck(run, given)), QString());
    }

    void threadsChangeNoBit()
    {
        const RecurrentKind kind = fetchedKind();
        for (const Direction direction : {Direction::Forward, Direction::Backward}) {
            const List inputs = randomLayer(kind, {35, 6, 3, 21}, 8);
            const List one = valuesAndGrads(kind, direction, inputs);
            for (const int threads : {2, 3}) {
                setThreadCount(threads);
                QVERIFY(sameBits(valuesAndGrads(kind, direction, inputs), one));
            }
            setThreadCount(1);
        }
    }

    void neighboursInTheBatchChangeNoBit_data()
    {
        QTest::addColumn<int>("inputs");
        QTest::newRow("narrow input") << 2;
        QTest::newRow("input projected where the batch is small") << 40;
    }
    void neighboursInTheBatchChangeNoBit()
    {
        const RecurrentKind kind = fetchedKind();
        QFETCH(const int, inputs);
        const List all = randomLayer(kind, {13, 5, inputs, 18}, 9);
        const auto outputs = [&](std::int64_t begin, std::int64_t end) {
            List part = all;
            for (std::size_t i = 0; i < 3; ++i)
                part[i] = slice(all[i], 0, begin, end);
            const Tensor y = everything(kind, Direction::Forward, part);
            return reshape(slice(y, 0, 0, (end - begin) * 5 * 18), {end - begin, 5, 18});
        };
        const Tensor whole = outputs(0, 13);
        for (const std::int64_t cut : {1, 4, 12}) {
            QCOMPARE(outputs(0, cut).values(), slice(whole, 0, 0, cut).values());
            QCOMPARE(outputs(cut, 13).values(), slice(whole, 0, cut).values());
        }
    }

    void forecastEqualsRecordedPass()
    {
        const RecurrentKind kind = fetchedKind();
        for (const std::int64_t inputs : {3, 24}) {
            const List v = randomLayer(kind, {4, 7, inputs, 20}, 10);
            QCOMPARE(everything(kind, Direction::Forward, v).values(),
                     valuesAndGrads(kind, Direction::Forward, v)[0].values());
        }
    }

    void backwardDirectionIsTheTurnedSequence()
    {
        const RecurrentKind kind = fetchedKind();
        const std::int64_t B = 3, T = 6, H = 17;
        List inputs = randomLayer(kind, {B, T, 2, H}, 11);
        const Tensor turned = everything(kind, Direction::Backward, inputs);
        inputs[0] = flip(inputs[0], 1);
        const Tensor plain = everything(kind, Direction::Forward, inputs);
        const auto outputs = [&](const Tensor& y) { return reshape(slice(y, 0, 0, B * T * H), {B, T, H}); };
        QCOMPARE(flip(outputs(turned), 1).values(), outputs(plain).values());
        QCOMPARE(slice(turned, 0, B * T * H).values(), slice(plain, 0, B * T * H).values());
    }

    void wideInputGivesWhatANarrowOneDoes_data()
    {
        QTest::addColumn<int>("batch");
        QTest::newRow("projected") << 5;
        QTest::newRow("read by the steps") << 9;
    }
    void wideInputGivesWhatANarrowOneDoes()
    {
        const RecurrentKind kind = fetchedKind();
        QFETCH(const int, batch);
        const List narrow = randomLayer(kind, {batch, 4, 3, 9}, 12);
        List wide = narrow;
        wide[0] = concat({narrow[0], Tensor::full({batch, 4, 30}, 0.5F)}, -1);
        wide[3] = concat({narrow[3], Tensor::zeros({narrow[3].size(0), 30})}, -1);
        QVERIFY(close(everything(kind, Direction::Forward, wide),
                      everything(kind, Direction::Forward, narrow), 1e-6F));
    }

    void halfWeightsCountAsTheirRoundedValues()
    {
        const RecurrentKind kind = fetchedKind();
        for (const DType type : {DType::BF16, DType::F16}) {
            List half = randomLayer(kind, {4, 3, 2, 10}, 13);
            List rounded = half;
            for (const std::size_t weight : {std::size_t{3}, std::size_t{4}}) {
                half[weight] = half[weight].to(type);
                rounded[weight] = half[weight].to(DType::F32);
            }
            QVERIFY(sameBits(valuesAndGrads(kind, Direction::Forward, half),
                             valuesAndGrads(kind, Direction::Forward, rounded)));
        }
    }

    void runInPiecesEqualsOneRun()
    {
        Weights weights;
        Rng rng(1);
        const Recurrent encoder(WeightScope(weights, rng), fetchedKind(), 3, 5, {.layers = 2});
        const Tensor x = randomTensor({2, 10, 3}, rng);
        const Recurrent::States whole = encoder.run(x, {}, {}, {});
        const Recurrent::States first = encoder.run(slice(x, 1, 0, 4), {}, {}, {});
        const Recurrent::States second = encoder.run(slice(x, 1, 4), first.hidden, first.cell, {});
        QVERIFY(close(concat({first.outputs, second.outputs}, 1), whole.outputs, 1e-6F));
        QVERIFY(close(second.hidden, whole.hidden, 1e-6F));
        QVERIFY(close(encoder.finalState(x, {}), select(whole.hidden, 0, 1), 1e-6F));
    }

    void twoDirectionsReadTheSequenceFromBothEnds()
    {
        Weights weights;
        Rng rng(2);
        const Recurrent both(WeightScope(weights, rng), fetchedKind(), 3, 5,
                             {.layers = 2, .bidirectional = true, .bias = false});
        QCOMPARE(weights.all().size(), std::size_t{8});
        QCOMPARE(weights.find("weight_ih_l1_reverse")->value.size(1), std::int64_t{10});
        const Tensor x = randomTensor({2, 6, 3}, rng);
        const Recurrent::States states = both.run(x, {}, {}, {});
        QVERIFY(states.outputs.shape() == (Shape{2, 6, 10}));
        // The forward half ends at the last step, the other at the first.
        const Tensor ends = concat(
            {select(slice(states.outputs, 2, 0, 5), 1, 5), select(slice(states.outputs, 2, 5), 1, 0)}, -1);
        QCOMPARE(both.finalState(x, {}).values(), ends.values());
    }

    void dropoutActsBetweenLayersOnly()
    {
        const auto changes = [](int layers, bool training) {
            Weights weights;
            Rng rng(3);
            const Recurrent layer(WeightScope(weights, rng), fetchedKind(), 2, 8,
                                  {.layers = layers, .dropout = 0.5});
            const Tensor x = randomTensor({2, 4, 2}, rng);
            Rng noise(4);
            return layer.outputs(x, {.training = training, .rng = &noise}).values() !=
                   layer.outputs(x, {}).values();
        };
        QVERIFY(changes(2, true));
        QVERIFY(!changes(2, false));
        QVERIFY(!changes(1, true));
    }

    void fadedGradientsBecomeZeroOnAllThreads()
    {
        const RecurrentKind kind = fetchedKind();
        List inputs = randomLayer(kind, {16, 400, 1, 8}, 14);
        inputs[4] = inputs[4] * 0.05F;
        const FlushDenormals flushing;
        const List one = valuesAndGrads(kind, Direction::Forward, inputs);
        setThreadCount(2);
        QVERIFY(sameBits(valuesAndGrads(kind, Direction::Forward, inputs), one));
        for (const Tensor& tensor : one) {
            for (const float value : tensor.values())
                QVERIFY(value == 0.0F || std::abs(value) >= std::numeric_limits<float>::min());
        }
    }

    void helpersFlushLikeTheirCaller()
    {
        setThreadCount(2);
        const auto halvesOfTheSmallest = [] {
            std::array<float, 2> halves{};
            std::atomic<int> arrived = 0;
            parallelFor(2, 1, [&](std::int64_t begin, std::int64_t) {
                ++arrived;
                while (arrived < 2)  // each thread gets one
                    std::this_thread::yield();
                const volatile float smallest = std::numeric_limits<float>::min();
                halves[static_cast<std::size_t>(begin)] = smallest * 0.5F;
            });
            return halves;
        };
        const auto isZero = [](float x) { return std::bit_cast<std::uint32_t>(x) == 0; };
        QVERIFY(std::ranges::none_of(halvesOfTheSmallest(), isZero));
        {
            const FlushDenormals flushing;
            QVERIFY(std::ranges::all_of(halvesOfTheSmallest(), isZero));
        }
        QVERIFY(std::ranges::none_of(halvesOfTheSmallest(), isZero));
    }

    void steadyStepAllocatesNothing()
    {
        const RecurrentKind kind = fetchedKind();
        const List inputs = randomLayer(kind, {8, 5, 20, 16}, 15);
        Tape tape;
        const auto step = [&] {
            tape.clear();
            for (const Tensor& input : inputs)
                tape.watch(input);
            Tensor y;
            {
                const TapeScope scope(&tape);
                y = kind == RecurrentKind::Lstm
                        ? lstm(inputs[0], inputs[1], inputs[2], inputs[3], inputs[4], inputs[5], inputs[6])
                              .output
                    : kind == RecurrentKind::Gru
                        ? gru(inputs[0], inputs[1], inputs[3], inputs[4], inputs[5], inputs[6]).output
                        : rnn(inputs[0], inputs[1], inputs[3], inputs[4], inputs[5], inputs[6]).output;
            }
            const std::pair<Tensor, Tensor> seed{y, y};
            tape.backward(std::span(&seed, 1));
        };
        for (int i = 0; i < 3; ++i)
            step();
        const std::int64_t before = heapAllocations();
        step();
        QCOMPARE(heapAllocations(), before);
    }

    void wrongShapesAreNamed()
    {
        const RecurrentKind kind = fetchedKind();
        List v = randomLayer(kind, {2, 3, 4, 5}, 16);
        const QString rows = QString::number(gatesOf(kind) * 5);
        v[3] = Tensor::zeros({7, 4});
        QVERIFY(messageOf([&] {
                    everything(kind, Direction::Forward, v);
                }).endsWith("got input weights of the shape [7, 4] instead of [" + rows + ", 4]."));
        v = randomLayer(kind, {2, 3, 4, 5}, 16);
        v[1] = Tensor::zeros({3, 5});
        QVERIFY(messageOf([&] {
                    everything(kind, Direction::Forward, v);
                }).endsWith("got a first state h of the shape [3, 5] instead of [2, 5]."));
    }
};

QTEST_GUILESS_MAIN(TestRecurrent)
#include "tst_recurrent.moc"
