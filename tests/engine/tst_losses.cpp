// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>
#include <cmath>
#include <vector>

#include "engine/autograd/tape.h"
#include "engine/base/rng.h"
#include "engine/loss/loss.h"

using namespace fc;

namespace {

/// Values in [-2, 2], multiples of 1/8, so that sums of a few are exact.
Tensor made(const Shape& shape, std::uint64_t seed)
{
    Rng rng(seed);
    Tensor x = Tensor::empty(shape);
    for (std::int64_t i = 0; i < x.count(); ++i)
        x.data()[i] = static_cast<float>(rng.below(33)) / 8.0F - 2.0F;
    return x;
}

LossSpec spec(const QString& name, const std::string& quantiles = "0.1,0.5,0.9", double delta = 0.5)
{
    return lossSpec({.loss = name.toStdString(), .quantiles = quantiles, .huberDelta = delta});
}

/// The formula of the header, one element, in double.
double formula(const LossSpec& s, size_t output, double e)
{
    switch (s.kind) {
        case LossKind::SquaredError:
            return e * e;
        case LossKind::AbsoluteError:
            return std::abs(e);
        case LossKind::Huber:
            return std::abs(e) <= s.delta ? e * e / 2 : s.delta * (std::abs(e) - s.delta / 2);
        case LossKind::Quantile:
            return std::max(-s.quantiles[output] * e, (1 - s.quantiles[output]) * e);
    }
    return 0;
}

double expected(const LossSpec& s, const Tensor& forecast, const Tensor& target)
{
    const auto outputs = static_cast<size_t>(s.outputs());
    const std::vector<float> f = forecast.values();
    const std::vector<float> t = target.values();
    double sum = 0;
    for (size_t i = 0; i < f.size(); ++i)
        sum += formula(s, i % outputs, double{f[i]} - t[i / outputs]);
    return sum / static_cast<double>(f.size());
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
            const Tensor forecast = made({batch, 5, 3, s.outputs()}, 1);
            const Tensor target = made({batch, 5, 3}, 2);
            const double reference = expected(s, forecast, target);
            QVERIFY(std::abs(loss(s, forecast, target).item() - reference) <= 1e-6 * reference);
        }
    }

    void theGradientIsTheSlope_data() { everyLoss(); }
    void theGradientIsTheSlope()
    {
        QFETCH(const QString, name);
        const LossSpec s = spec(name);
        const Tensor target = made({2, 4, 3}, 2);
        Tensor forecast = made({2, 4, 3, s.outputs()}, 1);
        for (std::int64_t i = 0; i < forecast.count(); ++i)
            forecast.data()[i] += 1.0F / 32;  // away from the kinks, which lie on multiples of 1/8

        Tape tape;
        const TapeScope scope(&tape);
        tape.watch(forecast);
        tape.backward(std::vector{std::pair{loss(s, forecast, target), Tensor::scalar(3.0F)}});
        const std::vector<float> gradient = tape.grad(forecast).values();

        const double step = 1.0 / 64;  // exact in float; the parabola's central difference is exact as well
        for (std::int64_t i = 0; i < forecast.count(); ++i) {
            Tensor up = forecast.clone();
            Tensor down = forecast.clone();
            up.data()[i] += static_cast<float>(step);
            down.data()[i] -= static_cast<float>(step);
            const double slope = 3 * (expected(s, up, target) - expected(s, down, target)) / (2 * step);
            QVERIFY2(
                std::abs(gradient[static_cast<size_t>(i)] - slope) < 1e-6,
                qPrintable(
                    QString("%1: %2 instead of %3").arg(i).arg(gradient[static_cast<size_t>(i)]).arg(slope)));
        }
    }

    void anExactForecastHasNoSlopeInTheAbsoluteError()
    {
        Tape tape;
        const TapeScope scope(&tape);
        const Tensor forecast = made({1, 2, 2, 1}, 1);
        tape.watch(forecast);
        tape.backward(loss(spec("mae"), forecast, Tensor::from({1, 2, 2}, forecast.values())));
        QCOMPARE(tape.grad(forecast).values(), std::vector<float>(4, 0.0F));
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
        Tensor forecast = made({1, 40, 1, s.outputs()}, 1);
        forecast.data()[3] = std::nanf("");
        QVERIFY(std::isnan(loss(s, forecast, made({1, 40, 1}, 2)).item()));
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
        QCOMPARE(refusal([&] { spec("quantile", list.toStdString()); }),
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
