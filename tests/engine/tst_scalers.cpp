// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>
#include <algorithm>
#include <cmath>
#include <functional>

#include "engine/base/error.h"
#include "engine/base/rng.h"
#include "engine/data/series.h"
#include "engine/features/power_transform.h"
#include "engine/features/scaler.h"

using namespace fc;

namespace {

QString refusal(const std::function<void()>& act)
{
    try {
        act();
    } catch (const UsageError& error) {
        return error.what();
    }
    return "accepted";
}

/// exp(N(0, 1)) times `size`: as skew as prices.
std::vector<double> skewed(int count, double size, std::uint64_t seed)
{
    Rng rng(seed);
    std::vector<double> values;
    for (int i = 0; i < count; ++i)
        values.push_back(size * std::exp(rng.normal()));
    return values;
}

bool takesNegatives(const std::string& kind)
{
    return kind != "log" && kind != "log_difference" && kind != "box_cox";
}

/// There and back again, as far as the numbers of a model's unit carry: it has seven digits.
std::vector<double> thereAndBack(const ColumnScale& scale, const std::vector<double>& values, double before)
{
    std::vector<float> scaled(values.size() * 3);
    scale.forward(values, before, scaled.data() + 1, 3);
    std::vector<double> back(values.size());
    scale.inverse(scaled.data() + 1, 3, before, back);
    return back;
}

}  // namespace

class Scalers : public QObject {
    Q_OBJECT

private slots:
    void scalesFollowTheirDefinition_data()
    {
        QTest::addColumn<QString>("kind");
        QTest::addColumn<double>("center");
        QTest::addColumn<double>("scale");
        QTest::newRow("none") << "none" << 0.0 << 1.0;
        for (const char* kind : {"standard", "revin", "revin_last", "window_standard", "window_robust"})
            QTest::newRow(kind) << kind << 4.0 << std::sqrt(10.0);
        QTest::newRow("minmax") << "minmax" << 1.0 << 9.0;
        QTest::newRow("robust") << "robust" << 3.0 << 2.0;
        QTest::newRow("max_abs") << "max_abs" << 0.0 << 10.0;
    }
    void scalesFollowTheirDefinition()
    {
        QFETCH(QString, kind);
        QFETCH(double, center);
        QFETCH(double, scale);
        const ColumnScale fitted =
            fitScale(kind.toStdString(), std::vector<double>{3, missing, 10, 1, 2, 4, missing});
        QCOMPARE(fitted.center, center);
        QCOMPARE(fitted.scale, scale);
        QVERIFY(fitted.isAffine());
    }

    void logIsStandardOfTheLogarithm()
    {
        const ColumnScale scale = fitScale("log", std::vector<double>{std::exp(1), std::exp(5)});
        QCOMPARE(scale.center, 3.0);
        QCOMPARE(scale.scale, 2.0);
        QCOMPARE(scale.forward(std::exp(7)), 2.0);
        QCOMPARE(scale.inverse(0), std::exp(3));
    }

    void asinhCountsFromTheMedianInUnitsOfTheSpread()
    {
        const ColumnScale scale = fitScale("asinh", std::vector<double>{-1000, 9, 10, 11, 5000});
        QCOMPARE(scale.origin, 10.0);
        QCOMPARE(scale.unit, 1.4826022185056018);
        QCOMPARE(scale.forward(11), std::asinh(1 / 1.4826022185056018));
        // Where most values are the same, the deviation from the median is 0 and the standard deviation
        // counts.
        QCOMPARE(fitScale("asinh", std::vector<double>{5, 5, 5, 5, 10}).unit, 2.0);
    }

    void differenceLooksAtTheRowBefore()
    {
        const ColumnScale scale = fitScale("difference", std::vector<double>{1, 4, missing, 10, 11, 16});
        QCOMPARE(scale.center, 3.0);
        QCOMPARE(scale.scale, std::sqrt(8.0 / 3));
        QVERIFY(!scale.isAffine());
        std::vector<float> scaled(3);
        scale.forward(std::vector<double>{20, 23, 20}, 17, scaled.data(), 1);
        QCOMPARE(scaled[0], 0.0F);
        QCOMPARE(scaled[1], 0.0F);
        QCOMPARE(scaled[2], static_cast<float>(-6 / std::sqrt(8.0 / 3)));
    }

    void logDifferenceIsTheLogarithmOfTheReturn()
    {
        const ColumnScale scale = fitScale("log_difference", std::vector<double>{1, 2, 8});
        QCOMPARE(scale.center, 1.5 * std::log(2));
        QCOMPARE(scale.scale, 0.5 * std::log(2));
        std::vector<double> back(2);
        const std::vector<float> twoDoublings = {-1, -1};
        scale.inverse(twoDoublings.data(), 1, 100, back);
        QVERIFY(std::abs(back[1] - 400) < 1e-9);
    }

    void everyScalerGoesThereAndBackAtEverySize_data()
    {
        QTest::addColumn<QString>("kind");
        QTest::addColumn<double>("size");
        for (const std::string& kind : scalerNames()) {
            for (const double size : {1e-12, 1e-6, 1.0, 1e6, 1e12}) {
                QTest::newRow(qPrintable(QString("%1 at %2").arg(kind.c_str()).arg(size)))
                    << QString::fromStdString(kind) << size;
            }
        }
    }
    void everyScalerGoesThereAndBackAtEverySize()
    {
        QFETCH(QString, kind);
        QFETCH(double, size);
        std::vector<double> values = skewed(200, size, 1);
        if (takesNegatives(kind.toStdString())) {
            for (std::size_t i = 0; i < values.size(); i += 3)
                values[i] *= -1;
            values[7] = 0;
        }
        const ColumnScale scale = fitScale(kind.toStdString(), values);
        // A number in double is off by its last digits, which weigh most where the spread is.
        for (const double x : values)
            QVERIFY(std::abs(scale.inverse(scale.forward(x)) - x) <= 1e-13 * (size + std::abs(x)));
        const std::vector<double> back = thereAndBack(scale, values, values[0]);
        // Floats have 24 bits; a sum of 200 changes collects at most 200 roundings of the largest.
        const double largest = std::ranges::max(values);
        for (std::size_t i = 0; i < values.size(); ++i)
            QVERIFY2(std::abs(back[i] - values[i]) <= (scale.differenced ? 200 : 8) * 6e-8 * largest,
                     qPrintable(QString("%1 became %2").arg(values[i]).arg(back[i])));
    }

    void valuesOfVeryDifferentSizesKeepTheirDigits()
    {
        std::vector<double> values;
        for (int exponent = -12; exponent <= 12; ++exponent)
            values.push_back(std::pow(10.0, exponent));
        for (const char* kind : {"log", "box_cox"}) {
            const ColumnScale scale = fitScale(kind, values);
            for (const double x : values)
                QVERIFY(std::abs(scale.inverse(scale.forward(x)) / x - 1) < 1e-12);
        }
        // The likeliest power of numbers that double at each step is the logarithm.
        QVERIFY(std::abs(fitScale("box_cox", values).shape) < 1e-6);
    }

    void everyWarpRises()
    {
        const std::vector<double> values = skewed(100, 1, 2);
        for (const std::string& kind : scalerNames()) {
            const ColumnScale scale = fitScale(kind, values);
            for (double x = 0.01; x < 50; x *= 1.1)
                QVERIFY(scale.forward(x * 1.1) > scale.forward(x));
        }
    }

    void everyNumberAModelGivesHasAFiniteValue()
    {
        for (const std::string& kind : scalerNames()) {
            for (const double size : {1e-12, 1.0, 1e12}) {
                const ColumnScale scale = fitScale(kind, skewed(100, size, 3));
                for (const double z : {-1e30, -1e6, -50.0, 0.0, 50.0, 1e6, 1e30})
                    QVERIFY2(std::isfinite(scale.inverse(z)), kind.c_str());
            }
        }
    }

    void lambdaIsTheLikeliest_data()
    {
        QTest::addColumn<double>("power");
        QTest::newRow("square root") << 0.5;
        QTest::newRow("logarithm") << 0.0;
        QTest::newRow("reciprocal") << -1.0;
        QTest::newRow("square") << 2.0;
    }
    void lambdaIsTheLikeliest()
    {
        QFETCH(double, power);
        // The powers of quantiles of a normal distribution are known: the search must find the way back. A
        // small deviation keeps every value inside the range of the power.
        std::vector<double> values;
        Rng rng(5);
        for (int i = 0; i < 20000; ++i)
            values.push_back(3e4 * boxCoxInverse(0.08 * rng.normal(), power));
        const double lambda = boxCoxLambda(values);
        // Standard error of lambda: about 1 / (deviation of the logarithm * sqrt(n)) / sqrt(2 / 3).
        QVERIFY2(std::abs(lambda - power) < 0.45, qPrintable(QString::number(lambda)));
        // No lambda beside it is likelier, by the likelihood written down once more.
        const auto likelihood = [&](double l) {
            double mean = 0, squares = 0, logarithms = 0;
            for (const double x : values) {
                mean += boxCox(x, l) / 20000;
                logarithms += std::log(x);
            }
            for (const double x : values)
                squares += (boxCox(x, l) - mean) * (boxCox(x, l) - mean);
            return -10000 * std::log(squares / 20000) + (l - 1) * logarithms;
        };
        for (const double other : {lambda - 0.01, lambda + 0.01})
            QVERIFY(likelihood(other) < likelihood(lambda));
    }

    void powersHaveTheirClosedForms()
    {
        QCOMPARE(boxCox(9, 0.5), 4.0);
        QCOMPARE(boxCox(9, 0), std::log(9));
        QCOMPARE(boxCoxInverse(4, 0.5), 9.0);
        QCOMPARE(boxCoxInverse(-1, -1), 0.5);
        QCOMPARE(yeoJohnson(8, 0.5), 4.0);
        QCOMPARE(yeoJohnson(-8, 1.5), -4.0);
        QCOMPARE(yeoJohnson(-3, 2), -std::log(4));
        QCOMPARE(yeoJohnsonInverse(-4, 1.5), -8.0);
        // Next to lambda 0 the plain formula would have no digit left.
        QVERIFY(std::abs(boxCox(2, 1e-14) - std::log(2)) < 1e-13);
    }

    void aConstantColumnIsDividedByOne()
    {
        // 0.1 is not exact in binary: its mean and deviation must still be.
        for (const double constant : {0.0, 0.1, -7e9}) {
            for (const std::string& kind : scalerNames()) {
                if (constant <= 0 && !takesNegatives(kind))
                    continue;
                const ColumnScale scale = fitScale(kind, std::vector<double>(1001, constant));
                if (kind == "max_abs") {
                    QCOMPARE(scale.forward(constant), constant > 0 ? 1.0 : constant < 0 ? -1.0 : 0.0);
                    continue;
                }
                QCOMPARE(scale.scale, 1.0);
                if (scale.differenced)
                    QCOMPARE(scale.center, 0.0);
                else
                    QCOMPARE(scale.forward(constant), kind == "none" ? constant : 0.0);
            }
        }
    }

    void aRampHasConstantChanges()
    {
        std::vector<double> ramp;
        for (int i = 0; i < 1000; ++i)
            ramp.push_back(1e6 + 0.1 * i);
        const ColumnScale scale = fitScale("difference", ramp);
        QVERIFY(std::abs(scale.center - 0.1) < 1e-9);
        QCOMPARE(scale.scale, 1.0);
    }

    void withoutValuesNothingIsScaled()
    {
        for (const std::string& kind : scalerNames()) {
            const ColumnScale scale = fitScale(kind, std::vector<double>{missing, missing});
            QCOMPARE(scale.center, 0.0);
            QCOMPARE(scale.scale, 1.0);
        }
    }

    void valuesThatAScalerCannotHaveAreNamed()
    {
        const std::vector<double> values = {2, missing, 0, -3};
        for (const std::string kind : {"log", "box_cox", "log_difference"}) {
            QCOMPARE(refusal([&] { checkScalable(kind, "close", values); }),
                     QString("The scaler %1 takes values above 0 alone, but \"close\" is 0 in row 3. Choose "
                             "asinh, yeo_johnson or standard.")
                         .arg(kind.c_str()));
            QVERIFY(refusal([&] { fitScale(kind, values); }) != "accepted");
        }
        for (const std::string& kind : scalerNames()) {
            if (takesNegatives(kind))
                QCOMPARE(refusal([&] { checkScalable(kind, "close", values); }), QString("accepted"));
        }
    }

    void featuresKeepAScalerThatTakesThem()
    {
        for (const char* kind : {"log", "box_cox", "difference", "log_difference"})
            QCOMPARE(featureScaler(kind), std::string("standard"));
        for (const char* kind : {"none", "standard", "asinh", "yeo_johnson", "revin"})
            QCOMPARE(featureScaler(kind), std::string(kind));
    }

    void anUnknownScalerIsNamed()
    {
        QCOMPARE(
            refusal([] {
                fitScale("standart", std::vector<double>{1, 2});
            }),
            QString("There is no scaler \"standart\". There are: none, standard, minmax, robust, max_abs, "
                    "log, box_cox, yeo_johnson, asinh, difference, log_difference, revin, revin_last, "
                    "window_standard, window_robust."));
    }
};

QTEST_APPLESS_MAIN(Scalers)
#include "tst_scalers.moc"
