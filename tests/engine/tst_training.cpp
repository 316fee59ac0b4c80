// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>
#include <cmath>
#include <limits>
#include <thread>

#include "engine/features/dataset.h"
#include "engine/io/safetensors.h"
#include "engine/training/checkpoint.h"
#include "engine/training/train.h"

using namespace fc;

namespace {

Series sine(int rows)
{
    Series series;
    series.name = "sine";
    series.hasClock = false;
    Column column{.name = "value", .role = "", .values = {}};
    for (int i = 0; i < rows; ++i) {
        series.times.push_back(i);
        column.values.push_back(5.0 + 2.0 * std::sin(i * 0.26) + 0.3 * std::sin(i * 1.7));
    }
    series.columns.push_back(column);
    return series;
}

std::shared_ptr<const Dataset> sineDataset(const std::string& scaler = "standard")
{
    Recipe recipe;
    recipe.length = 24;
    recipe.horizon = 4;
    recipe.scaler = scaler;
    return std::make_shared<const Dataset>(makeDataset(sine(400), recipe));
}

TrainPlan quickPlan()
{
    TrainPlan plan;
    plan.epochs = 3;
    plan.batchSize = 16;
    plan.optimizer.learningRate = 0.01;
    plan.patience = 0;
    plan.threads = 1;
    return plan;
}

/// Keeps all it hears; can ask for something at a step.
class Listener : public TrainObserver {
public:
    void stepDone(const StepNews& news) override
    {
        steps.push_back(news);
        if (onStep)
            onStep(news.step);
    }
    void validated(const ValidationNews& news) override { validations.push_back(news); }
    void checkpointDue(const CheckpointNews& news, const std::string& bytes) override
    {
        checkpoints.emplace_back(news, bytes);
    }
    void event(std::int64_t step, const std::string& kind, const Message&) override
    {
        events.emplace_back(step, kind);
    }

    std::vector<StepNews> steps;
    std::vector<ValidationNews> validations;
    std::vector<std::pair<CheckpointNews, std::string>> checkpoints;
    std::vector<std::pair<std::int64_t, std::string>> events;
    std::function<void(std::int64_t)> onStep;
};

struct Outcome {
    TrainResult result;
    std::string digest;
    std::unique_ptr<Listener> heard = std::make_unique<Listener>();
    double validationLoss = 0;
};

Outcome trainOn(const std::shared_ptr<const Dataset>& dataset, const std::string& model,
                const TrainPlan& plan, const std::string& checkpoint = {},
                const std::function<void(TrainControl&, Listener&)>& prepare = {},
                const ParamValues& values = {}, std::int64_t extraSteps = 0)
{
    Outcome outcome;
    Trainable run = makeTrainable(dataset, modelEntry(model), values, plan);
    TrainControl control;
    if (prepare)
        prepare(control, *outcome.heard);
    outcome.result = train(run, checkpoint, extraSteps, control, *outcome.heard);
    outcome.digest = weightsDigest(run.model->weights);
    return outcome;
}

/// Small settings under which a model trains in a moment.
ParamValues smallModel(const std::string& id)
{
    if (id == "lstm")
        return {{"hidden_size", std::int64_t{8}}, {"decoder_size", std::int64_t{8}}, {"dropout", 0.2}};
    if (id == "tcn")
        return {{"channels", std::string("8,8")}, {"dropout", 0.2}};
    return {};
}

}  // namespace

class TestTraining : public QObject {
    Q_OBJECT

private:
    static void modelRows()
    {
        QTest::addColumn<QString>("model");
        for (const ModelEntry& entry : models())
            QTest::newRow(entry.id.c_str()) << QString::fromStdString(entry.id);
    }

private slots:
    void lossFallsOnASine_data() { modelRows(); }
    void lossFallsOnASine()
    {
        QFETCH(QString, model);
        TrainPlan plan = quickPlan();
        plan.epochs = 12;
        const std::string id = model.toStdString();
        const Outcome outcome = trainOn(sineDataset(), id, plan, {}, {}, smallModel(id));
        const auto& heard = *outcome.heard;
        QCOMPARE(static_cast<int>(heard.validations.size()), 12);
        QVERIFY2(heard.validations.back().validationLoss < 0.5 * heard.validations.front().validationLoss,
                 qPrintable(QString("%1 -> %2")
                                .arg(heard.validations.front().validationLoss)
                                .arg(heard.validations.back().validationLoss)));
    }

    void sameSeedSameWeights_data() { modelRows(); }
    void sameSeedSameWeights()
    {
        QFETCH(QString, model);
        const std::string id = model.toStdString();
        TrainPlan plan = quickPlan();
        const Outcome one = trainOn(sineDataset(), id, plan, {}, {}, smallModel(id));
        const Outcome two = trainOn(sineDataset(), id, plan, {}, {}, smallModel(id));
        QCOMPARE(one.digest, two.digest);
        plan.threads = 3;
        QCOMPARE(trainOn(sineDataset(), id, plan, {}, {}, smallModel(id)).digest, one.digest);
        plan.seed = 2;
        QVERIFY(trainOn(sineDataset(), id, plan, {}, {}, smallModel(id)).digest != one.digest);
    }

    void resumingAnyCheckpointEndsInTheSameWeights_data()
    {
        QTest::addColumn<QString>("model");
        QTest::addColumn<QString>("optimizer");
        QTest::addColumn<QString>("schedule");
        for (const ModelEntry& entry : models()) {
            for (const char* optimizer : {"adamw", "sgd"}) {
                QTest::addRow("%s %s", entry.id.c_str(), optimizer)
                    << QString::fromStdString(entry.id) << optimizer << "warmup_cosine";
            }
        }
    }
    void resumingAnyCheckpointEndsInTheSameWeights()
    {
        QFETCH(QString, model);
        QFETCH(QString, optimizer);
        QFETCH(QString, schedule);
        TrainPlan plan = quickPlan();
        plan.optimizer.optimizer = optimizer.toStdString();
        plan.schedule.schedule = schedule.toStdString();
        plan.checkpointEvery = 7;
        const std::string id = model.toStdString();
        const Outcome whole = trainOn(sineDataset("revin_last"), id, plan, {}, {}, smallModel(id));
        QVERIFY(whole.heard->checkpoints.size() >= 5);
        for (const auto& [news, bytes] : whole.heard->checkpoints) {
            const Outcome rest = trainOn(sineDataset("revin_last"), id, plan, bytes, {}, smallModel(id));
            QCOMPARE(rest.digest, whole.digest);
            QCOMPARE(rest.result.state.bestLoss, whole.result.state.bestLoss);
            // The checkpoint's step is the last one not trained again.
            QCOMPARE(rest.heard->steps.empty() ? news.step : rest.heard->steps.front().step - 1, news.step);
            for (const StepNews& step : rest.heard->steps)
                QCOMPARE(step.loss, whole.heard->steps[static_cast<size_t>(step.step - 1)].loss);
        }
    }

    void stoppingAtAnyStepAndGoingOnChangesNothing()
    {
        const Outcome whole = trainOn(sineDataset(), "dlinear", quickPlan());
        for (const std::int64_t at : {1, 5, 16, 17, 31}) {
            const Outcome part = trainOn(sineDataset(), "dlinear", quickPlan(), {},
                                         [&](TrainControl& control, Listener& heard) {
                                             heard.onStep = [&control, at](std::int64_t step) {
                                                 if (step == at)
                                                     control.stop();
                                             };
                                         });
            QCOMPARE(part.result.reason, StopReason::Stopped);
            QCOMPARE(part.result.state.step, at);
            QCOMPARE(part.heard->checkpoints.back().first.step, at);
            const Outcome rest =
                trainOn(sineDataset(), "dlinear", quickPlan(), part.heard->checkpoints.back().second);
            QCOMPARE(rest.digest, whole.digest);
        }
    }

    void cancelIsObeyedWithinOneStep()
    {
        const Outcome outcome =
            trainOn(sineDataset(), "dlinear", quickPlan(), {}, [](TrainControl& control, Listener& heard) {
                heard.onStep = [&control](std::int64_t step) {
                    if (step == 3)
                        control.cancel();
                };
            });
        QCOMPARE(outcome.result.reason, StopReason::Cancelled);
        QCOMPARE(static_cast<int>(outcome.heard->steps.size()), 3);
    }

    void pausingHoldsTheStepsAndLeavesTheNumbersAlone()
    {
        const Outcome whole = trainOn(sineDataset(), "dlinear", quickPlan());
        std::thread resumer;
        const Outcome paused =
            trainOn(sineDataset(), "dlinear", quickPlan(), {}, [&](TrainControl& control, Listener& heard) {
                heard.onStep = [&](std::int64_t step) {
                    if (step == 4) {
                        control.pause();
                        resumer = std::thread([&control] { control.resume(); });
                    }
                };
            });
        resumer.join();
        QCOMPARE(paused.digest, whole.digest);
    }

    void theLearningRateCanBeChangedAndIsKeptByCheckpoints()
    {
        const auto change = [](TrainControl& control, Listener& heard) {
            heard.onStep = [&control](std::int64_t step) {
                if (step == 10)
                    control.setLearningRate(0.001);
            };
        };
        const Outcome changed = trainOn(sineDataset(), "dlinear", quickPlan(), {}, change);
        QCOMPARE(changed.heard->steps[9].learningRate, 0.01);
        QVERIFY(std::abs(changed.heard->steps[10].learningRate - 0.001) < 1e-12);
        QVERIFY(changed.heard->events ==
                (std::vector<std::pair<std::int64_t, std::string>>{{10, "learning_rate"}}));
        const auto& atChange = changed.heard->checkpoints.front();
        QCOMPARE(atChange.first.step, 10);
        QCOMPARE(trainOn(sineDataset(), "dlinear", quickPlan(), atChange.second).digest, changed.digest);
    }

    void theBestWeightsAreRestored()
    {
        TrainPlan plan = quickPlan();
        plan.optimizer.learningRate = 3.0;  // jumps about, so the last validation is seldom the best
        plan.clip.clipNorm = 0;
        plan.epochs = 6;
        const Outcome outcome = trainOn(sineDataset(), "dlinear", plan);
        const auto& validations = outcome.heard->validations;
        const auto best = std::min_element(
            validations.begin(), validations.end(),
            [](const auto& a, const auto& b) { return a.validationLoss < b.validationLoss; });
        QCOMPARE(outcome.result.state.bestStep, best->step);
        for (const auto& [news, bytes] : outcome.heard->checkpoints) {
            if (!news.best || news.step != best->step)
                continue;
            Trainable run = makeTrainable(sineDataset(), modelEntry("dlinear"), {}, plan);
            restoreWeights(bytes, run);
            QCOMPARE(weightsDigest(run.model->weights), outcome.digest);
        }
    }

    void patienceEndsATrainingThatDoesNotImprove()
    {
        TrainPlan plan = quickPlan();
        plan.optimizer.learningRate = 0.5;  // jumps about, so improvements run out soon
        plan.epochs = 300;
        plan.patience = 2;
        const Outcome outcome = trainOn(sineDataset(), "dlinear", plan);
        QCOMPARE(outcome.result.reason, StopReason::EarlyStopped);
        const auto& validations = outcome.heard->validations;
        QVERIFY(validations.size() < 300);
        const size_t best = validations.size() - 3;
        QCOMPARE(outcome.result.state.bestStep, validations[best].step);
        QVERIFY(validations[best + 1].validationLoss >= validations[best].validationLoss);
        QVERIFY(validations[best + 2].validationLoss >= validations[best].validationLoss);
        QCOMPARE(outcome.heard->events.back().second, std::string("early_stopped"));
    }

    void aLossThatIsNoNumberNamesStepAndTensor()
    {
        TrainPlan plan = quickPlan();
        plan.optimizer.optimizer = "sgd";
        plan.optimizer.learningRate = 1e6;
        plan.clip.clipNorm = 0;
        plan.epochs = 100;
        QString text;
        Trainable run = makeTrainable(sineDataset(), modelEntry("dlinear"), {}, plan);
        TrainControl control;
        Listener heard;
        try {
            train(run, {}, 0, control, heard);
        } catch (const Error& error) {
            text = QString::fromUtf8(error.what());
        }
        QVERIFY2(text.contains("no longer a finite number at step"), qPrintable(text));
        // No checkpoint holds a value that is not finite.
        for (const auto& [news, bytes] : heard.checkpoints) {
            for (const StoredTensor& tensor : parseSafetensors(bytes).tensors) {
                for (size_t i = 0; i + 4 <= tensor.bytes.size(); i += 4) {
                    float x = 0;
                    std::memcpy(&x, tensor.bytes.data() + i, 4);
                    QVERIFY(std::isfinite(x));
                }
            }
        }
    }

    void accumulatedBatchesEqualOneLargeBatch()
    {
        TrainPlan large = quickPlan();
        large.batchSize = 64;
        TrainPlan small = quickPlan();
        small.batchSize = 16;
        small.accumulate = 4;
        const Outcome a = trainOn(sineDataset(), "dlinear", large);
        const Outcome b = trainOn(sineDataset(), "dlinear", small);
        QCOMPARE(a.heard->steps.size(), b.heard->steps.size());
        // The same windows in another order of summation: float32 round-off only.
        for (size_t i = 0; i < a.heard->steps.size(); ++i)
            QVERIFY(std::abs(a.heard->steps[i].loss - b.heard->steps[i].loss) <
                    1e-4 * (1 + a.heard->steps[i].loss));
    }

    void goingOnBeyondThePlanAddsSteps()
    {
        const Outcome whole = trainOn(sineDataset(), "dlinear", quickPlan());
        const Outcome more =
            trainOn(sineDataset(), "dlinear", quickPlan(), whole.heard->checkpoints.back().second, {}, {}, 5);
        QCOMPARE(more.result.state.step, whole.result.state.step + 5);
    }

    void aCheckpointOfAnotherModelListsWhatDiffers()
    {
        const Outcome outcome = trainOn(sineDataset(), "dlinear", quickPlan());
        Trainable other = makeTrainable(sineDataset(), modelEntry("lstm"), smallModel("lstm"), quickPlan());
        QString text;
        try {
            restoreWeights(outcome.heard->checkpoints.back().second, other);
        } catch (const Error& error) {
            text = QString::fromUtf8(error.what());
        }
        QVERIFY2(text.contains("does not fit the model"), qPrintable(text));
        QVERIFY2(text.contains("is missing") && text.contains("is not part of the model"), qPrintable(text));
    }

    void quantileForecastsDoNotCross()
    {
        TrainPlan plan = quickPlan();
        plan.loss.loss = "quantile";
        plan.epochs = 1;
        const auto dataset = sineDataset();
        Trainable run = makeTrainable(dataset, modelEntry("dlinear"), {}, plan);
        TrainControl control;
        Listener heard;
        train(run, {}, 0, control, heard);
        int windows = 0;
        predictWindows(*run.model, run.norm, *dataset, run.quantiles(), dataset->testWindows,
                       [&](const WindowForecast& window) {
                           ++windows;
                           QCOMPARE(static_cast<int>(window.quantiles.size()), 3);
                           for (size_t i = 0; i < window.point.size(); ++i) {
                               QVERIFY(window.quantiles[0][i] <= window.quantiles[1][i]);
                               QVERIFY(window.quantiles[1][i] <= window.quantiles[2][i]);
                               QCOMPARE(window.point[i], window.quantiles[1][i]);
                           }
                       });
        QCOMPARE(windows, static_cast<int>(dataset->testWindows.size()));
    }
};

QTEST_GUILESS_MAIN(TestTraining)
#include "tst_training.moc"
