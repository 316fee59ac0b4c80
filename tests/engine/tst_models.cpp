// SPDX-License-Identifier: GPL-3.0-or-later
// What every model of the registry must do. How they train is in tst_model_training.cpp, what is special
// to one of them in tst_model_facts.cpp.
#include <QDir>
#include <QTest>
#include <algorithm>
#include <cmath>
#include <functional>

#include "tests/support/model_cases.h"

using namespace fc;

namespace {

const Task plainTask{.length = 12, .horizon = 4, .channels = 1};

Tensor evaluated(const Model& model, const Batch& batch)
{
    return model.forward(batch, {});
}

bool allFinite(const Tensor& x)
{
    return std::ranges::all_of(x.values(), [](float value) { return std::isfinite(value); });
}

/// All that a person could notice of a model: names, shapes, forecasts, and forecasts with dropout.
std::string fingerprint(const ModelEntry& entry, const Task& task, const ParamValues& values)
{
    const auto model = makeSeeded(entry, task, values);
    std::string print;
    for (const NamedWeight& weight : model->weights.all())
        print += weight.name + fc::print(weight.value.shape());
    Rng dropout(9);
    const Batch batch = randomBatch(task, 2);
    for (const Tensor& forecast :
         {evaluated(*model, batch), model->forward(batch, {.training = true, .rng = &dropout})})
        for (const float value : forecast.values())
            print += " " + formatNumber(value);
    return print;
}

/// Another value than the default that is still quick to build.
ParamValue another(const Param& param, const ParamValue& current)
{
    if (const auto* flag = std::get_if<bool>(&current))
        return !*flag;
    if (const auto* whole = std::get_if<std::int64_t>(&current))
        return *whole + (param.spec.odd ? 2 : 1);
    if (std::holds_alternative<double>(current))
        return std::get<double>(current) + 0.25;
    for (const std::string& choice : param.spec.choices)
        if (choice != std::get<std::string>(current))
            return choice;
    return std::string("3");
}

QString refusal(const std::function<void()>& action)
{
    try {
        action();
    } catch (const UsageError& error) {
        return QString::fromUtf8(error.what());
    }
    return {};
}

}  // namespace

class ModelsTest : public QObject {
    Q_OBJECT

private slots:
    void everyModelFileIsInTheRegistry()
    {
        QStringList files;
        const QDir root(QStringLiteral(FC_SOURCE_DIR "/engine/models"));
        for (const QString& family : root.entryList(QDir::Dirs | QDir::NoDotAndDotDot))
            for (const QString& file : QDir(root.filePath(family)).entryList({"*.cpp"}, QDir::Files))
                files.push_back(family + "/" + file.chopped(4));
        QStringList registered;
        for (const ModelEntry& entry : models())
            registered.push_back(QString::fromStdString(entry.family + "/" + entry.id));
        files.sort();
        registered.sort();
        QCOMPARE(registered, files);
    }

    void theForecastHasTheShapeOfTheTask_data()
    {
        QTest::addColumn<QString>("id");
        QTest::addColumn<Task>("task");
        const std::vector<std::pair<const char*, Task>> tasks = {
            {"plain", plainTask},
            {"nine quantiles", {.length = 12, .horizon = 4, .outputs = 9}},
            {"three channels", {.length = 12, .horizon = 4, .channels = 3}},
            {"one step", {.length = 12, .horizon = 1}},
            {"horizon as long as the window", {.length = 6, .horizon = 6}},
            {"horizon longer than the window", {.length = 5, .horizon = 9, .channels = 2}},
            {"window of one step", {.length = 1, .horizon = 3}},
            {"past covariates", {.length = 12, .horizon = 4, .pastCovariates = 2}},
            {"future covariates", {.length = 12, .horizon = 4, .futureCovariates = 3}},
            {"static covariates", {.length = 12, .horizon = 4, .staticCovariates = 2}},
            {"all at once", fullTask}};
        for (const ModelEntry& entry : models())
            for (const auto& [name, task] : tasks)
                if (possible(task, entry) == task)
                    QTest::addRow("%s, %s", entry.id.c_str(), name)
                        << QString::fromStdString(entry.id) << task;
    }
    void theForecastHasTheShapeOfTheTask()
    {
        QFETCH(const QString, id);
        QFETCH(const Task, task);
        const ModelEntry& entry = modelEntry(id.toStdString());
        std::vector<ParamValues> sets = {smallValues(entry)};
        for (const Variant& variant : variants())
            if (variant.model == entry.id)
                sets.push_back(with(smallValues(entry), variant.values));
        for (const ParamValues& values : sets)
            for (const int size : {1, 3}) {
                const Tensor forecast = evaluated(*makeSeeded(entry, task, values), randomBatch(task, size));
                QCOMPARE(print(forecast.shape()),
                         print(Shape{size, task.horizon, task.channels, task.outputs}));
                QVERIFY(allFinite(forecast));
            }
    }

    void theLastObservationReachesTheFirstStep_data() { everyModel(); }
    void theLastObservationReachesTheFirstStep()
    {
        QFETCH(const QString, id);
        const ModelEntry& entry = modelEntry(id.toStdString());
        const auto model = makeSeeded(entry, plainTask, smallValues(entry));
        Batch batch = randomBatch(plainTask, 4);
        const std::vector<float> before = evaluated(*model, batch).values();
        for (int row = 0; row < 4; ++row)
            batch.past.data()[row * plainTask.length + plainTask.length - 1] += 1.0F;
        const std::vector<float> after = evaluated(*model, batch).values();
        for (size_t row = 0; row < 4; ++row)
            QVERIFY(before[row * 4] != after[row * 4]);
    }

    void futureCovariatesOfEachStepChangeTheForecast_data() { everyModel(&Capabilities::futureCovariates); }
    void futureCovariatesOfEachStepChangeTheForecast()
    {
        QFETCH(const QString, id);
        const ModelEntry& entry = modelEntry(id.toStdString());
        const auto model = makeSeeded(entry, fullTask, smallValues(entry));
        for (int step = 0; step < fullTask.length + fullTask.horizon; ++step) {
            Batch batch = randomBatch(fullTask, 1);
            const std::vector<float> before = evaluated(*model, batch).values();
            batch.futureCovariates.data()[step * fullTask.futureCovariates] += 2.0F;
            QVERIFY2(evaluated(*model, batch).values() != before, qPrintable(QString("step %1").arg(step)));
        }
    }

    void staticCovariatesChangeTheForecast_data() { everyModel(&Capabilities::staticCovariates); }
    void staticCovariatesChangeTheForecast()
    {
        QFETCH(const QString, id);
        const auto model =
            makeSeeded(modelEntry(id.toStdString()), fullTask, smallValues(modelEntry(id.toStdString())));
        Batch batch = randomBatch(fullTask, 1);
        const std::vector<float> before = evaluated(*model, batch).values();
        batch.staticCovariates.data()[1] += 2.0F;
        QVERIFY(evaluated(*model, batch).values() != before);
    }

    void batchMatesDoNotMatter_data() { everyVariant(); }
    void batchMatesDoNotMatter()
    {
        QFETCH(const QString, id);
        QFETCH(const ParamValues, values);
        const ModelEntry& entry = modelEntry(id.toStdString());
        const Task task = possible(fullTask, entry);
        const auto model = makeSeeded(entry, task, values);
        const Batch batch = randomBatch(task, 4);
        Batch others = randomBatch(task, 4, 77);
        copyRow(batch, others, 2);
        const size_t row = static_cast<size_t>(task.horizon * task.channels * task.outputs);
        const std::vector<float> a = evaluated(*model, batch).values();
        const std::vector<float> b = evaluated(*model, others).values();
        QVERIFY(std::equal(a.begin() + 2 * row, a.begin() + 3 * row, b.begin() + 2 * row));
        QVERIFY(!std::equal(a.begin(), a.begin() + row, b.begin()));
    }

    void theSameInputGivesTheSameBits_data() { everyVariant(); }
    void theSameInputGivesTheSameBits()
    {
        QFETCH(const QString, id);
        QFETCH(const ParamValues, values);
        const ModelEntry& entry = modelEntry(id.toStdString());
        const Task task = possible(fullTask, entry);
        QCOMPARE(fingerprint(entry, task, values), fingerprint(entry, task, values));
        const auto other = makeSeeded(entry, task, values, 4);
        const bool drawn = values.find("average_start") == values.end();
        if (drawn)
            QVERIFY(other->weights.all().front().value.values() !=
                    makeSeeded(entry, task, values, 3)->weights.all().front().value.values());
    }

    void everyParameterChangesSomething_data()
    {
        QTest::addColumn<QString>("id");
        QTest::addColumn<QString>("parameter");
        for (const ModelEntry& entry : models())
            for (const Param& param : entry.schema)
                QTest::addRow("%s %s", entry.id.c_str(), param.spec.id.c_str())
                    << QString::fromStdString(entry.id) << QString::fromStdString(param.spec.id);
    }
    void everyParameterChangesSomething()
    {
        QFETCH(const QString, id);
        QFETCH(const QString, parameter);
        const ModelEntry& entry = modelEntry(id.toStdString());
        const Task task = possible(fullTask, entry);
        ParamValues values = with(defaults(entry.schema), smallValues(entry));
        if (id == "tcn" && parameter == "decoder_size")
            values["head"] = std::string("over_time");  // the only head that has one
        const std::string key = parameter.toStdString();
        const ParamValue changed = another(*find(entry.schema, key), values[key]);
        QVERIFY(fingerprint(entry, task, values) != fingerprint(entry, task, with(values, {{key, changed}})));
    }

    void bothEndsOfEveryRangeBuild_data() { everyParameterChangesSomething_data(); }
    void bothEndsOfEveryRangeBuild()
    {
        QFETCH(const QString, id);
        QFETCH(const QString, parameter);
        const ModelEntry& entry = modelEntry(id.toStdString());
        const Param& param = *find(entry.schema, parameter.toStdString());
        std::vector<ParamValue> ends(param.spec.choices.begin(), param.spec.choices.end());
        for (const std::optional<double>& end : {param.spec.min, param.spec.max})
            if (end && std::holds_alternative<std::int64_t>(param.defaultValue))
                ends.emplace_back(static_cast<std::int64_t>(*end));
            else if (end)
                ends.emplace_back(*end);
        for (const ParamValue& end : ends) {
            const ParamValues values = with(smallValues(entry), {{param.spec.id, end}});
            QVERIFY(allFinite(evaluated(*makeSeeded(entry, plainTask, values), randomBatch(plainTask, 2))));
        }
    }

    void aConstantWindowGivesFiniteNumbers_data() { everyModel(); }
    void aConstantWindowGivesFiniteNumbers()
    {
        QFETCH(const QString, id);
        const ModelEntry& entry = modelEntry(id.toStdString());
        for (const float level : {0.0F, 1.0F, -1e4F}) {
            Batch batch = randomBatch(plainTask, 2);
            batch.past = Tensor::full({2, plainTask.length, 1}, level);
            QVERIFY(allFinite(evaluated(*makeSeeded(entry, plainTask, {}), batch)));
        }
    }

    void covariatesThatAModelCannotUseAreRefused_data() { everyModel(); }
    void covariatesThatAModelCannotUseAreRefused()
    {
        QFETCH(const QString, id);
        const ModelEntry& entry = modelEntry(id.toStdString());
        const QString past = refusal([&] { makeSeeded(entry, {.pastCovariates = 2}, {}); });
        const QString future = refusal([&] { makeSeeded(entry, {.futureCovariates = 3}, {}); });
        QCOMPARE(past.isEmpty(), entry.capabilities.pastCovariates);
        QCOMPARE(future.isEmpty(), entry.capabilities.futureCovariates);
        const QString statics = refusal([&] { makeSeeded(entry, {.staticCovariates = 4}, {}); });
        QCOMPARE(statics.isEmpty(), entry.capabilities.staticCovariates);
        if (id == "dlinear") {
            QVERIFY2(past.startsWith("DLinear uses only the target series, but 2 columns of past covariates"),
                     qPrintable(past));
            QVERIFY2(past.endsWith("LSTM, TCN."), qPrintable(past));
            QVERIFY2(future.contains("3 columns of future covariates"), qPrintable(future));
            QVERIFY2(statics.contains("4 columns of static covariates"), qPrintable(statics));
        }
    }

    void anUnknownModelIsAnsweredWithTheNearest()
    {
        QCOMPARE(refusal([] { modelEntry("dlinaer"); }),
                 "There is no model \"dlinaer\". The nearest is \"dlinear\".");
        QVERIFY(refusal([] { modelEntry("zzzzzzzzzzzz"); }).contains("Known models: dlinear, lstm, tcn"));
    }

    void unknownAndImpossibleParametersAreRefused()
    {
        QVERIFY(refusal([] {
                    makeSeeded(modelEntry("lstm"), {}, {{"hiden_size", std::int64_t{3}}});
                }).contains("hidden_size"));
        QVERIFY(refusal([] {
                    makeSeeded(modelEntry("dlinear"), {}, {{"moving_avg", std::int64_t{4}}});
                }).contains("odd"));
    }

private:
    static void everyModel(bool Capabilities::*can = &Capabilities::univariate)
    {
        QTest::addColumn<QString>("id");
        for (const ModelEntry& entry : models())
            if (entry.capabilities.*can)
                QTest::newRow(entry.id.c_str()) << QString::fromStdString(entry.id);
    }

    static void everyVariant()
    {
        QTest::addColumn<QString>("id");
        QTest::addColumn<ParamValues>("values");
        for (const ModelEntry& entry : models()) {
            QTest::newRow(entry.id.c_str()) << QString::fromStdString(entry.id) << smallValues(entry);
            for (const Variant& variant : variants())
                if (variant.model == entry.id)
                    QTest::addRow("%s, %s", entry.id.c_str(), variant.name)
                        << QString::fromStdString(entry.id) << with(smallValues(entry), variant.values);
        }
    }

    static void copyRow(const Batch& from, Batch& to, std::int64_t row)
    {
        for (const auto part :
             {&Batch::past, &Batch::pastCovariates, &Batch::futureCovariates, &Batch::staticCovariates}) {
            if (!(from.*part).defined())
                continue;
            const std::int64_t size = (from.*part).count() / (from.*part).size(0);
            std::copy_n((from.*part).data() + row * size, size, (to.*part).data() + row * size);
        }
    }
};

QTEST_APPLESS_MAIN(ModelsTest)
#include "tst_models.moc"
