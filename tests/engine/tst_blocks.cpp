// SPDX-License-Identifier: GPL-3.0-or-later
// Gated units, adaptive pooling and separable convolution against what they are made of.
#include <QTest>

#include "engine/autograd/ops_adaptive_pool.h"
#include "engine/autograd/ops_gated.h"
#include "engine/autograd/ops_math.h"
#include "engine/autograd/ops_separable.h"
#include "engine/autograd/ops_shape.h"
#include "tests/support/gradcheck.h"

using namespace fc;

namespace {

using Gated = Tensor (*)(const Tensor& x, int axis);
using Gate = Tensor (*)(const Tensor& x);

struct Unit {
    const char* name;
    Gated gated;
    Gate gate;
};
const std::vector<Unit>& units()
{
    static const std::vector<Unit> all = {
        {"glu", glu, sigmoid}, {"swiglu", swiglu, silu}, {"geglu", geglu, gelu}, {"reglu", reglu, relu}};
    return all;
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

class BlocksTest : public QObject {
    Q_OBJECT

private slots:
    void gatesAreTheSecondHalf_data() { everyGate(); }
    void gatesAreTheSecondHalf()
    {
        QFETCH(const int, unit);
        QFETCH(const int, axis);
        const Unit& u = units()[static_cast<size_t>(unit)];
        Rng rng(1);
        const Tensor x = randomTensor({4, 6, 700}, rng, -3, 3);
        const std::int64_t half = x.size(axis) / 2;
        const Tensor composed = mul(slice(x, axis, 0, half), u.gate(slice(x, axis, half)));
        QCOMPARE(u.gated(x, axis).shape().count(), x.count() / 2);
        const std::vector<float> got = u.gated(x, axis).values(), reference = composed.values();
        for (size_t i = 0; i < got.size(); ++i)  // the ends of rows are not computed in vectors: the last bit
            QVERIFY(std::abs(got[i] - reference[i]) <= 1e-6F * (1e-2F + std::abs(reference[i])));
        // A view is read as what it shows.
        const Tensor turned = transpose(x, 0, 1);
        QCOMPARE(u.gated(turned, -1).values(), u.gated(turned.contiguous(), -1).values());
    }

    void gatesHaveGradients_data() { everyGate(); }
    void gatesHaveGradients()
    {
        QFETCH(const int, unit);
        QFETCH(const int, axis);
        const Unit& u = units()[static_cast<size_t>(unit)];
        Rng rng(2);
        Tensor x = randomTensor({2, 4, 6}, rng, 0.1F, 2);
        for (std::int64_t i = 0; i < x.count(); i += 3)
            x.data()[i] *= -1;  // both sides of relu's kink, away from it
        const auto f = [&](const std::vector<Tensor>& in) { return u.gated(in[0], axis); };
        QCOMPARE(QString::fromStdString(gradcheck(f, {x})), QString());
    }

    void oddSizesAreNamed()
    {
        QCOMPARE(refusal([] {
                     swiglu(Tensor::zeros({2, 3}));
                 }),
                 "The operation swiglu needs an even size along axis -1, but the shape is [2, 3].");
    }

    void adaptiveWindowsCoverTheInput()
    {
        const Tensor x = Tensor::from({1, 5}, std::vector<float>{1, 5, 3, 2, 4});
        // Windows of 5 in 3: [0, 2), [1, 4), [3, 5).
        QCOMPARE(adaptiveAvgPool1d(x, 3).values(), (std::vector<float>{3, 10.0F / 3, 3}));
        QCOMPARE(adaptiveMaxPool1d(x, 3).values(), (std::vector<float>{5, 5, 4}));
        QCOMPARE(adaptiveAvgPool1d(x, 1).values(), (std::vector<float>{3}));
        QCOMPARE(adaptiveMaxPool1d(x, 5).values(), x.values());
        QCOMPARE(adaptiveAvgPool1d(x, 10).values(), (std::vector<float>{1, 1, 5, 5, 3, 3, 2, 2, 4, 4}));
    }

    void adaptivePoolsHaveGradients_data()
    {
        QTest::addColumn<int>("size");
        for (const int size : {1, 3, 7, 9})
            QTest::addRow("%d", size) << size;
    }
    void adaptivePoolsHaveGradients()
    {
        QFETCH(const int, size);
        Tensor x = Tensor::empty({2, 3, 7});
        for (std::int64_t i = 0; i < x.count(); ++i)
            x.data()[i] = static_cast<float>(i * 11 % 42) / 8.0F;  // all apart: no ties within a step
        for (const auto pool : {adaptiveAvgPool1d, adaptiveMaxPool1d}) {
            const auto f = [&](const std::vector<Tensor>& in) { return pool(in[0], size); };
            QCOMPARE(QString::fromStdString(gradcheck(f, {x})), QString());
        }
    }

    void poolsOfNothingAreRefused()
    {
        QCOMPARE(refusal([] {
                     adaptiveMaxPool1d(Tensor::zeros({2, 3}), 0);
                 }),
                 "The operation adaptiveMaxPool1d cannot make 0 values of the shape [2, 3].");
        QVERIFY(!refusal([] { adaptiveAvgPool1d(Tensor::zeros({2, 0}), 1); }).isEmpty());
    }

    void separableKernelsAreProducts()
    {
        Rng rng(3);
        const Tensor x = randomTensor({2, 3, 9}, rng), depth = randomTensor({6, 1, 3}, rng);
        const Tensor point = randomTensor({4, 6, 1}, rng), bias = randomTensor({4}, rng);
        // The full kernel it stands for: full[o, c, k] = sum over the kernels m of channel c.
        Tensor full = Tensor::zeros({4, 3, 3});
        for (std::int64_t o = 0; o < 4; ++o)
            for (std::int64_t m = 0; m < 6; ++m)
                for (std::int64_t k = 0; k < 3; ++k)
                    full.data()[(o * 3 + m / 2) * 3 + k] += point.data()[o * 6 + m] * depth.data()[m * 3 + k];
        const Conv1dOptions options{.stride = 2, .padding = 1};
        const std::vector<float> got = separableConv1d(x, depth, point, bias, options).values();
        const std::vector<float> reference = conv1d(x, full, bias, options).values();
        QCOMPARE(got.size(), reference.size());
        for (size_t i = 0; i < got.size(); ++i)
            QVERIFY(std::abs(got[i] - reference[i]) < 1e-5F);
    }

    void separableConvolutionHasGradients()
    {
        Rng rng(4);
        const auto f = [](const std::vector<Tensor>& in) {
            return separableConv1d(in[0], in[1], in[2], in[3], {.leftPad = 2});
        };
        QCOMPARE(
            QString::fromStdString(gradcheck(f, {randomTensor({2, 3, 5}, rng), randomTensor({3, 1, 3}, rng),
                                                 randomTensor({2, 3, 1}, rng), randomTensor({2}, rng)})),
            QString());
    }

    void separableShapesAreNamed()
    {
        QCOMPARE(
            refusal([] {
                separableConv1d(Tensor::zeros({1, 2, 5}), Tensor::zeros({3, 1, 3}), Tensor::zeros({4, 3, 1}),
                                {});
            }),
            "The operation separableConv1d needs kernels [C m, 1, size] and [O, C m, 1] for the shape [1, 2, "
            "5], but got [3, 1, 3] and [4, 3, 1].");
    }

private:
    static void everyGate()
    {
        QTest::addColumn<int>("unit");
        QTest::addColumn<int>("axis");
        for (size_t i = 0; i < units().size(); ++i)
            for (const int axis : {0, 1, -1})
                QTest::addRow("%s %d", units()[i].name, axis) << static_cast<int>(i) << axis;
    }
};

QTEST_APPLESS_MAIN(BlocksTest)
#include "tst_blocks.moc"
