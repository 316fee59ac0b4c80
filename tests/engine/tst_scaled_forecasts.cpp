// SPDX-License-Identifier: GPL-3.0-or-later
// From a model's unit back to that of the series, under every scaler: points, quantiles, scores, intervals.
#include <QTemporaryDir>
#include <QTest>
#include <cmath>
#include <numbers>

#include "engine/base/rng.h"
#include "engine/forecast/evaluate.h"
#include "engine/io/safetensors.h"
#include "engine/models/fit_loss.h"
#include "engine/models/warped_crps.h"
#include "engine/runs/services.h"
#include "tests/support/training_cases.h"

using namespace fc;

namespace {

constexpr double sizes[] = {1e-9, 1.0, 1e9};

/// Two columns of positive values that wander, their size `size`.
Series wandering(double size, int rows = 200)
{
    Series series;
    series.name = "wandering";
    series.columns = {{"a", "", {}}, {"b", "", {}}};
    Rng rng(4);
    double a = 0, b = 1;
    for (int t = 0; t < rows; ++t) {
        a += 0.05 * rng.normal();
        b += 0.02 * rng.normal();
        series.times.push_back(t * Timestamp{3'600'000'000});
        series.columns[0].values.push_back(size * std::exp(a));
        series.columns[1].values.push_back(size * std::exp(b));
    }
    return series;
}

Recipe recipeWith(const std::string& scaler)
{
    return {.length = 6, .horizon = 3, .targets = "a,b", .scaler = scaler};
}

/// Gives the same numbers whatever it sees.
class Fixed : public Model {
public:
    explicit Fixed(Tensor answer) : m_answer(std::move(answer)) {}
    Tensor forward(const Batch&, const Pass&) const override { return m_answer; }

private:
    Tensor m_answer;
};

Tensor answer(const std::vector<float>& numbers, std::int64_t outputs = 1)
{
    Tensor out = Tensor::empty({1, 3, 2, outputs});
    std::ranges::copy(numbers, out.data());
    return out;
}

WindowForecast forecastOf(const Dataset& dataset, std::int64_t origin, const Tensor& numbers,
                          const LossSpec& loss = {}, WindowNorm norm = WindowNorm::None)
{
    WindowForecast result;
    predictWindows(Fixed(numbers), norm, dataset, loss, std::span(&origin, 1),
                   [&](const WindowForecast& window) { result = window; });
    return result;
}

QString refusal(const std::string& loss, const std::string& scaler)
{
    try {
        fitLoss({.loss = loss}, makeDataset(wandering(1), recipeWith(scaler)));
    } catch (const UsageError& error) {
        return QString::fromUtf8(error.what());
    }
    return {};
}

/// Of exp(N(mu, sigma)) (Baran & Lerch, 2015).
double lognormalCrps(double mu, double sigma, double y)
{
    const auto phi = [](double x) { return std::erfc(-x / std::numbers::sqrt2) / 2; };
    const double z = (std::log(y) - mu) / sigma;
    return y * (2 * phi(z) - 1) -
           2 * std::exp(mu + sigma * sigma / 2) * (phi(z - sigma) + phi(sigma / std::numbers::sqrt2) - 1);
}

void scalerRows()
{
    QTest::addColumn<QString>("scaler");
    for (const std::string& name : scalerNames())
        QTest::newRow(name.c_str()) << QString::fromStdString(name);
}

}  // namespace

class ScaledForecasts : public QObject {
    Q_OBJECT

private slots:
    void whoKnowsTheFutureForecastsItExactly_data() { scalerRows(); }
    void whoKnowsTheFutureForecastsItExactly()
    {
        QFETCH(const QString, scaler);
        for (const double size : sizes) {
            const Dataset dataset = makeDataset(wandering(size), recipeWith(scaler.toStdString()));
            Batch batch;
            for (const std::int64_t origin : dataset.windows(Part::Test)) {
                gather(dataset, std::span(&origin, 1), batch);
                const WindowForecast forecast = forecastOf(dataset, origin, answer(batch.target.values()));
                for (std::size_t i = 0; i < 6; ++i) {
                    const double error = std::abs(forecast.point[i] - forecast.actual[i]);
                    QVERIFY2(error < 2e-6 * forecast.actual[i], qPrintable(QString::number(error / size)));
                }
            }
        }
    }

    void changesAreSummedFromTheLastValueOn()
    {
        Series series = wandering(1);
        series.columns[0].values.assign({});
        for (int t = 0; t < 200; ++t)
            series.columns[0].values.push_back(t * t);  // changes 1, 3, 5, …
        const Dataset dataset = makeDataset(series, recipeWith("difference"));
        QCOMPARE(dataset.warmUpRows, 1);
        QCOMPARE(dataset.targetRows.values()[0], static_cast<float>(dataset.targetScales[0].normalized(1)));
        // What the model calls 0 is the mean change.
        const double mean = dataset.targetScales[0].center;
        const WindowForecast forecast = forecastOf(dataset, 100, answer({0, 0, 0, 0, 0, 0}));
        for (std::size_t step = 0; step < 3; ++step)
            QCOMPARE(forecast.point[2 * step], 100.0 * 100.0 + mean * static_cast<double>(step + 1));
    }

    void windowsBesideAGapOfChangesAreFinite()
    {
        Series series = wandering(1, 60);
        series.columns[0].values[20] = missing;
        const Dataset dataset = makeDataset(series, recipeWith("difference"));
        Batch batch;
        for (const Part part : {Part::Train, Part::Validation, Part::Test}) {
            for (const std::int64_t origin : dataset.windows(part)) {
                gather(dataset, std::span(&origin, 1), batch);
                for (const Tensor* tensor : {&batch.past, &batch.target}) {
                    for (const float x : tensor->values())
                        QVERIFY(std::isfinite(x));
                }
            }
        }
    }

    void windowNormsAreUndone_data()
    {
        QTest::addColumn<QString>("scaler");
        QTest::addColumn<double>("center");
        QTest::addColumn<double>("first");
        QTest::newRow("revin") << "revin" << 6.0 << (1 - 6) / std::sqrt(46.0 / 3);
        QTest::newRow("revin_last") << "revin_last" << 4.0 << (1 - 4) / std::sqrt(46.0 / 3);
        QTest::newRow("window_standard") << "window_standard" << 6.0 << (1 - 6) / std::sqrt(46.0 / 3);
        QTest::newRow("window_robust") << "window_robust" << 5.5 << (1 - 5.5) / 2.5;
    }
    void windowNormsAreUndone()
    {
        QFETCH(const QString, scaler);
        QFETCH(const double, center);
        QFETCH(const double, first);
        const WindowNorm norm = windowNorm(scaler.toStdString());
        Batch batch;
        batch.past = Tensor::empty({1, 6, 1});
        std::ranges::copy(std::vector<float>{1, 7, 8, 13, 3, 4}, batch.past.data());
        const Batch seen = normalizedBatch(norm, batch);
        QVERIFY(std::abs(static_cast<double>(seen.past.values()[0]) - first) < 1e-6);
        const Tensor zero = Tensor::zeros({1, 3, 1, 1});
        const Tensor back = forwardNormalized(Fixed(zero), norm, {}, batch, {});
        QCOMPARE(back.values()[0], static_cast<float>(center));
    }

    void aWindowOfEqualValuesIsDividedByOne()
    {
        Batch batch;
        batch.past = Tensor::empty({1, 5, 2});
        std::ranges::copy(std::vector<float>{0.1F, 3, 0.1F, 3, 0.1F, 3, 0.1F, 3, 0.1F, 8}, batch.past.data());
        for (const WindowNorm norm : {WindowNorm::Standard, WindowNorm::Robust}) {
            const std::vector<float> seen = normalizedBatch(norm, batch).past.values();
            for (std::size_t i = 0; i < 10; i += 2)
                QVERIFY(std::abs(seen[i]) < 1e-7F);
        }
        // Where most are equal, the standard deviation (2 here) stands in for the median deviation.
        QCOMPARE(normalizedBatch(WindowNorm::Robust, batch).past.values()[9], 5 / (0.6745F * 2));
    }

    void quantilesGoThroughTheWarp()
    {
        const Dataset dataset = makeDataset(wandering(1e3), recipeWith("log"));
        const LossSpec loss = fitLoss({.loss = "normal", .quantiles = "0.1,0.9"}, dataset);
        std::vector<float> numbers;
        for (int i = 0; i < 6; ++i)
            numbers.insert(numbers.end(), {0.0F, 1.0F});
        // distributionNumbers() makes mu = 0 and sigma = softplus(raw) + 1e-5 of it.
        const WindowForecast forecast = forecastOf(dataset, 150, answer(numbers, 2), loss);
        const ColumnScale& scale = dataset.targetScales[0];
        const double sigma = scale.scale * (std::log1p(std::exp(1.0)) + 1e-5);
        QVERIFY(std::abs(forecast.point[0] / std::exp(scale.center) - 1) < 1e-6);
        QVERIFY(std::abs(forecast.quantiles[1][0] / std::exp(scale.center + 1.2815515655 * sigma) - 1) <
                1e-6);
        QVERIFY(std::abs(forecast.quantiles[0][0] / std::exp(scale.center - 1.2815515655 * sigma) - 1) <
                1e-6);
        const double expected = lognormalCrps(scale.center, sigma, forecast.actual[0]);
        QVERIFY(std::abs(forecast.crps[0] / expected - 1) < 1e-3);
    }

    void theScoreUnderALogarithmIsTheLognormals()
    {
        const ColumnScale scale{.center = 2, .scale = 0.5, .warp = Warp::Log};
        for (const double sigma : {0.1, 1.0, 3.0}) {
            for (const double z : {-8.0, -2.0, -0.3, 0.0, 0.7, 2.0, 8.0}) {
                const std::vector<float> numbers = {0.25F, static_cast<float>(sigma)};
                const double y = std::exp(2 + 0.5 * (0.25 + sigma * z));
                const double expected =
                    lognormalCrps(2 + 0.5 * 0.25, 0.5 * static_cast<double>(numbers[1]), y);
                const double got = warpedCrps({Family::Normal}, numbers, scale, y);
                QVERIFY2(
                    std::abs(got / expected - 1) < 1e-3,
                    qPrintable(QString("%1 %2: %3 instead of %4").arg(sigma).arg(z).arg(got).arg(expected)));
            }
        }
    }

    void withoutAWarpTheScoreIsTheClosedForm()
    {
        const ColumnScale scale{.center = -3, .scale = 4};
        const std::vector<float> normal = {0.5F, 2};
        const std::vector<float> mixture = {0, 1, -1, 2, 0.5F, 1};
        for (const double z : {-3.0, 0.0, 0.4, 5.0}) {
            const double y = scale.inverse(z);
            for (const auto& [family, numbers] :
                 {std::pair(Distribution{Family::Normal}, normal),
                  std::pair(Distribution{Family::Laplace}, normal),
                  std::pair(Distribution{Family::GaussianMixture, 2}, mixture)}) {
                const double expected = 4 * distributionCrps(family, numbers, z);
                QVERIFY(std::abs(warpedCrps(family, numbers, scale, y) / expected - 1) < 1e-3);
            }
        }
    }

    void whatDoesNotGoTogetherIsRefused()
    {
        for (const char* loss : {"quantile", "normal", "laplace", "crps"})
            QCOMPARE(
                refusal(loss, "difference"),
                QString("The loss %1 describes each step on its own, but the scaler difference forecasts "
                        "changes that are summed. Choose a loss for points, such as mse or mae, or the "
                        "scaler standard.")
                    .arg(loss));
        for (const char* loss : {"mape", "smape", "mase", "poisson", "negative_binomial"})
            QCOMPARE(
                refusal(loss, "log"),
                QString("The loss %1 is in the unit of the series, which the scaler log bends. Choose the "
                        "scaler standard, or a loss such as mse, mae or quantile.")
                    .arg(loss));
        QCOMPARE(refusal("student_t", "asinh"),
                 QString("The tails of the loss student_t are so long that its forecasts under the scaler "
                         "asinh have no mean. Choose normal, laplace or quantile, or the scaler standard."));
        for (const char* scaler : {"log", "box_cox", "yeo_johnson", "asinh"}) {
            for (const char* loss : {"mse", "mae", "huber", "quantile", "normal", "gaussian_mixture", "crps"})
                QCOMPARE(refusal(loss, scaler), QString());
        }
        for (const char* scaler : {"max_abs", "window_standard", "window_robust"}) {
            for (const char* loss : {"mape", "mase", "student_t", "poisson"})
                QCOMPARE(refusal(loss, scaler), QString());
        }
    }

    void aTargetThatAScalerCannotHaveIsNamed()
    {
        Series series = wandering(1);
        series.columns[1].values[190] = -2;  // in the test part
        try {
            makeDataset(series, recipeWith("box_cox"));
            QFAIL("accepted");
        } catch (const UsageError& error) {
            QCOMPARE(
                error.what(),
                "The scaler box_cox takes values above 0 alone, but \"b\" is -2 in row 191. Choose asinh, "
                "yeo_johnson or standard.");
        }
        makeDataset(series, recipeWith("asinh"));
    }

    void everyScalerIsStoredWithItsNumbers_data() { scalerRows(); }
    void everyScalerIsStoredWithItsNumbers()
    {
        QFETCH(const QString, scaler);
        Recipe recipe = recipeWith(scaler.toStdString());
        recipe.features = "lag(column=a, steps=1); calendar()";
        const auto dataset = std::make_shared<const Dataset>(makeDataset(wandering(3), recipe));
        const TrainOutcome outcome = trainOn(dataset, "tcn", quickPlan());
        const std::string& bytes = outcome.heard->checkpoints.back().second;
        const FittedScales stored = checkpointScales(bytes);
        QVERIFY(stored.targets == dataset->targetScales);
        QVERIFY(stored.past == dataset->pastScales);
        QVERIFY(stored.future == dataset->futureScales);
        // Applied to the same data they give the same rows, bit for bit.
        const Dataset again = makeDataset(wandering(3), recipe, &stored);
        QVERIFY(again.targetRows.values() == dataset->targetRows.values());
    }

    void checkpointsFromBeforeTheWarpsLoad()
    {
        const std::string bytes = writeSafetensors(
            {}, {{"fc.scales", R"({"targets": [[2.5, 4.0]], "past": [], "future": [[0.0, 1.0]]})"}});
        const FittedScales scales = checkpointScales(bytes);
        const ColumnScale expected{2.5, 4.0};
        QVERIFY(scales.targets.size() == 1 && scales.targets[0] == expected);
        QVERIFY(scales.past.empty());
        QVERIFY(scales.future.size() == 1 && scales.future[0] == ColumnScale());
    }

    void damagedScalesAreSaid()
    {
        for (const char* text : {R"({"targets": [[1]], "past": [], "future": []})", R"({"targets": 3})",
                                 R"({"targets": [{"center": 1}], "past": [], "future": []})"}) {
            try {
                checkpointScales(writeSafetensors({}, {{"fc.scales", text}}));
                QFAIL("accepted");
            } catch (const Error& error) {
                QCOMPARE(error.what(), "The checkpoint's scales are not whole: it is damaged.");
            }
        }
    }

    void everyScalerTrainsAndForecasts_data() { scalerRows(); }
    void everyScalerTrainsAndForecasts()
    {
        QFETCH(const QString, scaler);
        const QTemporaryDir folder;
        const std::filesystem::path path = folder.filePath("w.forecastle").toStdString();
        Store::create(path);
        const Series series = wandering(100, 300);
        storeSeries(path, {{series, describeSeries(series, "made by the test", "{}")}});
        TrainControl control;
        const RunOutcome outcome = trainRun({.workspace = path,
                                             .series = "wandering",
                                             .model = "dlinear",
                                             .settings = {{"length", std::int64_t{12}},
                                                          {"horizon", std::int64_t{3}},
                                                          {"epochs", std::int64_t{3}},
                                                          {"targets", std::string("a,b")},
                                                          {"scaler", scaler.toStdString()},
                                                          {"learning_rate", 0.01},
                                                          {"threads", std::int64_t{1}}},
                                             .runName = "run"},
                                            control);
        QCOMPARE(outcome.run.state, RunState::Finished);
        const FutureForecast forecast = forecastRun(path, "run");
        QCOMPARE(forecast.lower.size(), size_t{6});
        for (std::size_t i = 0; i < 6; ++i) {
            QVERIFY(std::isfinite(forecast.point[i]));
            QVERIFY(forecast.lower[i] < forecast.upper[i]);
        }
        // What was stored forecasts what was scored.
        QCOMPARE(evaluateRun(path, "run", "best", Part::Test).model, outcome.run.metrics.at("test"));
    }

    void intervalsUnderALogarithmGrowWithTheForecast()
    {
        const Dataset dataset = makeDataset(wandering(1), recipeWith("log"));
        const ResidualIntervals offsets{.lower = {std::log(0.5), -1}, .upper = {std::log(3), 1}};
        const std::vector<double> point = {10, 20, 100, 200};
        const auto near = [](double got, double wanted) { return std::abs(got / wanted - 1) < 1e-12; };
        QVERIFY(near(ResidualIntervals::bound(dataset, point, offsets.lower)[0], 5));
        QVERIFY(near(ResidualIntervals::bound(dataset, point, offsets.upper)[0], 30));
        const Dataset plain = makeDataset(wandering(1), recipeWith("standard"));
        QCOMPARE(ResidualIntervals::bound(plain, point, {-1, 2, 3, 4}),
                 std::vector<double>({9, 22, 103, 204}));
    }

    void residualsUnderALogarithmAreThoseOfLogarithms()
    {
        const auto dataset = std::make_shared<const Dataset>(makeDataset(wandering(1), recipeWith("log")));
        const Trainable run = makeTrainable(dataset, modelEntry("dlinear"), {}, quickPlan());
        const ResidualIntervals offsets = residualIntervals(*run.model, run.norm, *dataset, run.loss);
        std::vector<double> points;
        int inside = 0, all = 0;
        predictWindows(*run.model, run.norm, *dataset, run.loss, dataset->validationWindows,
                       [&](const WindowForecast& window) {
                           const auto low = ResidualIntervals::bound(*dataset, window.point, offsets.lower);
                           const auto high = ResidualIntervals::bound(*dataset, window.point, offsets.upper);
                           for (std::size_t i = 0; i < low.size(); ++i, ++all)
                               inside += window.actual[i] >= low[i] && window.actual[i] <= high[i];
                       });
        // 80% of 28 windows by construction, up to the ends of the quantiles.
        QVERIFY(std::abs(static_cast<double>(inside) / all - 0.8) < 0.06);
    }
};

QTEST_GUILESS_MAIN(ScaledForecasts)
#include "tst_scaled_forecasts.moc"
