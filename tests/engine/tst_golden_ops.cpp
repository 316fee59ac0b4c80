// SPDX-License-Identifier: GPL-3.0-or-later
// Every operation against reference values and gradients of other programs.
#include <QtTest>
#include <set>

#include "tests/engine/golden_ops.h"
#include "tests/support/golden.h"

using namespace fc;

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
        for (const GoldenCase& golden : goldenCases("ops")) {
            if (goldenOps().contains(golden.op()))
                QTest::newRow(golden.name.c_str()) << golden;
        }
    }

    void matchesTheReference()
    {
        QFETCH(GoldenCase, golden);
        const GoldenOp& op = goldenOps().at(golden.op());
        QStringList differences;
        for (const std::string& line :
             checkGolden(golden, [&](const GoldenValues& values) { return op(golden, values); }))
            differences += QString::fromStdString(line);
        if (golden.isConventionSensitive() && !differences.isEmpty())
            QSKIP(qPrintable("Another choice at a kink: " + differences.join("; ")));
        QVERIFY2(differences.isEmpty(), qPrintable(differences.join("; ")));
    }

    void everyOperationIsKnown()
    {
        std::set<std::string> missing;
        for (const GoldenCase& golden : goldenCases("ops")) {
            if (!goldenOps().contains(golden.op()))
                missing.insert(golden.op());
        }
        QStringList names;
        for (const std::string& name : missing)
            names += QString::fromStdString(name);
        if (!names.isEmpty())
            QSKIP(qPrintable("Not part of the engine: " + names.join(", ")));
    }
};

QTEST_GUILESS_MAIN(GoldenOpsTest)
#include "tst_golden_ops.moc"
