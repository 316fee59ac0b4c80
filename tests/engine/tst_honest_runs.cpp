// SPDX-License-Identifier: GPL-3.0-or-later
// What a run says about its own data: how many windows there are, and that nobody looked ahead.
#include <QTemporaryDir>
#include <QTest>
#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/features/samples.h"
#include "engine/runs/services.h"

using namespace fc;

namespace {

constexpr int rowCount = 600;

class HonestRuns : public QObject {
    Q_OBJECT

private slots:
    void initTestCase()
    {
        m_path = m_folder.filePath("w.forecastle").toStdString();
        Store::create(m_path);
        Series series = makeSample("synthetic-crypto-1h");
        series.name = "prices";
        series.times.resize(rowCount);
        for (Column& column : series.columns)
            column.values.resize(rowCount);
        storeSeries(m_path, {{series, describeSeries(series, "made by the test", "{}")}});
        TrainControl control;
        RunListener listener;
        listener.event = [this](const EventRecord& event) { m_heard.push_back(event); };
        m_run = trainRun({.workspace = m_path,
                          .series = "prices",
                          .model = "tcn",
                          .settings = {{"length", std::int64_t{24}},
                                       {"horizon", std::int64_t{6}},
                                       {"features", std::string("rsi(period=5); sma(period=4)")},
                                       {"split", std::string("400,100,95")},
                                       {"purge", std::int64_t{3}},
                                       {"embargo", std::int64_t{2}},
                                       {"batch_size", std::int64_t{32}},
                                       {"max_steps", std::int64_t{2}},
                                       {"scaler", std::string("window_robust")},
                                       {"threads", std::int64_t{1}}},
                          .runName = "run"},
                         control, listener)
                    .run;
    }

    void everyWindowIsCountedAndNoneDropped()
    {
        const auto json = nlohmann::json::parse(runJson(m_run));
        const auto& windows = json.at("windows");
        // Rows of a part, without its gaps, that have the horizon after them; for training the look-back
        // before.
        QCOMPARE(windows.at("train").get<int>(), 400 - 3 - 24 - 6 + 1);
        QCOMPARE(windows.at("validation").get<int>(), 100 - 2 - 3 - 6 + 1);
        QCOMPARE(windows.at("test").get<int>(), 95 - 2 - 6 + 1);
        for (const auto& [part, name] :
             {std::pair(Part::Validation, "validation"), std::pair(Part::Test, "test")})
            QCOMPARE(evaluateRun(m_path, "run", "best", part).windows, windows.at(name).get<std::int64_t>());
    }

    void theCountsAreComparedAsSettingsAre()
    {
        const ParamValues environment = paramsFromJson(m_run.environment);
        QCOMPARE(valueText(environment.at("test_windows")), std::string("88"));
    }

    void theVerdictOfTheAuditIsAnEvent()
    {
        const auto isAudit = [](const EventRecord& event) { return event.kind == "audit"; };
        QCOMPARE(std::ranges::count_if(m_heard, isAudit), 1);
        const Store store = Store::open(m_path, Store::Mode::ReadOnly);
        const std::vector<EventRecord> stored = store.events(m_run.id);
        const auto event = std::ranges::find_if(stored, isAudit);
        QVERIFY(event != stored.end());
        QCOMPARE(event->step, 0);
        QVERIFY2(event->text.starts_with(
                     "Nothing looks ahead: 2 features, 3 scalers and 566 windows in rows 1 to 600"),
                 event->text.c_str());
    }

    void aRecipeCanBeAuditedAlone()
    {
        const AuditReport report = auditSeries(
            m_path, "prices", {.length = 24, .horizon = 6, .features = "sma(period=5)", .scaler = "asinh"});
        QVERIFY(report.isClean() && report.isWhole);
        QCOMPARE(report.features, 1);
        QVERIFY(report.values > 1000 && report.seconds > 0);
    }

private:
    QTemporaryDir m_folder;
    std::filesystem::path m_path;
    RunRecord m_run;
    std::vector<EventRecord> m_heard;
};

}  // namespace

QTEST_GUILESS_MAIN(HonestRuns)
#include "tst_honest_runs.moc"
