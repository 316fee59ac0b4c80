// SPDX-License-Identifier: GPL-3.0-or-later
// Numbers packed in blocks: the layout byte for byte, the bounds of the error, and products.
#include <QtTest>
#include <cmath>
#include <cstring>
#include <limits>
#include <thread>

#include "engine/base/parallel.h"
#include "engine/tensor/create.h"
#include "engine/tensor/quantized.h"

using namespace fc;

namespace {

constexpr std::array<BlockFormat, blockFormatCount> allFormats{BlockFormat::Q8, BlockFormat::Q4,
                                                               BlockFormat::Q4WithMinimum};

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

/// The binary16 at `offset` of a block.
double half(const Quantized& packed, std::int64_t block, std::int64_t offset)
{
    Tensor one = Tensor::empty({1}, DType::F16);
    std::memcpy(one.bytes(), packed.blocks.bytes() + block * bytesOf(packed.format) + offset, 2);
    return static_cast<double>(one.to(DType::F32).item());
}

int byte(const Quantized& packed, std::int64_t at)
{
    return std::to_integer<int>(packed.blocks.bytes()[at]);
}

/// The largest error that the header promises for number `i` of the block that starts at `x`.
double bound(const Quantized& packed, std::int64_t block, const float* x, int i)
{
    const double d = std::fabs(half(packed, block, 0));
    // The quotient x / d is itself rounded to float.
    const double slack = 1e-6 * std::fabs(static_cast<double>(x[i]));
    if (packed.format == BlockFormat::Q8)
        return d / 2 + slack;
    if (packed.format == BlockFormat::Q4) {
        // Only 8 d, opposite to the largest number, has no step of its own: the steps are -8 … 7.
        const double steps = static_cast<double>(x[i]) / half(packed, block, 0);
        return (steps > 7.5 ? d : d / 2) + slack;
    }
    const auto [least, most] = std::minmax_element(x, x + blockLength);
    const auto low = static_cast<double>(*least);
    // Numbers below 2^-14 have no relative precision in binary16, but steps of 2^-24.
    const double rounding = std::max(std::fabs(low) * 0x1p-11, 0x1p-25);
    return d / 2 + rounding + (static_cast<double>(*most) - low) * 0x1p-11 + slack;
}

struct Data {
    const char* name;
    std::vector<float> values;
};

std::vector<Data> dataSets()
{
    Rng rng(11);
    const auto drawn = [&rng](double scale, double shift, int count) {
        std::vector<float> values(static_cast<std::size_t>(count));
        for (float& v : values)
            v = static_cast<float>(shift + scale * rng.normal());
        return values;
    };
    std::vector<Data> sets{{"normal", drawn(1, 0, 320)},
                           {"small", drawn(1e-3, 0, 320)},
                           {"scales among the smallest halves", drawn(3e-6, 0, 320)},
                           {"below the smallest half", drawn(1e-9, 0, 320)},
                           {"large", drawn(3e3, 0, 320)},
                           {"shifted", drawn(1, 100, 320)},
                           {"zeros", std::vector<float>(64, 0.0F)},
                           {"negative zeros", std::vector<float>(32, -0.0F)},
                           {"constant", std::vector<float>(64, 0.3F)},
                           {"constant, negative", std::vector<float>(64, -7.1F)}};
    std::vector<float> both(32, 0.0F);
    both[3] = -2.0F;
    both[20] = 2.0F;
    sets.push_back({"both ends", both});
    std::vector<float> alone(32, 0.0F);
    alone[31] = std::numeric_limits<float>::denorm_min();
    sets.push_back({"one denormal", alone});
    return sets;
}

std::vector<double> asDouble(const Tensor& x)
{
    const std::vector<float> values = x.values();
    return {values.begin(), values.end()};
}

}  // namespace

class QuantizedTest : public QObject {
    Q_OBJECT

private slots:
    void blocksHaveTheirSizes()
    {
        const Tensor x = arange(128);
        const Tensor rows = x.view({2, 64}, std::array<std::int64_t, 2>{64, 1});
        QCOMPARE(pack(rows, BlockFormat::Q8).blocks.count(), 4 * 34);
        QCOMPARE(pack(rows, BlockFormat::Q4).blocks.count(), 4 * 18);
        QCOMPARE(pack(rows, BlockFormat::Q4WithMinimum).blocks.count(), 4 * 20);
        QVERIFY(pack(rows, BlockFormat::Q4WithMinimum).blocks.dtype() == DType::U8);
        QVERIFY(unpack(pack(rows, BlockFormat::Q4)).shape() == rows.shape());
    }

    void q8HasItsLayout()
    {
        // -15.875 … with the step 0.125 exactly: 127 steps.
        std::vector<float> values(32);
        for (int i = 0; i < 32; ++i)
            values[static_cast<std::size_t>(i)] = 0.125F * static_cast<float>(i - 20);
        values[0] = -15.875F;
        const Quantized packed = pack(Tensor::from({32}, values), BlockFormat::Q8);
        QCOMPARE(byte(packed, 0), 0x00);  // 0.125 is 0x3000, little endian
        QCOMPARE(byte(packed, 1), 0x30);
        QCOMPARE(static_cast<int>(static_cast<std::int8_t>(byte(packed, 2))), -127);
        for (int i = 1; i < 32; ++i)
            QCOMPARE(static_cast<int>(static_cast<std::int8_t>(byte(packed, 2 + i))), i - 20);
        QCOMPARE(unpack(packed).values(), values);
    }

    void q4HasItsLayout()
    {
        // The largest is -8 steps of 0.5: its nibble is 0, and n steps have n + 8.
        std::vector<float> values(32);
        for (int i = 0; i < 32; ++i)
            values[static_cast<std::size_t>(i)] = 0.5F * static_cast<float>(i % 16 - 8);
        std::swap(values[16], values[31]);
        const Quantized packed = pack(Tensor::from({32}, values), BlockFormat::Q4);
        QCOMPARE(half(packed, 0, 0), 0.5);
        QCOMPARE(byte(packed, 2), 0xF0);  // number 0 is -8 steps, number 16 is 7
        QCOMPARE(byte(packed, 3), 0x11);
        QCOMPARE(byte(packed, 16), 0xEE);
        QCOMPARE(byte(packed, 17), 0x0F);
        QCOMPARE(unpack(packed).values(), values);
    }

    void q4WithMinimumHasItsLayout()
    {
        std::vector<float> values(32);
        for (int i = 0; i < 32; ++i)
            values[static_cast<std::size_t>(i)] = 10.0F + 0.25F * static_cast<float>((i * 5) % 16);
        const Quantized packed = pack(Tensor::from({32}, values), BlockFormat::Q4WithMinimum);
        QCOMPARE(half(packed, 0, 0), 0.25);
        QCOMPARE(half(packed, 0, 2), 10.0);
        QCOMPARE(byte(packed, 4), 0x00);
        QCOMPARE(byte(packed, 5), 0x55);
        QCOMPARE(byte(packed, 7), 0xFF);
        QCOMPARE(unpack(packed).values(), values);
    }

    void errorsKeepTheirBounds_data()
    {
        QTest::addColumn<int>("set");
        QTest::addColumn<int>("format");
        const std::vector<Data> sets = dataSets();
        for (std::size_t s = 0; s < sets.size(); ++s)
            for (const BlockFormat format : allFormats)
                QTest::addRow("%s, %s", sets[s].name, print(format).c_str())
                    << static_cast<int>(s) << static_cast<int>(format);
    }
    void errorsKeepTheirBounds()
    {
        QFETCH(int, set);
        QFETCH(int, format);
        const std::vector<float> values = dataSets()[static_cast<std::size_t>(set)].values;
        const auto count = static_cast<std::int64_t>(values.size());
        const Quantized packed = pack(Tensor::from({count}, values), static_cast<BlockFormat>(format));
        const std::vector<float> back = unpack(packed).values();
        for (std::int64_t b = 0; b < count / blockLength; ++b) {
            for (int i = 0; i < blockLength; ++i) {
                const auto at = static_cast<std::size_t>(b * blockLength + i);
                const double error =
                    std::fabs(static_cast<double>(values[at]) - static_cast<double>(back[at]));
                const double allowed = bound(packed, b, values.data() + b * blockLength, i);
                QVERIFY2(error <= allowed, qPrintable(QString("%1 came back as %2, allowed is %3")
                                                          .arg(values[at])
                                                          .arg(back[at])
                                                          .arg(allowed)));
            }
        }
    }

    void zerosStayZeros()
    {
        for (const BlockFormat format : allFormats)
            QCOMPARE(unpack(pack(Tensor::zeros({32}), format)).values(), std::vector<float>(32, 0.0F));
    }

    /// A block of one value loses no more than the rounding of a scale to binary16.
    void constantsKeepTheirValue()
    {
        for (const BlockFormat format : allFormats)
            for (const float value : {0.3F, -7.1F, 1234.5F})
                for (const float back : unpack(pack(Tensor::full({32}, value), format)).values())
                    QVERIFY(std::fabs(back / value - 1.0F) <= 0x1p-10F);
    }

    void whatCannotBePackedIsRefused()
    {
        QCOMPARE(
            messageOf([] {
                pack(Tensor::zeros({2, 33}), BlockFormat::Q8);
            }),
            QString("Numbers of the shape [2, 33] cannot be packed as q8_0: the last axis must be a multiple "
                    "of 32."));
        QVERIFY(!messageOf([] { pack(Tensor::scalar(1.0F), BlockFormat::Q8); }).isEmpty());
        for (const BlockFormat format : allFormats)
            for (const double wrong : {std::nan(""), HUGE_VAL, -HUGE_VAL, 1e30, -3.4e38}) {
                Tensor x = Tensor::zeros({64});
                x.data()[40] = static_cast<float>(wrong);
                QCOMPARE(
                    messageOf([&] { pack(x, format); }),
                    QString("A number is not finite or too large to be packed as %1; keep these numbers as "
                            "f32.")
                        .arg(QString::fromStdString(print(format))));
            }
    }

    void theLargestNumbersThatFitArePacked()
    {
        Tensor x = Tensor::zeros({32});
        x.data()[7] = 65504.0F * 127.0F;
        QCOMPARE(unpack(pack(x, BlockFormat::Q8)).data()[7], 65504.0F * 127.0F);
        x.data()[7] = 65504.0F * 8.0F;
        QCOMPARE(unpack(pack(x, BlockFormat::Q4)).data()[7], 65504.0F * 8.0F);
        x.data()[7] = 65504.0F * 15.0F;
        QCOMPARE(unpack(pack(x, BlockFormat::Q4WithMinimum)).data()[7], 65504.0F * 15.0F);
    }

    void viewsArePackedInTheirOrder()
    {
        const Tensor x = arange(32 * 32);
        const Tensor t = x.view({32, 32}, std::array<std::int64_t, 2>{1, 32});
        for (const BlockFormat format : allFormats)
            QCOMPARE(unpack(pack(t, format)).values(), unpack(pack(t.clone(), format)).values());
    }

    void productsEqualThoseOfTheUnpackedWeight_data()
    {
        QTest::addColumn<int>("m");
        QTest::addColumn<int>("n");
        QTest::addColumn<int>("k");
        const std::array<std::array<int, 3>, 6> sizes{
            {{1, 1, 32}, {1, 300, 512}, {3, 17, 96}, {4, 5, 64}, {33, 70, 1024}, {2, 3, 0}}};
        for (const auto& [m, n, k] : sizes)
            QTest::addRow("%d x %d x %d", m, n, k) << m << n << k;
    }
    void productsEqualThoseOfTheUnpackedWeight()
    {
        QFETCH(int, m);
        QFETCH(int, n);
        QFETCH(int, k);
        Rng rng(static_cast<std::uint64_t>(m + n + k));
        const Tensor x = randn({m, k}, rng);
        for (const BlockFormat format : allFormats) {
            const Quantized weight = pack(randn({n, k}, rng), format);
            const std::vector<double> left = asDouble(x);
            const std::vector<double> right = asDouble(unpack(weight));
            const std::vector<double> got = asDouble(multiplyTransposed(x, weight));
            QCOMPARE(got.size(), static_cast<std::size_t>(m * n));
            for (int i = 0; i < m * n; ++i) {
                double sum = 0;
                double size = 0;
                for (int l = 0; l < k; ++l) {
                    const double term = left[static_cast<std::size_t>(i / n * k + l)] *
                                        right[static_cast<std::size_t>(i % n * k + l)];
                    sum += term;
                    size += std::fabs(term);
                }
                // Rounding of a sum of k products in float.
                QVERIFY(std::fabs(got[static_cast<std::size_t>(i)] - sum) <= 1e-6 * (size + 1e-30));
            }
        }
    }

    void productsKeepLeadingAxes()
    {
        Rng rng(2);
        const Tensor x = randn({2, 3, 32}, rng);
        const Quantized weight = pack(randn({5, 32}, rng), BlockFormat::Q8);
        const Tensor y = multiplyTransposed(x, weight);
        QVERIFY((y.shape() == Shape{2, 3, 5}));
        const Tensor flat = x.view({6, 32}, std::array<std::int64_t, 2>{32, 1});
        QCOMPARE(y.values(), multiplyTransposed(flat, weight).values());
        QCOMPARE(messageOf([&] {
                     multiplyTransposed(Tensor::zeros({2, 64}), weight);
                 }),
                 QString("The operation multiplyTransposed cannot multiply the shapes [2, 64] and [5, 32]."));
    }

    /// Neither the threads nor the other rows of x change a bit of a row's result.
    void productsDoNotDependOnTheThreads()
    {
        Rng rng(4);
        const Tensor x = randn({37, 512}, rng);
        for (const BlockFormat format : allFormats) {
            const Quantized weight = pack(randn({400, 512}, rng), format);
            setThreadCount(1);
            const std::vector<float> one = multiplyTransposed(x, weight).values();
            setThreadCount(3);
            QCOMPARE(multiplyTransposed(x, weight).values(), one);
            setThreadCount(0);
            const Tensor last = x.view({512}, std::array<std::int64_t, 1>{1}, std::int64_t{36} * 512);
            const std::vector<float> row = multiplyTransposed(last, weight).values();
            QVERIFY(std::equal(row.begin(), row.end(), one.end() - 400));
        }
    }

    void productsNeedNoWholeUnpackedWeight()
    {
        Rng rng(6);
        const Quantized weight = pack(randn({1024, 1024}, rng), BlockFormat::Q4);
        const Tensor x = randn({8, 1024}, rng);
        trimPool();
        std::thread([&] {
            multiplyTransposed(x, weight);
            QVERIFY(poolStats().bytesPeak < 64 * 1024);  // the result has 32 KiB, the weight would have 4 MiB
        }).join();
    }
};

QTEST_GUILESS_MAIN(QuantizedTest)
#include "tst_quantized.moc"
