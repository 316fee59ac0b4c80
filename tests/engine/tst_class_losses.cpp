// SPDX-License-Identifier: GPL-3.0-or-later
// Losses over classes, and the point losses that no training uses, against their formulas.
#include <QTest>
#include <cmath>

#include "engine/autograd/ops_reduce.h"
#include "engine/autograd/ops_shape.h"
#include "engine/loss/class_losses.h"
#include "engine/loss/point_losses.h"
#include "tests/support/gradcheck.h"

using namespace fc;

namespace {

QString refusal(const std::function<void()>& action)
{
    try {
        action();
    } catch (const Error& error) {
        return QString::fromUtf8(error.what());
    }
    return {};
}

void close(float got, double want)
{
    QVERIFY2(std::abs(static_cast<double>(got) - want) <= 1e-6 * (1 + std::abs(want)),
             qPrintable(QString("%1 instead of %2").arg(static_cast<double>(got)).arg(want)));
}

QString gradientOf(const TensorFunction& f, const std::vector<Tensor>& inputs)
{
    return QString::fromStdString(gradcheck(f, inputs));
}

/// Probability of class c in row r of logits [rows, K].
double probability(const Tensor& logits, std::int64_t r, std::int64_t c)
{
    const std::int64_t K = logits.size(1);
    double sum = 0;
    for (std::int64_t k = 0; k < K; ++k)
        sum += std::exp(static_cast<double>(logits.data()[r * K + k]));
    return std::exp(static_cast<double>(logits.data()[r * K + c])) / sum;
}

}  // namespace

class ClassLossesTest : public QObject {
    Q_OBJECT

private slots:
    void initTestCase()
    {
        Rng rng(1);
        m_logits = randomTensor({6, 5}, rng, -2, 2);
        m_classes = Tensor::from({6}, std::vector<float>{0, 4, 2, 2, 1, 3});
        m_weights = Tensor::from({5}, std::vector<float>{1, 0.5F, 2, 0, 3});
    }

    void theClassAxisIsWhereOneSays()
    {
        const float last = crossEntropy(m_logits, m_classes, {.classAxis = -1}).item();
        QCOMPARE(crossEntropy(m_logits, m_classes).item(), last);
        close(crossEntropy(transpose(m_logits), m_classes, {.classAxis = 0}).item(),
              static_cast<double>(last));
        const Tensor sequence = reshape(m_logits, {2, 3, 5});
        const Tensor classes = reshape(m_classes, {2, 3});
        close(crossEntropy(sequence, classes, {.classAxis = -1}).item(), static_cast<double>(last));
        close(crossEntropy(transpose(sequence, 1, 2), classes).item(), static_cast<double>(last));
    }

    void givenProbabilitiesMayBeSmoothedAndWeighted()
    {
        Rng rng(2);
        const Tensor target = softmax(randomTensor({6, 5}, rng), -1);
        double sum = 0;
        for (std::int64_t r = 0; r < 6; ++r) {
            for (std::int64_t c = 0; c < 5; ++c) {
                const double q = 0.8 * static_cast<double>(target.data()[r * 5 + c]) + 0.2 / 5;
                sum -= static_cast<double>(m_weights.data()[c]) * q * std::log(probability(m_logits, r, c));
            }
        }
        close(crossEntropy(m_logits, target, {.classWeights = m_weights, .smoothing = 0.2}).item(), sum / 6);
    }

    void everyReductionHasGradients_data()
    {
        QTest::addColumn<int>("reduction");
        QTest::addColumn<int>("axis");
        for (const int axis : {1, 2}) {
            QTest::addRow("mean, axis %d", axis) << static_cast<int>(LossReduction::Mean) << axis;
            QTest::addRow("sum, axis %d", axis) << static_cast<int>(LossReduction::Sum) << axis;
            QTest::addRow("none, axis %d", axis) << static_cast<int>(LossReduction::None) << axis;
        }
    }
    void everyReductionHasGradients()
    {
        QFETCH(const int, reduction);
        QFETCH(const int, axis);
        Rng rng(3);
        const Tensor logits = randomTensor(axis == 1 ? Shape{2, 4, 3} : Shape{2, 3, 4}, rng);
        const Tensor classes = Tensor::from({2, 3}, std::vector<float>{0, 3, 9, 1, 1, 2});
        const Tensor weights = Tensor::from({4}, std::vector<float>{1, 0.5F, 2, 0.25F});
        ClassOptions options{.reduction = static_cast<LossReduction>(reduction),
                             .classAxis = axis,
                             .classWeights = weights,
                             .ignored = 9,
                             .smoothing = 0.1};
        QCOMPARE(gradientOf([&](const auto& in) { return crossEntropy(in[0], classes, options); }, {logits}),
                 QString());
        QCOMPARE(gradientOf([&](const auto& in) { return focal(in[0], classes, 2, options); }, {logits}),
                 QString());
    }

    void nothingButIgnoredRowsIsNoLoss()
    {
        const Tensor ignored = Tensor::full({6}, -100);
        Tape tape;
        const TapeScope scope(&tape);
        tape.watch(m_logits);
        const Tensor loss = crossEntropy(m_logits, ignored);
        QCOMPARE(loss.item(), 0.0F);
        tape.backward(loss);
        QCOMPARE(tape.grad(m_logits).values(), std::vector<float>(30, 0.0F));
    }

    void classesOutsideAreNamed()
    {
        QCOMPARE(refusal([&] {
                     crossEntropy(m_logits, Tensor::from({6}, std::vector<float>{0, 1, 5, 2, 3, 4}));
                 }),
                 "The loss cross_entropy has 5 classes, 0 to 4, but a target is 5.");
        QVERIFY(!refusal([&] { crossEntropy(m_logits, Tensor::full({6}, 0.5F)); }).isEmpty());
        QVERIFY(!refusal([&] { crossEntropy(m_logits, Tensor::zeros({5})); }).isEmpty());
        QVERIFY(!refusal([&] { crossEntropy(m_logits, m_classes, {.smoothing = 1.5}); }).isEmpty());
    }

    void focalFadesWithConfidence()
    {
        double sum = 0, weights = 0;
        for (std::int64_t r = 0; r < 6; ++r) {
            const auto own = static_cast<std::int64_t>(m_classes.data()[r]);
            const double p = probability(m_logits, r, own);
            const auto w = static_cast<double>(m_weights.data()[own]);
            sum -= w * std::pow(1 - p, 2.5) * std::log(p);
            weights += w;
        }
        close(focal(m_logits, m_classes, 2.5, {.classWeights = m_weights}).item(), sum / weights);
        QCOMPARE(focal(m_logits, m_classes, 0).item(), crossEntropy(m_logits, m_classes).item());
    }

    void binaryLogitsNeitherOverflowNorVanish()
    {
        const Tensor logits = Tensor::from({4}, std::vector<float>{200, -200, 200, -200});
        const Tensor target = Tensor::from({4}, std::vector<float>{1, 0, 0, 1});
        const std::vector<float> each =
            binaryCrossEntropy(logits, target, 3, {.reduction = LossReduction::None}).values();
        QCOMPARE(each, (std::vector<float>{0, 0, 200, 600}));
        Rng rng(4);
        const Tensor soft = randomTensor({3, 2}, rng, 0, 1);
        QCOMPARE(gradientOf([&](const auto& in) { return binaryCrossEntropy(in[0], soft, 3); },
                            {randomTensor({3, 2}, rng)}),
                 QString());
    }

    void divergenceIsThatOfTheDistributions()
    {
        Rng rng(5);
        const Tensor q = logSoftmax(randomTensor({3, 4}, rng), -1),
                     p = softmax(randomTensor({3, 4}, rng), -1);
        Tensor holed = p.clone();
        holed.data()[2] = 0;  // 0 log 0 = 0
        double sum = 0;
        for (std::int64_t i = 0; i < 12; ++i) {
            const auto each = static_cast<double>(holed.data()[i]);
            sum += each > 0 ? each * (std::log(each) - static_cast<double>(q.data()[i])) : 0.0;
        }
        close(klDivergence(q, holed, DivergenceTarget::Probabilities, LossReduction::Sum).item(), sum);
        close(klDivergence(q, holed).item(), sum / 12);
        const Tensor logP = logSoftmax(randomTensor({3, 4}, rng), -1);
        QVERIFY(std::abs(klDivergence(logP, logP, DivergenceTarget::LogProbabilities).item()) < 1e-7F);
        for (const LossReduction reduction : {LossReduction::Sum, LossReduction::Mean, LossReduction::None}) {
            const auto f = [&](const auto& in) {
                return klDivergence(in[0], logP, DivergenceTarget::LogProbabilities, reduction);
            };
            QCOMPARE(gradientOf(f, {q}), QString());
        }
    }

    void masksCountInEveryPointLoss()
    {
        // Two series of two steps; the second step of the second series does not count.
        const Tensor forecast = Tensor::from({2, 2}, std::vector<float>{3, 1, 2, 7});
        const Tensor target = Tensor::from({2, 2}, std::vector<float>{1, 2, 4, std::nanf("")});
        const Tensor mask = Tensor::from({2, 2}, std::vector<float>{1, 1, 1, 0});
        const Tensor scale = Tensor::from({2}, std::vector<float>{0.5F, 4});
        const LossOptions options{.weights = {.mask = mask}};
        close(squaredLogError(forecast, target, options).item(),
              (std::pow(std::log(4.0 / 2), 2) + std::pow(std::log(2.0 / 3), 2) +
               std::pow(std::log(3.0 / 5), 2)) /
                  3);
        close(weightedPercentageError(forecast, target, {.mask = mask}).item(), (2 + 1 + 2) / 7.0);
        close(scaledError(forecast, target, scale, options).item(), (2 / 0.5 + 1 / 0.5 + 2 / 4.0) / 3);
        close(rootScaledSquaredError(forecast, target, scale, {.mask = mask}).item(),
              (std::sqrt(2.5 / 0.5) + std::sqrt(4 / 4.0)) / 2);
        const std::vector<double> levels{0.25, 0.5};
        const Tensor both = stack({forecast, forecast}, -1);
        const std::vector<float> each =
            pinball(both, target, levels, OverQuantiles::Mean, {LossReduction::None, {.mask = mask}})
                .values();
        QCOMPARE(each, (std::vector<float>{1.5F, 1, 0.25F, 0.5F, 0.5F, 1, 0, 0}));
    }

    void seriesWhereNothingCountsAreLeftOut()
    {
        const Tensor forecast = Tensor::from({2, 1}, std::vector<float>{3, 9});
        const Tensor target = Tensor::from({2, 1}, std::vector<float>{1, 1});
        const LossWeights first{.sample = Tensor::from({2}, std::vector<float>{1, 0})};
        QCOMPARE(rootScaledSquaredError(forecast, target, Tensor::full({2}, 4), first).item(), 1.0F);
    }

    void pointLossesHaveGradients()
    {
        Rng rng(6);
        const Tensor forecast = randomTensor({3, 4}, rng, 2, 3), target = randomTensor({3, 4}, rng, 0.5F, 1);
        const Tensor scale = randomTensor({3}, rng, 0.5F, 2);
        const LossWeights weights{.horizon = randomTensor({4}, rng, 0, 1),
                                  .sample = randomTensor({3}, rng, 0, 1)};
        const LossOptions none{.reduction = LossReduction::None, .weights = weights};
        for (const TensorFunction& f : std::vector<TensorFunction>{
                 [&](const auto& in) { return rootScaledSquaredError(in[0], target, scale, weights); },
                 [&](const auto& in) { return weightedPercentageError(in[0], target, weights); },
                 [&](const auto& in) { return rootSquaredError(in[0], target, weights); },
                 [&](const auto& in) { return squaredLogError(in[0], target, none); },
                 [&](const auto& in) { return smoothL1(in[0], target, 0.25, none); },
                 [&](const auto& in) { return scaledError(in[0], target, scale, none); }})
            QCOMPARE(gradientOf(f, {forecast}), QString());
    }

    void smoothL1WithoutACurveIsTheAbsoluteError()
    {
        Rng rng(7);
        const Tensor forecast = randomTensor({9}, rng), target = randomTensor({9}, rng);
        QCOMPARE(smoothL1(forecast, target, 0).item(), absoluteError(forecast, target).item());
    }

    void seriesWithoutANaiveErrorAreNamed()
    {
        const Tensor past = Tensor::from({2, 4}, std::vector<float>{1, 2, 4, 8, 3, 5, 3, 5});
        QCOMPARE(seasonalNaiveError(past, 1).values(), (std::vector<float>{7.0F / 3, 2}));
        QCOMPARE(seasonalNaiveSquaredError(past, 1).values(), (std::vector<float>{7, 4}));
        QCOMPARE(refusal([&] { seasonalNaiveError(past, 2); }),
                 "Series 2 of the batch has no naive error: it has 4 values and a season of 2, or repeats "
                 "itself.");
        QVERIFY(refusal([&] { seasonalNaiveError(past, 4); }).startsWith("Series 1 of the batch"));
    }

private:
    Tensor m_logits;
    Tensor m_classes;
    Tensor m_weights;
};

QTEST_APPLESS_MAIN(ClassLossesTest)
#include "tst_class_losses.moc"
