// SPDX-License-Identifier: GPL-3.0-or-later
// Normalizations, all of a table: gradients, independence of threads; softmax.
#include <QtTest>
#include <map>

#include "engine/autograd/ops_math.h"
#include "engine/autograd/ops_norm.h"
#include "engine/autograd/ops_reduce.h"
#include "engine/autograd/ops_shape.h"
#include "engine/autograd/tape.h"
#include "engine/base/parallel.h"
#include "tests/support/allocations.h"
#include "tests/support/gradcheck.h"

using namespace fc;

namespace {

using List = std::vector<Tensor>;

/// A norm of x with `channels` weights and biases.
struct Norm {
    TensorFunction f;  ///< of x, weight, bias
    Shape small;       ///< of x, for differences
    Shape large;       ///< for threads
    int axis;          ///< the weights belong to
};

RunningStatistics freshStatistics(const Tensor& x)
{
    return {Tensor::full({x.size(1)}, 0.25F), Tensor::full({x.size(1)}, 2.0F)};
}

Tensor batchNormOf(const List& v, bool training)
{
    RunningStatistics running = freshStatistics(v[0]);
    return batchNorm(v[0], v[1], v[2], running, training);
}

const std::map<std::string, Norm>& norms()
{
    static const std::map<std::string, Norm> all{
        {"layer", {[](const List& v) { return layerNorm(v[0], v[1], v[2]); }, {3, 19}, {700, 67}, 1}},
        {"layer of three", {[](const List& v) { return layerNorm(v[0], v[1], v[2]); }, {4, 3}, {9000, 3}, 1}},
        {"rms", {[](const List& v) { return rmsNorm(v[0], v[1]) + v[2]; }, {3, 18}, {500, 100}, 1}},
        {"group", {[](const List& v) { return groupNorm(v[0], 2, v[1], v[2]); }, {2, 4, 5}, {70, 6, 90}, 1}},
        {"group without length",
         {[](const List& v) { return groupNorm(v[0], 2, v[1], v[2]); }, {3, 6}, {3000, 20}, 1}},
        {"instance",
         {[](const List& v) { return instanceNorm(v[0], v[1], v[2]); }, {2, 3, 5}, {60, 9, 70}, 1}},
        {"batch", {[](const List& v) { return batchNormOf(v, true); }, {5, 3}, {3000, 130}, 1}},
        {"batch of sequences",
         {[](const List& v) { return batchNormOf(v, true); }, {3, 2, 4}, {40, 37, 50}, 1}},
        {"batch by running statistics",
         {[](const List& v) { return batchNormOf(v, false); }, {5, 3}, {3000, 130}, 1}},
        {"batch of images",
         {[](const List& v) { return batchNormOf(v, true); }, {2, 3, 2, 3}, {9, 30, 8, 9}, 1}},
    };
    return all;
}

List randomInputs(const Shape& shape, std::int64_t channels)
{
    Rng rng(3);
    return {randomTensor(shape, rng), randomTensor({channels}, rng), randomTensor({channels}, rng)};
}

List valuesAndGrads(const TensorFunction& f, const List& inputs)
{
    Tape tape;
    for (const Tensor& input : inputs)
        tape.watch(input);
    Tensor y;
    {
        const TapeScope scope(&tape);
        y = f(inputs);
    }
    Rng rng(5);
    const std::pair<Tensor, Tensor> seed{y, randomTensor(y.shape(), rng)};
    tape.backward(std::span(&seed, 1));
    List all{y};
    for (const Tensor& input : inputs)
        all.push_back(tape.grad(input));
    return all;
}

void addNorms()
{
    QTest::addColumn<std::string>("name");
    for (const auto& [name, norm] : norms())
        QTest::newRow(name.c_str()) << name;
}

const Norm& fetchedNorm()
{
    QFETCH_GLOBAL(std::string, name);
    return norms().at(name);
}

}  // namespace

class TestNorms : public QObject {
    Q_OBJECT

private slots:
    void initTestCase_data() { addNorms(); }
    void init() { setThreadCount(1); }

    void gradientsMatchDifferences()
    {
        const Norm& norm = fetchedNorm();
        QCOMPARE(QString::fromStdString(gradcheck(norm.f, randomInputs(norm.small, norm.small[norm.axis]))),
                 QString());
    }

    void threadsChangeNoBit()
    {
        const Norm& norm = fetchedNorm();
        const List inputs = randomInputs(norm.large, norm.large[norm.axis]);
        const List one = valuesAndGrads(norm.f, inputs);
        for (const int threads : {2, 3}) {
            setThreadCount(threads);
            const List many = valuesAndGrads(norm.f, inputs);
            for (std::size_t i = 0; i < one.size(); ++i)
                QCOMPARE(many[i].values(), one[i].values());
        }
    }

    void weightGradientsAreTheSumsOfTheParts()
    {
        // Each entry of the batch alone adds its share; the norms of a batch as a whole are no such sum.
        const Norm& norm = fetchedNorm();
        QFETCH_GLOBAL(std::string, name);
        if (name.starts_with("batch") && !name.ends_with("statistics"))
            return;
        List inputs = randomInputs(norm.large, norm.large[norm.axis]);
        Tape tape;
        for (const Tensor& input : inputs)
            tape.watch(input);
        Tensor y;
        {
            const TapeScope scope(&tape);
            y = sum(square(norm.f(inputs)));
        }
        tape.backward(y);
        const Tensor whole = tape.grad(inputs[1]);
        Tensor parts = Tensor::zeros(whole.shape());
        const std::int64_t half = norm.large[0] / 2;
        for (const auto& [begin, end] : {std::pair{std::int64_t{0}, half}, std::pair{half, norm.large[0]}}) {
            Tape partTape;
            partTape.watch(inputs[1]);
            Tensor part;
            {
                const TapeScope scope(&partTape);
                part = sum(square(norm.f({slice(inputs[0], 0, begin, end), inputs[1], inputs[2]})));
            }
            partTape.backward(part);
            parts = parts + partTape.grad(inputs[1]);
        }
        for (std::int64_t i = 0; i < whole.count(); ++i) {
            const float a = whole.data()[i];
            const float b = parts.data()[i];
            QVERIFY2(std::abs(a - b) <= 1e-4F * (10.0F + std::abs(a)),
                     qPrintable(QString("%1 and %2").arg(a).arg(b)));
        }
    }

    void steadyStepAllocatesNothing()
    {
        const Norm& norm = fetchedNorm();
        const List inputs = randomInputs(norm.small, norm.small[norm.axis]);
        Tape tape;
        const auto step = [&] {
            tape.clear();
            for (const Tensor& input : inputs)
                tape.watch(input);
            Tensor y;
            {
                const TapeScope scope(&tape);
                y = norm.f(inputs);
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

    void batchNormFarFromZeroKeepsItsDigits_data()
    {
        QTest::addColumn<bool>("sequences");
        QTest::newRow("rows") << false;
        QTest::newRow("sequences") << true;
    }
    void batchNormFarFromZeroKeepsItsDigits()
    {
        QFETCH(const bool, sequences);
        Rng rng(4);
        const Tensor x = randomTensor(sequences ? Shape{50, 3, 20} : Shape{1000, 3}, rng) + 4096.0F;
        RunningStatistics running = freshStatistics(x);
        const Tensor y = batchNorm(x, {}, {}, running, true);
        const AxisList axes = sequences ? AxisList{0, 2} : AxisList{0};
        for (const float value : mean(y, axes).values())
            QVERIFY(std::abs(value) < 1e-2F);  // x itself has steps of 2^-11
        for (const float value : variance(y, axes, Keep::No, 0).values())
            QVERIFY(std::abs(value - 1.0F) < 1e-3F);
        for (const float value : running.mean.values())
            QVERIFY(std::abs(value - (0.9F * 0.25F + 0.1F * 4096.0F)) < 0.05F);
    }

    void softmaxOfEveryLengthSumsToOne()
    {
        Rng rng(5);
        for (std::int64_t n = 1; n < 40; ++n) {
            const Tensor x = randomTensor({3, n}, rng, -20.0F, 20.0F);
            for (const float value : sum(softmax(x, -1), {1}).values())
                QVERIFY(std::abs(value - 1.0F) < 1e-6F);
            for (const float value : sum(exp(logSoftmax(x, -1)), {1}).values())
                QVERIFY(std::abs(value - 1.0F) < 1e-5F);
        }
    }

    void maskedScoresGetNoShare()
    {
        const float hidden = -std::numeric_limits<float>::infinity();
        const Tensor y = softmax(Tensor::from({1, 3}, std::vector<float>{1.0F, hidden, 1.0F}), -1);
        QCOMPARE(y.values(), (std::vector<float>{0.5F, 0.0F, 0.5F}));
    }
};

QTEST_GUILESS_MAIN(TestNorms)
#include "tst_norms.moc"
