// SPDX-License-Identifier: GPL-3.0-or-later
// What single settings of a training do: precision, freezing, the plateau schedule; what it says of its
// layers.
#include <QTest>
#include <algorithm>
#include <cmath>
#include <map>

#include "engine/features/samples.h"
#include "engine/io/safetensors.h"
#include "tests/support/allocations.h"
#include "tests/support/training_cases.h"

using namespace fc;

namespace {

std::shared_ptr<const Dataset> sampleDataset()
{
    Recipe recipe;
    recipe.length = 48;
    recipe.horizon = 12;
    recipe.scaler = "revin_last";
    recipe.targets = "close";
    return std::make_shared<const Dataset>(makeDataset(makeSample("synthetic-crypto-1h", 1), recipe));
}

std::int64_t weightBytes(const Trainable& run)
{
    std::int64_t bytes = 0;
    for (const NamedWeight& weight : run.model->weights.all())
        bytes += weight.value.count() * bytesOf(weight.value.dtype());
    return bytes;
}

std::map<std::string, std::string> storedTypes(const std::string& checkpoint)
{
    std::map<std::string, std::string> types;
    for (const StoredTensor& tensor : parseSafetensors(checkpoint).tensors)
        types[tensor.name] = tensor.dtype;
    return types;
}

/// A layer's values at one validation.
std::map<std::string, double> valuesOf(const ValidationNews& news)
{
    std::map<std::string, double> values;
    for (const LayerValue& layer : news.layers)
        values[layer.name] = layer.value;
    return values;
}

QString refusal(const TrainPlan& plan, const std::string& model = "dlinear")
{
    try {
        makeTrainable(sineDataset(), modelEntry(model), smallModel(model), plan);
    } catch (const UsageError& error) {
        return QString::fromUtf8(error.what());
    }
    return {};
}

}  // namespace

class TestTrainingPlan : public QObject {
    Q_OBJECT

private slots:
    void halfPrecisionHalvesTheMatrices_data() { modelRows(); }
    void halfPrecisionHalvesTheMatrices()
    {
        QFETCH(QString, model);
        const std::string id = model.toStdString();
        TrainPlan plan = quickPlan();
        const Trainable full = makeTrainable(sineDataset(), modelEntry(id), smallModel(id), plan);
        plan.precision = "bf16";
        const Trainable half = makeTrainable(sineDataset(), modelEntry(id), smallModel(id), plan);
        std::int64_t matrices = 0;
        for (const NamedWeight& weight : half.model->weights.all())
            matrices += weight.mayBeHalf ? weight.value.count() : 0;
        QVERIFY(matrices > half.model->weights.count() / 2);
        QCOMPARE(weightBytes(full) - weightBytes(half), 2 * matrices);
    }

    void halfPrecisionKeepsTheLossCurve_data()
    {
        QTest::addColumn<QString>("model");
        QTest::newRow("dlinear") << "dlinear";
        QTest::newRow("tcn") << "tcn";
    }
    void halfPrecisionKeepsTheLossCurve()
    {
        QFETCH(QString, model);
        const std::string id = model.toStdString();
        TrainPlan plan = quickPlan();
        plan.optimizer.learningRate = 1e-3;
        plan.maxSteps = 60;
        plan.validateEvery = 20;
        const auto data = sampleDataset();
        const TrainOutcome full = trainOn(data, id, plan, {}, {}, smallModel(id));
        plan.precision = "bf16";
        const TrainOutcome half = trainOn(data, id, plan, {}, {}, smallModel(id));
        QVERIFY(full.digest != half.digest);
        for (size_t i = 0; i < full.heard->validations.size(); ++i) {
            const double a = full.heard->validations[i].validationLoss;
            const double b = half.heard->validations[i].validationLoss;
            QVERIFY2(std::abs(a - b) < 0.01 * a, qPrintable(QString("%1 against %2").arg(b).arg(a)));
        }
    }

    void halfPrecisionIsStoredAsSuchWithItsMaster()
    {
        TrainPlan plan = quickPlan();
        plan.precision = "bf16";
        const TrainOutcome outcome = trainOn(sineDataset(), "dlinear", plan);
        const auto types = storedTypes(outcome.heard->checkpoints.back().second);
        int matrices = 0;
        for (const auto& [name, type] : types) {
            if (type != "BF16" || name.starts_with("best."))
                continue;
            ++matrices;
            QCOMPARE(types.at("optimizer.adamw.master." + name), std::string("F32"));
        }
        QVERIFY(matrices > 0);
        // The forecast of a run uses the weights in 16 bits.
        Trainable run = makeTrainable(sineDataset(), modelEntry("dlinear"), {}, plan);
        restoreWeights(outcome.heard->checkpoints.back().second, run);
        QVERIFY(std::ranges::any_of(run.model->weights.all(), [](const NamedWeight& weight) {
            return weight.value.dtype() == DType::BF16;
        }));
        plan.precision = "f32";
        Trainable other = makeTrainable(sineDataset(), modelEntry("dlinear"), {}, plan);
        QVERIFY_THROWS_EXCEPTION(Error, restoreWeights(outcome.heard->checkpoints.back().second, other));
    }

    void frozenWeightsStayAsTheyWere()
    {
        TrainPlan plan = quickPlan();
        plan.freeze = "*bias*, decoder";
        plan.optimizer.weightDecay = 0.1;
        Trainable run = makeTrainable(sineDataset(), modelEntry("lstm"), smallModel("lstm"), plan);
        std::map<std::string, std::vector<float>> before;
        for (const NamedWeight& weight : run.model->weights.all())
            before[weight.name] = weight.value.values();
        TrainControl control;
        HearingAll heard;
        train(run, {}, 0, control, heard);
        int frozen = 0;
        for (const NamedWeight& weight : run.model->weights.all()) {
            const bool named =
                weight.name.find("bias") != std::string::npos || weight.name.starts_with("decoder");
            frozen += named ? 1 : 0;
            QVERIFY2((weight.value.values() == before[weight.name]) == named, weight.name.c_str());
        }
        QVERIFY(frozen > 2);
        for (const auto& [name, type] : storedTypes(heard.checkpoints.back().second))
            QVERIFY(!name.starts_with("optimizer.") || name.find("bias") == std::string::npos);
        // And so they do when the run goes on.
        QCOMPARE(
            trainOn(sineDataset(), "lstm", plan, heard.checkpoints.front().second, {}, smallModel("lstm"))
                .digest,
            weightsDigest(run.model->weights));
    }

    void aPlateauLowersTheRateAndSaysSo()
    {
        TrainPlan plan = quickPlan();
        plan.schedule.schedule = "plateau";
        plan.schedule.plateauThreshold = 0.5;  // a loss must halve to count as better
        plan.schedule.plateauPatience = 1;
        plan.schedule.stepFactor = 0.1;
        plan.schedule.minLearningRate = 2e-5;
        plan.validateEvery = 4;
        const TrainOutcome outcome = trainOn(sineDataset(), "dlinear", plan);
        const auto& heard = *outcome.heard;
        QCOMPARE(heard.steps.front().learningRate, 0.01);
        QCOMPARE(heard.steps.back().learningRate, 2e-5);
        const auto drops =
            std::ranges::count(heard.events, "learning_rate", [](const auto& e) { return e.second; });
        QCOMPARE(drops, std::ptrdiff_t{3});
        PlateauState state = plateauStart(0.01);
        for (const ValidationNews& news : heard.validations) {
            state = plateauAfter(plan.schedule, state, news.validationLoss);
            if (static_cast<size_t>(news.step) < heard.steps.size())
                QCOMPARE(heard.steps[static_cast<size_t>(news.step)].learningRate, state.rate);
        }
    }

    void layersReportTheirGradientsAndUpdates_data() { modelRows(); }
    void layersReportTheirGradientsAndUpdates()
    {
        QFETCH(QString, model);
        const std::string id = model.toStdString();
        TrainPlan plan = quickPlan();
        plan.epochs = 1;
        plan.validateEvery = 3;
        const TrainOutcome outcome = trainOn(sineDataset(), id, plan, {}, {}, smallModel(id));
        const auto run = makeTrainable(sineDataset(), modelEntry(id), smallModel(id), plan);
        const ValidationNews& news = outcome.heard->validations.front();
        const auto values = valuesOf(news);
        double squares = 0;
        for (const NamedWeight* weight : trainable(run.model->weights)) {
            const double norm = values.at("gradient_norm/" + weight->name);
            squares += norm * norm;
            const double ratio = values.at("update_ratio/" + weight->name);
            QVERIFY2(ratio > 0 && ratio < 1, weight->name.c_str());
        }
        // Together they are the norm of the step before the validation.
        const double whole = outcome.heard->steps[2].gradientNorm;
        QVERIFY(std::abs(std::sqrt(squares) - whole) < 1e-6 * whole);
    }

    void unitsThatNeverAnswerAreCounted()
    {
        TrainPlan plan = quickPlan();
        plan.maxSteps = 2;
        plan.validateEvery = 1;
        plan.optimizer.learningRate = 1e-9;
        Trainable run = makeTrainable(sineDataset(), modelEntry("lstm"), smallModel("lstm"), plan);
        // Two of the eight units of the decoder's hidden layer can never be above 0, the others always are.
        Tensor bias = run.model->weights.find("decoder.0.bias")->value;
        copyInto(bias, Tensor::full(bias.shape(), 1e3F));
        bias.data()[1] = bias.data()[6] = -1e3F;
        TrainControl control;
        HearingAll heard;
        train(run, {}, 0, control, heard);
        QCOMPARE(valuesOf(heard.validations.back()).at("dead_units/relu_00"), 0.25);
    }

    void stepsBetweenValidationsAllocateNothing_data()
    {
        QTest::addColumn<QString>("mechanism");
        for (const std::string& mechanism : mechanisms())
            QTest::newRow(mechanism.c_str()) << QString::fromStdString(mechanism);
    }
    void stepsBetweenValidationsAllocateNothing()
    {
        QFETCH(QString, mechanism);
        TrainPlan plan = planWith(mechanism.toStdString());
        plan.maxSteps = 12;
        plan.validateEvery = 12;
        plan.checkpointEvery = 0;
        std::vector<std::int64_t> counts;
        counts.reserve(64);
        Trainable run = makeTrainable(sineDataset(), modelEntry("dlinear"), {}, plan);
        TrainControl control;
        HearingAll heard;
        heard.steps.reserve(64);
        heard.onStep = [&](std::int64_t) { counts.push_back(heapAllocations()); };
        train(run, {}, 0, control, heard);
        for (size_t step = 5; step + 2 < counts.size(); ++step)
            QCOMPARE(counts[step] - counts[step - 1], std::int64_t{0});
    }

    void settingsThatDoNotGoTogetherAreRefused()
    {
        TrainPlan plan = quickPlan();
        plan.freeze = "encodr";
        QVERIFY2(refusal(plan).contains("encodr"), qPrintable(refusal(plan)));
        plan.freeze = "*";
        QVERIFY2(refusal(plan).contains("no weight"), qPrintable(refusal(plan)));
        plan = quickPlan();
        plan.optimizer.optimizer = "sgd";
        plan.optimizer.nesterov = true;
        plan.optimizer.momentum = 0;
        QVERIFY2(refusal(plan).contains("nesterov"), qPrintable(refusal(plan)));
        plan = quickPlan();
        plan.schedule.cycleMomentum = true;
        QVERIFY2(refusal(plan).contains("cycle_momentum"), qPrintable(refusal(plan)));
        plan.schedule.schedule = "cyclic";
        QCOMPARE(refusal(plan), QString());
        plan.optimizer.optimizer = "adagrad";
        QVERIFY2(refusal(plan).contains("adagrad"), qPrintable(refusal(plan)));
        plan = quickPlan();
        plan.schedule.schedule = "multi_step";
        plan.schedule.milestones = "3,x";
        QVERIFY2(refusal(plan).contains("3,x"), qPrintable(refusal(plan)));
    }

private:
    static void modelRows()
    {
        QTest::addColumn<QString>("model");
        for (const ModelEntry& entry : models())
            QTest::newRow(entry.id.c_str()) << QString::fromStdString(entry.id);
    }
};

QTEST_GUILESS_MAIN(TestTrainingPlan)
#include "tst_training_plan.moc"
