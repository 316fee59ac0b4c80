// SPDX-License-Identifier: GPL-3.0-or-later
// Transforms of series: what rows and values come out, and that none looks ahead.
#include <QtTest>

#include "engine/base/error.h"
#include "engine/data/transforms.h"
#include "tests/engine/series_text.h"

using namespace fc;

namespace {

/// The params as "key=value; key=value".
ParamValues values(const SeriesTransform& transform, const QString& text)
{
    ParamValues out;
    for (const QString& pair : text.split(';', Qt::SkipEmptyParts)) {
        const std::string key = pair.section('=', 0, 0).trimmed().toStdString();
        const Param* param = find(transform.schema, key);
        if (param == nullptr)
            throw UsageError(Message("no param %1", key));
        out[key] = parseValue(*param, pair.section('=', 1).trimmed().toStdString());
    }
    return out;
}

TransformResult applied(const Series& series, const char* id, const char* params,
                        const Series* other = nullptr)
{
    const SeriesTransform& transform = seriesTransform(id);
    return transform.apply(series, other, values(transform, params));
}

QString notesOf(const TransformResult& result)
{
    QStringList out;
    for (const Message& note : result.notes)
        out += QString::fromStdString(note.english());
    return out.join(' ');
}

constexpr const char* candles =
    "time open high low close volume oi\n"
    "2024-01-02T09:30 10 12 9 11 100 5\n"
    "2024-01-02T09:31 11 13 10 12 200 7\n"
    "2024-01-02T09:33 12 14 11 . 300 9\n"
    "2024-01-02T09:35 13 15 12 14 . 11\n"
    "2024-01-02T09:36 14 16 8 15 500 13\n";

}  // namespace

class TestTransforms : public QObject {
    Q_OBJECT

private slots:
    void result_data()
    {
        QTest::addColumn<QString>("before");
        QTest::addColumn<QString>("transform");
        QTest::addColumn<QString>("params");
        QTest::addColumn<QString>("after");
        const auto row = [](const char* name, const char* before, const char* id, const char* params,
                            const char* after) {
            QTest::newRow(name) << QString(before) << QString(id) << QString(params) << QString(after);
        };
        row("candles of five minutes", candles, "resample", "to=5min",
            "time open high low close volume oi\n"
            "2024-01-02T09:30 10 14 9 12 600 7\n"
            "2024-01-02T09:35 13 16 8 15 500 12");
        row("other columns by choice", candles, "resample", "to=5min; others=last; methods=volume=max",
            "time open high low close volume oi\n"
            "2024-01-02T09:30 10 14 9 12 300 9\n"
            "2024-01-02T09:35 13 16 8 15 500 13");
        row("an incomplete last step can be dropped", candles, "resample", "to=5min; drop_incomplete=true",
            "time open high low close volume oi\n"
            "2024-01-02T09:30 10 14 9 12 600 7");
        row("weeks begin on Monday", "time a\n2024-01-06 1\n2024-01-07 2\n2024-01-08 3\n2024-01-09 4\n",
            "resample", "to=1w; others=sum", "time a\n2024-01-01 3\n2024-01-08 7");
        row("months and quarters", "time a\n2024-01-30 1\n2024-01-31 2\n2024-02-01 4\n2024-02-02 8\n",
            "resample", "to=1mo; others=sum", "time a\n2024-01-01 3\n2024-02-01 12");
        row("a step without values is missing",
            "time a\n2024-01-01T00:00 .\n2024-01-01T00:01 .\n2024-01-01T00:02 1\n", "resample",
            "to=2min; others=sum", "time a\n2024-01-01 .\n2024-01-01T00:02 1");
        row("slice by date, the last day included",
            "time a\n2024-01-01T12:00 1\n2024-01-02T12:00 2\n2024-01-03T12:00 3\n2024-01-04T12:00 4\n",
            "slice", "from=2024-01-02; until=2024-01-03", "time a\n2024-01-02T12:00 2\n2024-01-03T12:00 3");
        row("slice by time of day", "time a\n2024-01-01T12:00 1\n2024-01-01T13:00 2\n2024-01-01T14:00 3\n",
            "slice", "from=2024-01-01 13:00; until=2024-01-01T13:00:00Z", "time a\n2024-01-01T13:00 2");
        row("slice from the end", "row a\n0 1\n1 2\n2 3\n3 4\n", "slice", "from=-2", "row a\n0 3\n1 4");
        row("slice by rows", "row a\n0 1\n1 2\n2 3\n3 4\n", "slice", "from=1; until=2", "row a\n0 2\n1 3");
        row("columns change their names", "time a b\n2024-01-01 1 2\n", "rename", "columns=a=b, b=\"c, d\"",
            "time b c, d\n2024-01-01 1 2");
        row("a derived column", "time a b\n2024-01-01 1 2\n2024-01-02 3 .\n2024-01-03 5 6\n", "derive",
            "column=change; formula=diff(a, 1) * b",
            "time a b change\n2024-01-01 1 2 .\n2024-01-02 3 . .\n2024-01-03 5 6 12");
        row("a derived column replaces one of its name", "time a\n2024-01-01 1\n2024-01-02 3\n", "derive",
            "column=A; formula=a * 2", "time a\n2024-01-01 2\n2024-01-02 6");
        row("columns are left out", "time a b c\n2024-01-01 1 2 3\n", "drop", "columns=c, a",
            "time b\n2024-01-01 2");
    }
    void result()
    {
        QFETCH(QString, before);
        QFETCH(QString, transform);
        QFETCH(QString, params);
        const Series series = seriesOf(before.toUtf8());
        QTEST(pictureOf(applied(series, transform.toUtf8(), params.toUtf8()).series), "after");
    }

    void incompleteStepsAreSaid()
    {
        QVERIFY(notesOf(applied(seriesOf(candles), "resample", "to=5min"))
                    .startsWith(
                        "The last step, from 2024-01-02T09:35:00Z, is not complete: the next row is due at "
                        "2024-01-02T09:37:00Z. It was kept."));
        QCOMPARE(notesOf(applied(seriesOf("time a\n2024-01-01T00:00 1\n2024-01-01T00:01 2\n2024-01-01T00:02 "
                                          "3\n2024-01-01T00:03 4\n"),
                                 "resample", "to=2min")),
                 "");
    }

    /// Days of Berlin: the one of the autumn change has 25 hours, and an hour that comes twice is two steps.
    void daysAndHoursFollowTheTimeZone()
    {
        Series hours = seriesOf("time a\n2024-10-26T22:00 1\n", "Europe/Berlin");
        for (int i = 1; i < 50; ++i) {
            hours.times.push_back(hours.times.front() + i * 3'600'000'000LL);
            hours.columns[0].values.push_back(1);
        }
        QCOMPARE(pictureOf(applied(hours, "resample", "to=1d; others=count").series),
                 "time a\n2024-10-26T22:00 25\n2024-10-27T23:00 24\n2024-10-28T23:00 1");
        QCOMPARE(applied(hours, "slice", "from=2024-10-27; until=2024-10-27").series.rows(), 25u);
        Series halves = seriesOf("time a\n2024-10-27T00:00 1\n", "Europe/Berlin");
        for (int i = 1; i < 6; ++i) {
            halves.times.push_back(halves.times.front() + i * 1'800'000'000LL);
            halves.columns[0].values.push_back(1);
        }
        QCOMPARE(pictureOf(applied(halves, "resample", "to=1h; others=count").series),
                 "time a\n2024-10-27 2\n2024-10-27T01:00 2\n2024-10-27T02:00 2");
    }

    void join_data()
    {
        QTest::addColumn<QString>("params");
        QTest::addColumn<QString>("after");
        QTest::newRow("inner") << "how=inner"
                               << "time a b\n2024-01-02 2 20\n2024-01-03 3 30";
        QTest::newRow("left") << "how=left"
                              << "time a b\n2024-01-01 1 .\n2024-01-02 2 20\n2024-01-03 3 30";
        QTest::newRow("outer")
            << "how=outer"
            << "time a b\n2024-01-01 1 .\n2024-01-02 2 20\n2024-01-03 3 30\n2024-01-04 . 40";
        QTest::newRow("asof") << "how=asof"
                              << "time a b\n2024-01-01 1 .\n2024-01-02 2 20\n2024-01-03 3 30";
        QTest::newRow("prefix") << "how=inner; prefix=x_"
                                << "time a x_b\n2024-01-02 2 20\n2024-01-03 3 30";
    }
    void join()
    {
        QFETCH(QString, params);
        const Series a = seriesOf("time a\n2024-01-01 1\n2024-01-02 2\n2024-01-03 3\n");
        const Series b = seriesOf("time b\n2024-01-02 20\n2024-01-03 30\n2024-01-04 40\n");
        QTEST(pictureOf(applied(a, "join", params.toUtf8(), &b).series), "after");
    }

    void takenNamesGetTheNameOfTheOtherSeries()
    {
        const Series a = seriesOf("time close\n2024-01-01 1\n2024-01-02 2\n");
        Series b = a;
        b.name = "gold";
        const Series both = applied(a, "join", "", &b).series;
        QCOMPARE(pictureOf(both), "time close gold close\n2024-01-01 1 1\n2024-01-02 2 2");
        QCOMPARE(both.columns[1].role, "");
    }

    /// A day is known when it is over: the hours of that day see the day before.
    void asofJoinDoesNotLookAhead()
    {
        Series hours = seriesOf("time a\n2024-01-02T00:00 0\n");
        for (int i = 1; i < 48; ++i) {
            hours.times.push_back(hours.times.front() + i * 3'600'000'000LL);
            hours.columns[0].values.push_back(i);
        }
        const Series days = seriesOf("time b\n2024-01-01 1\n2024-01-02 2\n2024-01-03 3\n");
        const Series joined = applied(hours, "join", "how=asof", &days).series;
        const std::vector<double>& b = joined.columns[1].values;
        QCOMPARE(b[0], 1.0);  // 00:00 to 01:00
        QCOMPARE(b[22], 1.0);
        QCOMPARE(b[23], 2.0);  // 23:00 to 24:00: both are over at midnight
        QCOMPARE(b[46], 2.0);
        QCOMPARE(b[47], 3.0);
        QCOMPARE(applied(hours, "join", "how=asof; stamps=instant", &days).series.columns[1].values[0], 2.0);
    }

    /// Whatever comes later, the rows before it keep their values.
    void laterRowsChangeNothing_data()
    {
        QTest::addColumn<QString>("transform");
        QTest::addColumn<QString>("params");
        QTest::newRow("derive") << "derive"
                                << "column=x; formula=mean(a, 3) / lag(a, 2)";
        QTest::newRow("resample") << "resample"
                                  << "to=2d";
        QTest::newRow("asof") << "join"
                              << "how=asof";
        QTest::newRow("forward") << "fill"
                                 << "missing=forward; calendar=24/7";
        QTest::newRow("mean") << "fill"
                              << "missing=mean; calendar=24/7";
    }
    void laterRowsChangeNothing()
    {
        QFETCH(QString, transform);
        QFETCH(QString, params);
        Series series = seriesOf("time a\n2024-01-01 1\n");
        for (int i = 1; i < 40; ++i) {
            if (i % 7 == 3)
                continue;
            series.times.push_back(series.times.front() + i * 86'400'000'000LL);
            series.columns[0].values.push_back(i % 5 == 0 ? missing : i * i % 11);
        }
        Series changed = series;
        for (std::size_t row = 20; row < series.rows(); ++row)
            changed.columns[0].values[row] = 1e9;
        const Series a = applied(series, transform.toUtf8(), params.toUtf8(), &series).series;
        const Series b = applied(changed, transform.toUtf8(), params.toUtf8(), &changed).series;
        QCOMPARE(a.times, b.times);
        for (std::size_t c = 0; c < a.columns.size(); ++c)
            for (std::size_t row = 0; row < a.rows() && a.times[row] + 86'400'000'000LL < series.times[20];
                 ++row)
                QVERIFY(a.columns[c].values[row] == b.columns[c].values[row] ||
                        (std::isnan(a.columns[c].values[row]) && std::isnan(b.columns[c].values[row])));
    }

    void wrongRequestsAreExplained_data()
    {
        QTest::addColumn<QString>("transform");
        QTest::addColumn<QString>("params");
        QTest::addColumn<QString>("sentence");
        const auto row = [](const char* id, const char* params, const char* sentence) {
            QTest::addRow("%s %s", id, params) << QString(id) << QString(params) << QString(sentence);
        };
        row("resample", "to=1fortnight", "The step \"1fortnight\" is none. Give a number and one of");
        row("resample", "to=1d", "The series \"s\" has a step of 1d, which is not shorter than 1d.");
        row("resample", "to=1w; methods=z=sum",
            "The series \"s\" has no column \"z\". Its columns are a, b.");
        row("resample", "to=1w; methods=a=mode",
            "There is no way \"mode\" to join rows. Give one of first, last");
        row("slice", "from=2025-01-01",
            "No row lies between \"2025-01-01\" and \"\"; the series \"s\" has 3 rows");
        row("slice", "from=yesterday", "\"yesterday\" is neither a date such as 2024-01-31, a time");
        row("rename", "", "Name a column to rename, as old=new.");
        row("rename", "columns=a", "\"a\" is no pair. Write name=value");
        row("rename", "columns=a=b", "The series \"s\" would have two columns \"b\".");
        row("derive", "column=x; formula=nope + 1",
            "There is no column \"nope\", which the formula names at character 1. Columns: a, b.");
        row("derive", "column=x; formula=lag(a, -1)",
            "The second argument of lag at character 8 of the formula is negative: it would look ahead.");
        row("derive", "formula=a", "The derived column needs a name. Give one.");
        row("drop", "columns=a,b", "The series \"s\" would have no column left.");
        row("fill", "calendar=tues", "The calendar \"tues\" is none.");
        row("fill", "missing=linear; columns=q", "The series \"s\" has no column \"q\".");
        row("repair", "remedies=spike=swap",
            "\"swap\" is no remedy for spike. Give one of keep, set_missing");
        row("join", "how=left",
            "The steps differ (1d and 7d): at equal stamps the row of the longer step is not over yet");
    }
    void wrongRequestsAreExplained()
    {
        QFETCH(QString, transform);
        QFETCH(QString, params);
        QFETCH(QString, sentence);
        const Series series = seriesOf("time a b\n2024-01-01 1 2\n2024-01-02 2 3\n2024-01-03 3 4\n");
        const Series weeks = seriesOf("time c\n2024-01-01 1\n2024-01-08 2\n2024-01-15 3\n");
        QString said = "(nothing)";
        try {
            applied(series, transform.toUtf8(), params.toUtf8(), &weeks);
        } catch (const UsageError& error) {
            said = error.what();
        }
        QVERIFY2(said.startsWith(sentence), qPrintable(said));
    }

    void seriesWithoutClockIsNotResampled()
    {
        QVERIFY_EXCEPTION_THROWN(applied(seriesOf("row a\n0 1\n1 2\n"), "resample", "to=1d"), UsageError);
    }

    void everyTransformSaysWhatItsParamsMean()
    {
        for (const SeriesTransform& transform : seriesTransforms()) {
            QVERIFY(!transform.label.empty() && transform.help.ends_with('.'));
            for (const Param& param : transform.schema)
                QVERIFY2(!param.spec.label.empty() && param.spec.help.ends_with('.'), param.spec.id.c_str());
        }
    }
};

QTEST_GUILESS_MAIN(TestTransforms)
#include "tst_transforms.moc"
