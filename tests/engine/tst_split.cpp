// SPDX-License-Identifier: GPL-3.0-or-later
// Chronological splits by fraction, count and date.
#include <QtTest>

#include "engine/base/error.h"
#include "engine/data/split.h"

using namespace fc;

namespace {

std::vector<Timestamp> days(int count)
{
    std::vector<Timestamp> out;
    for (int i = 0; i < count; ++i)
        out.push_back(*parseTimestamp("2024-01-01") + i * 86'400'000'000LL);
    return out;
}

QString print(const Split& s)
{
    return QString("%1-%2 %3-%4 %5-%6")
        .arg(s.train.begin)
        .arg(s.train.end)
        .arg(s.validation.begin)
        .arg(s.validation.end)
        .arg(s.test.begin)
        .arg(s.test.end);
}

/// One letter a row: t, v or T of the parts, a dot for none.
QString picture(const Split& split, int rows)
{
    QString out(rows, '.');
    for (const auto& [range, letter] :
         {std::pair(split.train, 't'), std::pair(split.validation, 'v'), std::pair(split.test, 'T')}) {
        for (std::int64_t row = range.begin; row < range.end; ++row)
            out[static_cast<qsizetype>(row)] = letter;
    }
    return out;
}

QStringList pictures(int rows, const CutOffs& plan)
{
    QStringList out;
    for (const Split& split : cutOffSplits(rows, plan))
        out << picture(split, rows);
    return out;
}

QString refusal(int rows, const CutOffs& plan)
{
    try {
        cutOffSplits(rows, plan);
    } catch (const UsageError& error) {
        return error.what();
    }
    return "accepted";
}

}  // namespace

class TestSplit : public QObject {
    Q_OBJECT

private slots:
    void partsFollowEachOther_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<int>("rows");
        QTest::addColumn<QString>("parts");
        QTest::newRow("fractions") << "0.7,0.15,0.15" << 100 << "0-70 70-85 85-100";
        QTest::newRow("fractions with blanks") << " 0.7, 0.1 ,0.2" << 10 << "0-7 7-8 8-10";
        QTest::newRow("the remainder goes to the last part") << "0.7,0.1,0.2" << 17 << "0-11 11-13 13-17";
        QTest::newRow("no test part") << "0.8,0.2,0" << 10 << "0-8 8-10 10-10";
        QTest::newRow("everything for training") << "1,0,0" << 10 << "0-10 10-10 10-10";
        QTest::newRow("counts") << "60,20,20" << 100 << "0-60 60-80 80-100";
        QTest::newRow("counts leave the end unused") << "60,20,10" << 100 << "0-60 60-80 80-90";
        QTest::newRow("dates") << "2024-01-08,2024-01-10" << 10 << "0-7 7-9 9-10";
        QTest::newRow("dates between the stamps")
            << "2024-01-07T12:00:00Z,2024-01-09T12:00:00Z" << 10 << "0-7 7-9 9-10";
    }
    void partsFollowEachOther()
    {
        QFETCH(QString, text);
        QFETCH(int, rows);
        QTEST(print(makeSplit(text.toStdString(), days(rows))), "parts");
    }

    void wrongRequestsAreExplained_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("message");
        const QString forms =
            "The split is \"%1\". Give three fractions such as 0.7,0.15,0.15, three row counts such as "
            "700,150,150, or two "
            "dates such as 2023-01-01,2024-01-01.";
        for (const char* text : {"", "0.7", "0.7;0.15;0.15", "a,b,c", "0.7,0.3", "-0.1,0.6,0.5",
                                 "0.7,0.1,0.1,0.1", "1e999,0,0", "2024-02-30,2024-03-01"})
            QTest::newRow(qPrintable(QString("form ") + text)) << text << forms.arg(text);
        QTest::newRow("sum") << "0.7,0.2,0.2"
                             << "The fractions of the split \"0.7,0.2,0.2\" sum to 1.1, not to 1.";
        QTest::newRow("too many") << "8,2,1"
                                  << "The split \"8,2,1\" asks for 11 rows, but the series has only 10.";
        QTest::newRow("no training")
            << "0,5,5"
            << "The split \"0,5,5\" leaves no row for training; the series has 10 rows.";
        QTest::newRow("order")
            << "2024-01-09,2024-01-05"
            << "In the split \"2024-01-09,2024-01-05\" the test part starts before the validation part. Swap "
               "the two dates.";
        QTest::newRow("outside")
            << "2025-01-01,2025-02-01"
            << "The split \"2025-01-01,2025-02-01\" leaves a part without rows; the series reaches from "
               "2024-01-01 to 2024-01-10. Choose dates after the first and up to the last of them.";
    }
    void wrongRequestsAreExplained()
    {
        QFETCH(QString, text);
        QFETCH(QString, message);
        try {
            makeSplit(text.toStdString(), days(10));
            QFAIL("accepted");
        } catch (const UsageError& error) {
            QCOMPARE(QString(error.what()), message);
        }
    }

    void gapsAreCutWherePartsMeet_data()
    {
        QTest::addColumn<int>("purge");
        QTest::addColumn<int>("embargo");
        QTest::addColumn<QString>("split");
        QTest::addColumn<QString>("rows");
        QTest::newRow("none") << 0 << 0 << "10,5,5"
                              << "ttttttttttvvvvvTTTTT";
        QTest::newRow("purge") << 2 << 0 << "10,5,5"
                               << "tttttttt..vvv..TTTTT";
        QTest::newRow("embargo") << 0 << 1 << "10,5,5"
                                 << "tttttttttt.vvvv.TTTT";
        QTest::newRow("both") << 2 << 1 << "10,5,5"
                              << "tttttttt...vv...TTTT";
        QTest::newRow("no test part") << 2 << 1 << "15,5,0"
                                      << "ttttttttttttt...vvvv";
        QTest::newRow("no validation part") << 2 << 1 << "15,0,5"
                                            << "ttttttttttttt...TTTT";
        QTest::newRow("nothing follows") << 2 << 1 << "20,0,0"
                                         << "tttttttttttttttttttt";
    }
    void gapsAreCutWherePartsMeet()
    {
        QFETCH(int, purge);
        QFETCH(int, embargo);
        QFETCH(QString, split);
        QTEST(picture(withGaps(makeSplit(split.toStdString(), days(20)), purge, embargo), 20), "rows");
    }

    void gapsThatSwallowAPartAreRefused()
    {
        try {
            withGaps(makeSplit("10,5,5", days(20)), 3, 2);
            QFAIL("accepted");
        } catch (const UsageError& error) {
            QCOMPARE(
                error.what(),
                "The validation part has 5 rows, and purge and embargo take 5 of them. Make them smaller, "
                "or give that part more rows.");
        }
    }

    void cutOffsMoveAlong()
    {
        QCOMPARE(pictures(16, {.count = 3, .step = 2, .test = 3, .validation = 2}),
                 QStringList({"tttttttvvTTT....",  //
                              "tttttttttvvTTT..",  //
                              "tttttttttttvvTTT"}));
        QCOMPARE(pictures(16, {.count = 3, .step = 2, .test = 3, .validation = 2, .rolling = 5}),
                 QStringList({"..tttttvvTTT....",  //
                              "....tttttvvTTT..",  //
                              "......tttttvvTTT"}));
        QCOMPARE(pictures(8, {.count = 2, .step = 1, .test = 1, .validation = 0}),
                 QStringList({"ttttttT.", "tttttttT"}));
        QCOMPARE(pictures(16, {.count = 2, .step = 3, .test = 3, .validation = 2, .purge = 1}),
                 QStringList({"tttttt.vv.TTT...", "ttttttttt.vv.TTT"}));
        QCOMPARE(
            pictures(16, {.count = 2, .step = 3, .test = 3, .validation = 2, .rolling = 2, .embargo = 2}),
            QStringList({"..tt..vv..TTT...", ".....tt..vv..TTT"}));
        QCOMPARE(pictures(16, {.count = 2, .step = 3, .test = 3, .validation = 0, .purge = 1, .embargo = 1}),
                 QStringList({"tttttttt..TTT...", "ttttttttttt..TTT"}));
    }

    void cutOffsThatDoNotFitAreExplained()
    {
        QCOMPARE(
            refusal(10, {.count = 4, .step = 3, .test = 1, .validation = 1}),
            QString("4 cut-offs 3 rows apart take 12 rows, but the series has 10. Choose fewer cut-offs, a "
                    "smaller step or smaller parts."));
        QCOMPARE(
            refusal(10, {.count = 2, .step = 3, .test = 1, .validation = 1, .rolling = 6}),
            QString("2 cut-offs 3 rows apart take 11 rows, but the series has 10. Choose fewer cut-offs, a "
                    "smaller step or smaller parts."));
        QCOMPARE(refusal(11, {.count = 2, .step = 3, .test = 1, .validation = 1, .rolling = 6}),
                 QString("accepted"));
        QCOMPARE(refusal(10, {.count = 0}), QString("The number of cut-offs is 0; it must be at least 1."));
        QCOMPARE(refusal(10, {.count = 1, .step = 0}), QString("The step is 0; it must be at least 1."));
        QCOMPARE(refusal(10, {.count = 1, .embargo = -1}),
                 QString("The embargo is -1; it must be at least 0."));
    }

    void partsHaveNames()
    {
        QCOMPARE(partName(Part::Train), std::string("train"));
        QCOMPARE(partName(Part::Validation), std::string("validation"));
        QCOMPARE(partName(Part::Test), std::string("test"));
    }
};

QTEST_GUILESS_MAIN(TestSplit)
#include "tst_split.moc"
