// SPDX-License-Identifier: GPL-3.0-or-later
// Layers, models, losses, optimizers and schedules against reference values and gradients of other programs.
#include <QTest>
#include <set>

#include "tests/engine/golden_layers.h"

using namespace fc;

namespace {

/// Parts of models that the registry does not have yet.
const std::set<std::string> waiting = {"autocorrelation", "probsparse",  "fourier_block",    "s4d",
                                       "selective_scan",  "mamba_block", "rwkv_channel_mix", "rwkv_time_mix",
                                       "rwkv_wkv"};

QStringList run(const GoldenCase& golden, std::optional<Differences> (*runner)(const GoldenCase&))
{
    try {
        const std::optional<Differences> result = runner(golden);
        if (!result)
            return {QString("the program does not know %1").arg(QString::fromStdString(golden.op()))};
        QStringList lines;
        for (const std::string& line : *result)
            lines.push_back(QString::fromStdString(line));
        return lines;
    } catch (const std::exception& error) {
        return {error.what()};
    }
}

}  // namespace

class GoldenLayersTest : public QObject {
    Q_OBJECT

private slots:
    void layersMatchTheReference_data() { rows("layers", runLayerCase); }
    void layersMatchTheReference() { compare("layers"); }
    void lossesMatchTheReference_data() { rows("losses", runLossCase); }
    void lossesMatchTheReference() { compare("losses"); }
    void optimizersMatchTheReference_data() { rows("optim", runOptimCase); }
    void optimizersMatchTheReference() { compare("optim"); }

    void cleanupTestCase()
    {
        if (!m_waiting.isEmpty())
            qInfo("Not part of the engine yet: %s.", qPrintable(m_waiting.join(", ")));
    }

private:
    void rows(const char* group, std::optional<Differences> (*runner)(const GoldenCase&))
    {
        QTest::addColumn<QStringList>("differences");
        for (const GoldenCase& golden : goldenCases(group)) {
            if (waiting.contains(golden.op()))
                m_waiting.push_back(QString::fromStdString(golden.name));
            else
                QTest::newRow(golden.name.c_str()) << run(golden, runner);
        }
    }

    static void compare(const char* group)
    {
        if (goldenFolders(group).empty())
            QSKIP("There is no folder with reference values beside the project.");
        QFETCH(const QStringList, differences);
        QVERIFY2(differences.isEmpty(), qPrintable(differences.mid(0, 4).join("; ")));
    }

    QStringList m_waiting;
};

QTEST_GUILESS_MAIN(GoldenLayersTest)
#include "tst_golden_layers.moc"
