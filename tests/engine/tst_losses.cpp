// SPDX-License-Identifier: GPL-3.0-or-later
// The training losses: their means and slopes against formulas in double, weights, and what they refuse.
#include <QTest>
#include <cmath>
#include <numbers>
#include <vector>

#include "engine/autograd/tape.h"
#include "engine/base/parallel.h"
#include "engine/base/rng.h"
#include "engine/loss/loss.h"
#include "tests/support/allocations.h"

using namespace fc;

namespace {

/// Values in [low, low + 4], multiples of 1/8, so that sums of a few are exact.
Tensor made(const Shape& shape, std::uint64_t seed, float low = -2.0F)
{
    Rng rng(seed);
    Tensor x = Tensor::empty(shape);
    for (std::int64_t i = 0; i < x.count(); ++i)
        x.data()[i] = static_cast<float>(rng.below(33)) / 8.0F + low;
    return x;
}

LossSpec spec(const QString& name, const std::string& quantiles = "0.1,0.5,0.9", double delta = 0.5)
{
    return lossSpec(
        {.loss = name.toStdString(), .quantiles = quantiles, .huberDelta = delta, .smoothL1Beta = 0.5});
}

/// Values every loss can be computed for: away from kinks (multiples of 1/8), positive where they must be.
Tensor forecastFor(const LossSpec& s, std::int64_t batch, std::uint64_t seed = 1)
{
    Tensor forecast = made({batch, 5, 3, s.outputs()}, seed, s.distribution() ? 1.0F : -2.0F);
    for (std::int64_t i = 0; i < forecast.count(); ++i)
        forecast.data()[i] += 1.0F / 32;
    return forecast;
}
Tensor targetFor(const LossSpec& s, std::int64_t batch, std::uint64_t seed = 2)
{
    Tensor target = made({batch, 5, 3}, seed, 0.5F);
    const auto distribution = s.distribution();
    for (std::int64_t i = 0; distribution && distribution->isCount() && i < target.count(); ++i)
        target.data()[i] = std::floor(target.data()[i]);
    return target;
}

double logNormal(double y, double mu, double sigma)
{
    const double z = (y - mu) / sigma;
    return -z * z / 2 - std::log(sigma * std::sqrt(2 * std::numbers::pi));
}

double mixture(const std::vector<double>& f, double y)
{
    const size_t k = f.size() / 3;
    double weights = 0, density = 0;
    for (size_t i = 0; i < k; ++i) {
        weights += std::exp(f[i]);
        density += std::exp(f[i] + logNormal(y, f[k + i], f[2 * k + i]));
    }
    return std::log(weights) - std::log(density);
}

double pinball(const LossSpec& s, const std::vector<double>& f, double y)
{
    double sum = 0;
    for (size_t i = 0; i < f.size(); ++i)
        sum += std::max(s.quantiles[i] * (y - f[i]), (s.quantiles[i] - 1) * (y - f[i]));
    return sum / static_cast<double>(f.size());
}

double negativeBinomial(double y, double mu, double alpha)
{
    const double r = 1 / alpha;
    return -(std::lgamma(y + r) - std::lgamma(y + 1) - std::lgamma(r) + r * std::log(1 / (1 + alpha * mu)) +
             y * std::log(alpha * mu / (1 + alpha * mu)));
}

double studentT(double y, double mu, double sigma, double df)
{
    const double z = (y - mu) / sigma;
    return -(std::lgamma((df + 1) / 2) - std::lgamma(df / 2) - std::log(df * std::numbers::pi) / 2 -
             std::log(sigma) - (df + 1) / 2 * std::log(1 + z * z / df));
}

double normalCrps(double y, double mu, double sigma)
{
    const double z = (y - mu) / sigma;
    return sigma * (z * std::erf(z / std::sqrt(2.0)) + 2 * std::exp(logNormal(z, 0, 1)) -
                    1 / std::sqrt(std::numbers::pi));
}

double smallOrLarge(double e, double delta)
{
    return std::abs(e) <= delta ? e * e / 2 : delta * (std::abs(e) - delta / 2);
}

/// The formula of the header for one cell, in double. rmse: the square, whose mean's root is taken.
double formula(const LossSpec& s, const std::vector<double>& f, double y)
{
    const double e = f[0] - y;
    switch (s.kind) {
        case LossKind::SquaredError:
        case LossKind::RootSquaredError:
            return e * e;
        case LossKind::AbsoluteError:
        case LossKind::ScaledError:
            return std::abs(e);
        case LossKind::Huber:
            return smallOrLarge(e, s.delta);
        case LossKind::SmoothL1:
            return smallOrLarge(e, s.beta) / s.beta;
        case LossKind::LogCosh:
            return std::log(std::cosh(e));
        case LossKind::PercentageError:
            return std::abs(e / y);
        case LossKind::SymmetricPercentageError:
            return 2 * std::abs(e) / (std::abs(f[0]) + std::abs(y));
        case LossKind::Quantile:
            return pinball(s, f, y);
        case LossKind::Normal:
            return -logNormal(y, f[0], f[1]);
        case LossKind::StudentT:
            return studentT(y, f[0], f[1], f[2]);
        case LossKind::Laplace:
            return std::log(2 * f[1]) + std::abs(e) / f[1];
        case LossKind::Poisson:
            return f[0] - y * std::log(f[0]) + std::lgamma(y + 1);
        case LossKind::NegativeBinomial:
            return negativeBinomial(y, f[0], f[1]);
        case LossKind::GaussianMixture:
            return mixture(f, y);
        case LossKind::Crps:
            return normalCrps(y, f[0], f[1]);
    }
    return 0;
}

/// The weighted mean over the cells; `weight` of each cell, or empty.
double expected(const LossSpec& s, const std::vector<double>& forecast, const Tensor& target,
                const std::vector<double>& weight = {})
{
    const auto outputs = static_cast<size_t>(s.outputs());
    const std::vector<float> t = target.values();
    double sum = 0, weights = 0;
    for (size_t i = 0; i < t.size(); ++i) {
        const std::vector<double> f(forecast.begin() + static_cast<std::ptrdiff_t>(i * outputs),
                                    forecast.begin() + static_cast<std::ptrdiff_t>((i + 1) * outputs));
        const double w = weight.empty() ? 1.0 : weight[i];
        weights += w;
        sum += w > 0 ? w * formula(s, f, static_cast<double>(t[i])) : 0.0;
    }
    const double mean = sum / weights;
    return s.kind == LossKind::RootSquaredError ? std::sqrt(mean) : mean;
}

std::vector<double> doubles(const Tensor& x)
{
    const std::vector<float> values = x.values();
    return {values.begin(), values.end()};
}

/// d (3 loss) / d forecast by the tape.
std::vector<float> tapeSlopes(const LossSpec& s, const Tensor& forecast, const Tensor& target,
                              const LossWeights& weights = {})
{
    Tape tape;
    const TapeScope scope(&tape);
    tape.watch(forecast);
    tape.backward(std::vector{std::pair{loss(s, forecast, target, weights), Tensor::scalar(3.0F)}});
    return tape.grad(forecast).values();
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

class LossesTest : public QObject {
    Q_OBJECT

private slots:
    void theMeanFollowsTheFormula_data() { everyLoss(); }
    void theMeanFollowsTheFormula()
    {
        QFETCH(const QString, name);
        const LossSpec s = spec(name);
        for (const std::int64_t batch : {1, 2, 7}) {  // 7 * 5 * 3 is no multiple of any vector width
            const Tensor forecast = forecastFor(s, batch);
            const Tensor target = targetFor(s, batch);
            const double reference = expected(s, doubles(forecast), target);
            const auto got = static_cast<double>(loss(s, forecast, target).item());
            QVERIFY2(std::abs(got - reference) <= 1e-6 * (1 + std::abs(reference)),
                     qPrintable(QString("%1 instead of %2").arg(got).arg(reference)));
        }
    }

    void theGradientIsTheSlope_data() { everyLoss(); }
    void theGradientIsTheSlope()
    {
        QFETCH(const QString, name);
        const LossSpec s = spec(name);
        const Tensor target = targetFor(s, 2);
        const Tensor forecast = forecastFor(s, 2);
        const std::vector<float> gradient = tapeSlopes(s, forecast, target);
        std::vector<double> f = doubles(forecast);
        const double step = 1e-5;
        for (size_t i = 0; i < f.size(); ++i) {
            const double center = f[i];
            f[i] = center + step;
            const double up = expected(s, f, target);
            f[i] = center - step;
            const double down = expected(s, f, target);
            f[i] = center;
            const double slope = 3 * (up - down) / (2 * step);
            const auto got = static_cast<double>(gradient[i]);
            QVERIFY2(std::abs(got - slope) < 1e-6 * (1 + std::abs(slope)),
                     qPrintable(QString("%1: %2 instead of %3").arg(i).arg(got).arg(slope)));
        }
    }

    void weightsAreOfTheCells_data() { everyLoss(); }
    void weightsAreOfTheCells()
    {
        QFETCH(const QString, name);
        const LossSpec s = spec(name);
        const Tensor forecast = forecastFor(s, 4);
        Tensor target = targetFor(s, 4);
        LossWeights weights{.mask = Tensor::full(target.shape(), 1.0F),
                            .horizon = Tensor::from({5}, std::vector<float>{1, 2, 0, 0.5F, 1}),
                            .sample = Tensor::from({4}, std::vector<float>{1, 0.25F, 3, 0})};
        std::vector<double> each;
        for (std::int64_t i = 0; i < target.count(); ++i) {
            if (i % 7 == 3) {  // holes may hold anything
                weights.mask.data()[i] = 0;
                target.data()[i] = std::nanf("");
            }
            each.push_back(static_cast<double>(weights.mask.data()[i] * weights.horizon.data()[i / 3 % 5] *
                                               weights.sample.data()[i / 15]));
        }
        const double reference = expected(s, doubles(forecast), target, each);
        const auto got = static_cast<double>(loss(s, forecast, target, weights).item());
        QVERIFY2(std::abs(got - reference) <= 1e-6 * (1 + std::abs(reference)),
                 qPrintable(QString("%1 instead of %2").arg(got).arg(reference)));
        const std::vector<float> gradient = tapeSlopes(s, forecast, target, weights);
        for (size_t i = 0; i < gradient.size(); ++i) {
            QVERIFY(std::isfinite(gradient[i]));
            if (each[i / static_cast<size_t>(s.outputs())] == 0.0)
                QCOMPARE(gradient[i], 0.0F);
        }
    }

    void nothingThatCountsIsNoLoss_data() { everyLoss(); }
    void nothingThatCountsIsNoLoss()
    {
        QFETCH(const QString, name);
        const LossSpec s = spec(name);
        const LossWeights none{.mask = Tensor::zeros({2, 5, 3})};
        QCOMPARE(loss(s, forecastFor(s, 2), targetFor(s, 2), none).item(), 0.0F);
        for (const float slope : tapeSlopes(s, forecastFor(s, 2), targetFor(s, 2), none))
            QCOMPARE(slope, 0.0F);
    }

    void threadsDoNotChangeABit_data() { everyLoss(); }
    void threadsDoNotChangeABit()
    {
        QFETCH(const QString, name);
        const LossSpec s = spec(name);
        const Tensor forecast = forecastFor(s, 3000);
        const Tensor target = targetFor(s, 3000);
        setThreadCount(1);
        const float alone = loss(s, forecast, target).item();
        const std::vector<float> slopes = tapeSlopes(s, forecast, target);
        setThreadCount(3);
        QCOMPARE(loss(s, forecast, target).item(), alone);
        QCOMPARE(tapeSlopes(s, forecast, target), slopes);
        setThreadCount(1);
    }

    void aSteadyStepAsksTheHeapForNothing_data() { everyLoss(); }
    void aSteadyStepAsksTheHeapForNothing()
    {
        QFETCH(const QString, name);
        LossSpec s = spec(name);
        s.channels.assign(3, {.center = 1, .scale = 2});
        s.horizonWeights.assign(5, 0.5);
        const std::optional<Distribution> distribution = s.distribution();
        const Tensor forecast = forecastFor(s, 8);
        const Tensor target = targetFor(s, 8);
        Tape tape;
        const TapeScope scope(&tape);
        std::int64_t before = 0;
        for (int step = 0; step < 5; ++step) {
            if (step == 3)
                before = heapAllocations();
            tape.clear();
            tape.watch(forecast);
            const Tensor numbers = distribution ? distributionNumbers(*distribution, forecast) : forecast;
            tape.backward(loss(s, numbers, target));
        }
        QCOMPARE(heapAllocations() - before, std::int64_t{0});
    }

    void percentagesAreOfTheUnitOfTheSeries_data()
    {
        QTest::addColumn<QString>("name");
        QTest::newRow("mape") << "mape";
        QTest::newRow("smape") << "smape";
    }
    void percentagesAreOfTheUnitOfTheSeries()
    {
        QFETCH(const QString, name);
        LossSpec s = spec(name);
        const Tensor forecast = forecastFor(s, 2);
        const Tensor target = targetFor(s, 2);
        s.channels = {{.center = 10, .scale = 2}, {.center = -40, .scale = 8}, {.center = 0, .scale = 1}};
        double sum = 0;
        for (std::int64_t i = 0; i < target.count(); ++i) {
            const ChannelUnit& unit = s.channels[static_cast<size_t>(i % 3)];
            const double f = static_cast<double>(forecast.data()[i]) * unit.scale + unit.center;
            const double y = static_cast<double>(target.data()[i]) * unit.scale + unit.center;
            sum += name == "mape" ? std::abs((f - y) / y) : 2 * std::abs(f - y) / (std::abs(f) + std::abs(y));
        }
        const double reference = sum / static_cast<double>(target.count());
        QVERIFY(std::abs(static_cast<double>(loss(s, forecast, target).item()) - reference) <
                1e-6 * reference);
    }

    void scaledErrorsAreOfTheirChannel()
    {
        LossSpec s = spec("mase");
        const Tensor forecast = Tensor::from({1, 1, 2, 1}, std::vector<float>{1, 1});
        const Tensor target = Tensor::from({1, 1, 2}, std::vector<float>{3, 5});
        s.channels = {{.naiveError = 0.5}, {.naiveError = 4}};
        QCOMPARE(loss(s, forecast, target).item(), (2 / 0.5F + 4 / 4.0F) / 2);
    }

    void countsAreScoredInTheUnitOfTheSeries()
    {
        LossSpec s = spec("poisson");
        s.channels = {{.center = 3, .scale = 2}};
        const Tensor rate = Tensor::from({1, 1, 1, 1}, std::vector<float>{4});
        const Tensor scaled = Tensor::from({1, 1, 1}, std::vector<float>{1});  // a count of 5
        QCOMPARE(loss(s, rate, scaled).item(), static_cast<float>(4 - 5 * std::log(4.0) + std::lgamma(6.0)));
    }

    void horizonWeightsAreOfTheSteps()
    {
        LossSpec s = lossSpec({.loss = "mae", .horizonWeights = "3, 1"});
        const Tensor forecast = Tensor::from({1, 2, 1, 1}, std::vector<float>{1, 1});
        const Tensor target = Tensor::from({1, 2, 1}, std::vector<float>{2, 4});
        QCOMPARE(loss(s, forecast, target).item(), (3 * 1 + 1 * 3) / 4.0F);
    }

    void badHorizonWeightsAreRefused()
    {
        for (const char* list : {"0,0", "-1,1", "x", "1,,1"})
            QCOMPARE(
                refusal([&] { lossSpec({.horizonWeights = list}); }),
                QString("horizon_weights is \"%1\"; it must be a list of numbers, one per forecast step, "
                        "none below 0 and not all 0, as in \"1,1,0.5\".")
                    .arg(list));
    }

    void anExactForecastHasNoSlopeInTheAbsoluteError()
    {
        for (const char* name : {"mae", "rmse", "mase", "smape"}) {
            const Tensor forecast = made({1, 2, 2, 1}, 1, 0.5F);
            const Tensor target = Tensor::from({1, 2, 2}, forecast.values());
            QCOMPARE(tapeSlopes(spec(name), forecast, target), std::vector<float>(4, 0.0F));
        }
    }

    void theMedianLossIsHalfTheAbsoluteError()
    {
        const Tensor forecast = made({3, 4, 2, 1}, 1);
        const Tensor target = made({3, 4, 2}, 2);
        QCOMPARE(2 * loss(spec("quantile", "0.5"), forecast, target).item(),
                 loss(spec("mae"), forecast, target).item());
    }

    void theQuantileOfTheDataMakesItsLossSmallest()
    {
        const std::int64_t n = 101;
        Tensor target = Tensor::empty({1, n, 1});
        for (std::int64_t i = 0; i < n; ++i)
            target.data()[i] = static_cast<float>(i * 37 % n);  // 0 .. 100 in some order
        float best = 1e9F;
        float where = -1;
        for (int level = 0; level <= 100; ++level) {
            const float value =
                loss(spec("quantile", "0.9"), Tensor::full({1, n, 1, 1}, static_cast<float>(level)), target)
                    .item();
            if (value < best) {
                best = value;
                where = static_cast<float>(level);
            }
        }
        QCOMPARE(where, 90.0F);
    }

    void notANumberIsPassedOn_data() { everyLoss(); }
    void notANumberIsPassedOn()
    {
        QFETCH(const QString, name);
        const LossSpec s = spec(name);
        Tensor forecast = forecastFor(s, 10);
        forecast.data()[3] = std::nanf("");
        QVERIFY(std::isnan(loss(s, forecast, targetFor(s, 10)).item()));
    }

    void shapesThatDoNotFitAreNamed()
    {
        const auto message = refusal([] {
            loss(spec("quantile"), made({2, 3, 1, 1}, 1), made({2, 3, 1}, 2));
        });
        QCOMPARE(message,
                 "The loss needs forecasts [batch, horizon, channels, 3] and targets [batch, horizon, "
                 "channels], but got "
                 "[2, 3, 1, 1] and [2, 3, 1].");
        QVERIFY(!refusal([] { loss(spec("mse"), made({2, 3, 1, 1}, 1), made({2, 4, 1}, 2)); }).isEmpty());
        QCOMPARE(
            refusal([] {
                loss(spec("mse"), made({2, 3, 1, 1}, 1), made({2, 3, 1}, 2), {.horizon = Tensor::zeros({2})});
            }),
            "The loss mse got weights of shape [2] for targets of shape [2, 3, 1]; they need the shape [3].");
    }

    void badQuantilesAreRefused_data()
    {
        QTest::addColumn<QString>("list");
        for (const char* list :
             {"", "0", "1", "0.5,0.5", "0.9,0.1", "0.1,", "0.1;0.9", "nan", "-0.1,0.5", "0.1,x"})
            QTest::newRow(list) << QString(list);
    }
    void badQuantilesAreRefused()
    {
        QFETCH(const QString, list);
        for (const char* name : {"quantile", "normal"})
            QCOMPARE(
                refusal([&] { spec(name, list.toStdString()); }),
                QString("quantiles is \"%1\"; it must be a list of rising numbers between 0 and 1, as in "
                        "\"0.1,0.5,0.9\".")
                    .arg(list));
    }

    void spacesBetweenQuantilesAreFine() { QCOMPARE(spec("quantile", " 0.25, 0.75 ").outputs(), 2); }

private:
    static void everyLoss()
    {
        QTest::addColumn<QString>("name");
        const Schema schema = schemaOf<LossParams>();
        for (const std::string& name : find(schema, "loss")->spec.choices)
            QTest::newRow(name.c_str()) << QString::fromStdString(name);
    }
};

QTEST_APPLESS_MAIN(LossesTest)
#include "tst_losses.moc"
