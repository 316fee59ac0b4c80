// SPDX-License-Identifier: GPL-3.0-or-later
// What the check of a series finds, and what each remedy does.
#include <QtTest>
#include <random>

#include "engine/base/error.h"
#include "engine/data/checks.h"
#include "engine/data/remedies.h"
#include "engine/data/transforms.h"
#include "tests/engine/series_text.h"

using namespace fc;

namespace {

/// "code column count@first row", in the order of the report.
QString print(const std::vector<Finding>& findings)
{
    QStringList out;
    for (const Finding& f : findings)
        out += QString("%1%2 %3 %4@%5")
                   .arg(f.severity == Severity::Warning ? "!" : "", QString::fromStdString(f.code),
                        QString::fromStdString(f.column.empty() ? "-" : f.column))
                   .arg(f.count)
                   .arg(f.rows.front());
    return out.join("; ");
}

QString found(const char* picture)
{
    return print(checkSeries(seriesOf(picture)));
}

constexpr const char* candles =
    "time open high low close volume\n"
    "2024-01-01 2 3 1 2 5\n"
    "2024-01-02 2 1 3 2 5\n"
    "2024-01-03 4 3 1 0.5 0\n"
    "2024-01-04 2 3 0 2 -5\n";

/// A walk of `rows` steps with some noise, always positive.
Series walk(int rows)
{
    Series series = seriesOf("time close\n2024-01-01 100\n");
    std::mt19937 random(1);
    std::normal_distribution<double> noise(0, 0.01);
    for (int i = 1; i < rows; ++i) {
        series.times.push_back(series.times.front() + i * 86'400'000'000LL);
        series.columns[0].values.push_back(series.columns[0].values.back() * std::exp(noise(random)));
    }
    return series;
}

}  // namespace

class TestChecks : public QObject {
    Q_OBJECT

private slots:
    void oddRowsAreFound_data()
    {
        QTest::addColumn<QString>("picture");
        QTest::addColumn<QString>("report");
        QTest::newRow("candles")
            << candles
            << "!high_below_low high 1@1; !open_outside open 1@2; !close_outside close 1@2; "
               "!negative_volume volume 1@3; !zero_price low 1@3; zero_volume volume 1@2";
        QTest::newRow("nothing")
            << "time open high low close volume\n2024-01-01 2 3 1 2 5\n2024-01-02 2 3 1 2 5\n"
            << "";
        QTest::newRow("negative prices are information") << "time close\n2024-01-01 -37\n2024-01-02 2\n"
                                                         << "negative_price close 1@0";
        QTest::newRow("missing candles are no candles")
            << "time open high low close\n2024-01-01 . . . .\n2024-01-02 2 . 1 3\n"
            << "missing_values open 1@0; missing_values high 2@0; missing_values low 1@0; missing_values "
               "close 1@0";
        QTest::newRow("order and repeats") << "row a\n0 1\n2 2\n2 3\n1 4\n"
                                           << "!duplicate_time - 1@2; !unsorted - 1@3";
        QTest::newRow("gaps")
            << "time a\n2024-01-01 1\n2024-01-02 2\n2024-01-03 3\n2024-01-07 4\n2024-01-08 5\n"
            << "gaps - 3@3";
    }
    void oddRowsAreFound()
    {
        QFETCH(QString, picture);
        QTEST(found(picture.toUtf8()), "report");
    }

    void spikesComeBack()
    {
        Series series = walk(500);
        QCOMPARE(print(checkSeries(series)), "");
        series.columns[0].values[100] *= 10;
        series.columns[0].values[300] /= 10;
        QCOMPARE(print(checkSeries(series)), "spike close 2@100");
        for (std::size_t row = 200; row < 500; ++row)
            series.columns[0].values[row] *= 10;  // a step that stays, such as a split, is none
        QCOMPARE(print(checkSeries(series)), "spike close 2@100");
    }

    void staleRunsAreFoundWhereValuesChange()
    {
        Series series = walk(500);
        for (std::size_t row = 101; row < 112; ++row)
            series.columns[0].values[row] = series.columns[0].values[100];
        QCOMPARE(print(checkSeries(series)), "stale close 11@101");
        Series flags = walk(500);
        for (std::size_t row = 0; row < 500; ++row)
            flags.columns[0].values[row] = row % 100 == 0;
        flags.columns[0].role = "";
        QCOMPARE(print(checkSeries(flags)), "");
    }

    void thresholdsAreStated()
    {
        Series series = walk(500);
        series.columns[0].values[100] *= 10;
        QCOMPARE(QString::fromStdString(checkSeries(series).front().text.english()),
                 "In 1 rows close jumps away and back by more than 10 robust standard deviations of its "
                 "changes, first at "
                 "2024-04-10.");
    }

    void onlyTheFirstRowsAreListed()
    {
        Series series = walk(100);
        std::ranges::fill(series.columns[0].values, missing);
        const Finding finding = checkSeries(series).front();
        QCOMPARE(finding.count, 100);
        QCOMPARE(finding.rows.size(), listedRows);
    }

    void remediesChangeWhatWasChosen_data()
    {
        QTest::addColumn<QString>("remedies");
        QTest::addColumn<QString>("after");
        const auto row = [](const char* remedies, const char* after) {
            QTest::newRow(remedies) << QString(remedies)
                                    << QString("time open high low close volume\n") + after;
        };
        row("high_below_low=keep",
            "2024-01-01 2 3 1 2 5\n2024-01-02 2 1 3 2 5\n2024-01-03 4 3 1 0.5 0\n2024-01-04 2 3 0 2 -5");
        row("high_below_low=swap",
            "2024-01-01 2 3 1 2 5\n2024-01-02 2 3 1 2 5\n2024-01-03 4 3 1 0.5 0\n2024-01-04 2 3 0 2 -5");
        row("high_below_low=set_missing",
            "2024-01-01 2 3 1 2 5\n2024-01-02 2 . . 2 5\n2024-01-03 4 3 1 0.5 0\n2024-01-04 2 3 0 2 -5");
        row("high_below_low=drop_rows",
            "2024-01-01 2 3 1 2 5\n2024-01-03 4 3 1 0.5 0\n2024-01-04 2 3 0 2 -5");
        row("open_outside=clip, close_outside=clip",
            "2024-01-01 2 3 1 2 5\n2024-01-02 2 1 3 2 5\n2024-01-03 3 3 1 1 0\n2024-01-04 2 3 0 2 -5");
        row("negative_volume=clip, zero_volume=set_missing",
            "2024-01-01 2 3 1 2 5\n2024-01-02 2 1 3 2 5\n2024-01-03 4 3 1 0.5 .\n2024-01-04 2 3 0 2 .");
        row("zero_price=forward",
            "2024-01-01 2 3 1 2 5\n2024-01-02 2 1 3 2 5\n2024-01-03 4 3 1 0.5 0\n2024-01-04 2 3 1 2 -5");
    }
    void remediesChangeWhatWasChosen()
    {
        Series series = seriesOf(candles);
        Remedies remedies;
        for (const QString& pair : QString(QTest::currentDataTag()).split(", "))
            remedies[pair.section('=', 0, 0).toStdString()] = pair.section('=', 1).toStdString();
        applyRemedies(series, remedies);
        QTEST(pictureOf(series), "after");
    }

    void whatWasDoneIsSaid()
    {
        Series series = seriesOf(candles);
        const std::vector<Message> notes = applyRemedies(
            series, {{"high_below_low", "swap"}, {"negative_volume", "drop_rows"}, {"spike", "keep"}});
        QCOMPARE(notes.size(), 2u);
        QCOMPARE(QString::fromStdString(notes[0].english()), "high_below_low: swap was applied to 1 cells.");
        QCOMPARE(QString::fromStdString(notes[1].english()), "negative_volume: 1 rows were dropped.");
    }

    void everyFindingOffersKeepFirstAndEveryRemedyWorks()
    {
        for (const char* code :
             {"high_below_low", "open_outside", "close_outside", "negative_volume", "negative_price",
              "zero_price", "zero_volume", "spike", "stale", "missing_values", "duplicate_time", "gaps"}) {
            const std::vector<std::string> actions = remediesFor(code);
            QCOMPARE(actions.front(), "keep");
            for (const std::string& action : actions) {
                Series series = seriesOf(candles);
                applyRemedies(series, {{code, action}});
                QVERIFY(series.columns.size() == 5 && series.columns[0].values.size() == series.rows());
            }
        }
        QVERIFY_EXCEPTION_THROWN(checkRemedies({{"spikes", "keep"}}), UsageError);
        QVERIFY_EXCEPTION_THROWN(checkRemedies({{"spike", "swap"}}), UsageError);
    }
};

QTEST_GUILESS_MAIN(TestChecks)
#include "tst_checks.moc"
