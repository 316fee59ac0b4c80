// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>
#include <cmath>

#include "engine/base/error.h"
#include "engine/data/series.h"
#include "engine/features/scaler.h"

using namespace fc;

class Scalers : public QObject {
    Q_OBJECT

private slots:
    void scalesFollowTheirDefinition_data()
    {
        QTest::addColumn<QString>("kind");
        QTest::addColumn<double>("center");
        QTest::addColumn<double>("scale");
        QTest::newRow("none") << "none" << 0.0 << 1.0;
        QTest::newRow("standard") << "standard" << 4.0 << std::sqrt(10.0);
        QTest::newRow("revin") << "revin" << 4.0 << std::sqrt(10.0);
        QTest::newRow("revin_last") << "revin_last" << 4.0 << std::sqrt(10.0);
        QTest::newRow("minmax") << "minmax" << 1.0 << 9.0;
        QTest::newRow("robust") << "robust" << 3.0 << 2.0;
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
    }

    void everyScalerGoesThereAndBack()
    {
        const std::vector<double> values = {3, 10, -1, 2.5, 4};
        for (const std::string& kind : scalerNames()) {
            const ColumnScale scale = fitScale(kind, values);
            for (const double x : {3.0, -1.0, 1e6, 0.0})
                QVERIFY(std::abs(scale.inverse(scale.forward(x)) - x) <= 1e-12 * std::max(1.0, std::abs(x)));
        }
    }

    void aConstantColumnIsDividedByOne()
    {
        // 0.1 is not exact in binary: its mean and deviation must still be.
        for (const double constant : {0.0, 0.1, -7e9}) {
            for (const std::string& kind : scalerNames()) {
                const ColumnScale scale = fitScale(kind, std::vector<double>(1001, constant));
                QCOMPARE(scale.scale, 1.0);
                QCOMPARE(scale.forward(constant), kind == "none" ? constant : 0.0);
            }
        }
    }

    void withoutValuesNothingIsScaled()
    {
        for (const std::string& kind : scalerNames())
            QVERIFY(fitScale(kind, std::vector<double>{missing, missing}) == ColumnScale());
    }

    void anUnknownScalerIsNamed()
    {
        try {
            fitScale("standart", std::vector<double>{1, 2});
            QFAIL("accepted");
        } catch (const UsageError& error) {
            QCOMPARE(error.what(),
                     "There is no scaler \"standart\". There are: none, standard, minmax, robust, revin, "
                     "revin_last.");
        }
    }
};

QTEST_APPLESS_MAIN(Scalers)
#include "tst_scalers.moc"
