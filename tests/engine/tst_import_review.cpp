// SPDX-License-Identifier: GPL-3.0-or-later
// Findings of an import with their lines, remedies and rules for what is missing, and clocks that go back.
#include <QtTest>

#include "engine/base/error.h"
#include "engine/io/import.h"
#include "tests/engine/series_text.h"

using namespace fc;

namespace {

const char* const candles =
    "date,open,high,low,close,volume,note\n"
    "2024-01-01,2,3,1,2,5,a\n"
    "2024-01-02,2,1,3,2,5,b\n"
    "\n"
    "2024-01-03,2,3,1,2,0,c\n"
    "2024-01-05,2,3,1,2,-5,d\n";

ImportResult import(const QByteArray& bytes, const char* json = "{}")
{
    return importCsvBytes(bytes.toStdString(), "s", importOptionsFromJson(json));
}

QString findings(const ImportResult& result)
{
    QStringList out;
    for (const Finding& finding : result.findings.front()) {
        QStringList lines;
        for (const std::int64_t line : finding.lines)
            lines += QString::number(line);
        out += QString::fromStdString(finding.code) + ":" + lines.join(",");
    }
    return out.join(' ');
}

/// Codes of the messages.
QString codes(const ImportResult& result)
{
    QStringList out;
    for (const ImportMessage& message : result.messages)
        out += QString::fromStdString(message.code);
    return out.join(' ');
}

/// Stamps with the values 1, 2, 3 …
QByteArray stamps(const QStringList& list)
{
    QByteArray out = "time,y\n";
    for (int i = 0; i < list.size(); ++i)
        out += list[i].toUtf8() + "," + QByteArray::number(i + 1) + "\n";
    return out;
}

}  // namespace

class TestImportReview : public QObject {
    Q_OBJECT

private slots:
    void findingsNamePhysicalLines()
    {
        QCOMPARE(findings(import(candles)), "high_below_low:3 negative_volume:6 zero_volume:5 gaps:6");
    }

    void findingsAloneAreNoWarnings()
    {
        const ImportResult result = import("date,close,volume\n2024-01-01,1,0\n2024-01-02,-1,1\n");
        QCOMPARE(findings(result), "negative_price:3 zero_volume:2");
        QVERIFY(result.verdict == ImportVerdict::Accept);
    }

    void nothingIsRepairedUnasked()
    {
        QCOMPARE(
            pictureOf(import(candles).series.front()),
            "time open high low close volume\n2024-01-01 2 3 1 2 5\n2024-01-02 2 1 3 2 5\n2024-01-03 2 3 1 2 "
            "0\n2024-01-05 2 3 1 2 -5");
    }

    void remediesAreAppliedAndReported()
    {
        const ImportResult result =
            import(candles, R"({"remedies":{"high_below_low":"swap","negative_volume":"drop_rows"}})");
        QCOMPARE(pictureOf(result.series.front()),
                 "time open high low close volume\n2024-01-01 2 3 1 2 5\n2024-01-02 2 3 1 2 5\n2024-01-03 2 "
                 "3 1 2 0");
        QVERIFY(codes(result).contains("remedy remedy"));
        QCOMPARE(result.texts.front().values, (std::vector<std::string>{"a", "b", "c"}));
        QCOMPARE(result.rows(), 3);
    }

    void remediesAreInTheRecipe()
    {
        const ImportResult result =
            import(candles, R"({"remedies":{"high_below_low":"swap"},"missing":"forward"})");
        const ImportResult again = import(candles, toJson(result.detected).c_str());
        QCOMPARE(pictureOf(again.series.front()), pictureOf(result.series.front()));
        QVERIFY(toJson(result.detected).find(R"("remedies":{"high_below_low":"swap"},"missing":"forward")") !=
                std::string::npos);
    }

    void missingStampsGetRows()
    {
        const ImportResult result = import(candles, R"({"missing":"gaps"})");
        QVERIFY(pictureOf(result.series.front()).contains("2024-01-04 . . . . .\n2024-01-05"));
        QCOMPARE(result.texts.front().values, (std::vector<std::string>{"a", "b", "c", "", "d"}));
        QVERIFY(codes(result).contains("missing_filled"));
        QCOMPARE(import(candles, R"({"missing":"gaps","calendar":"by_row"})").rows(), 4);
    }

    void rowsWithoutClockCanBeDropped()
    {
        const ImportResult result =
            import("a,close,n\nx,1,p\ny,0,q\nz,3,r\n", R"({"remedies":{"zero_price":"drop_rows"}})");
        QCOMPARE(pictureOf(result.series.front()), "row close\n0 1\n1 3");
        QCOMPARE(result.texts.front().values, (std::vector<std::string>{"x", "z"}));
    }

    void seriesOfALongFileAreCheckedOneByOne()
    {
        const ImportResult result = import(
            "date,id,close\n2024-01-01,a,1\n2024-01-01,b,2\n2024-01-02,a,0\n2024-01-02,b,3\n"
            "2024-01-03,a,1\n2024-01-03,b,-2\n");
        QCOMPARE(result.findings.size(), 2u);
        QCOMPARE(result.findings[0].front().lines, std::vector<std::int64_t>{4});
        QCOMPARE(result.findings[1].front().lines, std::vector<std::int64_t>{7});
    }

    void hoursThatComeTwiceFollowTheOrderOfTheRows_data()
    {
        QTest::addColumn<QStringList>("local");
        QTest::addColumn<QString>("json");
        QTest::addColumn<QString>("times");
        const QStringList halves{"2024-10-27 01:30", "2024-10-27 02:00", "2024-10-27 02:30",
                                 "2024-10-27 02:00", "2024-10-27 02:30", "2024-10-27 03:00"};
        const QString each =
            "time y\n2024-10-26T23:30 1\n2024-10-27 2\n2024-10-27T00:30 3\n2024-10-27T01:00 "
            "4\n2024-10-27T01:30 "
            "5\n2024-10-27T02:00 6";
        QTest::newRow("both in turn") << halves << "" << each;
        QStringList newestFirst = halves;
        std::reverse(newestFirst.begin(), newestFirst.end());
        QTest::newRow("newest first")
            << newestFirst << ""
            << "time y\n2024-10-26T23:30 6\n2024-10-27 5\n2024-10-27T00:30 4\n2024-10-27T01:00 "
               "3\n2024-10-27T01:30 2\n2024-10-27T02:00 1";
        QTest::newRow("one of them is the first")
            << QStringList{"2024-10-27 01:30", "2024-10-27 02:30", "2024-10-27 03:30"} << ""
            << "time y\n2024-10-26T23:30 1\n2024-10-27T00:30 2\n2024-10-27T02:30 3";
        QTest::newRow("later by request")
            << QStringList{"2024-10-27 01:30", "2024-10-27 02:30"} << R"(,"on_repeated_hour":"later")"
            << "time y\n2024-10-26T23:30 1\n2024-10-27T01:30 2";
        QTest::newRow("shifted by request")
            << QStringList{"2024-03-31 01:30", "2024-03-31 02:30", "2024-03-31 04:00"}
            << R"(,"on_skipped_hour":"shift")"
            << "time y\n2024-03-31T00:30 1\n2024-03-31T01:30 2\n2024-03-31T02:00 3";
    }
    void hoursThatComeTwiceFollowTheOrderOfTheRows()
    {
        QFETCH(QStringList, local);
        QFETCH(QString, json);
        const QByteArray options = R"({"time_zone":"Europe/Berlin")" + json.toUtf8() + "}";
        const ImportResult result = import(stamps(local), options);
        QVERIFY(result.verdict == ImportVerdict::AcceptWithWarning);
        QTEST(pictureOf(result.series.front()), "times");
    }

    void hoursThatNeverWereAreRefusedWithTheirLine()
    {
        const ImportResult result =
            import(stamps({"2024-03-31 01:30", "2024-03-31 02:30"}), R"({"time_zone":"Europe/Berlin"})");
        QVERIFY(result.verdict == ImportVerdict::Reject);
        QCOMPARE(codes(result), "skipped_hour");
        QCOMPARE(*result.messages.front().line, 3);
    }

    /// Which of day and month comes first is settled before an hour is called impossible: here it is 3
    /// October.
    void hoursAreJudgedInTheChosenOrder()
    {
        const ImportResult result =
            import(stamps({"09/30/2024 02:30", "10/03/2024 02:30"}), R"({"time_zone":"America/New_York"})");
        QCOMPARE(codes(result), "");
        QCOMPARE(pictureOf(result.series.front()), "time y\n2024-09-30T06:30 1\n2024-10-03T06:30 2");
    }

    void senselessOptionsAreRefused_data()
    {
        QTest::addColumn<QString>("json");
        for (const char* json : {R"({"remedies":{"spike":"swap"}})", R"({"remedies":{"spikes":"keep"}})",
                                 R"({"missing":"zero"})", R"({"calendar":"sometimes"})",
                                 R"({"on_repeated_hour":"both"})", R"({"on_skipped_hour":"x"})"})
            QTest::newRow(json) << json;
    }
    void senselessOptionsAreRefused()
    {
        QFETCH(QString, json);
        QVERIFY_EXCEPTION_THROWN(import(candles, json.toUtf8()), UsageError);
    }
};

QTEST_GUILESS_MAIN(TestImportReview)
#include "tst_import_review.moc"
