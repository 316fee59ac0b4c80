// SPDX-License-Identifier: GPL-3.0-or-later
// The commands that check and transform stored series, as a person types them.
#include <QTemporaryDir>
#include <QtTest>

#include "tests/support/program.h"

using namespace fc;

class TestSeriesCommands : public QObject {
    Q_OBJECT

private slots:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_workspace = m_folder->filePath("w.forecastle");
        QByteArray text = "time,open,high,low,close,volume\n";
        for (int i = 0; i < 120; ++i) {
            if (i == 50)
                continue;
            const QString stamp =
                QString("2024-01-02 %1:%2").arg(9 + i / 60, 2, 10, QChar('0')).arg(i % 60, 2, 10, QChar('0'));
            text += stamp.toUtf8() + (i == 30 ? ",5,4,6,5,1\n" : ",5,6,4,5,1\n");
        }
        QFile file(m_folder->filePath("bars.csv"));
        QVERIFY(file.open(QFile::WriteOnly));
        file.write(text);
        file.close();
        QCOMPARE(program({"init", m_workspace}).status, 0);
        QCOMPARE(program({"import", m_workspace, file.fileName()}).status, 0);
    }

    void checkListsFindingsAndRemedies()
    {
        const QJsonObject report = series({"check", "bars", "--json"}).object();
        QStringList codes;
        for (const QJsonValue& finding : report["findings"].toArray())
            codes += finding["code"].toString();
        QCOMPARE(codes, (QStringList{"high_below_low", "gaps"}));
        QCOMPARE(report["findings"][0]["rows"].toArray(), QJsonArray{30});
        QVERIFY(series({"check", "bars"}).output.contains("remedies: keep swap set_missing drop_rows"));
    }

    void aSeriesIsTransformedAndBroughtBack()
    {
        const QString hash = series({"show", "bars", "--json"}).object()["hash"].toString();
        QCOMPARE(series({"repair", "bars", "--remedies", "high_below_low=swap"}).status, 0);
        QCOMPARE(series({"fill", "bars", "--missing", "forward", "--json"}).object()["rows"].toInt(), 120);
        const QJsonObject hour =
            series({"resample", "bars", "--to", "1h", "--as", "hours", "--json"}).object();
        QCOMPARE(hour["rows"].toInt(), 2);
        QCOMPARE(hour["frequency"].toString(), "1h");
        QCOMPARE(hour["lineage"]["operation"].toString(), "resample");
        QCOMPARE(series({"derive", "hours", "--column", "span", "--formula", "high - low"}).status, 0);
        QVERIFY(series({"show", "hours"}).output.contains("resample(others=mean, to=1h) of bars"));
        QCOMPARE(series({"rename", "hours", "--columns", "span=range", "--to", "h"}).status, 0);
        QCOMPARE(series({"join", "h", "--other", "hours2"}).status, 2);
        QCOMPARE(series({"slice", "h", "--from", "1", "--json"}).object()["rows"].toInt(), 1);
        QCOMPARE(series({"drop", "h", "--columns", "volume"}).status, 0);
        for (int i = 0; i < 2; ++i)
            QCOMPARE(series({"undo", "bars"}).status, 0);
        QCOMPARE(series({"show", "bars", "--json"}).object()["hash"].toString(), hash);
        const Outcome nothing = series({"undo", "bars"});
        QCOMPARE(nothing.status, 2);
        QVERIFY(nothing.lastLine().contains("nothing to undo"));
    }

    void wrongUseIsExplained_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QString>("words");
        QTest::newRow("look ahead") << QStringList{"derive", "bars",      "--column",
                                                   "x",      "--formula", "lag(close, -1)"}
                                    << "would look ahead";
        QTest::newRow("column") << QStringList{"drop", "bars", "--columns", "adj"}
                                << "Its columns are open, high";
        QTest::newRow("choice") << QStringList{"fill", "bars", "--missing", "guess"} << "forward";
        QTest::newRow("number") << QStringList{"fill", "bars", "--longest", "ten"} << "longest";
        QTest::newRow("series") << QStringList{"check", "bar"} << "nearest name is \"bars\"";
    }
    void wrongUseIsExplained()
    {
        QFETCH(QStringList, arguments);
        QFETCH(QString, words);
        const Outcome outcome = series(arguments);
        QCOMPARE(outcome.status, 2);
        QVERIFY2(outcome.lastLine().contains(words), outcome.errors);
    }

    void importsTakeRemedies()
    {
        const QString file = m_folder->filePath("bars.csv");
        const Outcome check = program({"import", "--check", file, "--remedy", "high_below_low=drop_rows",
                                       "--missing", "gaps", "--json"});
        QCOMPARE(check.object()["rows"].toInt(), 120);
        QCOMPARE(check.object()["findings"][0]["lines"].toArray(), QJsonArray{32});
        QVERIFY(program({"import", "--check", file}).output.contains("high_below_low"));
        const Outcome wrong = program({"import", "--check", file, "--remedy", "high_below_low=guess"});
        QCOMPARE(wrong.status, 2);
        QVERIFY(wrong.lastLine().contains("Give one of keep, swap"));
    }

    void everyTransformHasHelp()
    {
        for (const char* transform :
             {"check", "resample", "slice", "join", "rename", "derive", "drop", "fill", "repair", "undo"}) {
            const Outcome help = program({"series", m_workspace, transform, "--help"});
            QCOMPARE(help.status, 0);
            QVERIFY(help.output.contains(transform));
        }
    }

private:
    Outcome series(const QStringList& more) const
    {
        return program(QStringList{"series", m_workspace} + more);
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    QString m_workspace;
};

QTEST_GUILESS_MAIN(TestSeriesCommands)
#include "tst_series_commands.moc"
