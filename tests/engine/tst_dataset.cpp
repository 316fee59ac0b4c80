// SPDX-License-Identifier: GPL-3.0-or-later
#include <QFile>
#include <QList>
#include <QTest>
#include <array>
#include <cmath>
#include <functional>

#include "engine/features/roles.h"
#include "engine/features/samples.h"
#include "engine/metrics/baselines.h"
#include "engine/metrics/metrics.h"

using namespace fc;

namespace {

constexpr Timestamp hour = 3'600'000'000;

/// Hourly; the columns "a" 0, 1, 2 … and "b" 100, 101, 102 ….
Series counting(int rows)
{
    Series out;
    out.name = "counting";
    out.columns = {{"a", "", {}}, {"b", "", {}}};
    for (int t = 0; t < rows; ++t) {
        out.times.push_back(t * hour);
        out.columns[0].values.push_back(t);
        out.columns[1].values.push_back(100 + t);
    }
    return out;
}

QString print(std::span<const std::int64_t> numbers)
{
    QStringList words;
    for (const std::int64_t number : numbers)
        words << QString::number(number);
    return words.join(' ');
}

QString print(const Tensor& tensor)
{
    if (!tensor.defined())
        return "none";
    QStringList words;
    for (const float value : tensor.values())
        words << QString::number(value, 'g', 4);
    return QString::fromStdString(print(tensor.shape())) + " " + words.join(' ');
}

/// A comma-separated file: ISO stamps first, a header line.
Series table(QFile& file)
{
    Series out;
    const QStringList header = QString(file.readLine()).trimmed().split(',');
    for (const QString& name : header.mid(1))
        out.columns.push_back({name.toStdString(), "", {}});
    while (!file.atEnd()) {
        const QStringList cells = QString(file.readLine()).trimmed().split(',');
        out.times.push_back(*parseTimestamp((QString(cells[0]).replace(' ', 'T') + "Z").toStdString()));
        for (qsizetype i = 1; i < cells.size(); ++i)
            out.columns[static_cast<std::size_t>(i - 1)].values.push_back(cells[i].toDouble());
    }
    return out;
}

QString refusalOf(const std::function<void()>& action)
{
    try {
        action();
    } catch (const Error& error) {
        return error.what();
    }
    return "accepted";
}

QString refusal(const Series& series, const Recipe& recipe, const FittedScales* fitted = nullptr)
{
    return refusalOf([&] { makeDataset(series, recipe, fitted); });
}

const Recipe tiny = {.length = 3, .horizon = 2, .scaler = "none", .split = "12,4,4"};

Recipe with(Recipe recipe, const std::function<void(Recipe&)>& change)
{
    change(recipe);
    return recipe;
}

}  // namespace

class DatasetTest : public QObject {
    Q_OBJECT

private slots:
    void windowsKeepToTheirPart()
    {
        const Dataset dataset = makeDataset(counting(20), tiny);
        QCOMPARE(print(dataset.windows(Part::Train)), QString("3 4 5 6 7 8 9 10"));
        QCOMPARE(print(dataset.windows(Part::Validation)), QString("12 13 14"));
        QCOMPARE(print(dataset.windows(Part::Test)), QString("16 17 18"));
    }

    void gapsLieBetweenTheParts()
    {
        // 12 rows for training, 4 to validate, 4 to test; two steps are forecast.
        const Dataset purged = makeDataset(counting(20), with(tiny, [](Recipe& r) { r.purge = 2; }));
        QCOMPARE(print(purged.windows(Part::Train)), QString("3 4 5 6 7 8"));
        QCOMPARE(print(purged.windows(Part::Validation)), QString("12"));
        QCOMPARE(print(purged.windows(Part::Test)), QString("16 17 18"));
        const Dataset later = makeDataset(counting(20), with(tiny, [](Recipe& r) { r.embargo = 1; }));
        QCOMPARE(print(later.windows(Part::Train)), QString("3 4 5 6 7 8 9 10"));
        QCOMPARE(print(later.windows(Part::Validation)), QString("13 14"));
        QCOMPARE(print(later.windows(Part::Test)), QString("17 18"));
        // What is purged is not scaled by either.
        const Dataset scaled = makeDataset(counting(20), with(tiny, [](Recipe& r) {
                                               r.purge = 2;
                                               r.scaler = "minmax";
                                           }));
        QCOMPARE(scaled.targetScales[0].scale, 9.0);
        QCOMPARE(
            refusal(counting(20), with(tiny, [](Recipe& r) { r.purge = 4; })),
            QString(
                "The validation part has 4 rows, and purge and embargo take 4 of them. Make them smaller, "
                "or give that part more rows."));
    }

    void noWindowIsDropped()
    {
        // A window for each row that has the look-back before it and the horizon inside its part.
        for (const int rows : {40, 41, 57, 100}) {
            const Dataset dataset =
                makeDataset(counting(rows), with(tiny, [](Recipe& r) { r.split = "0.6,0.2,0.2"; }));
            const Split& split = dataset.split;
            QCOMPARE(dataset.trainWindows.size(), static_cast<std::size_t>(split.train.count() - 3 - 2 + 1));
            QCOMPARE(dataset.validationWindows.size(),
                     static_cast<std::size_t>(split.validation.count() - 2 + 1));
            QCOMPARE(dataset.testWindows.size(), static_cast<std::size_t>(split.test.count() - 2 + 1));
        }
    }

    void aWindowIsThereWhateverIsMissingInIt()
    {
        Series gappy = counting(20);
        for (std::size_t t = 0; t < 11; ++t)
            gappy.columns[0].values[t] = missing;
        gappy.columns[1].values[6] = missing;
        const Recipe recipe = with(tiny, [](Recipe& r) { r.features = "lag(column=b, steps=0)"; });
        const Dataset dataset = makeDataset(gappy, recipe);
        QCOMPARE(print(dataset.windows(Part::Train)), QString("3 4 5 6 7 8 9 10"));
        QCOMPARE(print(dataset.windows(Part::Validation)), QString("12 13 14"));
        QCOMPARE(print(dataset.windows(Part::Test)), QString("16 17 18"));
    }

    void gapsAreFilledByWhatWasKnownBeforeAndMarked_data()
    {
        QTest::addColumn<QString>("fill");
        QTest::addColumn<QList<int>>("gaps");
        QTest::addColumn<QString>("past");
        QTest::addColumn<QString>("pastMask");
        QTest::addColumn<QString>("target");
        QTest::addColumn<QString>("targetMask");
        // The window of row 5: rows 2, 3, 4 seen, 5 and 6 forecast.
        QTest::newRow("none") << "last" << QList<int>{1, 7} << "2 3 4"
                              << "none"
                              << "5 6"
                              << "none";
        QTest::newRow("last") << "last" << QList<int>{4} << "2 3 3"
                              << "1 1 0"
                              << "5 6"
                              << "none";
        QTest::newRow("mean") << "mean" << QList<int>{4} << "2 3 2.5"
                              << "1 1 0"
                              << "5 6"
                              << "none";
        QTest::newRow("start") << "last" << QList<int>{2} << "0 3 4"
                               << "0 1 1"
                               << "5 6"
                               << "none";
        QTest::newRow("mean of the start") << "mean" << QList<int>{2} << "0 3 4"
                                           << "0 1 1"
                                           << "5 6"
                                           << "none";
        QTest::newRow("all") << "last" << QList<int>{2, 3, 4} << "0 0 0"
                             << "0 0 0"
                             << "5 6"
                             << "none";
        QTest::newRow("target") << "last" << QList<int>{5} << "2 3 4"
                                << "none"
                                << "4 6"
                                << "0 1";
        QTest::newRow("both") << "last" << QList<int>{4, 5, 6} << "2 3 3"
                              << "1 1 0"
                              << "3 3"
                              << "0 0";
    }
    void gapsAreFilledByWhatWasKnownBeforeAndMarked()
    {
        QFETCH(QString, fill);
        QFETCH(QList<int>, gaps);
        Series gappy = counting(20);
        for (const int row : gaps)
            gappy.columns[0].values[static_cast<std::size_t>(row)] = missing;
        const Recipe recipe = with(tiny, [&](Recipe& r) { r.fill = fill.toStdString(); });
        const Dataset dataset = makeDataset(gappy, recipe);
        Batch batch;
        gather(dataset, std::vector<std::int64_t>{5}, batch);
        const auto numbers = [](const Tensor& tensor) {
            return tensor.defined() ? print(tensor).section("] ", 1) : print(tensor);
        };
        QTEST(numbers(batch.past), "past");
        QTEST(numbers(batch.pastMask), "pastMask");
        QTEST(numbers(batch.target), "target");
        QTEST(numbers(batch.targetMask), "targetMask");
        const auto missingTargets = std::ranges::count_if(gaps, [](int row) { return row == 5 || row == 6; });
        QCOMPARE(observedTargets(dataset, std::vector<std::int64_t>{5}), 2 - missingTargets);
    }

    void eachChannelAndWindowIsFilledFromItself()
    {
        Series gappy = counting(20);
        gappy.columns[1].values[4] = missing;
        const Dataset dataset = makeDataset(gappy, with(tiny, [](Recipe& r) { r.targets = "a,b"; }));
        Batch batch;
        gather(dataset, std::vector<std::int64_t>{7, 5}, batch);
        QCOMPARE(print(batch.past), QString("[2, 3, 2] 4 0 5 105 6 106 2 102 3 103 4 103"));
        QCOMPARE(print(batch.pastMask), QString("[2, 3, 2] 1 0 1 1 1 1 1 1 1 1 1 0"));
        QCOMPARE(print(batch.target), QString("[2, 2, 2] 7 107 8 108 5 105 6 106"));
        gather(dataset, std::vector<std::int64_t>{8, 9}, batch);
        QCOMPARE(print(batch.pastMask), QString("none"));
    }

    void aGapInAFeatureIsFilled()
    {
        Series gappy = counting(20);
        gappy.columns[1].values[6] = missing;
        const Recipe recipe = with(tiny, [](Recipe& r) { r.features = "lag(column=b, steps=0)"; });
        Batch batch;
        gather(makeDataset(gappy, recipe), std::vector<std::int64_t>{7, 8}, batch);
        QCOMPARE(print(batch.pastCovariates), QString("[2, 3, 1] 104 105 105 105 105 107"));
        QCOMPARE(print(batch.pastMask), QString("none"));
    }

    void warmUpRowsAreDroppedNotFilled()
    {
        const Recipe recipe = with(tiny, [](Recipe& r) { r.features = "sma(period=4), lag(steps=1)"; });
        const Dataset dataset = makeDataset(counting(23), recipe);
        QCOMPARE(dataset.warmUpRows, 3);
        QCOMPARE(dataset.rows(), 20);
        QCOMPARE(dataset.series.times.front(), 3 * hour);
        QCOMPARE(dataset.targets[0].front(), 3.0);
        QCOMPARE(print(dataset.pastRows).left(19), QString("[20, 2] 1.5 2 2.5 3"));
        QVERIFY(dataset.pastNames == std::vector<std::string>({"sma", "lag"}));
    }

    void batchesHoldTheRowsOfTheirWindows()
    {
        const Recipe recipe = with(tiny, [](Recipe& r) {
            r.targets = "a, b";
            r.features = "lag(column=a, steps=0); calendar(day_of_week=false, month_of_year=false)";
        });
        const Dataset dataset = makeDataset(counting(20), recipe);
        Batch batch;
        gather(dataset, std::vector<std::int64_t>{12, 18}, batch);
        QCOMPARE(print(batch.past), QString("[2, 3, 2] 9 109 10 110 11 111 15 115 16 116 17 117"));
        QCOMPARE(print(batch.target), QString("[2, 2, 2] 12 112 13 113 18 118 19 119"));
        QCOMPARE(print(batch.pastCovariates), QString("[2, 3, 1] 9 10 11 15 16 17"));
        QCOMPARE(batch.futureCovariates.shape(), Shape({2, 5, 2}));
        QCOMPARE(print(dataset.futureRows).left(7), QString("[22, 2]"));
        const Task expected = {
            .length = 3, .horizon = 2, .channels = 2, .pastCovariates = 1, .futureCovariates = 2};
        QVERIFY(dataset.task == expected);
    }

    void theForecastBeyondTheDataHasNoTarget()
    {
        const Recipe recipe =
            with(tiny, [](Recipe& r) { r.features = "calendar(day_of_week=false, month_of_year=false)"; });
        const Dataset dataset = makeDataset(counting(20), recipe);
        Batch batch;
        gather(dataset, std::vector<std::int64_t>{5}, batch);
        QVERIFY(batch.target.defined());
        gather(dataset, std::vector<std::int64_t>{20}, batch);
        QCOMPARE(print(batch.past), QString("[1, 3, 1] 17 18 19"));
        QVERIFY(!batch.target.defined());
        // 20:00 and 21:00 of the same day, the two rows that are not there yet.
        const std::vector<float> ahead = batch.futureCovariates.values();
        QVERIFY(std::abs(ahead[6] - std::sin(2 * M_PI * 20 / 24)) < 1e-6);
        QVERIFY(std::abs(ahead[9] - std::cos(2 * M_PI * 21 / 24)) < 1e-6);
    }

    void aForecastWithoutAnyValueBeforeItIsRefused()
    {
        const Recipe both = with(tiny, [](Recipe& r) { r.targets = "a,b"; });
        Series gappy = counting(20);
        gappy.columns[0].values[18] = missing;
        gappy.columns[0].values[19] = missing;
        Batch batch;
        gather(makeDataset(gappy, both), std::vector<std::int64_t>{20}, batch);
        QCOMPARE(print(batch.past), QString("[1, 3, 2] 17 117 17 118 17 119"));
        gappy.columns[0].values[17] = missing;
        QCOMPARE(
            refusalOf([&] { gather(makeDataset(gappy, both), std::vector<std::int64_t>{20}, batch); }),
            QString("The column \"a\" has no value in the 3 rows before the forecast. Fill the gap, choose a "
                    "longer look-back, or import the series up to the gap."));
    }

    void aBatchIsReusedWhenItsShapesFit()
    {
        const Dataset dataset = makeDataset(counting(20), tiny);
        Batch batch;
        gather(dataset, std::vector<std::int64_t>{3, 4}, batch);
        const float* past = batch.past.data();
        const float* target = batch.target.data();
        const std::int64_t allocations = poolStats().heapAllocations;
        for (std::int64_t origin = 5; origin < 10; ++origin) {
            const std::array<std::int64_t, 2> origins = {origin, origin + 1};
            gather(dataset, origins, batch);
        }
        QCOMPARE(batch.past.data(), past);
        QCOMPARE(batch.target.data(), target);
        QCOMPARE(poolStats().heapAllocations, allocations);
        QCOMPARE(print(batch.target), QString("[2, 2, 1] 9 10 10 11"));
    }

    void scalesComeFromTheTrainingPartAlone()
    {
        Series jump = counting(20);
        for (std::size_t t = 12; t < 20; ++t)
            jump.columns[0].values[t] = 1e6;
        const Recipe recipe = with(tiny, [](Recipe& r) {
            r.scaler = "minmax";
            r.features = "lag(steps=0)";
        });
        const Dataset dataset = makeDataset(jump, recipe);
        QCOMPARE(dataset.targetScales[0].center, 0.0);
        QCOMPARE(dataset.targetScales[0].scale, 11.0);
        QCOMPARE(dataset.pastScales[0].scale, 11.0);
        QCOMPARE(dataset.targetRows.values()[11], 1.0F);
    }

    void revinScalesAsStandard()
    {
        const Series series = counting(20);
        const Dataset plain = makeDataset(series, with(tiny, [](Recipe& r) { r.scaler = "standard"; }));
        for (const std::string scaler : {"revin", "revin_last"}) {
            const Dataset other = makeDataset(series, with(tiny, [&](Recipe& r) { r.scaler = scaler; }));
            QVERIFY(other.targetScales == plain.targetScales);
            QVERIFY(other.targetRows.values() == plain.targetRows.values());
        }
    }

    void storedScalesAreApplied()
    {
        const FittedScales fitted = {.targets = {{10, 2}}, .past = {}, .future = {}};
        const Dataset dataset =
            makeDataset(counting(20), with(tiny, [](Recipe& r) { r.scaler = "standard"; }), &fitted);
        QVERIFY(dataset.targetScales == fitted.targets);
        QCOMPARE(dataset.targetRows.values()[14], 2.0F);
        QCOMPARE(refusal(counting(20), with(tiny, [](Recipe& r) { r.targets = "a,b"; }), &fitted),
                 QString("The stored scales are for 1 targets, 0 features and 0 features known ahead, but "
                         "this recipe makes 2, 0 and 0."));
    }

    void theTargetIsTheCloseOrTheFirstColumn()
    {
        QVERIFY(makeDataset(counting(20), tiny).targetNames == std::vector<std::string>{"a"});
        const Dataset market = makeDataset(makeSample("synthetic-equity-1d"), Recipe());
        QVERIFY(market.targetNames == std::vector<std::string>{"close"});
        QCOMPARE(market.season, 5);
        QCOMPARE(makeDataset(counting(20), with(tiny, [](Recipe& r) { r.season = 3; })).season, 3);
        QCOMPARE(makeDataset(counting(20), tiny).season, 24);
    }

    void aNameWithACommaIsOneTarget()
    {
        Series series = counting(20);
        series.columns[1].name = "a, total";
        const Dataset dataset = makeDataset(series, with(tiny, [](Recipe& r) { r.targets = "a, total"; }));
        QVERIFY(dataset.targetNames == std::vector<std::string>{"a, total"});
    }

    void refusalsSayWhatToDo_data()
    {
        QTest::addColumn<int>("rows");
        QTest::addColumn<QString>("setting");
        QTest::addColumn<QString>("value");
        QTest::addColumn<QString>("message");
        QTest::newRow("target")
            << 20 << "targets"
            << "bb"
            << "The series \"counting\" has no column \"bb\" to forecast. The nearest is \"b\".";
        QTest::newRow("far target")
            << 20 << "targets"
            << "temperature"
            << "The series \"counting\" has no column \"temperature\" to forecast. It has: a, b.";
        QTest::newRow("twice") << 20 << "targets"
                               << "a,A"
                               << "The column \"a\" is listed twice among the targets.";
        QTest::newRow("short") << 20 << "split"
                               << "4,8,8"
                               << "The training part has 4 rows, but one window needs 5 (look-back 3 and "
                                  "horizon 2). The series has "
                                  "20 rows after 0 rows of warm-up. Choose a shorter look-back or horizon, "
                                  "or a larger training part.";
        QTest::newRow("short validation")
            << 20 << "split"
            << "12,1,7"
            << "The validation part has 1 rows, but one forecast needs 2. Choose a shorter horizon, or "
               "give that part more rows or none.";
        QTest::newRow("warm-up") << 20 << "features"
                                 << "sma(period=21)"
                                 << "The features have no value in the first 20 rows, but the series "
                                    "\"counting\" has only 20. Choose "
                                    "shorter periods.";
        QTest::newRow("past covariate")
            << 20 << "past_covariates"
            << "bb"
            << "The series \"counting\" has no column \"bb\" to take as a covariate. The nearest is \"b\".";
        QTest::newRow("two roles")
            << 20 << "past_covariates"
            << "b, a"
            << "The column \"a\" is among the targets and the past covariates. Give it "
               "one role.";
        QTest::newRow("unknown future") << 20 << "future_covariates"
                                        << "b"
                                        << "The column \"b\" is to be known ahead, but it has only 0 of the "
                                           "2 values after the last row with "
                                           "a target. Add rows with them to the series \"counting\", or take "
                                           "the column as a past covariate.";
        QTest::newRow("not static") << 20 << "static_covariates"
                                    << "b"
                                    << "The column \"b\" of the series \"counting\" is 100 in row 1 and 101 "
                                       "in row 2, so it is no static "
                                       "covariate. Take it as a past covariate.";
        QTest::newRow("scaler")
            << 20 << "scaler"
            << "cube"
            << "scaler is \"cube\"; it must be one of: none, standard, minmax, robust, max_abs, log, "
               "box_cox, "
               "yeo_johnson, asinh, difference, log_difference, revin, revin_last, window_standard, "
               "window_robust.";
    }
    void refusalsSayWhatToDo()
    {
        QFETCH(int, rows);
        QFETCH(QString, setting);
        QFETCH(QString, value);
        QFETCH(QString, message);
        const Recipe recipe = with(tiny, [&](Recipe& r) {
            (setting == "targets"             ? r.targets
             : setting == "split"             ? r.split
             : setting == "features"          ? r.features
             : setting == "past_covariates"   ? r.pastCovariates
             : setting == "future_covariates" ? r.futureCovariates
             : setting == "static_covariates" ? r.staticCovariates
                                              : r.scaler) = value.toStdString();
        });
        QCOMPARE(refusal(counting(rows), recipe), message);
    }

    void naiveErrorsOnEtth1EqualThePublishedProtocol_data()
    {
        QTest::addColumn<int>("horizon");
        QTest::addColumn<int>("windows");
        QTest::addColumn<double>("naiveMse");
        QTest::addColumn<double>("naiveMae");
        QTest::addColumn<double>("seasonalMse");
        QTest::addColumn<double>("seasonalMae");
        QTest::newRow("96") << 96 << 2785 << 1.2944 << 0.7132 << 0.5122 << 0.4333;
        QTest::newRow("720") << 720 << 2161 << 1.3351 << 0.7550 << 0.6554 << 0.5141;
    }
    void naiveErrorsOnEtth1EqualThePublishedProtocol()
    {
        QFile file(FC_SHARED_DIR "/data/ltsf/ETTh1.csv");
        if (!file.open(QIODevice::ReadOnly))
            QSKIP("The ETTh1 data are not beside the project.");
        QFETCH(int, horizon);
        QFETCH(int, windows);
        const Recipe recipe = {.length = 336,
                               .horizon = horizon,
                               .targets = "HUFL,HULL,MUFL,MULL,LUFL,LULL,OT",
                               .split = "8640,2880,2880"};
        const Dataset dataset = makeDataset(table(file), recipe);
        QCOMPARE(dataset.windows(Part::Test).size(), static_cast<std::size_t>(windows));
        QCOMPARE(dataset.season, 24);
        ForecastErrors naive(0);
        ForecastErrors seasonal(0);
        for (std::size_t c = 0; c < dataset.targets.size(); ++c) {
            std::vector<double> scaled;
            for (const double x : dataset.targets[c])
                scaled.push_back(dataset.targetScales[c].forward(x));
            for (const std::int64_t origin : dataset.windows(Part::Test)) {
                const auto start = static_cast<std::size_t>(origin);
                const std::span history(&scaled[start - 336], 336);
                const std::span actual(&scaled[start], static_cast<std::size_t>(horizon));
                naive.add(naiveForecast(history, horizon), actual, history.back());
                seasonal.add(seasonalNaiveForecast(history, dataset.season, horizon), actual, history.back());
            }
        }
        // The recorded figures have four decimals.
        const auto equal = [](double got, double recorded) {
            return std::abs(got - recorded) < 0.5e-4 + 1e-9;
        };
        QFETCH(double, naiveMse);
        QFETCH(double, naiveMae);
        QFETCH(double, seasonalMse);
        QFETCH(double, seasonalMae);
        QVERIFY(equal(naive.values().at("mse"), naiveMse) && equal(naive.values().at("mae"), naiveMae));
        QVERIFY(equal(seasonal.values().at("mse"), seasonalMse) &&
                equal(seasonal.values().at("mae"), seasonalMae));
    }

    void aTargetWithNothingToLearnFromIsRefused()
    {
        Series gappy = counting(20);
        for (std::size_t t = 3; t < 12; ++t)
            gappy.columns[0].values[t] = missing;
        QCOMPARE(refusal(gappy, tiny),
                 QString("The column \"a\" has no value to learn from in the 12 rows of the training part. "
                         "Choose another target, or a split whose training part reaches into its values."));
        gappy.columns[0].values[11] = 11;
        QCOMPARE(refusal(gappy, tiny), QString("accepted"));
    }

    void theRolesOfARecipeAreListed()
    {
        Series series = counting(20);
        for (const char* name : {"price", "site"})
            series.columns.push_back({name, "", std::vector<double>(20, 3.0)});
        const Recipe recipe = with(tiny, [](Recipe& r) {
            r.features = "lag(steps=1); calendar(day_of_week=false, month_of_year=false)";
            r.pastCovariates = "b";
            r.futureCovariates = "price";
            r.staticCovariates = "site";
        });
        QStringList roles;
        for (const RoleOfColumn& each : rolesOf(series, recipe))
            roles << QString::fromStdString(each.name + (each.isFeature ? "*" : "") + " " +
                                            roleName(each.role));
        QCOMPARE(roles.join(", "),
                 QString("a target, lag* past, b past, hour_of_day_sin* future, hour_of_day_cos* "
                         "future, price future, site static"));
    }

    void columnsTakeTheRolesOfTheRecipe()
    {
        Series series = counting(22);
        series.columns.push_back({"price", "", {}});
        series.columns.push_back({"site", "", std::vector<double>(22, 3.0)});
        for (int t = 0; t < 22; ++t)
            series.columns[2].values.push_back(1000 + t);
        // Prices of two rows more than there are targets.
        series.columns[0].values[20] = series.columns[0].values[21] = missing;
        const Recipe recipe = with(tiny, [](Recipe& r) {
            r.features = "lag(steps=0)";
            r.pastCovariates = "b";
            r.futureCovariates = "price";
            r.staticCovariates = "site";
        });
        const Dataset dataset = makeDataset(series, recipe);
        QCOMPARE(dataset.rows(), 20);
        QVERIFY(dataset.timesAhead == (std::vector<Timestamp>{20 * hour, 21 * hour}));
        QVERIFY(dataset.pastNames == (std::vector<std::string>{"lag", "b"}));
        QVERIFY(dataset.futureNames == std::vector<std::string>{"price"});
        QVERIFY(dataset.staticNames == std::vector<std::string>{"site"});
        Batch batch;
        gather(dataset, std::vector<std::int64_t>{20}, batch);
        QCOMPARE(print(batch.past), QString("[1, 3, 1] 17 18 19"));
        QCOMPARE(print(batch.pastCovariates), QString("[1, 3, 2] 17 117 18 118 19 119"));
        QCOMPARE(print(batch.futureCovariates), QString("[1, 5, 1] 1017 1018 1019 1020 1021"));
        QCOMPARE(print(batch.staticCovariates), QString("[1, 1] 3"));
        QVERIFY(!batch.target.defined());
    }

    void aForecastStartsAfterTheLastTarget()
    {
        Series series = counting(21);
        series.columns[0].values[20] = missing;
        const Dataset dataset = makeDataset(series, with(tiny, [](Recipe& r) { r.split = "0.6,0.2,0.2"; }));
        QCOMPARE(dataset.rows(), 20);
        QVERIFY(dataset.timesAhead == (std::vector<Timestamp>{20 * hour, 21 * hour}));
        const Dataset both = makeDataset(series, with(tiny, [](Recipe& r) { r.targets = "a,b"; }));
        QCOMPARE(both.rows(), 21);
        QVERIFY(both.targetGaps);
    }

    void severalSeriesAreOneDataset()
    {
        std::vector<Series> all = {counting(20), counting(30), counting(40)};
        for (std::size_t i = 0; i < all.size(); ++i) {
            all[i].name = "s" + std::to_string(i);
            all[i].columns.push_back(
                {"site", "", std::vector<double>(all[i].rows(), static_cast<double>(i))});
            for (double& x : all[i].columns[0].values)
                x *= static_cast<double>(i + 1);
        }
        const Recipe recipe = with(tiny, [](Recipe& r) {
            r.scaler = "minmax";
            r.split = "0.6,0.2,0.2";
            r.staticCovariates = "site";
        });
        const Dataset dataset = makeDataset(all, recipe);
        QCOMPARE(seriesNames(dataset), std::string("s0,s1,s2"));
        QCOMPARE(dataset.trainWindows.size(), std::size_t(8 + 14 + 20));
        QCOMPARE(dataset.validationWindows.size(), std::size_t(3 + 5 + 7));
        QCOMPARE(dataset.targetScales[0].scale, 11.0);
        QCOMPARE(dataset.at(2).targetScales[0].scale, 69.0);
        // Each series through the eyes of its own scaler, static numbers by their spread over the series.
        Batch batch;
        gather(dataset, std::vector<std::int64_t>{Dataset::idOf(2, 5), 3, Dataset::idOf(1, 17)}, batch);
        QCOMPARE(print(batch.past),
                 QString("[3, 3, 1] 0.08696 0.1304 0.1739 0 0.09091 0.1818 0.8235 0.8824 0.9412"));
        QCOMPARE(print(batch.staticCovariates), QString("[3, 1] 1.225 -1.225 0"));
        QCOMPARE(observedTargets(dataset, dataset.windows(Part::Test)),
                 2 * static_cast<std::int64_t>(dataset.testWindows.size()));
        const FittedScales stored = scalesOf(dataset);
        const Dataset again = makeDataset(all, recipe, &stored);
        QVERIFY(again.at(1).targetScales == dataset.at(1).targetScales);
        QVERIFY(again.at(2).staticScales == dataset.staticScales);
        QCOMPARE(refusalOf([&] { makeDataset(std::span(all).first(2), recipe, &stored); }),
                 QString("The stored scales are for 3 series, but there are 2."));
        all[1] = counting(6);
        QVERIFY(refusalOf([&] { makeDataset(all, recipe); }).endsWith("(Series \"counting\".)"));
    }

    void aShortSeriesIsPaddedWhenAsked()
    {
        Series series = counting(8);
        const Recipe recipe = with(tiny, [](Recipe& r) {
            r.length = 6;
            r.split = "6,1,1";
            r.features = "lag(column=b, steps=0); calendar(day_of_week=false, month_of_year=false)";
            r.padShort = true;
        });
        const Dataset dataset = makeDataset(series, recipe);
        QCOMPARE(dataset.paddedRows, 5);
        QCOMPARE(print(dataset.windows(Part::Train)), QString("6 7 8 9"));
        QVERIFY(dataset.validationWindows.empty());
        QCOMPARE(dataset.series.times.front(), -5 * hour);
        Batch batch;
        gather(dataset, std::vector<std::int64_t>{6, 9}, batch);
        QCOMPARE(print(batch.past), QString("[2, 6, 1] 0 0 0 0 0 0 0 0 0 1 2 3"));
        QCOMPARE(print(batch.pastMask), QString("[2, 6, 1] 0 0 0 0 0 1 0 0 1 1 1 1"));
        QCOMPARE(print(batch.target), QString("[2, 2, 1] 1 2 4 5"));
        gather(dataset, std::vector<std::int64_t>{dataset.rows()}, batch);
        QCOMPARE(print(batch.past), QString("[1, 6, 1] 2 3 4 5 6 7"));
        QVERIFY(refusal(counting(3), with(recipe, [](Recipe& r) { r.split = "2,0,1"; }))
                    .startsWith("The training part has"));
        QCOMPARE(makeDataset(counting(20), with(tiny, [](Recipe& r) { r.padShort = true; })).paddedRows, 0);
    }

    void aConstantSeriesIsFinite()
    {
        Series flat = counting(20);
        flat.columns[0].values.assign(20, 0.1);
        for (const std::string& scaler : scalerNames()) {
            const Dataset dataset = makeDataset(flat, with(tiny, [&](Recipe& r) {
                                                    r.scaler = scaler;
                                                    r.split = "0.6,0.2,0.2";
                                                }));
            for (const float value : dataset.targetRows.values())
                QVERIFY(std::isfinite(value));
        }
    }

    void theRecipeDeclaresEveryField()
    {
        QStringList ids;
        for (const Param& param : schemaOf<Recipe>()) {
            ids << QString::fromStdString(param.spec.id);
            QVERIFY(!param.spec.label.empty() && !param.spec.help.empty());
        }
        QCOMPARE(
            ids.join(' '),
            QString("length horizon targets features past_covariates future_covariates static_covariates "
                    "scaler split purge embargo fill sampling pad_short season"));
    }
};

QTEST_APPLESS_MAIN(DatasetTest)
#include "tst_dataset.moc"
