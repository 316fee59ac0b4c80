// SPDX-License-Identifier: GPL-3.0-or-later
// Stamps, frequencies and the future of a time axis.
#include <QtTest>

#include "engine/data/series.h"

using namespace fc;

namespace {

Timestamp at(const char* iso)
{
    const auto t = parseTimestamp(iso);
    if (!t)
        qFatal("%s is no time", iso);
    return *t;
}

Series seriesAt(const QString& stamps)
{
    Series series;
    for (const QString& stamp : stamps.split(' ', Qt::SkipEmptyParts))
        series.times.push_back(at(stamp.toLatin1().constData()));
    series.columns = {{"y", "", std::vector<double>(series.times.size(), 1.0)}};
    return series;
}

QString print(const std::vector<Timestamp>& times)
{
    QStringList out;
    for (const Timestamp t : times)
        out << QString::fromStdString(formatTimestamp(t, false));
    return out.join(' ');
}

}  // namespace

class TestTime : public QObject {
    Q_OBJECT

private slots:
    void stampsReadBackAsWritten_data()
    {
        QTest::addColumn<QString>("iso");
        QTest::addColumn<qint64>("micros");
        QTest::newRow("epoch") << "1970-01-01T00:00:00Z" << qint64(0);
        QTest::newRow("before the epoch") << "1969-12-31T23:59:59.999999Z" << qint64(-1);
        QTest::newRow("leap day") << "2024-02-29T12:00:00Z" << qint64(1709208000) * 1000000;
        QTest::newRow("leap day of a century") << "2000-02-29T00:00:00Z" << qint64(951782400) * 1000000;
        QTest::newRow("fraction") << "2024-04-13T17:00:00.25Z" << qint64(1713027600250) * 1000;
        QTest::newRow("year 1") << "0001-01-01T00:00:00Z" << qint64(-62135596800) * 1000000;
        QTest::newRow("year 9999") << "9999-12-31T00:00:00Z" << qint64(253402214400) * 1000000;
    }
    void stampsReadBackAsWritten()
    {
        QFETCH(QString, iso);
        QFETCH(qint64, micros);
        QCOMPARE(qint64(at(iso.toLatin1().constData())), micros);
        QCOMPARE(QString::fromStdString(formatTimestamp(micros)), iso);
    }

    void datesStandAloneAtMidnight()
    {
        QCOMPARE(QString::fromStdString(formatTimestamp(at("2024-04-13"), false)), "2024-04-13");
        QCOMPARE(QString::fromStdString(formatTimestamp(at("2024-04-13T17:00:00Z"), false)),
                 "2024-04-13T17:00:00Z");
    }

    void otherFormsAreRefused_data()
    {
        QTest::addColumn<QString>("text");
        for (const char* text :
             {"", "2024", "2023-02-29", "2024-13-01", "2024-00-01", "2024-01-32", "2024-1-1", "2024-01-01T",
              "2024-01-01T24:00:00Z", "2024-01-01T00:60:00Z", "2024-01-01T00:00:00", "2024-01-01 00:00:00Z",
              "2024-01-01T00:00:00.Z", "2024-01-01T00:00:00.1234567Z", "+024-01-01", "2024-01-01Z"})
            QTest::newRow(text) << text;
    }
    void otherFormsAreRefused()
    {
        QFETCH(QString, text);
        QVERIFY(!parseTimestamp(text.toStdString()).has_value());
    }

    void frequencyIsTheCommonStep_data()
    {
        QTest::addColumn<QString>("stamps");
        QTest::addColumn<QString>("text");
        QTest::addColumn<int>("season");
        QTest::addColumn<int>("gaps");
        QTest::addColumn<QString>("next");
        QTest::newRow("hours with a gap")
            << "2024-01-02T00:00:00Z 2024-01-02T01:00:00Z 2024-01-02T02:00:00Z 2024-01-02T05:00:00Z"
            << "1h" << 24 << 1 << "2024-01-02T06:00:00Z 2024-01-02T07:00:00Z";
        QTest::newRow("days") << "2024-01-05 2024-01-06 2024-01-07 2024-01-08"
                              << "1d" << 7 << 0 << "2024-01-09 2024-01-10";
        QTest::newRow("a working week is not yet business days")
            << "2024-01-01 2024-01-02 2024-01-03 2024-01-04 2024-01-05"
            << "1d" << 7 << 0 << "2024-01-06 2024-01-07";
        QTest::newRow("business days")
            << "2024-01-03 2024-01-04 2024-01-05 2024-01-08 2024-01-09 2024-01-10 2024-01-11"
            << "business day" << 5 << 0 << "2024-01-12 2024-01-15";
        QTest::newRow("a holiday is a gap")
            << "2024-01-03 2024-01-04 2024-01-05 2024-01-09 2024-01-10 2024-01-11 2024-01-12"
            << "business day" << 5 << 1 << "2024-01-15 2024-01-16";
        QTest::newRow("weeks") << "2024-01-01 2024-01-08 2024-01-15"
                               << "7d" << 52 << 0 << "2024-01-22 2024-01-29";
        QTest::newRow("months") << "2023-11-01 2023-12-01 2024-01-01"
                                << "1 month" << 12 << 0 << "2024-02-01 2024-03-01";
        QTest::newRow("month ends in a leap year") << "2023-10-31 2023-11-30 2023-12-31 2024-01-31"
                                                   << "1 month" << 12 << 0 << "2024-02-29 2024-03-31";
        QTest::newRow("the 30th comes back after February")
            << "2022-11-30 2022-12-30 2023-01-30 2023-02-28"
            << "1 month" << 12 << 0 << "2023-03-30 2023-04-30";
        QTest::newRow("a missing month")
            << "2023-01-01 2023-02-01 2023-03-01 2023-04-01 2023-05-01 2023-07-01"
            << "1 month" << 12 << 1 << "2023-08-01 2023-09-01";
        QTest::newRow("quarters") << "2023-01-01 2023-04-01 2023-07-01 2023-10-01"
                                  << "1 quarter" << 4 << 0 << "2024-01-01 2024-04-01";
        QTest::newRow("years with a leap day") << "2021-01-01 2022-01-01 2023-01-01 2024-01-01"
                                               << "1 year" << 1 << 0 << "2025-01-01 2026-01-01";
        QTest::newRow("quarters of an hour")
            << "2024-01-01T00:00:00Z 2024-01-01T00:15:00Z 2024-01-01T00:30:00Z"
            << "15min" << 96 << 0 << "2024-01-01T00:45:00Z 2024-01-01T01:00:00Z";
        QTest::newRow("over the clock change there is no gap in UTC")
            << "2024-03-31T00:00:00Z 2024-03-31T01:00:00Z 2024-03-31T02:00:00Z 2024-03-31T03:00:00Z"
            << "1h" << 24 << 0 << "2024-03-31T04:00:00Z 2024-03-31T05:00:00Z";
        QTest::newRow("ticks")
            << "2024-01-01T00:00:00Z 2024-01-01T00:00:01Z 2024-01-01T00:00:11Z 2024-01-01T00:00:14Z "
               "2024-01-01T00:00:30Z"
            << "by row" << 1 << 0 << "2024-01-01T00:00:40Z 2024-01-01T00:00:50Z";
    }
    void frequencyIsTheCommonStep()
    {
        QFETCH(QString, stamps);
        QFETCH(int, season);
        QFETCH(int, gaps);
        const Series series = seriesAt(stamps);
        const Frequency frequency = detectFrequency(series);
        QTEST(QString::fromStdString(frequency.text()), "text");
        QCOMPARE(frequency.season(), season);
        QCOMPARE(int(frequency.gaps), gaps);
        QTEST(print(futureTimes(series, frequency, 2)), "next");
    }

    void seriesWithoutClockCountsOn()
    {
        Series series;
        series.hasClock = false;
        series.times = {0, 1, 2};
        QCOMPARE(QString::fromStdString(detectFrequency(series).text()), "by row");
        QCOMPARE(futureTimes(series, detectFrequency(series), 2), (std::vector<Timestamp>{3, 4}));
        QVERIFY(futureTimes(Series{}, Frequency{}, 2).empty());
    }

    void equalContentHasOneHash()
    {
        Series a = seriesAt("2024-01-01 2024-01-02");
        Series b = a;
        b.name = "renamed";
        b.columns[0].role = "close";
        QCOMPARE(contentHash(a), contentHash(b));
        a.columns[0].values[1] = missing;
        b.columns[0].values[1] = -missing;
        QCOMPARE(contentHash(a), contentHash(b));
        QCOMPARE(contentHash(a).size(), size_t(64));
        b.columns[0].values[1] = 0;
        QVERIFY(contentHash(a) != contentHash(b));
        Series c = a;
        c.columns[0].name = "z";
        QVERIFY(contentHash(a) != contentHash(c));
        c = a;
        c.times[0] += 1;
        QVERIFY(contentHash(a) != contentHash(c));
    }

    void columnsAreFoundByNameThenRole()
    {
        Series series = seriesAt("2024-01-01");
        series.columns = {{"Schlusskurs", "close", {1}}, {"Open", "open", {1}}, {"close2", "", {1}}};
        QCOMPARE(series.column("CLOSE"), &series.columns[0]);
        QCOMPARE(series.column("open"), &series.columns[1]);
        QCOMPARE(series.column("volume"), nullptr);
        QVERIFY(!series.isMarket());
        series.columns.push_back({"h", "high", {1}});
        series.columns.push_back({"l", "low", {1}});
        QVERIFY(series.isMarket());
    }
};

QTEST_GUILESS_MAIN(TestTime)
#include "tst_time.moc"
