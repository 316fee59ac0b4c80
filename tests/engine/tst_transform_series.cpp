// SPDX-License-Identifier: GPL-3.0-or-later
// Transforms of stored series: versions, lineage, undo, and runs that find the state they were trained on.
#include <QTemporaryDir>
#include <QtTest>

#include "engine/base/error.h"
#include "engine/runs/services.h"
#include "engine/runs/transform_series.h"
#include "tests/engine/series_text.h"

using namespace fc;

namespace {

/// A workspace with the series "a" (40 hours) and "b" (days).
struct Workspace {
    QTemporaryDir folder;
    std::filesystem::path path = folder.filePath("w.forecastle").toStdString();

    Workspace()
    {
        Store::create(path);
        Series hours = seriesOf("time close volume\n2024-01-01T00:00 1 10\n");
        hours.name = "a";
        for (int i = 1; i < 40; ++i) {
            hours.times.push_back(hours.times.front() + i * 3'600'000'000LL);
            hours.columns[0].values.push_back(1 + i);
            hours.columns[1].values.push_back(10);
        }
        Series days = seriesOf("time rate\n2023-12-31 0.5\n2024-01-01 1\n2024-01-02 2\n");
        days.name = "b";
        storeSeries(path, {{hours, describeSeries(hours, "a.csv", "{}")},
                           {days, describeSeries(days, "b.csv", "{}")}});
    }

    TransformOutcome transform(const char* series, const char* id, ParamValues values,
                               const char* newName = "") const
    {
        return transformSeries({path, series, id, std::move(values), newName});
    }
    Series load(const std::string& name) const { return Store::open(path).loadSeries(name); }
    std::string hash(const std::string& name) const { return Store::open(path).seriesRecord(name).hash; }
    QString names() const
    {
        QStringList out;
        for (const SeriesRecord& record : Store::open(path).seriesList())
            out += QString::fromStdString(record.name);
        return out.join(' ');
    }
};

/// The run "r" on the state of "a" with that hash.
RunRecord trainedOn(const std::string& hash)
{
    RunRecord run;
    run.name = "r";
    run.series = "a";
    run.seriesHash = hash;
    run.model = "dlinear";
    return run;
}

QString failure(const std::function<void()>& action)
{
    try {
        action();
    } catch (const Error& error) {
        return error.what();
    }
    return "nothing thrown";
}

}  // namespace

class TestTransformSeries : public QObject {
    Q_OBJECT

private slots:
    void aTransformMakesANewVersionAndUndoRestoresTheOld()
    {
        const Workspace w;
        const std::string before = w.hash("a");
        const TransformOutcome daily = w.transform("a", "resample", {{"to", std::string("1d")}});
        QCOMPARE(daily.record.rows, 2);
        QCOMPARE(w.names(), "b a");
        QCOMPARE(w.load("a").rows(), 2u);
        w.transform("a", "derive", {{"column", std::string("x")}, {"formula", std::string("close * 2")}});
        QCOMPARE(w.load("a").columns.size(), 3u);
        undoTransform(w.path, "a");
        QCOMPARE(w.hash("a"), daily.record.hash);
        const TransformOutcome undone = undoTransform(w.path, "a");
        QCOMPARE(w.hash("a"), before);
        QCOMPARE(QString::fromStdString(undone.notes.front().english()),
                 "resample was undone; the series \"a\" is as it was before.");
        QVERIFY(failure([&] { undoTransform(w.path, "a"); }).contains("there is nothing to undo"));
        QVERIFY(Store::open(w.path).checkIntegrity().empty());
    }

    void aNewNameLeavesTheSeriesAsItIs()
    {
        const Workspace w;
        const std::string before = w.hash("a");
        w.transform("a", "slice", {{"from", std::string("-5")}}, "end");
        QCOMPARE(w.names(), "a b end");
        QCOMPARE(w.hash("a"), before);
        QVERIFY(failure([&] { w.transform("a", "slice", {}, "b"); }).contains("already has a series \"b\""));
        undoTransform(w.path, "end");
        QCOMPARE(w.names(), "a b");
    }

    void lineageNamesEveryStep()
    {
        const Workspace w;
        w.transform("a", "join", {{"other", std::string("b")}, {"how", std::string("asof")}}, "ab");
        w.transform("ab", "resample", {{"to", std::string("1d")}, {"others", std::string("last")}});
        const SeriesRecord record = Store::open(w.path).seriesRecord("ab");
        const std::vector<std::string> lines = lineageLines(record);
        QCOMPARE(lines.size(), 2u);
        QCOMPARE(QString::fromStdString(lines[0]), "join(how=asof, other=b, stamps=start) of a");
        QCOMPARE(QString::fromStdString(lines[1]), "resample(others=last, to=1d) of ab");
        QVERIFY(record.lineage.find(w.hash("b")) != std::string::npos);
        QVERIFY(record.lineage.find(w.hash("a")) != std::string::npos);
        QCOMPARE(record.source, std::string("a.csv"));
    }

    void previewsStoreNothing()
    {
        const Workspace w;
        QCOMPARE(previewTransform({w.path, "a", "resample", {{"to", std::string("1d")}}, ""}).series.rows(),
                 2u);
        QCOMPARE(w.load("a").rows(), 40u);
    }

    void runsFindTheVersionTheyWereTrainedOn()
    {
        const Workspace w;
        Store store = Store::open(w.path);
        const std::string hash = w.hash("a");
        store.addRun(trainedOn(hash));
        w.transform("a", "resample", {{"to", std::string("1d")}});
        QCOMPARE(store.loadSeries(store.seriesVersion("a", hash)).rows(), 40u);
        QCOMPARE(store.loadSeries(store.seriesVersion("a", hash)).name, std::string("a"));
        QCOMPARE(store.loadSeries(store.seriesVersion("a", "unknown")).rows(), 2u);
        renameSeries(w.path, "a", "c");
        QCOMPARE(store.run("r").series, std::string("c"));
        QCOMPARE(store.loadSeries(store.seriesVersion("c", hash)).rows(), 40u);
        undoTransform(w.path, "c");
        QCOMPARE(w.hash("c"), hash);
    }

    void undoSparesWhatARunWasTrainedOn()
    {
        const Workspace w;
        const TransformOutcome daily = w.transform("a", "resample", {{"to", std::string("1d")}});
        Store::open(w.path).addRun(trainedOn(daily.record.hash));
        QVERIFY(failure([&] {
                    undoTransform(w.path, "a");
                }).startsWith("The run \"r\" was trained on this state"));
        QCOMPARE(w.load("a").rows(), 2u);
    }

    void deletingASeriesDeletesItsVersions()
    {
        const Workspace w;
        w.transform("a", "resample", {{"to", std::string("1d")}});
        Store store = Store::open(w.path);
        store.deleteSeries("a");
        QCOMPARE(w.names(), "b");
        QVERIFY(store.seriesVersions("a").empty());
        QCOMPARE(failure([&] { store.restoreSeries("a"); }), "The series \"a\" has no earlier version.");
    }

    void theCheckLooksAtTheStoredSeries()
    {
        const Workspace w;
        w.transform("a", "derive",
                    {{"column", std::string("close")}, {"formula", std::string("if(close == 7, 0, close)")}});
        const SeriesReport report = checkStoredSeries(w.path, "a");
        QCOMPARE(report.calendar, std::string("24/7"));
        QCOMPARE(report.findings.front().code, std::string("zero_price"));
        QCOMPARE(report.findings.front().rows, std::vector<std::size_t>{6});
        w.transform("a", "repair", {{"remedies", std::string("zero_price=forward")}});
        QCOMPARE(w.load("a").columns[0].values[6], 6.0);
    }

    void wrongRequestsStoreNothing_data()
    {
        QTest::addColumn<QString>("transform");
        QTest::addColumn<QString>("param");
        QTest::addColumn<QString>("value");
        QTest::addColumn<QString>("sentence");
        QTest::newRow("unknown transform") << "bend"
                                           << "x"
                                           << "1"
                                           << "There is no transform \"bend\".";
        QTest::newRow("unknown param") << "slice"
                                       << "begin"
                                       << "1"
                                       << "";
        QTest::newRow("no other series") << "join"
                                         << "how"
                                         << "asof"
                                         << "Name the other series.";
        QTest::newRow("unknown series") << "join"
                                        << "other"
                                        << "q"
                                        << "The workspace has no series \"q\".";
        QTest::newRow("nothing left") << "slice"
                                      << "from"
                                      << "2030-01-01"
                                      << "No row lies between";
    }
    void wrongRequestsStoreNothing()
    {
        QFETCH(QString, transform);
        QFETCH(QString, param);
        QFETCH(QString, value);
        QFETCH(QString, sentence);
        const Workspace w;
        const std::string before = w.hash("a");
        const QString said = failure([&] {
            w.transform("a", transform.toUtf8(), {{param.toStdString(), value.toStdString()}});
        });
        QVERIFY2(said != "nothing thrown" && said.startsWith(sentence), qPrintable(said));
        QCOMPARE(w.hash("a"), before);
        QVERIFY(Store::open(w.path).seriesVersions("a").empty());
    }
};

QTEST_GUILESS_MAIN(TestTransformSeries)
#include "tst_transform_series.moc"
