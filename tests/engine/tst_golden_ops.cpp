// SPDX-License-Identifier: GPL-3.0-or-later
// Every operation against reference values and gradients of other programs.
#include <QtTest>

#include "tests/engine/golden_ops.h"
#include "tests/support/golden.h"

using namespace fc;

namespace {

QStringList differences(const GoldenCase& golden)
{
    const auto found = goldenOps().find(golden.op());
    if (found == goldenOps().end())
        return {"the program does not know " + QString::fromStdString(golden.op())};
    try {
        QStringList lines;
        for (const std::string& line :
             checkGolden(golden, [&](const GoldenValues& values) { return found->second(golden, values); }))
            lines += QString::fromStdString(line);
        return lines;
    } catch (const std::exception& error) {
        return {error.what()};
    }
}

}  // namespace

class GoldenOpsTest : public QObject {
    Q_OBJECT

private slots:
    void initTestCase()
    {
        if (goldenFolders("ops").empty())
            QSKIP("There is no folder with reference values beside the project.");
    }

    void matchesTheReference_data()
    {
        QTest::addColumn<GoldenCase>("golden");
        for (const GoldenCase& golden : goldenCases("ops"))
            QTest::newRow(golden.name.c_str()) << golden;
    }

    void matchesTheReference()
    {
        QFETCH(GoldenCase, golden);
        const QStringList lines = differences(golden);
        if (golden.isConventionSensitive()) {
            if (!lines.isEmpty())
                qInfo("Another choice at a kink: %s", qPrintable(lines.join("; ")));
            return;
        }
        QVERIFY2(lines.isEmpty(), qPrintable(lines.join("; ")));
    }
};

QTEST_GUILESS_MAIN(GoldenOpsTest)
#include "tst_golden_ops.moc"
