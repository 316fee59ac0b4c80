// SPDX-License-Identifier: GPL-3.0-or-later
// Operations on shapes: views share storage and never copy, whatever the type; a broken shape is named.
#include <QtTest>
#include <functional>

#include "engine/autograd/ops_attention.h"
#include "engine/autograd/ops_conv.h"
#include "engine/autograd/ops_fourier.h"
#include "engine/autograd/ops_index.h"
#include "engine/autograd/ops_math.h"
#include "engine/autograd/ops_matmul.h"
#include "engine/autograd/ops_norm.h"
#include "engine/autograd/ops_reduce.h"
#include "engine/autograd/ops_shape.h"
#include "engine/tensor/create.h"

using namespace fc;

namespace {

struct ViewCase {
    const char* name;
    std::function<Tensor(const Tensor& x)> make;  ///< x [2, 1, 3, 4], holding 0 … 23
    const char* shape;
    std::vector<float> values;  ///< the first ones
};

const std::vector<ViewCase>& viewCases()
{
    static const std::vector<ViewCase> cases{
        {"reshape",
         [](const Tensor& x) {
             return reshape(x, {6, 4});
         },
         "[6, 4]",
         {0, 1, 2, 3, 4}},
        {"reshape, one open",
         [](const Tensor& x) {
             return reshape(x, {4, -1});
         },
         "[4, 6]",
         {0, 1, 2}},
        {"flatten", [](const Tensor& x) { return flatten(x); }, "[24]", {0, 1, 2}},
        {"flatten, middle", [](const Tensor& x) { return flatten(x, 1, 2); }, "[2, 3, 4]", {0, 1, 2}},
        {"permute",
         [](const Tensor& x) {
             return permute(x, {3, 1, 2, 0});
         },
         "[4, 1, 3, 2]",
         {0, 12, 4}},
        {"transpose", [](const Tensor& x) { return transpose(x); }, "[2, 1, 4, 3]", {0, 4, 8, 1}},
        {"moveAxis", [](const Tensor& x) { return moveAxis(x, 0, -1); }, "[1, 3, 4, 2]", {0, 12, 1}},
        {"squeeze", [](const Tensor& x) { return squeeze(x, 1); }, "[2, 3, 4]", {0, 1, 2}},
        {"unsqueeze", [](const Tensor& x) { return unsqueeze(x, -1); }, "[2, 1, 3, 4, 1]", {0, 1, 2}},
        {"expand",
         [](const Tensor& x) {
             return expand(x, {2, 2, 3, 4});
         },
         "[2, 2, 3, 4]",
         {0, 1, 2}},
        {"slice", [](const Tensor& x) { return slice(x, 3, 1, toEnd, 2); }, "[2, 1, 3, 2]", {1, 3, 5}},
        {"slice, from the end", [](const Tensor& x) { return slice(x, 2, -1); }, "[2, 1, 1, 4]", {8, 9}},
        {"select", [](const Tensor& x) { return select(x, 0, 1); }, "[1, 3, 4]", {12, 13}},
        {"unfold", [](const Tensor& x) { return unfold(x, 3, 2, 1); }, "[2, 1, 3, 3, 2]", {0, 1, 1, 2, 2, 3}},
        {"split",
         [](const Tensor& x) {
             return split(x, std::array<std::int64_t, 2>{1, 2}, 2)[1];
         },
         "[2, 1, 2, 4]",
         {4, 5, 6}},
        {"chunk", [](const Tensor& x) { return chunk(x, 2, 3)[1]; }, "[2, 1, 3, 2]", {2, 3, 6}},
    };
    return cases;
}

struct BrokenCase {
    const char* name;
    std::function<void()> make;
    std::vector<const char*> named;  ///< what the sentence must hold
};

Tensor sized(const Shape& shape)
{
    return Tensor::zeros(shape);
}

const std::vector<BrokenCase>& brokenCases()
{
    static const std::vector<BrokenCase> cases{
        {"reshape",
         [] {
             reshape(sized({2, 3}), {4, 2});
         },
         {"reshape", "[2, 3]", "[4, 2]"}},
        {"reshape, open",
         [] {
             reshape(sized({2, 3}), {4, -1});
         },
         {"reshape", "[2, 3]", "[4, 1]"}},
        {"flatten",
         [] {
             flatten(sized({2, 3}), 2);
         },
         {"flatten", "[2, 3]", "2"}},
        {"permute",
         [] {
             permute(sized({2, 3}), {0, 0});
         },
         {"permute", "[2, 3]"}},
        {"transpose",
         [] {
             transpose(sized({2, 3}), 0, 2);
         },
         {"transpose", "[2, 3]", "2"}},
        {"squeeze",
         [] {
             squeeze(sized({2, 3}), 5);
         },
         {"squeeze", "[2, 3]", "5"}},
        {"unsqueeze",
         [] {
             unsqueeze(sized({2, 3}), 4);
         },
         {"unsqueeze", "[2, 3]", "4"}},
        {"expand",
         [] {
             expand(sized({2, 3}), {2, 4});
         },
         {"expand", "[2, 3]", "[2, 4]"}},
        {"slice",
         [] {
             slice(sized({2, 3}), 2, 0);
         },
         {"slice", "[2, 3]", "2"}},
        {"select",
         [] {
             select(sized({2, 3}), 1, 3);
         },
         {"select", "[2, 3]", "3"}},
        {"unfold",
         [] {
             unfold(sized({2, 3}), 1, 4, 1);
         },
         {"unfold", "[2, 3]", "4"}},
        {"split",
         [] {
             split(sized({2, 3}), std::array<std::int64_t, 2>{1, 1}, 1);
         },
         {"split", "[2, 3]", "2"}},
        {"concat",
         [] {
             concat({sized({2, 3}), sized({3, 3})}, 1);
         },
         {"concat", "[2, 3]", "[3, 3]"}},
        {"stack",
         [] {
             stack({sized({2, 3}), sized({3, 2})}, 0);
         },
         {"stack", "[2, 3]", "[3, 2]"}},
        {"pad",
         [] {
             pad(sized({2, 3}), 1, {.before = 3, .mode = PadMode::Reflect});
         },
         {"pad", "[2, 3]"}},
        {"indexSelect",
         [] {
             indexSelect(sized({2, 3}), 0, sized({1, 1}));
         },
         {"indexSelect", "[1, 1]", "[2, 3]"}},
        {"indexSelect, position",
         [] {
             indexSelect(sized({2, 3}), 0, Tensor::full({1}, 2));
         },
         {"indexSelect", "2"}},
        {"gather",
         [] {
             gather(sized({2, 3}), 1, sized({4, 1}));
         },
         {"gather", "[4, 1]", "[2, 3]"}},
        {"scatterAdd",
         [] {
             scatterAdd(sized({2, 3}), 1, sized({2, 1}), sized({2, 2}));
         },
         {"scatterAdd", "[2, 1]", "[2, 2]"}},
        {"maskedSelect",
         [] {
             maskedSelect(sized({2, 3}), sized({2, 2}));
         },
         {"maskedSelect", "[2, 3]", "[2, 2]"}},
        {"add",
         [] {
             sized({2, 3}) + sized({2, 4});
         },
         {"add", "[2, 3]", "[2, 4]"}},
        {"multiply",
         [] {
             sized({2, 3}) * sized({4, 3});
         },
         {"mul", "[2, 3]", "[4, 3]"}},
        {"matmul",
         [] {
             matmul(sized({2, 3}), sized({4, 2}));
         },
         {"matmul", "[2, 3]", "[4, 2]"}},
        {"matmul, batches",
         [] {
             matmul(sized({2, 2, 3}), sized({3, 3, 2}));
         },
         {"matmul", "[2]", "[3]"}},
        {"linear",
         [] {
             linear(sized({2, 3}), sized({5, 4}), sized({5}));
         },
         {"linear", "[2, 3]", "[5, 4]"}},
        {"linear, bias",
         [] {
             linear(sized({2, 3}), sized({5, 3}), sized({4}));
         },
         {"linear", "[4]", "[5, 3]"}},
        {"conv1d",
         [] {
             conv1d(sized({1, 2, 8}), sized({4, 3, 3}), Tensor(), {});
         },
         {"conv1d", "[4, 3, 3]", "[1, 2, 8]"}},
        {"conv2d",
         [] {
             conv2d(sized({1, 2, 8, 8}), sized({4, 3, 3, 3}), Tensor(), {});
         },
         {"conv2d", "[4, 3, 3, 3]", "[1, 2, 8, 8]"}},
        {"layerNorm",
         [] {
             layerNorm(sized({2, 3}), sized({4}), sized({4}));
         },
         {"layerNorm", "[4]", "[2, 3]"}},
        {"attention",
         [] {
             attention(sized({1, 1, 2, 4}), sized({1, 1, 2, 5}), sized({1, 1, 2, 4}), {});
         },
         {"attention", "[1, 1, 2, 4]", "[1, 1, 2, 5]"}},
        {"irfft",
         [] {
             irfft({sized({3}), sized({4})}, 4);
         },
         {"irfft", "[3]", "[4]"}},
        {"sum, axis",
         [] {
             sum(sized({2, 3}), {2});
         },
         {"sum", "[2, 3]", "2"}},
    };
    return cases;
}

}  // namespace

class ShapesTest : public QObject {
    Q_OBJECT

private slots:
    void viewsShareStorage_data()
    {
        QTest::addColumn<int>("index");
        for (std::size_t i = 0; i < viewCases().size(); ++i)
            QTest::newRow(viewCases()[i].name) << static_cast<int>(i);
    }
    /// Of every type, without asking the pool for memory.
    void viewsShareStorage()
    {
        QFETCH(int, index);
        const ViewCase& view = viewCases()[static_cast<std::size_t>(index)];
        for (const DType type : {DType::F32, DType::F16, DType::BF16, DType::I8, DType::U8, DType::I64}) {
            const Tensor x = reshape(arange(24), {2, 1, 3, 4}).to(type);
            const std::int64_t before = poolStats().bytesInUse;
            const Tensor y = view.make(x);
            QCOMPARE(poolStats().bytesInUse, before);
            QVERIFY(y.sharesStorage(x));
            QVERIFY(y.dtype() == type);
            QCOMPARE(QString::fromStdString(print(y.shape())), QString(view.shape));
            std::vector<float> got = y.to(DType::F32).values();
            got.resize(view.values.size());
            QCOMPARE(got, view.values);
        }
    }

    void brokenShapesAreNamed_data()
    {
        QTest::addColumn<int>("index");
        for (std::size_t i = 0; i < brokenCases().size(); ++i)
            QTest::newRow(brokenCases()[i].name) << static_cast<int>(i);
    }
    void brokenShapesAreNamed()
    {
        QFETCH(int, index);
        const BrokenCase& broken = brokenCases()[static_cast<std::size_t>(index)];
        try {
            broken.make();
        } catch (const Error& error) {
            for (const char* part : broken.named)
                QVERIFY2(QString(error.what()).contains(part), error.what());
            return;
        }
        QFAIL("nothing was refused");
    }

    /// Padding copies, so it is not among the views above.
    void paddingFillsBothEnds_data()
    {
        QTest::addColumn<int>("mode");
        QTest::addColumn<QVector<float>>("wanted");
        const auto row = [](const char* name, PadMode mode, const QVector<float>& wanted) {
            QTest::newRow(name) << static_cast<int>(mode) << wanted;
        };
        row("constant", PadMode::Constant, {9, 9, 1, 2, 3, 9});
        row("replicate", PadMode::Replicate, {1, 1, 1, 2, 3, 3});
        row("reflect", PadMode::Reflect, {3, 2, 1, 2, 3, 2});
        row("circular", PadMode::Circular, {2, 3, 1, 2, 3, 1});
    }
    void paddingFillsBothEnds()
    {
        QFETCH(int, mode);
        QFETCH(QVector<float>, wanted);
        const Tensor y = pad(arange(1.0, 4.0), 0,
                             {.before = 2, .after = 1, .mode = static_cast<PadMode>(mode), .value = 9.0F});
        QCOMPARE(y.values(), std::vector<float>(wanted.begin(), wanted.end()));
    }
};

QTEST_GUILESS_MAIN(ShapesTest)
#include "tst_shapes.moc"
