// SPDX-License-Identifier: GPL-3.0-or-later
// The tape and what operations owe it; their gradients are in tst_gradcheck.
#include <QtTest>
#include <array>
#include <limits>

#include "engine/autograd/ops_attention.h"
#include "engine/autograd/ops_conv.h"
#include "engine/autograd/ops_fourier.h"
#include "engine/autograd/ops_gated.h"
#include "engine/autograd/ops_index.h"
#include "engine/autograd/ops_math.h"
#include "engine/autograd/ops_matmul.h"
#include "engine/autograd/ops_norm.h"
#include "engine/autograd/ops_random.h"
#include "engine/autograd/ops_recurrent.h"
#include "engine/autograd/ops_reduce.h"
#include "engine/autograd/ops_shape.h"
#include "engine/autograd/tape.h"
#include "engine/base/parallel.h"
#include "tests/support/allocations.h"
#include "tests/support/gradcheck.h"

using namespace fc;

namespace {

using List = std::vector<Tensor>;

/// An operation of some inputs.
struct OpCase {
    TensorFunction f;
};

template <typename Body>
QString messageOf(Body&& body)
{
    try {
        body();
    } catch (const Error& error) {
        return QString::fromUtf8(error.what());
    }
    return {};
}

/// One step of a small model with most kinds of operations -> its loss.
float trainingStep(Tape& tape, const List& weights, const Tensor& x, Rng& rng)
{
    tape.clear();
    for (const Tensor& weight : weights)
        tape.watch(weight);
    const TapeScope scope(&tape);
    const LstmOutput states = lstm(x, {}, {}, weights[0], weights[1], weights[2], weights[3]);
    const Tensor last = select(states.output, 1, -1);
    const Tensor convolved = relu(conv1d(transpose(x), weights[4], {}, {.leftPad = 2}));
    const Tensor pooled = mean(convolved, {2});
    const Tensor both = concat({dropout(last, 0.2F, rng), pooled}, 1);
    const Tensor y = linear(gelu(layerNorm(both, weights[5])), weights[6], weights[7]);
    const Tensor loss = mean(square(y - 0.5F)) + 0.01F * mean(matmul(y, transpose(y)));
    tape.backward(loss);
    return loss.item();
}

List trainingWeights(Rng& rng, std::int64_t hidden)
{
    List weights;
    for (const Shape& shape : std::vector<Shape>{{4 * hidden, 3},
                                                 {4 * hidden, hidden},
                                                 {4 * hidden},
                                                 {4 * hidden},
                                                 {hidden, 3, 3},
                                                 {2 * hidden},
                                                 {4, 2 * hidden},
                                                 {4}})
        weights.push_back(randomTensor(shape, rng, -0.3F, 0.3F));
    return weights;
}

}  // namespace

Q_DECLARE_METATYPE(OpCase)

class AutogradTest : public QObject {
    Q_OBJECT

private slots:
    void viewsShareStorage_data()
    {
        QTest::addColumn<OpCase>("view");
        const auto row = [](const char* name, const TensorFunction& f) { QTest::newRow(name) << OpCase{f}; };
        row("reshape", [](const List& v) { return reshape(v[0], {6, 4}); });
        row("permute", [](const List& v) { return permute(v[0], {1, 2, 0}); });
        row("transpose", [](const List& v) { return transpose(v[0]); });
        row("unsqueeze", [](const List& v) { return unsqueeze(v[0], 1); });
        row("squeeze", [](const List& v) { return squeeze(unsqueeze(v[0], 0), 0); });
        row("expand", [](const List& v) { return expand(v[0], {5, 2, 3, 4}); });
        row("slice", [](const List& v) { return slice(v[0], 1, 1, 3); });
        row("select", [](const List& v) { return select(v[0], 0, 1); });
        row("unfold", [](const List& v) { return unfold(v[0], 2, 2, 1); });
        row("flatten", [](const List& v) { return flatten(v[0]); });
        row("chunk", [](const List& v) { return chunk(v[0], 2, 0)[1]; });
    }

    void viewsShareStorage()
    {
        QFETCH(OpCase, view);
        const Tensor x = Tensor::zeros({2, 3, 4});
        const std::int64_t before = poolStats().bytesInUse;
        const Tensor y = view.f({x});
        QVERIFY(y.sharesStorage(x));
        QCOMPARE(poolStats().bytesInUse, before);
    }

    void wrongShapesAreNamed()
    {
        const Tensor a = Tensor::zeros({2, 3});
        const Tensor b = Tensor::zeros({2, 4});
        QCOMPARE(
            messageOf([&] { add(a, b); }),
            QString(
                "The operation add cannot combine the shapes [2, 3] and [2, 4]: sizes must be equal or 1."));
        QCOMPARE(messageOf([&] { matmul(a, b); }),
                 QString("The operation matmul cannot multiply the shapes [2, 3] and [2, 4]."));
        QCOMPARE(messageOf([&] { linear(a, b); }),
                 QString("The operation linear cannot multiply the shapes [2, 3] and [2, 4]."));
        QCOMPARE(messageOf([&] {
                     concat({a, b}, 0);
                 }),
                 QString("The operation concat cannot join the shapes [2, 3] and [2, 4] along axis 0."));
        QCOMPARE(messageOf([&] {
                     reshape(a, {4, -1});
                 }),
                 QString("The operation reshape cannot turn the shape [2, 3] into [4, 1]."));
        QCOMPARE(messageOf([&] { sum(a, {2}); }),
                 QString("The operation sum was asked for axis 2 of the shape [2, 3]."));
        QCOMPARE(messageOf([&] { select(a, 1, 3); }),
                 QString("The operation select was asked for position 3 along axis 1 of shape [2, 3]."));
        QCOMPARE(messageOf([&] { indexSelect(a, 0, Tensor::full({1}, 2.5F)); }),
                 QString("The operation indexSelect was asked for position 2.5 of an axis of size 2."));
        QCOMPARE(
            messageOf([&] { conv1d(unsqueeze(a, 0), unsqueeze(b, 0), {}); }),
            QString("The operation conv1d cannot use weights of shape [1, 2, 4] on the shape [1, 2, 3]."));
        QCOMPARE(messageOf([&] {
                     lstm(unsqueeze(a, 0), {}, {}, b, Tensor::zeros({4, 1}), {}, {});
                 }),
                 QString("The operation lstm got input weights of the shape [2, 4] instead of [4, 3]."));
        QCOMPARE(messageOf([&] { layerNorm(a, Tensor::zeros({2})); }),
                 QString("The operation layerNorm cannot use weights of shape [2] on the shape [2, 3]."));
        Rng rng(1);
        QCOMPARE(messageOf([&] { dropout(a, 1.0F, rng); }),
                 QString("The dropout share is 1, but it must be at least 0 and below 1."));
    }

    /// 100,000 operations in a row: neither the walk back nor the end of the tape may recurse.
    void longChainsPass()
    {
        Tape tape;
        const Tensor x = Tensor::full({2}, 1.0F);
        tape.watch(x);
        Tensor y = x;
        {
            const TapeScope scope(&tape);
            for (int i = 0; i < 100000; ++i)
                y = y * 1.00001F;
            y = sum(y);
        }
        QCOMPARE(tape.recordCount(), 100001);
        tape.backward(y);
        QVERIFY(std::fabs(tape.grad(x).values()[0] - std::exp(1.0F)) < 0.02F);
        tape.clear();
        {
            const TapeScope scope(&tape);
            tape.watch(x);
            for (int i = 0; i < 100000; ++i)
                y = tanh(i == 0 ? x : y);
        }
    }

    void steadyStepsAllocateNothing()
    {
        Rng rng(7);
        const List weights = trainingWeights(rng, 16);
        const Tensor x = randomTensor({8, 12, 3}, rng);
        Tape tape;
        for (int i = 0; i < 3; ++i)
            trainingStep(tape, weights, x, rng);
        const std::int64_t heap = heapAllocations();
        const PoolStats pool = poolStats();
        for (int i = 0; i < 5; ++i)
            trainingStep(tape, weights, x, rng);
        QCOMPARE(heapAllocations() - heap, 0);
        QCOMPARE(poolStats().heapAllocations, pool.heapAllocations);
    }

    void resultsDoNotDependOnThreads()
    {
        const auto run = [](int threads) {
            setThreadCount(threads);
            Rng rng(11);
            const List weights = trainingWeights(rng, 40);
            const Tensor x = randomTensor({50, 60, 3}, rng);
            Tape tape;
            std::vector<float> results{trainingStep(tape, weights, x, rng)};
            for (const Tensor& weight : weights) {
                const std::vector<float> values = tape.grad(weight).values();
                results.insert(results.end(), values.begin(), values.end());
            }
            const Tensor a = randomTensor({300, 310}, rng);
            const Tensor big = randomTensor({3, 70000}, rng);
            const Tensor batches = randomTensor({64, 40, 30}, rng);
            for (const Tensor& y :
                 {matmul(a, transpose(a)), gelu(big) * big, matmul(batches, transpose(batches))}) {
                const std::vector<float> values = y.values();
                results.insert(results.end(), values.begin(), values.end());
            }
            setThreadCount(1);
            return results;
        };
        const std::vector<float> one = run(1);
        QVERIFY(one == run(2));
        QVERIFY(one == run(3));
    }

    void gradientsAddUpUntilCleared()
    {
        Tape tape;
        const Tensor x = Tensor::full({3}, 2.0F);
        tape.watch(x);
        for (int i = 0; i < 3; ++i) {
            tape.clearRecords();
            const TapeScope scope(&tape);
            tape.backward(sum(square(x)));
        }
        QCOMPARE(tape.grad(x).values(), std::vector<float>(3, 12.0F));
        tape.clear();
        QVERIFY(!tape.isTracked(x));
        tape.watch(x);
        QCOMPARE(tape.grad(x).values(), std::vector<float>(3, 0.0F));
    }

    /// An optimizer scales gradients in place: those of two leaves must not be one.
    void gradientsOfLeavesAreTheirOwn()
    {
        Tape tape;
        const Tensor a = Tensor::full({3}, 1.0F);
        const Tensor b = Tensor::full({3}, 2.0F);
        tape.watch(a);
        tape.watch(b);
        {
            const TapeScope scope(&tape);
            tape.backward(sum(a + b));
        }
        QVERIFY(!tape.grad(a).sharesStorage(tape.grad(b)));
        QVERIFY(tape.grad(a).isContiguous());
        QVERIFY(tape.grad(a).sharesStorage(tape.grad(a)));
    }

    void oneTensorUsedTwiceGetsBothGradients()
    {
        Tape tape;
        const Tensor x = Tensor::full({1}, 3.0F);
        tape.watch(x);
        {
            const TapeScope scope(&tape);
            const Tensor y = x * 2.0F;
            tape.backward(sum(y * y + y));
        }
        QCOMPARE(tape.grad(x).item(), 26.0F);
    }

    void watchedResultsKeepTheirGradient()
    {
        Tape tape;
        const Tensor x = Tensor::full({2}, 3.0F);
        tape.watch(x);
        const TapeScope scope(&tape);
        const Tensor y = x * 2.0F;
        const Tensor z = y * y;
        tape.watch(y);
        tape.backward(sum(z));
        QCOMPARE(tape.grad(y).values(), std::vector<float>(2, 12.0F));
        QCOMPARE(tape.grad(x).values(), std::vector<float>(2, 24.0F));
        QCOMPARE(
            messageOf([&] { tape.grad(z); }),
            QString("The gradient of a tensor of shape [2] was asked for, but the tensor was not watched."));
    }

    void outputsWithoutAGradientAreLeftOut()
    {
        Tape tape;
        Rng rng(2);
        const Tensor x = randomTensor({1, 4, 2}, rng);
        const Tensor wIh = randomTensor({12, 2}, rng);
        const Tensor wHh = randomTensor({12, 3}, rng);
        tape.watch(wHh);
        {
            const TapeScope scope(&tape);
            tape.backward(sum(lstm(x, {}, {}, wIh, wHh, {}, {}).c));
        }
        QVERIFY(tape.grad(wHh).values() != std::vector<float>(36, 0.0F));
    }

    void impossibleBackwardPassesAreRefused()
    {
        Tape tape;
        const Tensor x = Tensor::full({2}, 3.0F);
        tape.watch(x);
        const TapeScope scope(&tape);
        QCOMPARE(messageOf([&] { tape.backward(x * 2.0F); }),
                 QString("The loss has the shape [2], but gradients start from one value."));
        QCOMPARE(messageOf([&] { tape.backward(Tensor::scalar(1.0F)); }),
                 QString("The loss does not depend on anything that can be trained."));
        const Tensor loss = sum(x);
        tape.backward(loss);
        QCOMPARE(messageOf([&] { tape.backward(loss); }),
                 QString("The records of this loss were used up by an earlier backward pass."));
    }

    void nothingIsRecordedWithoutNeed()
    {
        Tape tape;
        const Tensor x = Tensor::full({2}, 3.0F);
        tape.watch(x);
        sigmoid(x);
        const TapeScope scope(&tape);
        sigmoid(Tensor::full({2}, 1.0F));
        sigmoid(x.detach());
        {
            const TapeScope off(nullptr);
            QVERIFY(currentTape() == nullptr);
            sigmoid(x);
        }
        QCOMPARE(tape.recordCount(), 0);
        sigmoid(x);
        QCOMPARE(tape.recordCount(), 1);
    }

    void savedValuesLeaveWithTheirRecord()
    {
        const std::int64_t before = poolStats().bytesInUse;
        {
            Tape tape;
            const Tensor x = Tensor::full({1000}, 0.1F);
            tape.watch(x);
            const TapeScope scope(&tape);
            sum(tanh(tanh(x)));
            QVERIFY(poolStats().bytesInUse > before + 12000);
            tape.clear();
            QVERIFY(poolStats().bytesInUse < before + 6000);
        }
        QCOMPARE(poolStats().bytesInUse, before);
    }

    void notANumberStaysVisible_data()
    {
        QTest::addColumn<OpCase>("op");
        const auto row = [](const char* name, Tensor (*f)(const Tensor& x)) {
            QTest::newRow(name) << OpCase{[f](const List& v) { return f(v[0]); }};
        };
        using X = const Tensor&;
        row("neg", neg);
        row("abs", abs);
        row("exp", exp);
        row("expm1", expm1);
        row("log", log);
        row("log1p", log1p);
        row("sqrt", sqrt);
        row("rsqrt", rsqrt);
        row("square", square);
        row("reciprocal", reciprocal);
        row("sin", sin);
        row("cos", cos);
        row("erf", erf);
        row("tanh", tanh);
        row("sigmoid", sigmoid);
        row("relu", relu);
        row("gelu", gelu);
        row("geluTanh", geluTanh);
        row("silu", silu);
        row("mish", mish);
        row("affine", [](X x) { return 2.0F - (3.0F / (x + 1.5F) - 0.5F) * 2.0F / 4.0F; });
        row("mul by itself", [](X x) { return x * x; });
        row("pow by a number", [](X x) { return pow(x, 1.7F); });
        row("leakyRelu", [](X x) { return leakyRelu(x, 0.2F); });
        row("elu", [](X x) { return elu(x, 0.7F); });
        row("softplus", [](X x) { return softplus(x, 2.0F); });
        row("clamp", [](X x) { return clamp(x, 2.0F, 3.0F); });
        row("softmax", [](X x) { return softmax(reshape(x, {1, 37})); });
        row("logSoftmax", [](X x) { return logSoftmax(reshape(x, {1, 37})); });
        row("logsumexp", [](X x) { return logsumexp(x); });
        row("sum", [](X x) { return sum(x); });
        row("amax", [](X x) { return amax(x); });
        row("amin", [](X x) { return amin(x); });
        row("variance", [](X x) { return variance(x); });
        row("cumsum", [](X x) { return cumsum(x, 0); });
    }

    /// At every place of a row, so that vector and remainder loops are both met.
    void notANumberStaysVisible()
    {
        QFETCH(OpCase, op);
        for (std::int64_t at = 0; at < 37; ++at) {
            Tensor x = Tensor::full({37}, 0.7F);
            x.data()[at] = std::numeric_limits<float>::quiet_NaN();
            const std::vector<float> y = op.f({x}).values();
            QVERIFY(std::any_of(y.begin(), y.end(), [](float v) { return std::isnan(v); }));
        }
    }

    void longSumsKeepTheirDigits_data()
    {
        QTest::addColumn<std::vector<int>>("axes");
        QTest::newRow("rows") << std::vector<int>{2};
        QTest::newRow("columns") << std::vector<int>{0, 1};
        QTest::newRow("middle") << std::vector<int>{1};
        QTest::newRow("ends") << std::vector<int>{0, 2};
        QTest::newRow("first") << std::vector<int>{0};
        QTest::newRow("all") << std::vector<int>{};
    }

    /// Whole numbers, whose sums float can hold: any other result is a lost value, not rounding.
    void longSumsKeepTheirDigits()
    {
        QFETCH(std::vector<int>, axes);
        const Shape shape{30, 131, 1031};
        Tensor x = Tensor::empty(shape);
        for (std::int64_t i = 0; i < x.count(); ++i)
            x.data()[i] = static_cast<float>(i % 3);
        const Tensor total = sum(x, AxisList(std::span(axes)), Keep::Yes);
        std::vector<double> wanted(static_cast<std::size_t>(total.count()));
        for (std::int64_t i = 0; i < x.count(); ++i) {
            const std::array<std::int64_t, 3> at{i / (131 * 1031), i / 1031 % 131, i % 1031};
            std::int64_t to = 0;
            for (int axis = 0; axis < 3; ++axis)
                to = to * total.size(axis) + (total.size(axis) == 1 ? 0 : at[static_cast<std::size_t>(axis)]);
            wanted[static_cast<std::size_t>(to)] += static_cast<double>(i % 3);
        }
        const std::vector<float> got = total.values();
        for (std::size_t i = 0; i < got.size(); ++i)
            QCOMPARE(static_cast<double>(got[i]), wanted[i]);
    }
};

QTEST_APPLESS_MAIN(AutogradTest)
#include "tst_autograd.moc"
