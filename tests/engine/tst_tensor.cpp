// SPDX-License-Identifier: GPL-3.0-or-later
// Tensors as values: shapes, views, copies, and the pool they live in.
#include <QtTest>
#include <cmath>
#include <cstring>
#include <numeric>
#include <set>
#include <thread>

#include "engine/base/rng.h"
#include "engine/tensor/create.h"
#include "engine/tensor/product.h"
#include "engine/tensor/tensor.h"

using namespace fc;

namespace {

Tensor counted(const Shape& shape)
{
    Tensor x = Tensor::empty(shape);
    std::iota(x.data(), x.data() + x.count(), 0.0F);
    return x;
}

std::string print(const Tensor& x)
{
    std::string text;
    for (const float v : x.values())
        text += (text.empty() ? "" : " ") + formatNumber(static_cast<double>(v));
    return text;
}

std::vector<float> randomValues(int count)
{
    Rng rng(static_cast<std::uint64_t>(count));
    std::vector<float> values(static_cast<std::size_t>(count));
    for (float& v : values)
        v = 2.0F * rng.uniform() - 1.0F;
    return values;
}

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

const std::array<std::int64_t, 2> transposed23{1, 3};

}  // namespace

class TensorTest : public QObject {
    Q_OBJECT

private slots:
    void shapesPrint()
    {
        QCOMPARE(QString::fromStdString(fc::print(Shape{32, 96, 1})), QString("[32, 96, 1]"));
        QCOMPARE(QString::fromStdString(fc::print(Shape{})), QString("[]"));
    }

    void negativeAxesCountFromTheEnd()
    {
        const Shape shape{2, 3, 4};
        QCOMPARE(shape[-1], 4);
        QCOMPARE(shape[-3], 2);
        QCOMPARE(shape.count(), 24);
        QCOMPARE(Shape{}.count(), 1);
    }

    void tooManyAxesAreNamed()
    {
        QCOMPARE(messageOf([] {
                     Shape({1, 1, 1, 1, 1, 1, 1});
                 }),
                 QString("A tensor has at most 6 axes, but 7 were asked for."));
        QCOMPARE(messageOf([] {
                     Shape({2, -1});
                 }),
                 QString("The size of an axis is -1, but it cannot be negative."));
    }

    void valuesMustFitTheShape()
    {
        const std::array<float, 3> three{1, 2, 3};
        QCOMPARE(messageOf([&] {
                     Tensor::from({2, 2}, three);
                 }),
                 QString("A tensor of shape [2, 2] needs 4 values, but there are 3."));
        QCOMPARE(QString::fromStdString(print(Tensor::from({3}, three))), QString("1 2 3"));
    }

    void rangesCountFromStartToBeforeTheEnd_data()
    {
        QTest::addColumn<double>("start");
        QTest::addColumn<double>("end");
        QTest::addColumn<double>("step");
        QTest::addColumn<QString>("wanted");
        QTest::newRow("whole") << 2.0 << 6.0 << 1.0 << "2 3 4 5";
        QTest::newRow("the end may be missed") << 0.0 << 1.0 << 0.375 << "0 0.375 0.75";
        QTest::newRow("backwards") << 3.0 << 0.0 << -1.5 << "3 1.5";
        QTest::newRow("nothing") << 1.0 << 1.0 << 1.0 << "";
    }
    void rangesCountFromStartToBeforeTheEnd()
    {
        QFETCH(double, start);
        QFETCH(double, end);
        QFETCH(double, step);
        QTEST(QString::fromStdString(print(arange(start, end, step))), "wanted");
    }

    void longRangesDoNotDrift()
    {
        const Tensor x = arange(0.0, 100000.0, 0.1);
        QCOMPARE(x.count(), 1000000);
        QCOMPARE(x.data()[999999], static_cast<float>(999999 * 0.1));
        QCOMPARE(QString::fromStdString(print(arange(3))), QString("0 1 2"));
    }

    void impossibleRangesAreRefused()
    {
        QCOMPARE(messageOf([] { arange(0.0, 1.0, -1.0); }),
                 QString("There is no range from 0 to 1 in steps of -1."));
        QCOMPARE(messageOf([] { arange(0.0, 1.0, 0.0); }),
                 QString("There is no range from 0 to 1 in steps of 0."));
        QVERIFY(!messageOf([] { arange(0.0, HUGE_VAL); }).isEmpty());
        QVERIFY(!messageOf([] { arange(0.0, 1.0, std::nan("")); }).isEmpty());
    }

    void randomValuesFollowTheirGenerator()
    {
        Rng one(5);
        Rng other(5);
        QVERIFY(randn({100}, one).values() == randn({100}, other).values());
        const std::vector<float> drawn = uniform({10000}, -2.0F, 3.0F, one).values();
        const auto [least, most] = std::ranges::minmax(drawn);
        QVERIFY(least >= -2.0F && least < -1.9F && most < 3.0F && most > 2.9F);
        const std::vector<float> normal = randn({10000}, one).values();
        double sum = 0;
        double squares = 0;
        for (const auto v : normal) {
            sum += static_cast<double>(v);
            squares += static_cast<double>(v) * static_cast<double>(v);
        }
        // Four standard errors of a mean (0.01) and of a variance (0.014) of 10000 draws.
        QVERIFY(std::fabs(sum / 10000) < 0.04);
        QVERIFY(std::fabs(squares / 10000 - 1) < 0.057);
        // The smallest interval there is has one value.
        QCOMPARE(uniform({50}, 1.0F, std::nextafter(1.0F, 2.0F), one).values(), std::vector<float>(50, 1.0F));
    }

    void typedValuesKeepTheirType()
    {
        const std::array<std::int64_t, 2> large{(std::int64_t{1} << 60) + 1, -1};
        const Tensor x = wholeNumbers({2}, large);
        QVERIFY(x.dtype() == DType::I64);
        QVERIFY(std::memcmp(x.bytes(), large.data(), sizeof large) == 0);
        const std::array<std::int8_t, 3> small{-128, 0, 127};
        QCOMPARE(QString::fromStdString(print(wholeNumbers({3}, small).to(DType::F32))),
                 QString("-128 0 127"));
        const std::array<std::uint8_t, 2> bytes{0, 255};
        QCOMPARE(QString::fromStdString(print(wholeNumbers({2}, bytes).to(DType::F32))), QString("0 255"));
        const std::array<bool, 3> truths{true, false, true};
        QVERIFY(booleans({3}, truths).dtype() == DType::Bool);
        QCOMPARE(QString::fromStdString(print(booleans({3}, truths).to(DType::F32))), QString("1 0 1"));
        QCOMPARE(messageOf([&] {
                     wholeNumbers({2, 2}, bytes);
                 }),
                 QString("A tensor of shape [2, 2] needs 4 values, but there are 2."));
        QCOMPARE(QString::fromStdString(print(ones({2}))), QString("1 1"));
    }

    void impossibleSizesSayTheShape()
    {
        const QString message = messageOf([] { Tensor::empty({1000000000, 1000000000, 1000000000}); });
        QCOMPARE(
            message,
            QString(
                "There is not enough memory for a tensor of shape [1000000000, 1000000000, 1000000000]."));
    }

    void copiesShareAndClonesDoNot()
    {
        const Tensor x = counted({2, 2});
        Tensor copy = x;
        QVERIFY(copy.sharesStorage(x));
        QCOMPARE(copy.id(), x.id());
        QVERIFY(!x.ownsStorageAlone());
        Tensor clone = x.clone();
        QVERIFY(!clone.sharesStorage(x));
        QVERIFY(clone.id() != x.id());
        copy.data()[0] = 7;
        QCOMPARE(x.values()[0], 7.0F);
        QCOMPARE(clone.values()[0], 0.0F);
    }

    void detachedTensorsHaveANewId()
    {
        const Tensor x = counted({3});
        QVERIFY(x.detach().id() != x.id());
        QVERIFY(x.detach().sharesStorage(x));
    }

    void viewsReadTheSameValuesInAnotherOrder()
    {
        const Tensor x = counted({2, 3});
        const Tensor t = x.view({3, 2}, transposed23);
        QVERIFY(t.sharesStorage(x));
        QVERIFY(!t.isContiguous());
        QCOMPARE(QString::fromStdString(print(t)), QString("0 3 1 4 2 5"));
        QVERIFY(t.contiguous().isContiguous());
        QVERIFY(x.contiguous().sharesStorage(x));
    }

    void largeTransposesKeepEveryValue()
    {
        const Tensor x = counted({67, 45});
        const std::array<std::int64_t, 2> strides{1, 45};
        const std::vector<float> values = x.view({45, 67}, strides).values();
        for (std::size_t row = 0; row < 45; ++row) {
            for (std::size_t column = 0; column < 67; ++column)
                QCOMPARE(values[row * 67 + column], static_cast<float>(column * 45 + row));
        }
    }

    void copyIntoAViewWritesItsPartOnly()
    {
        Tensor x = Tensor::zeros({2, 3});
        const std::array<std::int64_t, 1> strides{3};
        Tensor column = x.view({2}, strides, 1);
        copyInto(column, Tensor::full({2}, 5.0F));
        QCOMPARE(QString::fromStdString(print(x)), QString("0 5 0 0 5 0"));
        QCOMPARE(messageOf([&] { copyInto(column, Tensor::zeros({3})); }),
                 QString("Values of shape [3] cannot be copied into shape [2]."));
    }

    void itemNeedsOneValue()
    {
        QCOMPARE(Tensor::scalar(4.0F).item(), 4.0F);
        QCOMPARE(messageOf([] { Tensor::zeros({2}).item(); }),
                 QString("A tensor of shape [2] is not one value."));
    }

    void emptyTensorsHaveNoValues()
    {
        const Tensor x = Tensor::zeros({3, 0, 2});
        QCOMPARE(x.count(), 0);
        QVERIFY(x.isContiguous());
        QVERIFY(x.clone().values().empty());
    }

    void storageIsAligned()
    {
        for (const std::int64_t n : {1, 15, 17, 1000, 100000})
            QCOMPARE(reinterpret_cast<std::uintptr_t>(Tensor::empty({n}).data()) % 64, std::uintptr_t{0});
    }

    /// Writing every value of every size class would trip the sanitizers if a block were too small.
    void blocksAreLargeEnough()
    {
        for (std::int64_t n = 1; n < 3000; ++n)
            QCOMPARE(Tensor::full({n}, 1.0F).data()[n - 1], 1.0F);
    }

    void sizesUsedBeforeCostNoAllocation()
    {
        trimPool();
        const auto work = [] {
            for (const std::int64_t n : {10, 1000, 100000}) {
                const Tensor a = Tensor::zeros({n});
                const Tensor b = a.clone();
            }
        };
        work();
        const PoolStats before = poolStats();
        work();
        QCOMPARE(poolStats().heapAllocations, before.heapAllocations);
        QCOMPARE(poolStats().bytesInUse, before.bytesInUse);
    }

    void theSizeInUseIsTold()
    {
        const std::int64_t before = poolStats().bytesInUse;
        const Tensor x = Tensor::zeros({1000});
        const std::int64_t used = poolStats().bytesInUse - before;
        QVERIFY(used >= 4000 && used <= 5200);
    }

    void anotherThreadMayFree()
    {
        std::vector<Tensor> made(100, Tensor::full({1000}, 3.0F));
        for (Tensor& x : made)
            x = x.clone();
        std::thread([taken = std::move(made)]() mutable { taken.clear(); }).join();
        QCOMPARE(Tensor::full({1000}, 2.0F).values()[999], 2.0F);
    }

    void tensorsOutliveTheirThread()
    {
        Tensor survivor;
        std::thread([&] { survivor = Tensor::full({500}, 9.0F); }).join();
        QCOMPARE(survivor.values()[499], 9.0F);
    }

    /// The holder is made before the thread's pool, so that it dies after it.
    void tensorsMayDieAfterTheirThreadsPool()
    {
        std::thread([] {
            thread_local Tensor last;
            last = Tensor::zeros({100});
        }).join();
    }

    void idsDifferAcrossThreads()
    {
        std::set<std::uint64_t> ids;
        std::vector<std::uint64_t> other;
        std::thread([&] {
            for (int i = 0; i < 1000; ++i)
                other.push_back(Tensor::empty({1}).id());
        }).join();
        for (int i = 0; i < 1000; ++i)
            ids.insert(Tensor::empty({1}).id());
        ids.insert(other.begin(), other.end());
        QCOMPARE(ids.size(), std::size_t{2000});
    }

    void productsMatchTheDefinition_data()
    {
        QTest::addColumn<int>("m");
        QTest::addColumn<int>("n");
        QTest::addColumn<int>("k");
        // Around the sizes of tiles, panels and blocks of all instruction sets.
        const std::array<std::array<int, 3>, 14> sizes{{{1, 1, 1},
                                                        {1, 40, 7},
                                                        {1, 300, 40},
                                                        {40, 1, 33},
                                                        {2, 3, 4},
                                                        {7, 16, 5},
                                                        {12, 32, 16},
                                                        {13, 33, 17},
                                                        {31, 9, 64},
                                                        {25, 131, 48},
                                                        {3, 8, 300},
                                                        {50, 40, 513},
                                                        {5, 5, 0},
                                                        {200, 150, 100}}};
        for (const auto& [m, n, k] : sizes)
            QTest::addRow("%d x %d x %d", m, n, k) << m << n << k;
    }

    void productsMatchTheDefinition()
    {
        QFETCH(int, m);
        QFETCH(int, n);
        QFETCH(int, k);
        for (int kind = 0; kind < 8; ++kind) {
            const bool transA = (kind & 1) != 0;
            const bool transB = (kind & 2) != 0;
            const float beta = (kind & 4) != 0 ? 0.5F : 0.0F;
            // Rows a little further apart than needed, as in a view.
            const int lda = (transA ? m : k) + 3;
            const int ldb = (transB ? k : n) + 2;
            const int ldc = n + 1;
            std::vector<float> a = randomValues((transA ? k : m) * lda);
            std::vector<float> b = randomValues((transB ? n : k) * ldb);
            std::vector<float> c(static_cast<std::size_t>(m * ldc), 2.0F);
            raw::gemm({.transA = transA,
                       .transB = transB,
                       .m = m,
                       .n = n,
                       .k = k,
                       .alpha = 1.5F,
                       .a = a.data(),
                       .lda = lda,
                       .b = b.data(),
                       .ldb = ldb,
                       .beta = beta,
                       .c = c.data(),
                       .ldc = ldc});
            for (int i = 0; i < m; ++i) {
                for (int j = 0; j < n; ++j) {
                    double size = 0;
                    double sum = 0;
                    for (int l = 0; l < k; ++l) {
                        const auto left = static_cast<double>(
                            a.at(static_cast<std::size_t>(transA ? l * lda + i : i * lda + l)));
                        const auto right = static_cast<double>(
                            b.at(static_cast<std::size_t>(transB ? j * ldb + l : l * ldb + j)));
                        sum += left * right;
                        size += std::fabs(left * right);
                    }
                    const double wanted = 1.5 * sum + 2.0 * static_cast<double>(beta);
                    const auto got = static_cast<double>(c.at(static_cast<std::size_t>(i * ldc + j)));
                    // Rounding of a sum of k products in float.
                    QVERIFY(std::fabs(got - wanted) <= 1e-6 * (size + 4));
                }
                QCOMPARE(c.at(static_cast<std::size_t>(i * ldc + n)), 2.0F);
            }
        }
    }

    void theInstructionSetIsNamed() { QVERIFY(!instructionSet().empty()); }
};

QTEST_APPLESS_MAIN(TensorTest)
#include "tst_tensor.moc"
