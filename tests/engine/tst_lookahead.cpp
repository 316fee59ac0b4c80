// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>
#include <algorithm>
#include <cmath>
#include <map>

#include "engine/features/audit.h"
#include "engine/features/audit_noise.h"
#include "engine/features/audit_slice.h"
#include "engine/features/rolling.h"
#include "engine/features/sampler.h"
#include "engine/features/samples.h"

using namespace fc;

namespace {

Series firstRows(Series series, std::size_t rows)
{
    series.times.resize(rows);
    for (Column& column : series.columns)
        column.values.resize(rows);
    return series;
}

std::string wholeCatalogue()
{
    std::string text;
    for (const FeatureEntry& entry : featureCatalogue())
        text += entry.id + ";";
    return text;
}

/// A column of values, each of which may depend on its row and earlier ones.
Audited column(const std::string& what, const Values& values)
{
    Audited group{what, {}};
    for (const double value : values)
        group.bits.push_back(auditBits(value));
    return group;
}

Audited scale(const std::string& what, const ColumnScale& fitted, std::int64_t knownAt)
{
    return {what, {auditBits(fitted.center), auditBits(fitted.scale)}, {knownAt}};
}

using Compute = std::function<std::vector<Audited>(const Series&)>;

const Values& closes(const Series& series)
{
    return series.column("close")->values;
}

/// Computations that look ahead, each in a way people have done it.
Values centeredMean(const Values& x)
{
    Values out = x;
    for (std::size_t t = 1; t + 1 < x.size(); ++t)
        out[t] = (x[t - 1] + x[t] + x[t + 1]) / 3;
    return out;
}

Values backFilled(Values x)
{
    for (std::size_t t = x.size() - 1; t-- > 0;) {
        if (std::isnan(x[t]))
            x[t] = x[t + 1];
    }
    return x;
}

Values normalizedByAll(const Values& x)
{
    const double highest = std::ranges::max(x);
    Values out;
    for (const double value : x)
        out.push_back(value / highest);
    return out;
}

/// 1 where the next value is higher: what noise changes only when it falls on the other side.
Values willRise(const Values& x)
{
    Values out(x.size(), 0.0);
    for (std::size_t t = 0; t + 1 < x.size(); ++t)
        out[t] = x[t + 1] > x[t] ? 1 : 0;
    return out;
}

const Recipe usual = {.length = 24, .horizon = 6, .features = "rsi(period=5); calendar()"};

void addFeature(FeatureTable& table, Values values)
{
    table.names.emplace_back("leak");
    table.knowledge.push_back(Knowledge::Past);
    table.columns.push_back(std::move(values));
}

void scaleByAll(Dataset& dataset)
{
    dataset.targetScales[0] = fitScale("standard", dataset.targets[0]);
    dataset.targetScales[0].forward(dataset.targets[0], missing, dataset.targetRows.data(), 1);
}

/// Targets `steps` rows later than they should be, or earlier.
void shiftTargets(const Dataset& dataset, std::span<const std::int64_t> origins, Batch& batch,
                  std::int64_t steps)
{
    gather(dataset, origins, batch);
    const std::int64_t horizon = dataset.task.horizon;
    for (std::size_t b = 0; b < origins.size(); ++b) {
        for (std::int64_t step = 0; step < horizon; ++step) {
            const std::int64_t row = std::min(origins[b] + step + steps, dataset.rows() - 1);
            batch.target.data()[static_cast<std::int64_t>(b) * horizon + step] =
                dataset.targetRows.data()[row];
        }
    }
}

/// The windows before the largest moves first, wherever the series has them.
std::vector<std::int64_t> byFutureMove(const Dataset& dataset)
{
    std::vector<std::int64_t> order(dataset.trainWindows.begin(), dataset.trainWindows.end());
    const std::span<const double> x = dataset.targets[0];
    const double end = x.back();
    std::ranges::stable_sort(
        order, {}, [&](std::int64_t origin) { return -std::abs(x[static_cast<std::size_t>(origin)] - end); });
    return order;
}

/// The path with one leaky piece in it, by name.
DataPath leaky(const QString& piece)
{
    DataPath path = dataPath();
    const auto withFeature = [&path](Values (*make)(const Values&)) {
        path.features = [make](const Series& series, const Recipe& recipe) {
            FeatureTable table = computeFeatures(series, parseFeatures(recipe.features));
            addFeature(table, make(closes(series)));
            return table;
        };
    };
    if (piece == "feature: centered mean")
        withFeature(centeredMean);
    else if (piece == "feature: scaled by all rows")
        withFeature(normalizedByAll);
    else if (piece == "feature: will it rise")
        withFeature(willRise);
    else if (piece == "scaler of all rows")
        path.dataset = [](const Series& series, const Recipe& recipe) {
            Dataset dataset = makeDataset(series, recipe);
            scaleByAll(dataset);
            return dataset;
        };
    else if (piece == "target one row early")
        path.batch = [](const Dataset& dataset, std::span<const std::int64_t> origins, Batch& batch) {
            shiftTargets(dataset, origins, batch, -1);
        };
    else if (piece == "target one row late")
        path.batch = [](const Dataset& dataset, std::span<const std::int64_t> origins, Batch& batch) {
            shiftTargets(dataset, origins, batch, 1);
        };
    else if (piece == "batch one row late")
        path.batch = [](const Dataset& dataset, std::span<const std::int64_t> origins, Batch& batch) {
            gather(dataset, origins, batch);
            const std::int64_t last = dataset.task.length - 1;
            for (std::size_t b = 0; b < origins.size(); ++b)
                batch.past.data()[static_cast<std::int64_t>(b) * (last + 1) + last] =
                    dataset.targetRows.data()[origins[b]];
        };
    else if (piece == "sampler by the future")
        path.order = byFutureMove;
    else if (piece == "sampler of all parts")
        path.order = [](const Dataset& dataset) {
            std::vector<std::int64_t> order = epochOrder(dataset, 1, 0);
            order.push_back(dataset.testWindows.front());
            return order;
        };
    return path;
}

std::map<QString, std::string> culprits()
{
    return {{"feature: centered mean", "feature leak"},
            {"feature: scaled by all rows", "feature leak"},
            {"feature: will it rise", "feature leak"},
            {"scaler of all rows", "scaler of close"},
            {"target one row early", "target"},
            {"target one row late", "target"},
            {"batch one row late", "window"},
            {"sampler by the future", "order of the windows"},
            {"sampler of all parts", "order of the windows"}};
}

}  // namespace

class LookAhead : public QObject {
    Q_OBJECT

private slots:
    void nothingOfARecipeLooksAhead_data()
    {
        QTest::addColumn<QString>("sample");
        QTest::addColumn<QString>("scaler");
        QTest::addColumn<QString>("features");
        for (const std::string& scaler : scalerNames()) {
            QTest::newRow(scaler.c_str()) << "synthetic-crypto-1h" << QString::fromStdString(scaler)
                                          << "rsi; macd; atr; obv; rolling_median; calendar";
        }
        QTest::newRow("business days") << "synthetic-equity-1d"
                                       << "standard" << QString::fromStdString(wholeCatalogue());
        QTest::newRow("one column") << "synthetic-load-1h"
                                    << "robust"
                                    << "calendar; ema; zscore";
    }
    void nothingOfARecipeLooksAhead()
    {
        QFETCH(QString, sample);
        QFETCH(QString, scaler);
        QFETCH(QString, features);
        Series series = firstRows(makeSample(sample.toStdString()), 700);
        series.columns[0].values[300] = missing;  // gaps must not be mended from the future either
        const Recipe recipe = {
            .length = 24, .horizon = 6, .features = features.toStdString(), .scaler = scaler.toStdString()};
        for (std::uint64_t seed = 1; seed <= 2; ++seed) {
            const AuditReport report = audit(series, recipe, {.seed = seed, .full = true});
            QVERIFY2(report.isClean(), verdict(report).english().c_str());
            QVERIFY(report.isWhole && report.cutOffs == 4);
        }
    }

    void aLeakIsCaughtEveryTime_data()
    {
        QTest::addColumn<QString>("what");
        for (const char* name :
             {"centered mean", "normalized by all rows", "scaler of all rows", "known ahead"})
            QTest::newRow(name) << name;
    }
    void aLeakIsCaughtEveryTime()
    {
        QFETCH(QString, what);
        const std::map<QString, Compute> leaks = {
            {"centered mean",
             [](const Series& s) { return std::vector{column("leak", centeredMean(closes(s)))}; }},
            {"normalized by all rows",
             [](const Series& s) { return std::vector{column("leak", normalizedByAll(closes(s)))}; }},
            {"scaler of all rows",
             [](const Series& s) {
                 return std::vector{scale("leak", fitScale("standard", closes(s)), 350)};
             }},
            {"known ahead",
             [](const Series& s) {
                 Audited group = column("leak", closes(s));
                 group.knownAt = {-1};
                 return std::vector{group};
             }},
        };
        const Series series = firstRows(makeSample("synthetic-crypto-1h"), 500);
        for (std::uint64_t seed = 1; seed <= 100; ++seed) {
            const std::vector<Leak> found = audit(series, leaks.at(what), {.seed = seed}).leaks;
            QVERIFY2(!found.empty(), qPrintable(QString("seed %1").arg(seed)));
            QVERIFY(found.front().row < found.front().cutOff);
            QCOMPARE(found.front().what, std::string("leak"));
        }
    }

    void aLeakyPieceOfTheDataPathIsNamedEveryTime_data()
    {
        QTest::addColumn<QString>("piece");
        QTest::addColumn<bool>("inASlice");
        for (const auto& [piece, culprit] : culprits()) {
            QTest::newRow(qPrintable(piece)) << piece << false;
            QTest::newRow(qPrintable(piece + ", in a slice")) << piece << true;
        }
    }
    void aLeakyPieceOfTheDataPathIsNamedEveryTime()
    {
        QFETCH(QString, piece);
        QFETCH(bool, inASlice);
        const DataPath path = leaky(piece);
        const Series series = firstRows(makeSample("synthetic-crypto-1h"), inASlice ? 4000 : 500);
        for (std::uint64_t seed = 1; seed <= 15; ++seed) {
            const AuditReport report = audit(series, usual, {.seed = seed, .full = !inASlice}, path);
            QCOMPARE(report.isWhole, !inASlice);
            const auto named = std::ranges::find(report.leaks, culprits().at(piece), &Leak::what);
            QVERIFY2(named != report.leaks.end(), qPrintable(QString("seed %1").arg(seed)));
            QVERIFY(named->row >= report.firstRow && named->row < report.firstRow + report.rows);
        }
    }

    void theFirstRowIsTheOneJustBeforeTheCutOff()
    {
        const Series series = firstRows(makeSample("synthetic-crypto-1h"), 4000);
        const AuditReport report = audit(series, usual, {.seed = 3}, leaky("feature: centered mean"));
        for (const Leak& leak : report.leaks)
            QCOMPARE(leak.row, leak.cutOff - 1);
        const Leak& first = report.leaks.front();
        QCOMPARE(
            QString::fromStdString(verdict(report).english()),
            QString("Later data leak into the training: feature leak in row %1 changes when only rows from "
                    "%2 on do.")
                .arg(first.row + 1)
                .arg(first.cutOff + 1));
    }

    void everyKindOfLeakHasItsSentence()
    {
        const auto text = [](LeakKind kind) {
            return QString::fromStdString(leakText({"target", 9, 7, kind}).english());
        };
        QCOMPARE(text(LeakKind::LooksAhead),
                 QString("target in row 10 changes when only rows from 8 on do."));
        QCOMPARE(text(LeakKind::Elsewhere),
                 QString("target in row 10 stays the same when rows from 8 on change."));
        QCOMPARE(text(LeakKind::Outside),
                 QString("target trains on row 10, but the training part ends before row 8."));
    }

    void fillingFromTheFutureIsALeak()
    {
        Series series = firstRows(makeSample("synthetic-crypto-1h"), 200);
        Values& close = series.columns[3].values;
        for (std::size_t t = 0; t < close.size(); ++t) {
            if (t % 3 != 0)
                close[t] = missing;
        }
        const auto compute = [](const Series& s) {
            return std::vector{column("fill", backFilled(closes(s)))};
        };
        for (std::uint64_t seed = 1; seed <= 20; ++seed)
            QVERIFY(!audit(series, compute, {.seed = seed, .cutOffs = 8}).isClean());
    }

    void whatKeepsToThePastPasses()
    {
        const Series series = firstRows(makeSample("synthetic-crypto-1h"), 300);
        const auto compute = [](const Series& s) {
            return std::vector{column("lag", lagged(closes(s), 1)),
                               scale("scaler", fitScale("standard", std::span(closes(s)).first(200)), 199)};
        };
        for (std::uint64_t seed = 1; seed <= 100; ++seed)
            QVERIFY(audit(series, compute, {.seed = seed}).isClean());
    }

    void noiseIsOfTheColumnsKindAndFarBeyondIt()
    {
        Series series = firstRows(makeSample("synthetic-crypto-1h"), 100);
        series.columns.push_back({"signed", "", Values(100, 0.0)});
        for (std::size_t t = 0; t < 100; ++t)
            series.columns.back().values[t] = t % 2 == 0 ? 1 : -1;
        Rng rng(1);
        for (const bool risesFirst : {true, false}) {
            const Series noisy = withNoiseFrom(series, 60, risesFirst, rng);
            for (std::size_t c = 0; c < series.columns.size(); ++c) {
                const Values& before = series.columns[c].values;
                const Values& after = noisy.columns[c].values;
                QVERIFY(std::equal(before.begin(), before.begin() + 60, after.begin()));
                const auto [low, high] = std::ranges::minmax(before);
                QVERIFY(after[risesFirst ? 60 : 61] > high && after[risesFirst ? 61 : 60] < low);
                for (std::size_t t = 60; t < 100; ++t)
                    QVERIFY(after[t] != before[t] && (low <= 0 || after[t] > 0));
            }
        }
    }

    void aLongSeriesIsAuditedAroundTheEndOfItsTrainingPart_data()
    {
        QTest::addColumn<QString>("features");
        QTest::newRow("usual") << QString::fromStdString(usual.features);
        // The slice begins at another hour of the day than the series, so its warm-up is another.
        QTest::newRow("longer bars") << QStringLiteral("mtf(rule=1d, feature=\"sma(period=3)\")");
    }
    void aLongSeriesIsAuditedAroundTheEndOfItsTrainingPart()
    {
        QFETCH(const QString, features);
        const Series series = firstRows(makeSample("synthetic-crypto-1h"), 5000);
        for (const char* split :
             {"0.7,0.15,0.15", "3500,700,700", "0.9,0.1,0", "0.5,0,0.5", "0.99,0.005,0.005"}) {
            Recipe recipe = usual;
            recipe.features = features.toStdString();
            recipe.split = split;
            const Dataset whole = makeDataset(series, recipe);
            const AuditSlice slice = auditSlice(series, recipe);
            const Dataset part = makeDataset(slice.series, slice.recipe);
            QVERIFY(part.rows() < 2000);
            QCOMPARE(slice.firstRow + part.warmUpRows + part.split.train.end,
                     whole.warmUpRows + whole.split.train.end);
            QCOMPARE(slice.series.times[0], series.times[static_cast<std::size_t>(slice.firstRow)]);
            QVERIFY(audit(series, recipe).isClean());
        }
    }

    void aShortSeriesIsAuditedWhole()
    {
        const Series series = firstRows(makeSample("synthetic-crypto-1h"), 400);
        const AuditReport report = audit(series, usual);
        QVERIFY(report.isWhole && report.isClean());
        const auto names =
            static_cast<std::int64_t>(computeFeatures(series, parseFeatures(usual.features)).names.size());
        QCOMPARE(report.features, names);
        QCOMPARE(report.scalers, names + 1);
        // Every row with the look-back before it and the horizon after it.
        QCOMPARE(report.windows, 400 - makeDataset(series, usual).warmUpRows - 24 - 6 + 1);
        QVERIFY(verdict(report).english().starts_with(
            "Nothing looks ahead: " + std::to_string(names) + " features, " + std::to_string(names + 1) +
            " scalers and " + std::to_string(report.windows) + " windows in rows 1 to 400 stay the same"));
    }

    void veryLongWindowsAreAuditedInPart()
    {
        const Series series = makeSample("synthetic-crypto-1h");
        Recipe recipe = usual;
        recipe.length = 2000;
        recipe.horizon = 500;
        const Dataset dataset = makeDataset(series, recipe);
        const std::vector<std::int64_t> cutOffs = {4000};
        const std::vector<std::int64_t> some = auditedOrigins(dataset, cutOffs, false);
        QVERIFY(some.size() < 2500);
        for (const std::int64_t origin : {3999, 4000, 4001, 3500})
            QVERIFY(std::ranges::binary_search(some, origin - dataset.warmUpRows));
        QCOMPARE(static_cast<std::int64_t>(auditedOrigins(dataset, cutOffs, true).size()),
                 dataset.rows() - 2000 - 500 + 1);
    }

    void theOrderOfTrainingIsThatOfSeedAndEpochAlone()
    {
        const Dataset dataset = makeDataset(firstRows(makeSample("synthetic-crypto-1h"), 400), usual);
        const std::vector<std::int64_t> order = epochOrder(dataset, 7, 2);
        QVERIFY(order == epochOrder(dataset, 7, 2));
        QVERIFY(order != epochOrder(dataset, 7, 3) && order != epochOrder(dataset, 8, 2));
        std::vector<std::int64_t> sorted = order;
        std::ranges::sort(sorted);
        QVERIFY(std::ranges::equal(sorted, dataset.trainWindows));
    }
};

QTEST_APPLESS_MAIN(LookAhead)
#include "tst_lookahead.moc"
