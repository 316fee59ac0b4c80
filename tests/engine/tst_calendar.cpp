// SPDX-License-Identifier: GPL-3.0-or-later
// Calendars, gaps against them, and what is put in for missing stamps and values.
#include <QtTest>

#include "engine/base/error.h"
#include "engine/data/calendar.h"
#include "engine/data/fill.h"
#include "engine/data/time_zone.h"
#include "tests/engine/series_text.h"

using namespace fc;

namespace {

constexpr Timestamp minute = 60'000'000;
constexpr Timestamp day = 1440 * minute;

/// Stamps from `begin`, one each `step`, of those local moments that `open` accepts (weekday from 0 = Monday,
/// minute of the day).
template <typename F>
Series marketOf(const char* begin, int days, Timestamp step, const char* zone, F open)
{
    Series series = seriesOf("time close\n", zone);
    const TimeZoneRule rule(zone);
    for (Timestamp t = stampOf(begin); t < stampOf(begin) + days * day; t += step) {
        const Timestamp local = rule.toLocal(t);
        const auto weekday = static_cast<int>((local / day + 3) % 7);
        if (open(weekday, static_cast<int>(local % day / minute))) {
            series.times.push_back(t);
            series.columns[0].values.push_back(static_cast<double>(series.times.size()));
        }
    }
    return series;
}

bool newYork(int weekday, int minuteOfDay)
{
    return weekday < 5 && minuteOfDay >= 570 && minuteOfDay < 960;
}

bool currencies(int weekday, int minuteOfDay)
{
    return weekday < 4 || (weekday == 4 && minuteOfDay < 1320) || (weekday == 6 && minuteOfDay >= 1320);
}

void remove(Series& series, const char* from, const char* until)
{
    for (std::size_t row = series.rows(); row-- > 0;)
        if (series.times[row] >= stampOf(from) && series.times[row] < stampOf(until)) {
            series.times.erase(series.times.begin() + static_cast<std::ptrdiff_t>(row));
            series.columns[0].values.erase(series.columns[0].values.begin() +
                                           static_cast<std::ptrdiff_t>(row));
        }
}

QString text(const Series& series)
{
    return QString::fromStdString(detectCalendar(series).text());
}

QString filled(const char* picture, const char* policy, FillRequest request = {})
{
    Series series = seriesOf(picture);
    request.policy = missingPolicy(policy);
    fillMissing(series, request);
    return pictureOf(series);
}

constexpr const char* holes =
    "time a\n2024-01-01 .\n2024-01-02 2\n2024-01-03 .\n2024-01-06 6\n2024-01-07 8\n"
    "2024-01-08 10\n2024-01-09 12\n2024-01-10 .\n";

}  // namespace

class TestCalendar : public QObject {
    Q_OBJECT

private slots:
    void calendarsAreDetected()
    {
        const auto always = [](int, int) { return true; };
        QCOMPARE(text(marketOf("2024-01-01", 60, 60 * minute, "UTC", always)), "24/7");
        QCOMPARE(text(marketOf("2024-01-01", 60, 5 * minute, "America/New_York", newYork)),
                 "mon-fri 09:30-16:00 America/New_York");
        QCOMPARE(text(marketOf("2024-01-01", 60, 15 * minute, "UTC", currencies)),
                 "mon-thu, fri 00:00-22:00, sun 22:00-24:00");
        QCOMPARE(text(marketOf("2024-01-01", 8, minute, "America/New_York", newYork)),
                 "mon-fri 09:30-16:00 America/New_York");
        QCOMPARE(text(marketOf("2024-01-01", 60, day, "UTC", [](int weekday, int) { return weekday < 5; })),
                 "business_days");
        QCOMPARE(text(seriesOf("row a\n0 1\n1 2\n")), "by_row");
        QCOMPARE(text(seriesOf("time a\n2024-01-31 1\n2024-02-29 2\n2024-03-31 3\n")), "24/7");
    }

    void textIsReadBack_data()
    {
        QTest::addColumn<QString>("calendar");
        for (const char* calendar :
             {"by_row", "24/7", "mon-fri 09:30-16:00 America/New_York",
              "mon-thu, fri 00:00-22:00, sun 22:00-24:00", "mon 09:00-11:30 12:30-15:00, wed"})
            QTest::newRow(calendar) << QString(calendar);
    }
    void textIsReadBack()
    {
        QFETCH(QString, calendar);
        const Series series = marketOf("2024-01-01", 30, 15 * minute, "UTC", [](int, int) { return true; });
        QTEST(QString::fromStdString(parseCalendar(calendar.toStdString(), series).text()), "calendar");
    }

    void closedHoursAndHolidaysAreNoGaps()
    {
        Series series = marketOf("2024-02-01", 60, 5 * minute, "America/New_York", newYork);
        QCOMPARE(findGaps(series, detectCalendar(series)).missing, 0);  // over the change of the clocks, too
        remove(series, "2024-02-19", "2024-02-20");                     // a holiday
        remove(series, "2024-02-21 15:00", "2024-02-21 15:30");
        remove(series, "2024-02-22 20:30", "2024-02-23 15:00");
        const CalendarGaps gaps = findGaps(series, detectCalendar(series));
        QCOMPARE(gaps.closedDays, 1);
        QCOMPARE(gaps.gaps.size(), 2u);
        QCOMPARE(gaps.gaps[0].missing, 6);
        QCOMPARE(gaps.gaps[1].missing, 12);  // half an hour at the end of a day, half an hour of the next
        const std::vector<Timestamp> times = missingTimes(series, detectCalendar(series));
        QCOMPARE(times.size(), 18u);
        QCOMPARE(times.front(), stampOf("2024-02-21 15:00"));
        QCOMPARE(times.back(), stampOf("2024-02-23 14:55"));
    }

    void missingDaysOfABusinessWeekAreGaps()
    {
        Series series = marketOf("2024-01-01", 60, day, "UTC", [](int weekday, int) { return weekday < 5; });
        remove(series, "2024-01-11", "2024-01-16");
        QCOMPARE(findGaps(series, detectCalendar(series)).missing, 3);
        QCOMPARE(findGaps(series, parseCalendar("24/7", series)).missing, 5 + 7 * 2);
        QCOMPARE(findGaps(series, parseCalendar("by_row", series)).missing, 0);
    }

    void monthsAreStepsWhateverTheirLength()
    {
        const Series series = seriesOf(
            "time a\n2023-08-31 1\n2023-09-30 1\n2023-10-31 1\n2023-11-30 2\n2023-12-31 3\n2024-01-31 "
            "4\n2024-03-31 5\n");
        const std::vector<Timestamp> times = missingTimes(series, detectCalendar(series));
        QCOMPARE(times, std::vector<Timestamp>{stampOf("2024-02-29")});
    }

    void holesAreFilled_data()
    {
        QTest::addColumn<QString>("after");
        const QString head =
            "time a\n2024-01-01 %1\n2024-01-02 2\n2024-01-03 %2\n2024-01-04 %3\n2024-01-05 %4\n2024-01-06 "
            "6\n2024-01-07 8\n2024-01-08 10\n2024-01-09 12\n2024-01-10 %5";
        QTest::newRow("gaps") << head.arg(".", ".", ".", ".", ".");
        QTest::newRow("forward") << head.arg(".", "2", "2", "2", "12");
        QTest::newRow("linear") << head.arg(".", "3", "4", "5", ".");
        QTest::newRow("nearest") << head.arg("2", "2", "2", "6", "12");
        QTest::newRow("mean") << head.arg(".", "2", "2", "2", "7.6");
        QTest::newRow("keep") << QString(holes).trimmed();
        QTest::newRow("drop")
            << "time a\n2024-01-02 2\n2024-01-06 6\n2024-01-07 8\n2024-01-08 10\n2024-01-09 12";
    }
    void holesAreFilled() { QTEST(filled(holes, QTest::currentDataTag()), "after"); }

    void longHolesAndOtherColumnsCanBeSpared()
    {
        FillRequest request;
        request.longest = 2;
        QCOMPARE(filled("time a\n2024-01-01 1\n2024-01-02 .\n2024-01-03 3\n2024-01-07 7\n2024-01-08 "
                        "8\n2024-01-09 9\n",
                        "forward", request),
                 "time a\n2024-01-01 1\n2024-01-02 1\n2024-01-03 3\n2024-01-04 .\n2024-01-05 .\n2024-01-06 "
                 ".\n2024-01-07 "
                 "7\n2024-01-08 8\n2024-01-09 9");
        FillRequest one;
        one.columns = {"b"};
        one.insertRows = false;
        QCOMPARE(filled("time a b\n2024-01-01 1 1\n2024-01-02 . .\n2024-01-04 . .\n", "forward", one),
                 "time a b\n2024-01-01 1 1\n2024-01-02 . 1\n2024-01-04 . 1");
    }

    void missingCandlesAreFlatAndWithoutVolume()
    {
        QCOMPARE(filled("time open high low close volume\n2024-01-01 1 4 1 3 10\n2024-01-02 3 5 2 4 "
                        "20\n2024-01-04 4 6 3 "
                        "5 .\n2024-01-05 5 5 5 5 50\n",
                        "forward"),
                 "time open high low close volume\n2024-01-01 1 4 1 3 10\n2024-01-02 3 5 2 4 20\n2024-01-03 "
                 "4 4 4 4 "
                 "0\n2024-01-04 4 6 3 5 0\n2024-01-05 5 5 5 5 50");
    }

    void lookingAheadIsSaid_data()
    {
        QTest::addColumn<bool>("says");
        QTest::newRow("linear") << true;
        QTest::newRow("nearest") << true;
        QTest::newRow("forward") << false;
        QTest::newRow("mean") << false;
    }
    void lookingAheadIsSaid()
    {
        QFETCH(bool, says);
        Series series = seriesOf(holes);
        FillRequest request;
        request.policy = missingPolicy(QTest::currentDataTag());
        QString notes;
        for (const Message& note : fillMissing(series, request).notes)
            notes += QString::fromStdString(note.english()) + " ";
        QCOMPARE(notes.contains("The filled values look ahead"), says);
        QVERIFY(
            notes.contains("2 stamps were missing against the calendar 24/7; rows were put in for them."));
    }

    void clocksGoBackAndForward()
    {
        const TimeZoneRule berlin("Europe/Berlin");
        const auto utc = [&](const char* local) { return berlin.toUtc(stampOf(local)); };
        QCOMPARE(utc("2024-07-01 12:00").micros, stampOf("2024-07-01 10:00"));
        QVERIFY(utc("2024-10-27 02:30").kind == TimeZoneRule::Kind::Repeated);
        QCOMPARE(utc("2024-10-27 02:30").micros, stampOf("2024-10-27 00:30"));
        QCOMPARE(utc("2024-10-27 02:30").later, stampOf("2024-10-27 01:30"));
        QVERIFY(utc("2024-03-31 02:30").kind == TimeZoneRule::Kind::Skipped);
        QCOMPARE(utc("2024-03-31 02:30").micros, stampOf("2024-03-31 01:30"));  // 03:30 there
        for (const char* moment :
             {"2024-03-31 00:59", "2024-03-31 01:00", "2024-10-27 00:30", "2024-10-27 01:30"}) {
            const TimeZoneRule::Utc back = berlin.toUtc(berlin.toLocal(stampOf(moment)));
            QVERIFY(back.micros == stampOf(moment) || back.later == stampOf(moment));
        }
        for (const auto& [name, minutes] :
             {std::pair("+02:00", 120), std::pair("-0530", -330), std::pair("Z", 0)})
            QCOMPARE(TimeZoneRule(name).toLocal(0), minutes * minute);
        QVERIFY_EXCEPTION_THROWN(TimeZoneRule("Mars/Base"), UsageError);
        QVERIFY_EXCEPTION_THROWN(TimeZoneRule("+25:00"), UsageError);
    }

    void wrongCalendarsAreRefused_data()
    {
        QTest::addColumn<QString>("calendar");
        for (const char* calendar : {"mon-", "mon 9-10", "mon 10:00-09:00", "mon 09:00-25:00", "xyz",
                                     "mon-fri 09:30-16:00 Mars", ","})
            QTest::newRow(calendar) << QString(calendar);
    }
    void wrongCalendarsAreRefused()
    {
        QFETCH(QString, calendar);
        const Series series = seriesOf("time a\n2024-01-01 1\n2024-01-02 2\n");
        QVERIFY_EXCEPTION_THROWN(parseCalendar(calendar.toStdString(), series), UsageError);
    }
};

QTEST_GUILESS_MAIN(TestCalendar)
#include "tst_calendar.moc"
