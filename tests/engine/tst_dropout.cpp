// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>
#include <algorithm>
#include <cmath>

#include "engine/autograd/ops_random.h"
#include "engine/base/parallel.h"

using namespace fc;

class DropoutTest : public QObject {
    Q_OBJECT

private slots:
    void doesNotDependOnTheThreads()
    {
        const Tensor x = Tensor::full({200001}, 1.0F);  // more than one thread takes at a time
        const auto with = [&x](int threads) {
            setThreadCount(threads);
            Rng rng(42, 7);
            const std::vector<float> y = dropout(x, 0.25F, rng).values();
            setThreadCount(1);
            return y;
        };
        const std::vector<float> one = with(1);
        QCOMPARE(with(3), one);
        // The second share of the values goes on where the first one ends.
        QVERIFY(!std::equal(one.begin(), one.begin() + 65536, one.begin() + 65536));
    }

    void followsTheGenerator()
    {
        const Tensor x = Tensor::full({1001}, 1.0F);
        Rng rng(42, 7);
        const std::vector<float> y = dropout(x, 0.25F, rng).values();
        QCOMPARE(rng.position(), std::uint64_t{512});
        Rng words(42, 7);
        for (std::size_t i = 0; i < y.size(); ++i) {
            // Eight blocks of four words serve 64 values, half a word each: words 0 and 1 of all come first.
            words.seek(i / 64 * 32 + i % 32 / 4 * 4 + i % 64 / 32 * 2 + i % 4 / 2);
            const std::uint32_t number = words.bits() >> i % 2 * 16 & 0xFFFFU;
            QCOMPARE(y[i], number < 16384U ? 0.0F : 1.0F / 0.75F);
        }
    }

    void keepsTheShareAndTheMean_data()
    {
        QTest::addColumn<float>("share");
        for (const float share : {0.00002F, 0.05F, 0.1F, 0.2F, 0.5F, 0.9F, 0.99999F})
            QTest::newRow(qPrintable(QString::number(share))) << share;
    }
    void keepsTheShareAndTheMean()
    {
        QFETCH(const float, share);
        constexpr int count = 1 << 20;
        Rng rng(11);
        const std::vector<float> y = dropout(Tensor::full({count}, 1.0F), share, rng).values();
        const double taken = std::round(static_cast<double>(share) * 65536) / 65536;
        const auto dropped = static_cast<double>(std::ranges::count(y, 0.0F));
        // Four standard deviations of the count.
        QVERIFY(std::abs(dropped - taken * count) < 4 * std::sqrt(taken * (1 - taken) * count));
        for (const float value : y)
            QVERIFY(value == 0.0F || value == static_cast<float>(1 / (1 - taken)));
    }

    void droppedValuesAreIndependentOfTheirNeighbours()
    {
        constexpr std::size_t count = 1 << 20;
        Rng rng(12);
        const std::vector<float> y = dropout(Tensor::full({count}, 1.0F), 0.5F, rng).values();
        // Near and far in a set of 64, across its two parts, and from one set or thread's share to the next.
        for (const std::size_t apart : {1U, 2U, 4U, 31U, 32U, 33U, 63U, 64U, 65U, 512U, 65536U}) {
            double same = 0;
            for (std::size_t i = 0; i + apart < count; ++i)
                same += y[i] == y[i + apart] ? 1 : -1;
            QVERIFY2(std::abs(same) < 4 * std::sqrt(static_cast<double>(count)),
                     qPrintable(QString::number(apart)));
        }
    }
};

QTEST_APPLESS_MAIN(DropoutTest)
#include "tst_dropout.moc"
