// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTemporaryDir>
#include <QTest>
#include <cmath>
#include <nlohmann/json.hpp>
#include <sstream>

#include "engine/features/dataset.h"
#include "engine/runs/services.h"

using namespace fc;

namespace {

/// A workspace with one seasonal series of 600 rows, made once per test.
struct Workspace {
    Workspace()
    {
        Store::create(path);
        Series series;
        series.name = "load";
        Column column{.name = "load", .role = "", .values = {}};
        constexpr Timestamp hour = 3'600'000'000;
        for (int i = 0; i < 600; ++i) {
            series.times.push_back(1'700'000'000'000'000 / hour * hour + i * hour);
            column.values.push_back(100 + 20 * std::sin(i * 2 * 3.14159265 / 24) + ((i * 7919) % 13) * 0.3);
        }
        series.columns.push_back(column);
        storeSeries(path, {{series, describeSeries(series, "made by the test", "{}")}});
    }

    QTemporaryDir folder;
    std::filesystem::path path = folder.filePath("w.forecastle").toStdString();

    TrainRequest request(const std::string& model = "dlinear") const
    {
        return {.workspace = path,
                .series = "load",
                .model = model,
                .settings = {{"length", std::int64_t{48}},
                             {"horizon", std::int64_t{12}},
                             {"epochs", std::int64_t{3}},
                             {"learning_rate", 0.01},
                             {"checkpoint_every", std::int64_t{5}},
                             {"threads", std::int64_t{1}}},
                .runName = {}};
    }
};

template <typename Call>
QString errorOf(Call call)
{
    try {
        call();
    } catch (const Error& error) {
        return QString::fromUtf8(error.what());
    }
    return {};
}

}  // namespace

class TestRuns : public QObject {
    Q_OBJECT

private slots:
    void aFinishedRunLeavesEverythingInTheWorkspace()
    {
        const Workspace w;
        TrainControl control;
        const RunOutcome outcome = trainRun(w.request(), control);
        const Store store = Store::open(w.path, Store::Mode::ReadOnly);
        const RunRecord run = store.run("dlinear-001");
        QCOMPARE(run.state, RunState::Finished);
        QCOMPARE(run.weightsSha256, outcome.run.weightsSha256);
        QVERIFY(run.weightsSha256.size() == 64);
        QCOMPARE(static_cast<std::int64_t>(store.steps(run.id).size()), run.steps);
        QCOMPARE(static_cast<int>(store.validations(run.id).size()), 3);
        QVERIFY(run.bestStep.has_value());
        for (const char* part : {"train", "validation", "test"}) {
            QVERIFY2(run.metrics.contains(part), part);
            for (const char* metric :
                 {"mae", "mse", "rmse", "mape", "smape", "mase", "r2", "directional_accuracy"})
                QVERIFY2(run.metrics.at(part).contains(metric), metric);
            QVERIFY(run.baselines.at("naive").contains(part));
            QVERIFY(run.baselines.at("seasonal_naive").contains(part));
        }
        int best = 0, last = 0;
        for (const CheckpointRecord& checkpoint : store.checkpoints(run.id)) {
            best += checkpoint.best ? 1 : 0;
            last += checkpoint.last ? 1 : 0;
        }
        QCOMPARE(best, 1);
        QCOMPARE(last, 1);
        QVERIFY(store.checkIntegrity().empty());
    }

    void theJsonOfARunHasTheFieldsScriptsRelyOn()
    {
        const Workspace w;
        TrainControl control;
        const auto json = nlohmann::json::parse(runJson(trainRun(w.request(), control).run));
        for (const char* field : {"run", "state", "model", "parameters", "steps", "epochs", "seconds", "best",
                                  "metrics", "baselines", "weights_sha256"})
            QVERIFY2(json.contains(field), field);
        QVERIFY(json["baselines"]["naive"]["mae"] == json["baselines"]["naive"]["test"]["mae"]);
        QVERIFY(json["best"]["validation_loss"].is_number());
    }

    void resumingAStoppedRunEndsInTheSameWeights()
    {
        const Workspace w;
        TrainControl control;
        const std::string whole = trainRun(w.request(), control).run.weightsSha256;
        for (const std::int64_t at : {1, 7, 12, 25}) {
            TrainControl stopping;
            RunListener listener;
            listener.step = [&](const StepNews& news) {
                if (news.step == at)
                    stopping.stop();
            };
            const RunOutcome part = trainRun(w.request(), stopping, listener);
            QCOMPARE(part.run.state, RunState::Stopped);
            TrainControl rest;
            const RunOutcome resumed = resumeRun(w.path, part.run.name, 0, 0, rest);
            QCOMPARE(resumed.run.state, RunState::Finished);
            QCOMPARE(resumed.run.weightsSha256, whole);
            const Store store = Store::open(w.path, Store::Mode::ReadOnly);
            QCOMPARE(static_cast<std::int64_t>(store.steps(resumed.run.id).size()), resumed.run.steps);
        }
    }

    void resumingFromAnEarlierCheckpointKeepsABestOne()
    {
        const Workspace w;
        TrainControl control;
        TrainRequest request = w.request();
        request.settings["keep_checkpoints"] = std::int64_t{100};
        const RunOutcome whole = trainRun(request, control);
        std::vector<CheckpointRecord> all;
        {
            const Store store = Store::open(w.path, Store::Mode::ReadOnly);
            all = store.checkpoints(whole.run.id);
        }
        QVERIFY(all.size() > 4);
        for (const CheckpointRecord& checkpoint : all) {
            if (checkpoint.step != 15)
                continue;
            TrainControl again;
            const RunOutcome resumed = resumeRun(w.path, whole.run.name, checkpoint.id, 0, again);
            QCOMPARE(resumed.run.weightsSha256, whole.run.weightsSha256);
            QVERIFY(!forecastRun(w.path, whole.run.name, "best").point.empty());
            return;
        }
        QFAIL("there is no checkpoint of step 15");
    }

    void reproducingComparesBitForBit()
    {
        const Workspace w;
        TrainControl control;
        trainRun(w.request(), control);
        TrainControl again;
        const Reproduction reproduction = reproduceRun(w.path, "dlinear-001", "", again);
        QVERIFY(reproduction.identical);
        QCOMPARE(reproduction.outcome.run.name, std::string("dlinear-001-again"));
    }

    void anExportedCheckpointBecomesARunElsewhere()
    {
        const Workspace here, there;
        TrainControl control;
        const RunOutcome outcome = trainRun(here.request(), control);
        std::string best;
        {
            const Store store = Store::open(here.path, Store::Mode::ReadOnly);
            for (const CheckpointRecord& checkpoint : store.checkpoints(outcome.run.id)) {
                if (checkpoint.best)
                    best = store.checkpointBytes(checkpoint.id);
            }
        }
        const RunRecord imported = importCheckpoint(there.path, best, "visitor");
        QCOMPARE(imported.weightsSha256, outcome.run.weightsSha256);
        QCOMPARE(imported.metrics, outcome.run.metrics);
        QCOMPARE(forecastRun(there.path, "visitor").point, forecastRun(here.path, outcome.run.name).point);
        TrainControl again;
        QCOMPARE(resumeRun(there.path, "visitor", 0, 0, again).run.weightsSha256, outcome.run.weightsSha256);
        QVERIFY(Store::open(there.path).checkIntegrity().empty());
    }

    void aCheckpointOfAnotherSeriesIsNotImported()
    {
        const Workspace here, there;
        TrainControl control;
        const RunOutcome outcome = trainRun(here.request(), control);
        const Store store = Store::open(here.path, Store::Mode::ReadOnly);
        const std::string bytes = store.checkpointBytes(store.checkpoints(outcome.run.id).front().id);
        {
            Store other = Store::open(there.path);
            Series series = other.loadSeries("load");
            other.deleteSeries("load");
            series.columns[0].values[5] += 1;
            other.addSeries(series, describeSeries(series, "changed", "{}"));
        }
        QVERIFY(errorOf([&] { importCheckpoint(there.path, bytes); }).contains("another series"));
        QVERIFY(Store::open(there.path).runs().empty());
    }

    void layerValuesComeWithEachValidationAndGoWithTheirSteps()
    {
        const Workspace w;
        TrainControl control;
        TrainRequest request = w.request("lstm");
        request.settings["hidden_size"] = std::int64_t{4};
        const RunOutcome outcome = trainRun(request, control);
        Store store = Store::open(w.path);
        const auto validations = store.validations(outcome.run.id);
        const auto at = [&](std::int64_t step) {
            std::map<std::string, double> values;
            for (const LayerRecord& layer : store.layers(outcome.run.id)) {
                if (layer.step == step)
                    values[layer.metric] = layer.value;
            }
            return values;
        };
        for (const ValidationRecord& validation : validations) {
            const auto values = at(validation.step);
            QVERIFY(values.at("gradient_norm/encoder.weight_hh_l0") > 0);
            QVERIFY(values.at("update_ratio/encoder.weight_hh_l0") > 0);
            QVERIFY(values.contains("dead_units/relu_00"));
        }
        store.truncateRun(outcome.run.id, validations.front().step);
        QVERIFY(!at(validations.front().step).empty());
        QVERIFY(at(validations.back().step).empty());
    }

    void aCancelledRunLeavesNothing()
    {
        const Workspace w;
        TrainControl control;
        RunListener listener;
        listener.step = [&](const StepNews&) { control.cancel(); };
        QCOMPARE(trainRun(w.request(), control, listener).reason, StopReason::Cancelled);
        QVERIFY(Store::open(w.path).runs().empty());
    }

    void aDivergedRunIsMarkedFailedAndSaysWhy()
    {
        const Workspace w;
        TrainControl control;
        TrainRequest request = w.request();
        request.settings["learning_rate"] = 1e6;
        request.settings["optimizer"] = std::string("sgd");
        request.settings["clip_norm"] = 0.0;
        request.settings["epochs"] = std::int64_t{100};
        const QString text = errorOf([&] { trainRun(request, control); });
        QVERIFY2(text.contains("no longer a finite number"), qPrintable(text));
        const RunRecord run = Store::open(w.path).run("dlinear-001");
        QCOMPARE(run.state, RunState::Failed);
        QCOMPARE(QString::fromStdString(run.message), text);
    }

    void theForecastStartsAfterTheData()
    {
        const Workspace w;
        TrainControl control;
        trainRun(w.request(), control);
        const FutureForecast forecast = forecastRun(w.path, "dlinear-001");
        QCOMPARE(static_cast<int>(forecast.times.size()), 12);
        const Series series = Store::open(w.path).loadSeries("load");
        QCOMPARE(forecast.times.front(), series.times.back() + 3'600'000'000);
        for (size_t i = 0; i < forecast.point.size(); ++i) {
            QVERIFY(forecast.lower[i] < forecast.upper[i]);
            QVERIFY(std::abs(forecast.point[i] - 100) < 40);
        }
        std::istringstream csv(forecastCsv(forecast));
        std::string line;
        std::getline(csv, line);
        QCOMPARE(line, std::string("time,forecast,lower_80,upper_80"));
        int rows = 0;
        while (std::getline(csv, line))
            ++rows;
        QCOMPARE(rows, 12);
    }

    void evaluatingTheBestWeightsGivesTheStoredNumbers()
    {
        const Workspace w;
        TrainControl control;
        const RunOutcome outcome = trainRun(w.request(), control);
        const PartEvaluation evaluation = evaluateRun(w.path, "dlinear-001", "best", Part::Test);
        QCOMPARE(evaluation.model, outcome.run.metrics.at("test"));
        QCOMPARE(evaluation.baselines.at("naive"), outcome.run.baselines.at("naive").at("test"));
    }

    void oneRunLearnsFromSeveralSeries()
    {
        const Workspace w;
        {
            const Store store = Store::open(w.path);
            Series other = store.loadSeries("load");
            other.name = "other";
            other.times.resize(300);
            other.columns[0].values.resize(300);
            for (double& x : other.columns[0].values)
                x = 5000 + 10 * x;
            storeSeries(w.path, {{other, describeSeries(other, "made by the test", "{}")}});
        }
        TrainControl control;
        TrainRequest request = w.request();
        request.series = "load, other";
        request.settings["sampling"] = std::string("series");
        const RunOutcome outcome = trainRun(request, control);
        QCOMPARE(outcome.run.series, std::string("load,other"));
        const FutureForecast first = forecastRun(w.path, "dlinear-001");
        const FutureForecast second = forecastRun(w.path, "dlinear-001", "best", "other");
        QCOMPARE(first.series, std::string("load"));
        QCOMPARE(second.series, std::string("other"));
        QVERIFY(second.point[0] > 5000 && first.point[0] < 200);
        QVERIFY(second.lower.size() == 12 && second.lower[3] < second.upper[3]);
        QVERIFY(second.times[0] < first.times[0]);
        QCOMPARE(
            errorOf([&] { forecastRun(w.path, "dlinear-001", "best", "othr"); }),
            QString(
                "The run \"dlinear-001\" did not learn from a series \"othr\". It learned from \"other\"."));
        QVERIFY(evaluateRun(w.path, "dlinear-001", "best", Part::Test).model ==
                outcome.run.metrics.at("test"));
        QVERIFY(reproduceRun(w.path, "dlinear-001", {}, control).identical);
        request.series = "load,lod";
        QCOMPARE(errorOf([&] { trainRun(request, control); }),
                 QString("The workspace has no series \"lod\". The nearest name is \"load\"."));
        request.series = "load,load";
        QCOMPARE(errorOf([&] { trainRun(request, control); }),
                 QString("The series \"load\" is listed twice."));
    }

    void aDatasetOnDiskHasTheNumbersOfOneInMemory_data()
    {
        QTest::addColumn<QString>("features");
        QTest::addColumn<QString>("scaler");
        QTest::newRow("plain") << ""
                               << "standard";
        QTest::newRow("features") << "lag(column=load, steps=3); calendar()"
                                  << "robust";
        QTest::newRow("changes") << "sma(period=5)"
                                 << "log_difference";
    }
    void aDatasetOnDiskHasTheNumbersOfOneInMemory()
    {
        QFETCH(QString, features);
        QFETCH(QString, scaler);
        const Workspace w;
        Store store = Store::open(w.path);
        Series series = store.loadSeries("load");
        series.name = "more";
        series.columns.push_back({"price", "", series.columns[0].values});
        series.columns.push_back({"site", "", std::vector<double>(600, 7.0)});
        for (const size_t row : {30, 31, 200, 410, 598, 599})
            series.columns[0].values[row] = missing;
        store.addSeries(series, describeSeries(series, "made by the test", "{}"));
        Recipe recipe{.length = 48, .horizon = 2, .targets = "load", .features = features.toStdString()};
        recipe.futureCovariates = "price";
        recipe.staticCovariates = "site";
        recipe.scaler = scaler.toStdString();
        const Dataset inMemory = makeDataset(series, recipe);
        const Dataset onDisk = makeDatasetOnDisk(*store.seriesSource("more"), recipe);
        QVERIFY(onDisk.scratch.has_value() && !inMemory.scratch.has_value());
        QVERIFY(onDisk.task == inMemory.task);
        QVERIFY(onDisk.targetScales == inMemory.targetScales && onDisk.pastScales == inMemory.pastScales);
        QVERIFY(std::ranges::equal(onDisk.times, inMemory.times));
        QVERIFY(onDisk.timesAhead == inMemory.timesAhead);
        QCOMPARE(onDisk.season, inMemory.season);
        for (const Part part : {Part::Train, Part::Validation, Part::Test}) {
            const auto windows = inMemory.windows(part);
            QVERIFY(std::ranges::equal(onDisk.windows(part), windows));
            Batch one, other;
            gather(inMemory, windows, one);
            gather(onDisk, windows, other);
            for (const auto tensor :
                 {&Batch::past, &Batch::pastCovariates, &Batch::futureCovariates, &Batch::target,
                  &Batch::staticCovariates, &Batch::pastMask, &Batch::targetMask}) {
                QCOMPARE((one.*tensor).defined(), (other.*tensor).defined());
                if ((one.*tensor).defined())
                    QVERIFY((one.*tensor).values() == (other.*tensor).values());
            }
        }
    }

    void aShortSeriesIsReported()
    {
        const Workspace w;
        TrainRequest request = w.request();
        request.settings["split"] = std::string("50,275,275");
        request.settings["pad_short"] = true;
        TrainControl control;
        QStringList warnings;
        RunListener listener;
        listener.event = [&](const EventRecord& event) {
            if (event.kind == "warning")
                warnings << QString::fromStdString(event.text);
        };
        trainRun(request, control, listener);
        QCOMPARE(warnings,
                 QStringList("The training part of the series \"load\" has 50 rows, fewer than a window "
                             "of 60: 47 missing rows stand in front of it."));
    }

    void exportedRunsHoldBaselinesAndCannotBecomeFormulas()
    {
        const Workspace w;
        TrainControl control;
        RunRecord run = trainRun(w.request(), control).run;
        run.note = "=cmd()";
        const std::string csv = runsCsv({run});
        QVERIFY(csv.find("'=cmd()") != std::string::npos);
        for (const char* column :
             {"test_mae,", "test_mae_naive,", "test_mae_seasonal_naive,", "learning_rate"})
            QVERIFY2(csv.find(column) != std::string::npos, column);
    }

    void wrongRequestsAreRefusedBeforeAnythingIsStored_data()
    {
        QTest::addColumn<QString>("field");
        QTest::addColumn<QString>("value");
        QTest::addColumn<QString>("expected");
        QTest::newRow("series") << "series"
                                << "laod"
                                << "load";
        QTest::newRow("model") << "model"
                               << "dlinaer"
                               << "dlinear";
        QTest::newRow("unknown setting") << "lenght"
                                         << "3"
                                         << "length";
        QTest::newRow("out of range") << "horizon"
                                      << "0"
                                      << "horizon is 0";
        QTest::newRow("too long") << "length"
                                  << "5000"
                                  << "600";
        QTest::newRow("features for a model without") << "features"
                                                      << "rsi(period=14)"
                                                      << "dlinear";
        QTest::newRow("a weight that is not there") << "freeze"
                                                    << "encodr"
                                                    << "encodr";
        QTest::newRow("momentum that nothing moves") << "cycle_momentum"
                                                     << "true"
                                                     << "cycle_momentum";
        QTest::newRow("unknown precision") << "precision"
                                           << "f64"
                                           << "f32, bf16";
        QTest::newRow("unknown feature") << "features"
                                         << "rsj()"
                                         << "rsi";
    }
    void wrongRequestsAreRefusedBeforeAnythingIsStored()
    {
        QFETCH(QString, field);
        QFETCH(QString, value);
        QFETCH(QString, expected);
        const Workspace w;
        TrainRequest request = w.request();
        if (field == "series")
            request.series = value.toStdString();
        else if (field == "model")
            request.model = value.toStdString();
        else if (field == "features" || field == "freeze" || field == "precision")
            request.settings[field.toStdString()] = value.toStdString();
        else if (value == "true")
            request.settings[field.toStdString()] = true;
        else
            request.settings[field.toStdString()] = std::int64_t{value.toLongLong()};
        TrainControl control;
        const QString text = errorOf([&] { trainRun(request, control); });
        QVERIFY2(text.contains(expected, Qt::CaseInsensitive), qPrintable(text));
        QVERIFY(Store::open(w.path).runs().empty());
    }

    void aTakenNameStoresNoneOfTheSeries()
    {
        const Workspace w;
        Series one;
        one.name = "new";
        one.times = {0, 1, 2};
        one.hasClock = false;
        one.columns.push_back({.name = "v", .role = "", .values = {1, 2, 3}});
        Series two = one;
        two.name = "load";
        QVERIFY(errorOf([&] {
                    storeSeries(w.path,
                                {{one, describeSeries(one, "", "{}")}, {two, describeSeries(two, "", "{}")}});
                }).contains("load"));
        QCOMPARE(static_cast<int>(Store::open(w.path).seriesList().size()), 1);
    }

    void theSamplesAreAddedOnceAndSaySynthetic()
    {
        const Workspace w;
        addSamples(w.path);
        const auto all = addSamples(w.path);
        QCOMPARE(static_cast<int>(all.size()), 4);
        for (const SeriesRecord& record : all) {
            if (record.name != "load") {
                QVERIFY(record.synthetic);
                QVERIFY(record.name.find("synthetic") != std::string::npos);
            }
        }
    }
};

QTEST_GUILESS_MAIN(TestRuns)
#include "tst_runs.moc"
