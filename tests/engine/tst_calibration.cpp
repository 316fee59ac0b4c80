// SPDX-License-Identifier: GPL-3.0-or-later
// Trained forecasts with a spread: as well calibrated on a series of size 0.001 as on one of 1000, and what
// the losses refuse of a series.
#include <QTemporaryDir>
#include <QTest>
#include <cmath>
#include <numbers>

#include "engine/base/rng.h"
#include "engine/forecast/evaluate.h"
#include "engine/models/fit_loss.h"
#include "engine/runs/services.h"
#include "tests/support/training_cases.h"

using namespace fc;

namespace {

Series seriesOf(std::vector<double> values)
{
    Series series;
    series.name = "made";
    series.hasClock = false;
    for (size_t i = 0; i < values.size(); ++i)
        series.times.push_back(static_cast<Timestamp>(i));
    series.columns.push_back({.name = "value", .role = "", .values = std::move(values)});
    return series;
}

/// x_t = memory x_{t-1} + noise of deviation 1, times `scale`.
Series autoregression(double memory, double scale, int rows = 1500)
{
    Rng rng(11);
    std::vector<double> values;
    double x = 0;
    for (int t = 0; t < rows; ++t) {
        x = memory * x + static_cast<double>(rng.normal());
        values.push_back(x * scale);
    }
    return seriesOf(std::move(values));
}

/// Counts around a seasonal mean, drawn by inversion.
Series counts(const Distribution& distribution, double mean, int rows = 1500)
{
    Rng rng(12);
    std::vector<double> values;
    for (int t = 0; t < rows; ++t) {
        const double rate = mean * (1 + 0.5 * std::sin(t * std::numbers::pi / 6));
        const double p = 1e-6 + (1 - 2e-6) * static_cast<double>(rng.uniform());
        values.push_back(
            distributionQuantile(distribution, std::vector<float>{static_cast<float>(rate), 0.3F}, p));
    }
    return seriesOf(std::move(values));
}

std::shared_ptr<const Dataset> datasetOf(const Series& series, const std::string& scaler, int horizon = 4)
{
    Recipe recipe;
    recipe.length = 12;
    recipe.horizon = horizon;
    recipe.scaler = scaler;
    return std::make_shared<const Dataset>(makeDataset(series, recipe));
}

struct Trained {
    std::map<std::string, double> metrics;
    std::vector<float> weights;
    std::string digest;
};

Trained trainedOn(const Series& series, const std::string& loss, const std::string& scaler)
{
    TrainPlan plan = quickPlan();
    plan.loss.loss = loss;
    plan.epochs = 12;
    plan.batchSize = 64;
    plan.optimizer.learningRate = 0.02;
    Trainable run = makeTrainable(datasetOf(series, scaler), modelEntry("dlinear"), {}, plan);
    TrainControl control;
    HearingAll heard;
    train(run, {}, 0, control, heard);
    Trained trained;
    trained.metrics = evaluatePart(*run.model, run.norm, *run.dataset, run.loss, Part::Test).model;
    trained.digest = weightsDigest(run.model->weights);
    for (const NamedWeight& weight : run.model->weights.all()) {
        const std::vector<float> values = weight.value.values();
        trained.weights.insert(trained.weights.end(), values.begin(), values.end());
    }
    return trained;
}

/// Unscaled inputs of a large size are not for a linear model at this learning rate, and Poisson's spread,
/// the root of its mean, is then narrower than the errors of a short training.
bool isFair(const QString& loss, const QString& scaler, double mean)
{
    return mean < 100 || (scaler != "none" && loss != "poisson");
}

QString refusal(const std::string& loss, const Series& series)
{
    try {
        fitLoss({.loss = loss}, *datasetOf(series, "standard"));
    } catch (const UsageError& error) {
        return QString::fromUtf8(error.what());
    }
    return {};
}

}  // namespace

class CalibrationTest : public QObject {
    Q_OBJECT

private slots:
    void everySizeIsCalibratedAlike_data()
    {
        QTest::addColumn<QString>("loss");
        QTest::addColumn<QString>("scaler");
        QTest::addColumn<double>("memory");
        for (const char* loss : {"normal", "student_t", "laplace", "gaussian_mixture", "crps", "quantile"}) {
            QTest::addRow("%s, AR(1)", loss) << loss << "standard" << 0.8;
            QTest::addRow("%s, random walk", loss) << loss << "revin_last" << 1.0;
        }
    }
    void everySizeIsCalibratedAlike()
    {
        QFETCH(const QString, loss);
        QFETCH(const QString, scaler);
        QFETCH(const double, memory);
        const auto at = [&](double scale) {
            return trainedOn(autoregression(memory, scale), loss.toStdString(), scaler.toStdString());
        };
        const Trained one = at(1);
        // 225 windows whose steps overlap: the share inside has a deviation of about 0.04.
        const double coverage = one.metrics.at("coverage_80");
        QVERIFY2(coverage > 0.68 && coverage < 0.92, qPrintable(QString::number(coverage)));
        for (const double scale : {0.001, 1000.0}) {
            const Trained other = at(scale);
            QVERIFY(std::abs(other.metrics.at("coverage_80") - coverage) < 0.005);
            for (const char* name : {"crps", "pinball", "mae"})
                QVERIFY(std::abs(other.metrics.at(name) / one.metrics.at(name) / scale - 1) < 1e-3);
            for (size_t i = 0; i < one.weights.size(); ++i)
                QVERIFY(std::abs(other.weights[i] - one.weights[i]) < 1e-3F * (1 + std::abs(one.weights[i])));
        }
        // Where scaling does not round, not a bit differs.
        QCOMPARE(at(1024).digest, one.digest);
    }

    void noiseIsScoredAsItsDistribution_data()
    {
        QTest::addColumn<QString>("loss");
        QTest::addColumn<double>("best");
        // Of N(0, 1): its CRPS, and for three quantiles twice the mean of their pinball losses.
        const double density = std::exp(-0.5 * 1.2815515655 * 1.2815515655) / std::sqrt(2 * std::numbers::pi);
        const double median = 1 / std::sqrt(2 * std::numbers::pi);
        for (const char* loss : {"normal", "student_t", "laplace", "gaussian_mixture", "crps"})
            QTest::newRow(loss) << loss << 1 / std::sqrt(std::numbers::pi);
        QTest::newRow("quantile") << "quantile" << 2 * (2 * density + median) / 3;
    }
    void noiseIsScoredAsItsDistribution()
    {
        QFETCH(const QString, loss);
        QFETCH(const double, best);
        const Trained trained = trainedOn(autoregression(0, 5, 4000), loss.toStdString(), "standard");
        const double score = trained.metrics.at("crps") / 5;
        QVERIFY2(std::abs(score / best - 1) < 0.06, qPrintable(QString("%1, best %2").arg(score).arg(best)));
        QVERIFY(std::abs(trained.metrics.at("coverage_80") - 0.8) < 0.06);
    }

    void countsOfEverySizeAreCovered_data()
    {
        QTest::addColumn<QString>("loss");
        QTest::addColumn<QString>("scaler");
        QTest::addColumn<double>("mean");
        for (const char* loss : {"poisson", "negative_binomial"}) {
            for (const char* scaler : {"none", "standard", "revin"}) {
                for (const double mean : {0.6, 6.0, 60.0, 6000.0})
                    if (isFair(loss, scaler, mean))
                        QTest::addRow("%s, %s, %g", loss, scaler, mean) << loss << scaler << mean;
            }
        }
    }
    void countsOfEverySizeAreCovered()
    {
        QFETCH(const QString, loss);
        QFETCH(const QString, scaler);
        QFETCH(const double, mean);
        const Family family = loss == "poisson" ? Family::Poisson : Family::NegativeBinomial;
        const Trained trained = trainedOn(counts({family}, mean), loss.toStdString(), scaler.toStdString());
        // Whole numbers cover at least what they should; rare ones much more.
        const double coverage = trained.metrics.at("coverage_80");
        QVERIFY2(coverage > 0.7 && coverage < (mean < 1 ? 1.001 : 0.95),
                 qPrintable(QString::number(coverage)));
        QVERIFY(trained.metrics.at("crps") < 1.02 * trained.metrics.at("mae"));
    }

    void pointForecastsHaveNoScoreOfTheirSpread()
    {
        const Trained trained = trainedOn(autoregression(0.8, 1, 400), "mse", "standard");
        for (const char* name : {"crps", "pinball", "coverage_80"})
            QVERIFY(!trained.metrics.contains(name));
    }

    void coverageNeedsItsQuantiles()
    {
        TrainPlan plan = quickPlan();
        plan.loss = {.loss = "normal", .quantiles = "0.05,0.95"};
        const Trainable run = makeTrainable(datasetOf(autoregression(0.5, 1, 400), "standard"),
                                            modelEntry("dlinear"), {}, plan);
        const auto metrics = evaluatePart(*run.model, run.norm, *run.dataset, run.loss, Part::Test).model;
        QVERIFY(metrics.contains("crps") && metrics.contains("pinball") && !metrics.contains("coverage_80"));
    }

    void forecastsOfADistributionComeWithItsQuantiles()
    {
        TrainPlan plan = quickPlan();
        plan.loss = {.loss = "student_t", .quantiles = "0.1,0.25,0.9"};
        const auto dataset = datasetOf(autoregression(0.5, 1000, 400), "revin");
        const Trainable run = makeTrainable(dataset, modelEntry("dlinear"), {}, plan);
        const std::int64_t end = dataset->rows();
        predictWindows(
            *run.model, run.norm, *dataset, run.loss, std::span(&end, 1), [&](const WindowForecast& w) {
                QCOMPARE(w.quantiles.size(), size_t{3});
                QVERIFY(w.actual.empty() && w.crps.empty());
                for (size_t i = 0; i < w.point.size(); ++i) {
                    QVERIFY(w.quantiles[0][i] < w.quantiles[1][i]);
                    QVERIFY(w.quantiles[1][i] < w.point[i]);  // the median, asked for or not
                    QVERIFY(w.point[i] < w.quantiles[2][i]);
                    // Student's t is symmetric.
                    const double middle = (w.quantiles[0][i] + w.quantiles[2][i]) / 2;
                    QVERIFY(std::abs(middle - w.point[i]) < 1e-9 * (w.quantiles[2][i] - w.quantiles[0][i]));
                }
            });
    }

    void everyLossIsStoredAndForecasts_data()
    {
        QTest::addColumn<QString>("loss");
        const Schema schema = schemaOf<LossParams>();
        for (const std::string& name : find(schema, "loss")->spec.choices)
            QTest::newRow(name.c_str()) << QString::fromStdString(name);
    }
    void everyLossIsStoredAndForecasts()
    {
        QFETCH(const QString, loss);
        const QTemporaryDir folder;
        const std::filesystem::path path = folder.filePath("w.forecastle").toStdString();
        Store::create(path);
        const Series series = counts({Family::NegativeBinomial}, 40, 300);
        Series positive = series;
        for (double& value : positive.columns[0].values)
            value += 1;
        storeSeries(path, {{positive, describeSeries(positive, "made by the test", "{}")}});
        for (const char* model : {"dlinear", "tcn"}) {
            TrainRequest request{.workspace = path,
                                 .series = "made",
                                 .model = model,
                                 .settings = {{"length", std::int64_t{12}},
                                              {"horizon", std::int64_t{4}},
                                              {"epochs", std::int64_t{2}},
                                              {"loss", loss.toStdString()},
                                              {"scaler", std::string("revin")},
                                              {"threads", std::int64_t{1}}},
                                 .runName = model};
            TrainControl control;
            const RunOutcome outcome = trainRun(request, control);
            QCOMPARE(outcome.run.state, RunState::Finished);
            const bool spread = !lossSpec({.loss = loss.toStdString()}).quantiles.empty();
            QCOMPARE(outcome.run.metrics.at("test").contains("coverage_80"), spread);
            const FutureForecast forecast = forecastRun(path, model);
            QCOMPARE(forecast.lower.size(), size_t{4});
            for (size_t i = 0; i < 4; ++i)
                QVERIFY(forecast.lower[i] <= forecast.point[i] && forecast.point[i] <= forecast.upper[i]);
            // A forecast from the stored weights is the one that was scored.
            const PartEvaluation again = evaluateRun(path, model, "best", Part::Test);
            QCOMPARE(again.model, outcome.run.metrics.at("test"));
        }
    }

    void whatCannotWorkIsRefused()
    {
        Series zero = autoregression(0.5, 1, 100);
        zero.columns[0].values[7] = 0;
        QCOMPARE(refusal("mape", zero),
                 "The loss mape divides by the target, but \"value\" is 0 in 1 rows. Choose "
                 "smape, mase or mae.");
        const Series negative = seriesOf(std::vector<double>(100, -1.5));
        for (const char* loss : {"poisson", "negative_binomial"})
            QCOMPARE(refusal(loss, negative),
                     QString("The loss %1 is for counts, but \"value\" has the value -1.5 "
                             "in row 1. Choose normal or student_t for values below 0.")
                         .arg(loss));
        const QString constant = refusal("mase", seriesOf(std::vector<double>(100, 2)));
        QVERIFY2(constant.startsWith("The loss mase has no scale: \"value\" repeats itself every 1 steps"),
                 qPrintable(constant));
        QVERIFY(refusal("mape", negative).isEmpty());
    }

    void horizonWeightsNeedTheHorizon()
    {
        QString message;
        try {
            fitLoss({.horizonWeights = "1,2,3"}, *datasetOf(autoregression(0.5, 1, 100), "standard"));
        } catch (const UsageError& error) {
            message = error.what();
        }
        QCOMPARE(message,
                 "horizon_weights has 3 numbers, but the horizon is 4. Give one number per forecast step.");
    }
};

QTEST_GUILESS_MAIN(CalibrationTest)
#include "tst_calibration.moc"
