// SPDX-License-Identifier: GPL-3.0-or-later
// How numbers are stored: types, conversions between them, and views, copies and errors of every type.
#include <QtTest>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>

#include "engine/base/parallel.h"
#include "engine/base/rng.h"
#include "engine/tensor/tensor.h"

using namespace fc;

namespace {

constexpr std::array<DType, dtypeCount> allTypes{DType::F32, DType::F16, DType::BF16, DType::I8,
                                                 DType::U8,  DType::I64, DType::Bool};
constexpr float infinity = std::numeric_limits<float>::infinity();
const float notANumber = std::numeric_limits<float>::quiet_NaN();

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

Tensor counted(const Shape& shape)
{
    Tensor x = Tensor::empty(shape);
    std::iota(x.data(), x.data() + x.count(), 0.0F);
    return x;
}

template <typename T>
std::vector<T> stored(const Tensor& x)
{
    const Tensor dense = x.contiguous();
    std::vector<T> values(static_cast<std::size_t>(x.count()));
    std::memcpy(values.data(), dense.bytes(), values.size() * sizeof(T));
    return values;
}

Tensor row(const std::vector<float>& values)
{
    return Tensor::from({static_cast<std::int64_t>(values.size())}, values);
}

/// The value of a small floating-point number of `fractionBits`, from its definition in IEEE 754.
double meaning(unsigned bits, int fractionBits, int exponentBits)
{
    const unsigned fraction = bits & ((1U << fractionBits) - 1);
    const int exponent = static_cast<int>(bits >> fractionBits) & ((1 << exponentBits) - 1);
    const int bias = (1 << (exponentBits - 1)) - 1;
    const double sign = (bits >> 15) != 0 ? -1.0 : 1.0;
    if (exponent == (1 << exponentBits) - 1)
        return fraction != 0 ? std::nan("") : sign * HUGE_VAL;
    if (exponent == 0)
        return sign * std::ldexp(fraction, 1 - bias - fractionBits);
    return sign * std::ldexp((1U << fractionBits) + fraction, exponent - bias - fractionBits);
}

struct HalfKind {
    DType type;
    int fractionBits;
    int exponentBits;
    std::uint16_t infinityBits;
};
constexpr std::array<HalfKind, 2> halfKinds{{{DType::F16, 10, 5, 0x7C00}, {DType::BF16, 7, 8, 0x7F80}}};

/// Nearest in the half type, ties to the even one, found by comparing neighbours; x is finite.
std::uint16_t nearest(float x, const HalfKind& kind)
{
    const double size = std::fabs(static_cast<double>(x));
    unsigned low = 0;
    unsigned high = kind.infinityBits;
    while (high - low > 1) {
        const unsigned middle = (low + high) / 2;
        (meaning(middle, kind.fractionBits, kind.exponentBits) <= size ? low : high) = middle;
    }
    const double below = meaning(low, kind.fractionBits, kind.exponentBits);
    // Beyond the largest number the next one stands for infinity, as far away as the one before.
    const double before = low > 0 ? meaning(low - 1, kind.fractionBits, kind.exponentBits) : 0.0;
    const double above = high == kind.infinityBits ? below + (below - before)
                                                   : meaning(high, kind.fractionBits, kind.exponentBits);
    const bool up = size - below > above - size || (size - below == above - size && low % 2 == 1);
    return static_cast<std::uint16_t>((std::signbit(x) ? 0x8000U : 0U) | (up ? high : low));
}

}  // namespace

class StorageTest : public QObject {
    Q_OBJECT

private slots:
    void typesHaveNamesAndSizes()
    {
        QString text;
        for (const DType type : allTypes)
            text += QString::fromStdString(print(type)) + " " + QString::number(bytesOf(type)) + ", ";
        QCOMPARE(text, QString("f32 4, f16 2, bf16 2, i8 1, u8 1, i64 8, bool 1, "));
    }

    void tensorsAreF32UnlessAskedFor()
    {
        QVERIFY(Tensor::empty({2}).dtype() == DType::F32);
        QVERIFY(Tensor().dtype() == DType::F32);
        for (const DType type : allTypes) {
            QVERIFY(Tensor::empty({2}, type).dtype() == type);
            QVERIFY(Tensor::zeros({5}, type).to(DType::F32).values() == std::vector<float>(5, 0.0F));
        }
    }

    void narrowTypesTakeLessMemory()
    {
        const auto used = [](DType type) {
            const std::int64_t before = poolStats().bytesInUse;
            const Tensor x = Tensor::empty({1 << 16}, type);
            return poolStats().bytesInUse - before;
        };
        const std::int64_t whole = used(DType::F32);
        QVERIFY(used(DType::BF16) <= whole * 6 / 10);
        QVERIFY(used(DType::I8) <= whole * 4 / 10);
        QVERIFY(used(DType::I64) >= 8 << 16);
    }

    void arithmeticOnAnotherTypeNamesIt()
    {
        Tensor x = Tensor::zeros({3}, DType::BF16);
        const QString message(
            "The tensor stores bf16 numbers, but arithmetic takes f32 alone. Convert it to f32 first.");
        QCOMPARE(messageOf([&] { x.data(); }), message);
        QCOMPARE(messageOf([&] { std::as_const(x).data(); }), message);
        QCOMPARE(messageOf([&] { x.values(); }), message);
    }

    void everyHalfHasItsMeaning()
    {
        for (const HalfKind& kind : halfKinds) {
            Tensor halves = Tensor::empty({1 << 16}, kind.type);
            for (unsigned bits = 0; bits < 1U << 16; ++bits)
                std::memcpy(halves.bytes() + std::size_t{2} * bits, &bits, 2);
            const Tensor floats = halves.to(DType::F32);
            const std::vector<std::uint16_t> back = stored<std::uint16_t>(floats.to(kind.type));
            for (unsigned bits = 0; bits < 1U << 16; ++bits) {
                const double wanted = meaning(bits, kind.fractionBits, kind.exponentBits);
                const auto got = static_cast<double>(floats.data()[bits]);
                if (std::isnan(wanted)) {
                    QVERIFY(std::isnan(got));
                    QVERIFY(std::isnan(meaning(back[bits], kind.fractionBits, kind.exponentBits)));
                    continue;
                }
                QCOMPARE(got, wanted);
                QVERIFY(std::signbit(got) == std::signbit(wanted));
                QCOMPARE(back[bits], static_cast<std::uint16_t>(bits));
            }
        }
    }

    void halvesAreTheNearest()
    {
        Rng rng(3);
        std::vector<float> values;
        for (int i = 0; i < 20000; ++i) {
            const auto any = std::bit_cast<float>(rng.bits());
            if (std::isfinite(any))
                values.push_back(any);
            // Most floats are beyond binary16; these are not.
            values.push_back(std::ldexp(rng.uniform() - 0.5F, static_cast<int>(rng.below(46)) - 28));
        }
        // Ties, the ends of the ranges and what lies beside them.
        for (const float x :
             {65504.0F, 65519.996F, 65520.0F, 65536.0F, 1.0F + 0x1p-11F, 1.0F + 0x3p-11F, 0x1p-24F, 0x1p-25F,
              0x1.000002p-25F, 0x1p-14F, 0x1.ffcp-15F, 0x1.ffep-15F, 1.0F + 0x1p-8F, 1.0F + 0x3p-8F,
              3.3895314e38F, 3.4028235e38F, 0x1p-149F, 0.0F, -0.0F})
            values.push_back(x);
        for (const HalfKind& kind : halfKinds) {
            const std::vector<std::uint16_t> got = stored<std::uint16_t>(row(values).to(kind.type));
            for (std::size_t i = 0; i < values.size(); ++i)
                QVERIFY2(got[i] == nearest(values[i], kind), qPrintable(QString::number(values[i], 'g', 9)));
        }
    }

    void infinitiesAndNanStay()
    {
        for (const DType type : {DType::F16, DType::BF16}) {
            const std::vector<float> back =
                row({infinity, -infinity, notANumber}).to(type).to(DType::F32).values();
            QCOMPARE(back[0], infinity);
            QCOMPARE(back[1], -infinity);
            QVERIFY(std::isnan(back[2]));
        }
    }

    void wholeNumbersAreCutAndKeptInRange()
    {
        const Tensor x = row({2.9F, -2.9F, 127.5F, 300.0F, -300.0F, notANumber, infinity, -infinity, 1e30F});
        constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
        constexpr std::int64_t least = std::numeric_limits<std::int64_t>::min();
        QVERIFY((stored<std::int8_t>(x.to(DType::I8)) ==
                 std::vector<std::int8_t>{2, -2, 127, 127, -128, 0, 127, -128, 127}));
        QVERIFY((stored<std::uint8_t>(x.to(DType::U8)) ==
                 std::vector<std::uint8_t>{2, 0, 127, 255, 0, 0, 255, 0, 255}));
        QVERIFY((stored<std::int64_t>(x.to(DType::I64)) ==
                 std::vector<std::int64_t>{2, -2, 127, 300, -300, 0, most, least, most}));
        QVERIFY((stored<std::uint8_t>(row({0.0F, -0.0F, 0.5F, notANumber, -3.0F}).to(DType::Bool)) ==
                 std::vector<std::uint8_t>{0, 0, 1, 1, 1}));
        QVERIFY((stored<std::int8_t>(x.to(DType::I64).to(DType::I8)) ==
                 std::vector<std::int8_t>{2, -2, 127, 127, -128, 0, 127, -128, 127}));
    }

    /// Whole numbers do not pass through float on their way to whole numbers.
    void largeWholeNumbersStayExact()
    {
        const std::array<std::int64_t, 3> values{(std::int64_t{1} << 53) + 1, -7, 200};
        Tensor x = Tensor::empty({3}, DType::I64);
        std::memcpy(x.bytes(), values.data(), sizeof values);
        QVERIFY((stored<std::uint8_t>(x.to(DType::U8)) == std::vector<std::uint8_t>{255, 0, 200}));
        QVERIFY((stored<std::uint8_t>(x.to(DType::Bool)) == std::vector<std::uint8_t>{1, 1, 1}));
        QVERIFY((x.to(DType::F32).values() == std::vector<float>{0x1p53F, -7, 200}));
    }

    void valuesThatFitSurviveEveryPairOfTypes()
    {
        const std::vector<float> flags{0, 1, 1, 0, 1};
        const std::vector<float> small{0, 1, 2, 100, 127};
        for (const DType from : allTypes) {
            for (const DType to : allTypes) {
                const std::vector<float>& values = from == DType::Bool || to == DType::Bool ? flags : small;
                QVERIFY(row(values).to(from).to(to).to(DType::F32).values() == values);
            }
        }
    }

    void theSameTypeIsTheTensorItself()
    {
        for (const DType type : allTypes) {
            const Tensor x = Tensor::zeros({2, 3}, type);
            QVERIFY(x.to(type).sharesStorage(x));
            QCOMPARE(x.to(type).id(), x.id());
        }
        QVERIFY(!Tensor().to(DType::BF16).defined());
    }

    void conversionsReadViewsInTheirOrder()
    {
        const std::array<std::int64_t, 2> transposed{1, 3};
        const Tensor x = counted({2, 3}).view({3, 2}, transposed);
        for (const DType type : {DType::F16, DType::I8, DType::I64}) {
            const Tensor y = x.to(type);
            QVERIFY(y.isContiguous());
            QVERIFY((y.to(DType::F32).values() == std::vector<float>{0, 3, 1, 4, 2, 5}));
        }
    }

    void viewsShareAndCopiesKeepEveryType()
    {
        for (const DType type : {DType::F32, DType::F16, DType::BF16, DType::I8, DType::U8, DType::I64}) {
            const Tensor x = counted({4, 5, 6}).to(type);
            const std::array<std::int64_t, 3> strides{1, 12, 6};
            const Tensor view = x.view({3, 2, 2}, strides, 31);
            QVERIFY(view.sharesStorage(x));
            QVERIFY(view.dtype() == type);
            QVERIFY(view.bytes() == x.bytes() + 31 * bytesOf(type));
            const std::vector<float> wanted{31, 37, 43, 49, 32, 38, 44, 50, 33, 39, 45, 51};
            for (const Tensor& copy : {view.clone(), view.contiguous()}) {
                QVERIFY(copy.dtype() == type);
                QVERIFY(!copy.sharesStorage(x));
                QVERIFY(copy.to(DType::F32).values() == wanted);
            }
            QVERIFY(x.contiguous().sharesStorage(x));
        }
    }

    void copyIntoAViewWritesItsPartOnly()
    {
        for (const DType type : allTypes) {
            Tensor x = Tensor::zeros({2, 3}, type);
            const std::array<std::int64_t, 1> strides{3};
            Tensor column = x.view({2}, strides, 1);
            copyInto(column, Tensor::full({2}, 1.0F).to(type));
            QVERIFY((x.to(DType::F32).values() == std::vector<float>{0, 1, 0, 0, 1, 0}));
        }
    }

    void copiesBetweenTypesAreRefused()
    {
        Tensor target = Tensor::zeros({2}, DType::I64);
        QCOMPARE(messageOf([&] { copyInto(target, Tensor::zeros({2})); }),
                 QString("Numbers of type f32 cannot be copied into a tensor of type i64."));
    }

    void conversionsDoNotDependOnTheThreads()
    {
        Rng rng(9);
        std::vector<float> values(300001);
        for (float& v : values)
            v = static_cast<float>(rng.normal());
        const Tensor x = row(values);
        setThreadCount(1);
        const std::vector<std::uint16_t> one = stored<std::uint16_t>(x.to(DType::BF16));
        setThreadCount(3);
        const std::vector<std::uint16_t> three = stored<std::uint16_t>(x.to(DType::BF16));
        setThreadCount(0);
        QVERIFY(one == three);
    }

    void conversionsUseThePool()
    {
        const Tensor x = Tensor::zeros({1000});
        const auto work = [&] { x.to(DType::BF16).to(DType::F32); };
        work();
        const std::int64_t before = poolStats().heapAllocations;
        work();
        QCOMPARE(poolStats().heapAllocations, before);
    }
};

QTEST_GUILESS_MAIN(StorageTest)
#include "tst_storage.moc"
