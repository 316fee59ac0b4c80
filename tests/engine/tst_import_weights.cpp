// SPDX-License-Identifier: GPL-3.0-or-later
// A run made of weights from a file, with the settings of another run.
#include <QTemporaryDir>
#include <QtTest>
#include <cmath>

#include "engine/base/atomic_file.h"
#include "engine/io/safetensors_tensors.h"
#include "engine/runs/services.h"
#include "engine/tensor/create.h"

using namespace fc;

namespace {

/// A workspace with one seasonal series and a run "teacher" on it.
struct Workspace {
    explicit Workspace(const std::string& schedule = "constant")
    {
        Store::create(path);
        Series series;
        series.name = "load";
        Column column{.name = "load", .role = "", .values = {}};
        constexpr Timestamp hour = 3'600'000'000;
        for (int i = 0; i < 500; ++i) {
            series.times.push_back(1'700'000'000'000'000 / hour * hour + i * hour);
            column.values.push_back(100 + 20 * std::sin(i * 2 * 3.14159265 / 24) + ((i * 7919) % 13) * 0.3);
        }
        series.columns.push_back(column);
        storeSeries(path, {{series, describeSeries(series, "made by the test", "{}")}});
        TrainControl control;
        teacher = trainRun({.workspace = path,
                            .series = "load",
                            .model = "dlinear",
                            .settings = {{"length", std::int64_t{48}},
                                         {"horizon", std::int64_t{12}},
                                         {"epochs", std::int64_t{2}},
                                         {"learning_rate", 0.01},
                                         {"schedule", schedule},
                                         {"threads", std::int64_t{1}}},
                            .runName = "teacher"},
                           control)
                      .run;
    }

    /// The bytes of the teacher's best checkpoint.
    std::string checkpoint() const
    {
        const Store store = Store::open(path, Store::Mode::ReadOnly);
        for (const CheckpointRecord& record : store.checkpoints(teacher.id))
            if (record.best)
                return store.checkpointBytes(record.id);
        return {};
    }

    /// The teacher's weights under the names of a PyTorch module, written to a file.
    std::filesystem::path foreignFile() const
    {
        const std::string bytes = checkpoint();
        std::vector<std::pair<std::string, Tensor>> renamed;
        for (const StoredTensor& stored : parseSafetensors(bytes).tensors) {
            const bool trend = stored.name == "trend.weight" || stored.name == "trend.bias";
            const bool seasonal = stored.name == "seasonal.weight" || stored.name == "seasonal.bias";
            if (trend)
                renamed.emplace_back("module." + stored.name, tensorFrom(stored));
            if (seasonal)
                renamed.emplace_back("module.season" + stored.name.substr(8), tensorFrom(stored));
        }
        return written("foreign.safetensors", writeTensors(renamed, {}));
    }

    std::filesystem::path written(const char* name, const std::string& bytes) const
    {
        const std::filesystem::path file = folder.filePath(name).toStdString();
        writeFile(file, bytes);
        return file;
    }

    QTemporaryDir folder;
    std::filesystem::path path = folder.filePath("w.forecastle").toStdString();
    RunRecord teacher;
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

class ImportWeightsTest : public QObject {
    Q_OBJECT

private slots:
    void foreignWeightsMakeTheSameForecast()
    {
        const Workspace w;
        const RunRecord run = importWeights(w.path, w.foreignFile(), "teacher", "pupil");
        QCOMPARE(run.name, std::string("pupil"));
        QCOMPARE(run.steps, 0);
        QCOMPARE(run.weightsSha256, w.teacher.weightsSha256);
        QCOMPARE(run.metrics, w.teacher.metrics);
        QCOMPARE(run.settings, w.teacher.settings);
        QCOMPARE(forecastRun(w.path, "pupil").point, forecastRun(w.path, "teacher").point);
        const Store store = Store::open(w.path, Store::Mode::ReadOnly);
        QCOMPARE(store.events(run.id).back().kind, std::string("imported"));
        QVERIFY(store.checkIntegrity().empty());
    }

    void importedWeightsCanBeTrainedOn()
    {
        const Workspace w;
        importWeights(w.path, w.foreignFile(), "teacher", "pupil");
        TrainControl control;
        const RunRecord resumed = resumeRun(w.path, "pupil", 0, 0, control).run;
        QCOMPARE(resumed.steps, w.teacher.steps);
        QVERIFY(resumed.weightsSha256 != w.teacher.weightsSha256);
    }

    void importedWeightsStartAtTheLearningRateOfTheirPlan()
    {
        const Workspace w("plateau");
        const RunRecord pupil = importWeights(w.path, w.foreignFile(), "teacher", "pupil");
        TrainControl control;
        resumeRun(w.path, "pupil", 0, 1, control);
        const std::vector<StepRecord> steps = Store::open(w.path, Store::Mode::ReadOnly).steps(pupil.id);
        QCOMPARE(steps.size(), 1U);
        QCOMPARE(steps.front().learningRate, 0.01);
    }

    /// Its optimizer's tensors are left out.
    void theWeightsOfAnExportedCheckpointCanBeTaken()
    {
        const Workspace w;
        const RunRecord run = importWeights(w.path, w.written("own", w.checkpoint()), "teacher");
        QCOMPARE(run.name, std::string("dlinear-001"));
        QCOMPARE(run.weightsSha256, w.teacher.weightsSha256);
    }

    void whatDoesNotFitIsListedAndNothingStored()
    {
        const Workspace w;
        const auto file =
            w.written("other", writeTensors({{"trend.weight", arange(7)}, {"extra", arange(2)}}, {}));
        const QString message = errorOf([&] { importWeights(w.path, file, "teacher"); });
        for (const char* part : {"trend.weight is [7] in the file and [12, 48] in the model",
                                 "extra [2] is left over", "seasonal.weight [12, 48] is missing",
                                 "seasonal.bias [12] is missing", "trend.bias [12] is missing"})
            QVERIFY2(message.contains(part), qPrintable(message));
        QCOMPARE(Store::open(w.path).runs().size(), 1U);
    }

    void weightsThatAreNotFiniteAreRefused()
    {
        const Workspace w;
        const auto file =
            w.written("nan", writeTensors({{"trend.weight", Tensor::full({12, 48}, std::nanf(""))}}, {}));
        QVERIFY(errorOf([&] { importWeights(w.path, file, "teacher"); }).contains("NaN or infinity"));
    }

    void damagedFilesAreRefused()
    {
        const Workspace w;
        const std::string bytes = readFile(w.foreignFile(), 1 << 20);
        const auto file = w.written("cut", bytes.substr(0, bytes.size() - 4));
        QVERIFY(!errorOf([&] { importWeights(w.path, file, "teacher"); }).isEmpty());
        QVERIFY(errorOf([&] { importWeights(w.path, w.foreignFile(), "teecher"); }).contains("teacher"));
    }
};

QTEST_GUILESS_MAIN(ImportWeightsTest)
#include "tst_import_weights.moc"
