// SPDX-License-Identifier: GPL-3.0-or-later
// Special functions against closed forms, and the distributions a forecast may have against each other: the
// distribution function, its inverse, its score and its likelihood.
#include <QTest>
#include <cmath>
#include <numbers>
#include <vector>

#include "engine/autograd/ops_reduce.h"
#include "engine/loss/count_distribution.h"
#include "engine/loss/crps.h"
#include "engine/loss/distribution.h"
#include "engine/loss/likelihoods.h"
#include "engine/tensor/kernels/special.h"
#include "tests/support/gradcheck.h"

using namespace fc;

namespace {

struct Named {
    const char* name;
    Distribution distribution;
    std::vector<float> numbers;
};

const std::vector<Named>& distributions()
{
    static const std::vector<Named> all = {
        {"normal", {Family::Normal}, {1.5F, 2.0F}},
        {"narrow normal", {Family::Normal}, {-300.0F, 1e-4F}},
        {"laplace", {Family::Laplace}, {-1.0F, 0.5F}},
        {"student, heavy", {Family::StudentT}, {0.25F, 2.0F, 2.1F}},
        {"student, light", {Family::StudentT}, {0.25F, 2.0F, 60.0F}},
        {"mixture", {Family::GaussianMixture, 3}, {0, 1, -1, -4, 0, 5, 0.5F, 1, 2}},
        {"mixture of one", {Family::GaussianMixture, 1}, {0.3F, 2, 0.5F}},
        {"poisson, rare", {Family::Poisson}, {0.05F}},
        {"poisson", {Family::Poisson}, {4.5F}},
        {"poisson, many", {Family::Poisson}, {2500.0F}},
        {"negative binomial", {Family::NegativeBinomial}, {6.0F, 0.7F}},
        {"negative binomial, rare", {Family::NegativeBinomial}, {0.2F, 3.0F}},
        {"negative binomial, nearly poisson", {Family::NegativeBinomial}, {6.0F, 1e-5F}},
    };
    return all;
}

double quantileOf(const Named& d, double p)
{
    return distributionQuantile(d.distribution, d.numbers, p);
}
double cdfOf(const Named& d, double x)
{
    return distributionCdf(d.distribution, d.numbers, x);
}

void close(double got, double want, double relative)
{
    QVERIFY2(std::abs(got - want) <= relative * (1e-300 + std::abs(want)),
             qPrintable(QString("%1 instead of %2").arg(got, 0, 'g', 17).arg(want, 0, 'g', 17)));
}

}  // namespace

class DistributionsTest : public QObject {
    Q_OBJECT

private slots:
    void logGammaOfWholeAndHalfNumbers()
    {
        double factorial = 1;
        for (int n = 1; n < 150; ++n) {
            const double tolerance = n < 3 ? 1e-14 : 1e-13;
            QVERIFY(std::abs(kernels::logGamma(n) - std::log(factorial)) <=
                    tolerance * (1 + std::log(factorial)));
            factorial *= n;
        }
        close(kernels::logGamma(0.5), 0.5 * std::log(std::numbers::pi), 1e-14);
        close(kernels::logGamma(1e-6), std::log(1e6) - std::numbers::egamma * 1e-6, 1e-11);
        close(kernels::logGamma(1e8), std::lgamma(1e8), 1e-14);
    }

    void digammaOfWholeAndHalfNumbers()
    {
        double harmonic = 0;
        for (int n = 1; n < 100; ++n) {
            QVERIFY(std::abs(kernels::digamma(n) - (harmonic - std::numbers::egamma)) < 1e-14 * n);
            harmonic += 1.0 / n;
        }
        close(kernels::digamma(0.5), -std::numbers::egamma - 2 * std::numbers::ln2, 1e-14);
        // d log Gamma / dx
        for (const double x : {0.3, 1.7, 8.2, 40.0})
            close(kernels::digamma(x), (kernels::logGamma(x + 1e-5) - kernels::logGamma(x - 1e-5)) / 2e-5,
                  1e-7);
    }

    void normalQuantilesInvertThem()
    {
        for (const double p : {1e-300, 1e-12, 1e-4, 0.025, 0.3, 0.5, 0.9, 0.9999})
            close(kernels::normalCdf(kernels::normalQuantile(p)), p, 1e-13);
        close(kernels::normalQuantile(0.975), 1.959963984540054, 1e-14);
    }

    void incompleteFunctionsHaveClosedForms()
    {
        for (const double x : {0.01, 0.2, 0.5, 0.8, 0.999}) {
            close(kernels::incompleteBeta(1, 3, x), 1 - std::pow(1 - x, 3), 1e-13);
            close(kernels::incompleteBeta(2.5, 1, x), std::pow(x, 2.5), 1e-13);
            close(kernels::incompleteBeta(0.5, 0.5, x), 2 / std::numbers::pi * std::asin(std::sqrt(x)),
                  1e-13);
            close(kernels::incompleteGamma(1, 10 * x), -std::expm1(-10 * x), 1e-13);
            close(kernels::incompleteGamma(0.5, 10 * x), std::erf(std::sqrt(10 * x)), 1e-13);
        }
        QCOMPARE(kernels::incompleteBeta(2, 3, 0), 0.0);
        QCOMPARE(kernels::incompleteBeta(2, 3, 1), 1.0);
        QCOMPARE(kernels::incompleteGamma(2, 0), 0.0);
    }

    void softplusNeitherOverflowsNorVanishes()
    {
        QCOMPARE(kernels::softplusOf(1000), 1000.0);
        close(kernels::softplusOf(-700), std::exp(-700.0), 1e-14);
        close(kernels::softplusOf(0), std::numbers::ln2, 1e-15);
        QCOMPARE(kernels::sigmoidOf(-1000), 0.0);
        QCOMPARE(kernels::sigmoidOf(1000), 1.0);
    }

    void quantilesInvertTheDistribution_data() { everyDistribution(); }
    void quantilesInvertTheDistribution()
    {
        QFETCH(const int, index);
        const Named& d = distributions()[static_cast<size_t>(index)];
        double last = -1e300;
        for (const double p : {0.001, 0.05, 0.1, 0.31, 0.5, 0.73, 0.9, 0.975, 0.999}) {
            const double x = quantileOf(d, p);
            QVERIFY(x >= last);
            last = x;
            if (d.distribution.isCount()) {
                QCOMPARE(x, std::floor(x));
                QVERIFY(x >= 0 && cdfOf(d, x) >= p && cdfOf(d, x - 1) < p);
            } else {
                close(cdfOf(d, x), p, 1e-8);  // x keeps no more of a narrow one far from 0
            }
        }
    }

    void knownQuantiles()
    {
        // Student's t with 2 degrees: t = (2 p - 1) / sqrt(2 p (1 - p)); with 1 (Cauchy): tan(pi (p - 1/2)).
        const auto student = [](double df, double p) {
            return distributionQuantile({Family::StudentT}, std::vector<float>{0, 1, static_cast<float>(df)},
                                        p);
        };
        for (const double p : {0.01, 0.3, 0.9, 0.9999}) {
            close(student(2, p), (2 * p - 1) / std::sqrt(2 * p * (1 - p)), 1e-11);
            close(student(1, p), std::tan(std::numbers::pi * (p - 0.5)), 1e-11);
        }
        close(student(1e7, 0.975), 1.959963984540054, 1e-6);
    }

    void probabilitiesAddUpToTheDistribution()
    {
        for (const CountDistribution& d :
             {CountDistribution(3.7, 0), CountDistribution(3.7, 0.4), CountDistribution(40, 2)}) {
            double sum = 0;
            for (int k = 0; k < 100; ++k) {
                sum += d.probability(k);
                close(d.cdf(k), sum, 1e-11);
            }
        }
    }

    void theScoreIsTheIntegral_data() { everyDistribution(); }
    void theScoreIsTheIntegral()
    {
        QFETCH(const int, index);
        const Named& d = distributions()[static_cast<size_t>(index)];
        const double low = quantileOf(d, 1e-6);
        const double high = quantileOf(d, 1 - 1e-6);
        for (const double p : {0.02, 0.5, 0.95}) {
            const double y = quantileOf(d, p) + (d.distribution.isCount() ? 0.0 : 1e-3 * (high - low));
            const double from = std::min(low, y), to = std::max(high, y) + 1;
            const bool heavy = d.distribution.family == Family::StudentT && d.numbers[2] < 3;
            const int steps =
                d.distribution.isCount() ? static_cast<int>(to - from) : (heavy ? 800000 : 100000);
            const double width = (to - from) / steps;
            double integral = 0;
            for (int i = 0; i < steps; ++i) {
                const double x = from + (i + 0.5) * width;
                const double F = cdfOf(d, x) - (y <= x ? 1 : 0);
                integral += F * F * width;
            }
            // The step at y falls inside one of the intervals.
            const double tolerance = d.distribution.isCount() ? 1e-6 : 2e-3;
            const double score = distributionCrps(d.distribution, d.numbers, y);
            QVERIFY2(std::abs(score - integral) <= tolerance * integral + width,
                     qPrintable(QString("%1 instead of %2").arg(score).arg(integral)));
        }
    }

    void theScoreOfManyCountsIsTakenOnAGrid()
    {
        const CountDistribution exact(30000, 0);  // deviation 173: one by one
        const CountDistribution grid(45000, 0);   // deviation 212
        // Both are nearly normal, whose score at the mean is sigma (sqrt(2) - 1) / sqrt(pi).
        for (const CountDistribution* d : {&exact, &grid}) {
            const double mean = d == &exact ? 30000 : 45000;
            close(d->crps(mean), d->deviation() * (std::numbers::sqrt2 - 1) / std::sqrt(std::numbers::pi),
                  2e-3);
        }
        close(grid.crps(1e7), 1e7 - 45000 - grid.deviation() / std::sqrt(std::numbers::pi), 1e-4);
    }

    void theScoreFollowsTheUnit()
    {
        const std::vector<float> small{1, 2}, large{64, 128};
        const double one = distributionCrps({Family::Normal}, small, 0.5);
        QCOMPARE(distributionCrps({Family::Normal}, large, 32), 64 * one);
        const Tensor score = crpsNormal(Tensor::scalar(1), Tensor::scalar(2), Tensor::scalar(0.5F));
        QVERIFY(std::abs(static_cast<double>(score.item()) - one) < 1e-7);
    }

    void densitiesAreTheSlopeOfTheDistribution_data() { everyDistribution(); }
    void densitiesAreTheSlopeOfTheDistribution()
    {
        QFETCH(const int, index);
        const Named& d = distributions()[static_cast<size_t>(index)];
        for (const double p : {0.1, 0.5, 0.8}) {
            const auto x = static_cast<float>(quantileOf(d, p));
            const auto at = static_cast<double>(x);
            const double step = 1e-4 * (quantileOf(d, 0.9) - quantileOf(d, 0.1));
            const double slope = d.distribution.isCount()
                                     ? cdfOf(d, at) - cdfOf(d, at - 1)
                                     : (cdfOf(d, at + step) - cdfOf(d, at - step)) / (2 * step);
            QVERIFY2(std::abs(likelihood(d, x) + std::log(slope)) < 3e-4,
                     qPrintable(QString("%1 instead of %2").arg(likelihood(d, x)).arg(-std::log(slope))));
        }
    }

    void numbersComeFromOutputs()
    {
        const Tensor outputs = Tensor::from({1, 1, 1, 3}, std::vector<float>{2, 0, -50});
        const Tensor center = Tensor::full({1, 1}, 10), scale = Tensor::full({1, 1}, 4);
        const std::vector<float> t =
            distributionNumbers({Family::StudentT}, outputs, {.center = center, .scale = scale}).values();
        QCOMPARE(t[0], 18.0F);
        QCOMPARE(t[1], 4 * static_cast<float>(std::numbers::ln2 + 1e-5));
        QCOMPARE(t[2], 2.0F);
        const Tensor two = Tensor::from({1, 1, 1, 2}, std::vector<float>{0, 0});
        const std::vector<float> counts =
            distributionNumbers({Family::NegativeBinomial}, two, {.level = Tensor::full({1, 1}, 16)})
                .values();
        QCOMPARE(counts[0], 16 * static_cast<float>(std::numbers::ln2 + 1e-5));
        QCOMPARE(counts[1], static_cast<float>(std::numbers::ln2 + 1e-5));
    }

    void numbersHaveGradients_data() { everyDistribution(); }
    void numbersHaveGradients()
    {
        QFETCH(const int, index);
        const Distribution d = distributions()[static_cast<size_t>(index)].distribution;
        Rng rng(4);
        const Tensor outputs = randomTensor({2, 3, 2, d.outputs()}, rng);
        const OutputScale by{.center = randomTensor({2, 2}, rng),
                             .scale = randomTensor({2, 2}, rng, 0.5F, 1.5F),
                             .level = randomTensor({2, 2}, rng, 0.5F, 1.5F)};
        const auto numbers = [&](const std::vector<Tensor>& in) { return distributionNumbers(d, in[0], by); };
        QCOMPARE(QString::fromStdString(gradcheck(numbers, {outputs})), QString());
    }

    void samplesScoreLikeTheirDistribution()
    {
        // Both estimators against all pairs by hand: |x - y| = 1, 1, 3; |x_i - x_j| sums to 2 (2 + 4 + 2)
        // = 16.
        const Tensor samples = Tensor::from({1, 3}, std::vector<float>{4, 2, 6});
        const Tensor target = Tensor::from({1}, std::vector<float>{3});
        QCOMPARE(crpsSamples(samples, target).item(), 5.0F / 3 - 16.0F / 18);
        QCOMPARE(crpsSamples(samples, target, SampleEstimator::Fair).item(), 5.0F / 3 - 16.0F / 12);
    }

    void wrongShapesAreNamed()
    {
        const Tensor one = Tensor::zeros({2, 3}), other = Tensor::zeros({3, 2});
        QVERIFY_EXCEPTION_THROWN(normalNll(one, other, one), Error);
        QVERIFY_EXCEPTION_THROWN(gaussianMixtureNll(one, one, one, one), Error);
        QVERIFY_EXCEPTION_THROWN(
            crpsSamples(Tensor::zeros({2, 1}), Tensor::zeros({2}), SampleEstimator::Fair), Error);
        QVERIFY_EXCEPTION_THROWN(distributionNumbers({Family::Normal}, Tensor::zeros({1, 1, 1, 3})), Error);
    }

private:
    static void everyDistribution()
    {
        QTest::addColumn<int>("index");
        for (size_t i = 0; i < distributions().size(); ++i)
            QTest::newRow(distributions()[i].name) << static_cast<int>(i);
    }

    /// The negative log-likelihood of y by the training loss.
    static double likelihood(const Named& d, float y)
    {
        const Tensor target = Tensor::from({1}, std::vector<float>{y});
        const auto number = [&](size_t i) { return Tensor::from({1}, std::vector<float>{d.numbers[i]}); };
        const auto part = [&](size_t i) {
            const size_t k = d.numbers.size() / 3;
            return Tensor::from({1, static_cast<std::int64_t>(k)}, std::span(d.numbers).subspan(i * k, k));
        };
        switch (d.distribution.family) {
            case Family::Normal:
                return static_cast<double>(normalNll(number(0), number(1), target).item());
            case Family::Laplace:
                return static_cast<double>(laplaceNll(number(0), number(1), target).item());
            case Family::StudentT:
                return static_cast<double>(studentTNll(number(2), number(0), number(1), target).item());
            case Family::Poisson:
                return static_cast<double>(poissonExactNll(number(0), target).item());
            case Family::NegativeBinomial:
                return static_cast<double>(negativeBinomialNll(number(0), number(1), target).item());
            case Family::GaussianMixture:
                return static_cast<double>(gaussianMixtureNll(part(0), part(1), part(2), target).item());
        }
        return 0;
    }
};

QTEST_APPLESS_MAIN(DistributionsTest)
#include "tst_distributions.moc"
