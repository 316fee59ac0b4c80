// SPDX-License-Identifier: GPL-3.0-or-later
// Layers, models, losses, optimizers and schedules against reference values and gradients of other programs.
#include <QTest>

#include "tests/engine/golden_layers.h"

using namespace fc;

class GoldenLayersTest : public QObject {
    Q_OBJECT

private slots:
    void initTestCase()
    {
        if (goldenFolders("layers").empty())
            QSKIP("There is no folder with reference values beside the project.");
    }

    void layersMatchTheReference_data() { rows("layers", runLayerCase); }
    void layersMatchTheReference() { compare(); }
    void lossesMatchTheReference_data() { rows("losses", runLossCase); }
    void lossesMatchTheReference() { compare(); }
    void optimizersMatchTheReference_data() { rows("optim", runOptimCase); }
    void optimizersMatchTheReference() { compare(); }

    void everyCaseIsKnown()
    {
        if (!m_left.isEmpty())
            QSKIP(qPrintable(QString("Not part of the engine: %1.").arg(m_left.join(", "))));
    }

private:
    void rows(const char* group, std::optional<Differences> (*run)(const GoldenCase&))
    {
        QTest::addColumn<QStringList>("differences");
        for (const GoldenCase& golden : goldenCases(group)) {
            const std::optional<Differences> result = run(golden);
            if (!result) {
                m_left.push_back(QString::fromStdString(golden.name));
                continue;
            }
            QStringList lines;
            for (const std::string& line : *result)
                lines.push_back(QString::fromStdString(line));
            QTest::newRow(golden.name.c_str()) << lines;
        }
    }

    static void compare()
    {
        QFETCH(const QStringList, differences);
        QVERIFY2(differences.isEmpty(), qPrintable(differences.mid(0, 4).join("; ")));
    }

    QStringList m_left;
};

QTEST_GUILESS_MAIN(GoldenLayersTest)
#include "tst_golden_layers.moc"
