// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>
#include <cmath>
#include <limits>
#include <map>
#include <thread>

#include "engine/features/sampler.h"
#include "engine/io/safetensors.h"
#include "tests/support/training_cases.h"

using namespace fc;

class TestTraining : public QObject {
    Q_OBJECT

private:
    static void modelRows()
    {
        QTest::addColumn<QString>("model");
        for (const ModelEntry& entry : models())
            QTest::newRow(entry.id.c_str()) << QString::fromStdString(entry.id);
    }

    static void mechanismRows()
    {
        QTest::addColumn<QString>("model");
        QTest::addColumn<QString>("mechanism");
        const auto row = [](const std::string& model, const std::string& mechanism) {
            QTest::addRow("%s %s", model.c_str(), mechanism.c_str())
                << QString::fromStdString(model) << QString::fromStdString(mechanism);
        };
        for (const ModelEntry& entry : models()) {
            row(entry.id, "adamw");
            row(entry.id, "bf16");
        }
        for (const std::string& mechanism : mechanisms()) {
            if (mechanism != "adamw" && mechanism != "bf16")
                row("lstm", mechanism);
        }
    }

    /// The sine with missing rows, [from, to) each.
    static std::shared_ptr<const Dataset> gappyDataset(
        const std::vector<std::pair<std::size_t, std::size_t>>& gaps, const std::string& scaler = "standard")
    {
        Series series = sine(400);
        for (const auto& [from, to] : gaps)
            std::fill(series.columns[0].values.begin() + static_cast<std::ptrdiff_t>(from),
                      series.columns[0].values.begin() + static_cast<std::ptrdiff_t>(to), missing);
        Recipe recipe = sineDataset()->recipe;
        recipe.scaler = scaler;
        return std::make_shared<const Dataset>(makeDataset(series, recipe));
    }

private slots:
    void lossFallsOnASine_data() { modelRows(); }
    void lossFallsOnASine()
    {
        QFETCH(QString, model);
        TrainPlan plan = quickPlan();
        plan.epochs = 12;
        const std::string id = model.toStdString();
        const TrainOutcome outcome = trainOn(sineDataset(), id, plan, {}, {}, smallModel(id));
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
        const TrainOutcome one = trainOn(sineDataset(), id, plan, {}, {}, smallModel(id));
        const TrainOutcome two = trainOn(sineDataset(), id, plan, {}, {}, smallModel(id));
        QCOMPARE(one.digest, two.digest);
        plan.seed = 2;
        QVERIFY(trainOn(sineDataset(), id, plan, {}, {}, smallModel(id)).digest != one.digest);
    }

    void threadsAndOtherTrainingsChangeNothing_data() { mechanismRows(); }
    void threadsAndOtherTrainingsChangeNothing()
    {
        QFETCH(QString, model);
        QFETCH(QString, mechanism);
        const std::string id = model.toStdString();
        const auto digest = [&](int threads) {
            TrainPlan plan = planWith(mechanism.toStdString());
            plan.threads = threads;
            return trainOn(sineDataset(), id, plan, {}, {}, smallModel(id)).digest;
        };
        const std::string alone = digest(1);
        QCOMPARE(digest(2), alone);
        QCOMPARE(digest(3), alone);
        std::string beside;
        std::thread other([&] { beside = digest(2); });
        const std::string meanwhile = digest(1);
        other.join();
        QCOMPARE(meanwhile, alone);
        QCOMPARE(beside, alone);
    }

    void resumingAnyCheckpointEndsInTheSameWeights_data() { mechanismRows(); }
    void resumingAnyCheckpointEndsInTheSameWeights()
    {
        QFETCH(QString, model);
        QFETCH(QString, mechanism);
        const TrainPlan plan = planWith(mechanism.toStdString());
        const std::string id = model.toStdString();
        const TrainOutcome whole = trainOn(sineDataset("revin_last"), id, plan, {}, {}, smallModel(id));
        QVERIFY(whole.heard->checkpoints.size() >= 5);
        for (const auto& [news, bytes] : whole.heard->checkpoints) {
            const TrainOutcome rest = trainOn(sineDataset("revin_last"), id, plan, bytes, {}, smallModel(id));
            QCOMPARE(rest.digest, whole.digest);
            QCOMPARE(rest.result.state.bestLoss, whole.result.state.bestLoss);
            // The checkpoint's step is the last one not trained again.
            QCOMPARE(rest.heard->steps.empty() ? news.step : rest.heard->steps.front().step - 1, news.step);
            QCOMPARE(rest.result.state.plateau, whole.result.state.plateau);
            for (const StepNews& step : rest.heard->steps) {
                const StepNews& first = whole.heard->steps[static_cast<size_t>(step.step - 1)];
                QCOMPARE(step.loss, first.loss);
                QCOMPARE(step.learningRate, first.learningRate);
            }
        }
    }

    void resumingAmongGapsEndsInTheSameWeights_data() { modelRows(); }
    void resumingAmongGapsEndsInTheSameWeights()
    {
        QFETCH(QString, model);
        const std::string id = model.toStdString();
        TrainPlan plan = planWith("accumulate");
        const auto dataset = gappyDataset({{0, 9}, {70, 73}, {100, 140}, {290, 300}}, "revin");
        const TrainOutcome whole = trainOn(dataset, id, plan, {}, {}, smallModel(id));
        for (const StepNews& step : whole.heard->steps)
            QVERIFY(std::isfinite(step.loss));
        for (const auto& [news, bytes] : whole.heard->checkpoints)
            QCOMPARE(trainOn(dataset, id, plan, bytes, {}, smallModel(id)).digest, whole.digest);
        plan.threads = 3;
        QCOMPARE(trainOn(dataset, id, plan, {}, {}, smallModel(id)).digest, whole.digest);
    }

    void aGapElsewhereChangesNothing()
    {
        // The test part alone has the gap, so that every batch of the training passes through the checks.
        const TrainOutcome plain = trainOn(sineDataset(), "tcn", quickPlan(), {}, {}, smallModel("tcn"));
        const TrainOutcome beside =
            trainOn(gappyDataset({{390, 395}}), "tcn", quickPlan(), {}, {}, smallModel("tcn"));
        QCOMPARE(beside.digest, plain.digest);
        QCOMPARE(beside.result.state.bestLoss, plain.result.state.bestLoss);
    }

    void aStepWithoutAnyTargetLeavesPlainDescentWhereItIs()
    {
        TrainPlan plan = quickPlan();
        plan.batchSize = 1;
        plan.epochs = 1;
        plan.validateEvery = 1;
        plan.optimizer.optimizer = "sgd";
        plan.optimizer.momentum = 0;
        plan.optimizer.weightDecay = 0;
        const TrainOutcome outcome = trainOn(gappyDataset({{60, 90}}), "dlinear", plan);
        int empty = 0;
        for (size_t i = 1; i < outcome.heard->steps.size(); ++i) {
            const bool isEmpty = outcome.heard->steps[i].loss == 0.0;
            empty += isEmpty;
            const auto& validations = outcome.heard->validations;
            QCOMPARE(validations[i].validationLoss == validations[i - 1].validationLoss, isEmpty);
        }
        // Windows of four steps inside a gap of 30.
        QCOMPARE(empty, 27);
    }

    void aMeanOverBatchesIsTheMeanOverObservedTargets()
    {
        TrainPlan plan = quickPlan();
        plan.maxSteps = 1;
        plan.batchSize = 300;
        const auto dataset = gappyDataset({{30, 33}, {60, 90}, {120, 121}});
        const double whole = trainOn(dataset, "dlinear", plan).heard->steps.front().loss;
        plan.batchSize = 7;
        plan.accumulate = 40;
        const double parts = trainOn(dataset, "dlinear", plan).heard->steps.front().loss;
        QVERIFY2(std::abs(parts - whole) < 1e-6 * whole, qPrintable(QString("%1 %2").arg(parts).arg(whole)));
    }

    void theWindowNormLooksAtObservedValuesOnly_data()
    {
        QTest::addColumn<int>("norm");
        QTest::newRow("mean") << static_cast<int>(WindowNorm::Mean);
        QTest::newRow("last") << static_cast<int>(WindowNorm::Last);
    }
    void theWindowNormLooksAtObservedValuesOnly()
    {
        QFETCH(int, norm);
        /// Hands back what it sees of the last steps.
        class Mirror : public Model {
        public:
            Tensor forward(const Batch& batch, const Pass&) const override
            {
                const Tensor& past = batch.past;
                return Tensor::from({past.size(0), past.size(1), past.size(2), 1}, past.values());
            }
        };
        const LossSpec points;
        const auto mirrored = [&](const Batch& batch) {
            return forwardNormalized(Mirror(), static_cast<WindowNorm>(norm), points, batch, {}).values();
        };
        Batch seen;
        seen.past = Tensor::from({1, 3, 1}, std::vector<float>{3, 5, 10});
        const std::vector<float> expected = mirrored(seen);
        Batch gappy;
        gappy.past = Tensor::from({1, 6, 1}, std::vector<float>{0, 3, 3, 5, 10, 10});
        gappy.pastMask = Tensor::from({1, 6, 1}, std::vector<float>{0, 1, 0, 1, 1, 0});
        const std::vector<float> got = mirrored(gappy);
        const auto near = [](float a, float b) { return std::abs(a - b) < 1e-5F; };
        QVERIFY(near(got[1], expected[0]) && near(got[3], expected[1]) && near(got[4], expected[2]));
        // Before the first value stands the window's center.
        QVERIFY(near(got[0], norm == static_cast<int>(WindowNorm::Mean) ? 6.0F : 10.0F));
    }

    void batchesGatheredAheadChangeNothing_data() { mechanismRows(); }
    void batchesGatheredAheadChangeNothing()
    {
        QFETCH(QString, model);
        QFETCH(QString, mechanism);
        const std::string id = model.toStdString();
        const auto dataset = gappyDataset({{70, 73}, {290, 300}});
        const auto trained = [&](Prefetch prefetch, const std::string& checkpoint) {
            Trainable run =
                makeTrainable(dataset, modelEntry(id), smallModel(id), planWith(mechanism.toStdString()));
            run.prefetch = prefetch;
            TrainControl control;
            TrainOutcome outcome;
            outcome.result = train(run, checkpoint, 0, control, *outcome.heard);
            outcome.digest = weightsDigest(run.model->weights);
            return outcome;
        };
        const TrainOutcome inPlace = trained(Prefetch::Never, {});
        const TrainOutcome ahead = trained(Prefetch::Always, {});
        QCOMPARE(ahead.digest, inPlace.digest);
        for (size_t i = 0; i < inPlace.heard->steps.size(); ++i)
            QCOMPARE(ahead.heard->steps[i].loss, inPlace.heard->steps[i].loss);
        const auto& middle = ahead.heard->checkpoints[ahead.heard->checkpoints.size() / 2];
        QCOMPARE(trained(Prefetch::Always, middle.second).digest, inPlace.digest);
    }

    void aBatchThatCannotBeGatheredIsSaidByTheProducerToo()
    {
        const auto dataset = gappyDataset({{370, 400}});
        const std::int64_t beyond = dataset->rows();
        BatchFeed feed(*dataset, Prefetch::Always, 1);
        const std::vector<std::int64_t> good = {30}, bad = {beyond};
        QCOMPARE(feed.take(good).past.size(1), 24);
        feed.announce(good);
        QVERIFY(!feed.take(bad).target.defined());  // another than announced
        feed.announce(bad);
        QVERIFY(!feed.take(bad).target.defined());
        feed.announce(good);  // left behind
    }

    void anEpochSamplesSeriesAsAsked_data()
    {
        QTest::addColumn<QString>("sampling");
        QTest::addColumn<QList<int>>("shares");
        // 100, 200 and 700 rows at the levels 1, 1 and 2; 61, 131 and 481 windows of 673 in all.
        QTest::newRow("window") << "window" << QList<int>{61, 131, 481};
        QTest::newRow("series") << "series" << QList<int>{224, 224, 224};
        QTest::newRow("scale") << "scale" << QList<int>{168, 168, 336};
    }
    void anEpochSamplesSeriesAsAsked()
    {
        QFETCH(QString, sampling);
        QFETCH(QList<int>, shares);
        std::vector<Series> all = {sine(100), sine(200), sine(700)};
        for (size_t i = 0; i < 3; ++i)
            std::ranges::fill(all[i].columns[0].values, i == 2 ? -2.0 : 1.0);
        Recipe recipe{.length = 8, .horizon = 2, .split = "0.7,0.15,0.15"};
        recipe.sampling = sampling.toStdString();
        const Dataset dataset = makeDataset(all, recipe);
        std::map<std::int64_t, int> counts;
        const std::vector<std::int64_t> order = epochOrder(dataset, 7, 3);
        QCOMPARE(order.size(), dataset.trainWindows.size());
        for (const std::int64_t window : order)
            ++counts[window];
        for (size_t series = 0; series < 3; ++series) {
            int drawn = 0, least = 1000, most = 0;
            for (const std::int64_t window : dataset.trainWindows) {
                if (Dataset::seriesOf(window) != series)
                    continue;
                drawn += counts[window];
                least = std::min(least, counts[window]);
                most = std::max(most, counts[window]);
            }
            QVERIFY2(std::abs(drawn - shares[static_cast<qsizetype>(series)]) <= 1,
                     qPrintable(QString::number(drawn)));
            QVERIFY(most - least <= 1);
        }
        QVERIFY(epochOrder(dataset, 7, 3) == order);
        QVERIFY(epochOrder(dataset, 7, 4) != order);
        QVERIFY(epochOrder(dataset, 8, 3) != order);
    }

    void oneModelLearnsFromSeveralSeries_data() { modelRows(); }
    void oneModelLearnsFromSeveralSeries()
    {
        QFETCH(QString, model);
        const std::string id = model.toStdString();
        std::vector<Series> all = {sine(400), sine(60), sine(250)};
        for (size_t i = 0; i < 3; ++i) {
            all[i].name += std::to_string(i);
            for (double& x : all[i].columns[0].values)
                x = 1000.0 * static_cast<double>(i) + x * std::pow(10.0, static_cast<double>(i));
        }
        Recipe recipe = sineDataset()->recipe;
        recipe.sampling = "series";
        recipe.padShort = true;
        const auto dataset = std::make_shared<const Dataset>(makeDataset(all, recipe));
        QVERIFY(dataset->at(1).paddedRows == 0 && dataset->seriesCount() == 3);
        const TrainPlan plan = planWith("accumulate");
        const TrainOutcome whole = trainOn(dataset, id, plan, {}, {}, smallModel(id));
        QVERIFY(whole.heard->validations.back().validationLoss <
                whole.heard->validations.front().validationLoss);
        for (const auto& [news, bytes] : whole.heard->checkpoints) {
            const FittedScales scales = checkpointScales(bytes);
            const auto again = std::make_shared<const Dataset>(makeDataset(all, recipe, &scales));
            QCOMPARE(trainOn(again, id, plan, bytes, {}, smallModel(id)).digest, whole.digest);
        }
        // Forecasts come back in the unit of their own series.
        Trainable run = makeTrainable(dataset, modelEntry(id), smallModel(id), plan);
        restoreWeights(whole.heard->checkpoints.back().second, run);
        predictWindows(*run.model, run.norm, *dataset, run.loss, dataset->testWindows,
                       [&](const WindowForecast& window) {
                           const auto i = static_cast<double>(window.series);
                           const double middle = 1000.0 * i + 5.0 * std::pow(10.0, i);
                           QVERIFY(std::abs(window.point[0] - middle) < 8.0 * std::pow(10.0, i));
                           QCOMPARE(window.actual.front(),
                                    all[window.series].columns[0].values[static_cast<size_t>(window.origin)]);
                       });
    }

    void aLossInTheUnitOfOneSeriesIsRefusedForSeveral()
    {
        std::vector<Series> all = {sine(400), sine(300)};
        Recipe recipe = sineDataset()->recipe;
        TrainPlan plan = quickPlan();
        const auto attempt = [&](const char* loss) -> QString {
            plan.loss.loss = loss;
            try {
                makeTrainable(std::make_shared<const Dataset>(makeDataset(all, recipe)), modelEntry("tcn"),
                              {}, plan);
            } catch (const UsageError& error) {
                return error.what();
            }
            return "accepted";
        };
        QVERIFY(
            attempt("poisson").startsWith("The loss poisson is measured in the unit of one series, but the "
                                          "run learns from 2 with a scale each."));
        QCOMPARE(attempt("student_t"), "accepted");
        recipe.scaler = "none";
        QCOMPARE(attempt("poisson"), "accepted");
        QVERIFY(attempt("mase") != "accepted");
    }

    void stoppingAtAnyStepAndGoingOnChangesNothing()
    {
        const TrainOutcome whole = trainOn(sineDataset(), "dlinear", quickPlan());
        for (const std::int64_t at : {1, 5, 16, 17, 31}) {
            const TrainOutcome part = trainOn(sineDataset(), "dlinear", quickPlan(), {},
                                              [&](TrainControl& control, HearingAll& heard) {
                                                  heard.onStep = [&control, at](std::int64_t step) {
                                                      if (step == at)
                                                          control.stop();
                                                  };
                                              });
            QCOMPARE(part.result.reason, StopReason::Stopped);
            QCOMPARE(part.result.state.step, at);
            QCOMPARE(part.heard->checkpoints.back().first.step, at);
            const TrainOutcome rest =
                trainOn(sineDataset(), "dlinear", quickPlan(), part.heard->checkpoints.back().second);
            QCOMPARE(rest.digest, whole.digest);
        }
    }

    void cancelIsObeyedWithinOneStep()
    {
        const TrainOutcome outcome =
            trainOn(sineDataset(), "dlinear", quickPlan(), {}, [](TrainControl& control, HearingAll& heard) {
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
        const TrainOutcome whole = trainOn(sineDataset(), "dlinear", quickPlan());
        std::thread resumer;
        const TrainOutcome paused =
            trainOn(sineDataset(), "dlinear", quickPlan(), {}, [&](TrainControl& control, HearingAll& heard) {
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
        const auto change = [](TrainControl& control, HearingAll& heard) {
            heard.onStep = [&control](std::int64_t step) {
                if (step == 10)
                    control.setLearningRate(0.001);
            };
        };
        const TrainOutcome changed = trainOn(sineDataset(), "dlinear", quickPlan(), {}, change);
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
        const TrainOutcome outcome = trainOn(sineDataset(), "dlinear", plan);
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
        const TrainOutcome outcome = trainOn(sineDataset(), "dlinear", plan);
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
        HearingAll heard;
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
        large.batchSize = 32;
        large.clip.clipNorm = 0;
        TrainPlan small = large;
        small.batchSize = 8;
        small.accumulate = 4;
        const TrainOutcome a = trainOn(sineDataset(), "dlinear", large);
        const TrainOutcome b = trainOn(sineDataset(), "dlinear", small);
        QCOMPARE(a.heard->steps.size(), b.heard->steps.size());
        // The same windows in another order of summation: float32 round-off only.
        for (size_t i = 0; i < a.heard->steps.size(); ++i) {
            const StepNews &one = a.heard->steps[i], &four = b.heard->steps[i];
            QVERIFY(std::abs(one.loss - four.loss) < 1e-4 * (1 + one.loss));
            QVERIFY(std::abs(one.gradientNorm - four.gradientNorm) < 1e-3 * one.gradientNorm);
        }
    }

    void goingOnBeyondThePlanAddsSteps()
    {
        const TrainOutcome whole = trainOn(sineDataset(), "dlinear", quickPlan());
        const TrainOutcome more =
            trainOn(sineDataset(), "dlinear", quickPlan(), whole.heard->checkpoints.back().second, {}, {}, 5);
        QCOMPARE(more.result.state.step, whole.result.state.step + 5);
    }

    void aCheckpointOfAnotherModelListsWhatDiffers()
    {
        const TrainOutcome outcome = trainOn(sineDataset(), "dlinear", quickPlan());
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
        HearingAll heard;
        train(run, {}, 0, control, heard);
        int windows = 0;
        predictWindows(*run.model, run.norm, *dataset, run.loss, dataset->testWindows,
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
