// SPDX-License-Identifier: GPL-3.0-or-later
// What exploring a series computes, against recorded values of statsmodels and scipy and against closed
// forms.
#include <QTest>
#include <cmath>
#include <numbers>

#include "engine/base/error.h"
#include "engine/base/rng.h"
#include "engine/statistics/correlation.h"
#include "engine/statistics/information.h"
#include "engine/statistics/missing_map.h"
#include "engine/statistics/season.h"
#include "engine/statistics/stationarity.h"
#include "engine/statistics/summary.h"
#include "tests/support/golden.h"

using namespace fc;

namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();
using Values = std::vector<double>;
using Outputs = std::map<std::string, Values>;

Deterministic termsOf(const GoldenCase& golden)
{
    const auto name = golden.setting<std::string>("regression", "c");
    return name == "ct"  ? Deterministic::ConstantAndTrend
           : name == "n" ? Deterministic::None
                         : Deterministic::Constant;
}

Outputs unitRoot(const GoldenCase& golden)
{
    const auto autolag = golden.setting<std::string>("autolag", "");
    const LagChoice choice = autolag == "AIC"   ? LagChoice::Aic
                             : autolag == "BIC" ? LagChoice::Bic
                                                : LagChoice::Fixed;
    std::optional<int> lags;
    for (const char* key : {"maxlag", "maxlag_used", "lag", "lags"}) {
        if (golden.config.contains(key) && golden.config[key].is_number())
            lags = golden.config[key].get<int>();
    }
    const auto test = augmentedDickeyFuller(golden.inputs.at("x").data, termsOf(golden), choice, lags);
    return {{"statistic", {test.statistic}},
            {"p_value", {test.pValue}},
            {"used_lag", {static_cast<double>(test.lags)}},
            {"nobs", {static_cast<double>(test.rows)}},
            {"critical_1_5_10", {test.criticalValues.begin(), test.criticalValues.end()}}};
}

Outputs autocorrelations(const GoldenCase& golden)
{
    const Values& x = golden.inputs.at("x").data;
    const int lags = golden.setting("lags", 10);
    const Autocorrelation plain = autocorrelation(x, lags);
    Values band;
    for (size_t k = 0; k < plain.values.size(); ++k) {
        band.push_back(plain.values[k] - plain.halfWidths[k]);
        band.push_back(plain.values[k] + plain.halfWidths[k]);
    }
    return {
        {"acf", plain.values}, {"acf_adjusted", autocorrelation(x, lags, true).values}, {"confint95", band}};
}

Outputs residualStatistics(const GoldenCase& golden)
{
    const ValueSummary summary = summaryOf(golden.inputs.at("x").data);
    return {{"durbin_watson", {durbinWatson(golden.inputs.at("x").data)}},
            {"jarque_bera", {summary.jarqueBera}},
            {"jb_p", {summary.jarqueBeraPValue}},
            {"skew", {summary.skewness}},
            {"kurtosis", {summary.kurtosis}}};
}

Outputs compute(const GoldenCase& golden)
{
    const auto x = [&] { return golden.inputs.at("x").data; };
    const int lags = golden.setting("lags", 10);
    if (golden.op() == "adf")
        return unitRoot(golden);
    if (golden.op() == "kpss") {
        const StationarityTest test = kpss(x(), termsOf(golden));
        return {{"statistic", {test.statistic}}, {"p_value", {test.pValue}}, {"lags", {double(test.lags)}}};
    }
    if (golden.op() == "acf")
        return autocorrelations(golden);
    if (golden.op() == "pacf")
        return {{"pacf_ywm", partialAutocorrelation(x(), lags)},
                {"pacf_ywadjusted", partialAutocorrelation(x(), lags, true)}};
    if (golden.op() == "ljung_box") {
        const Portmanteau box = ljungBox(x(), lags);
        const Portmanteau plain = boxPierce(x(), lags);
        return {{"lb_stat", box.statistic},
                {"lb_pvalue", box.pValue},
                {"bp_stat", plain.statistic},
                {"bp_pvalue", plain.pValue}};
    }
    if (golden.op() == "correlations") {
        const Values& y = golden.inputs.at("y").data;
        const Values& p = golden.inputs.at("pred").data;
        return {
            {"pearson", {pearson(y, p)}}, {"spearman", {spearman(y, p)}}, {"kendall_tau_b", {kendall(y, p)}}};
    }
    if (golden.op() == "residual_statistics")
        return residualStatistics(golden);
    return {};
}

Values noise(int count, std::uint64_t seed)
{
    Rng rng(seed);
    Values out;
    for (int i = 0; i < count; ++i)
        out.push_back(rng.normal());
    return out;
}

Values randomWalk(int count, std::uint64_t seed)
{
    Values out = noise(count, seed);
    for (size_t t = 1; t < out.size(); ++t)
        out[t] += out[t - 1];
    return out;
}

}  // namespace

class Statistics : public QObject {
    Q_OBJECT

private slots:
    void numbersEqualThoseOfOtherPrograms()
    {
        int checked = 0;
        for (const GoldenCase& golden : goldenCases("metrics")) {
            const Outputs got = compute(golden);
            for (const auto& [name, values] : got) {
                const auto want = golden.outputs.find(name);
                if (want == golden.outputs.end())
                    continue;
                ++checked;
                QCOMPARE(values.size(), want->second.data.size());
                for (size_t i = 0; i < values.size(); ++i) {
                    const double expected = want->second.data[i];
                    QVERIFY2(std::abs(values[i] - expected) <= 1e-10 + 1e-8 * std::abs(expected),
                             qPrintable(QStringLiteral("%1 %2[%3]: %4 instead of %5")
                                            .arg(golden.name.c_str(), name.c_str())
                                            .arg(i)
                                            .arg(values[i], 0, 'g', 17)
                                            .arg(expected, 0, 'g', 17)));
                }
            }
        }
        if (checked == 0)
            QSKIP("The recorded values are not here.");
        QVERIFY2(checked >= 40, qPrintable(QStringLiteral("only %1 outputs were compared").arg(checked)));
    }

    void aSummaryLeavesMissingValuesOut()
    {
        const ValueSummary s = summaryOf(Values{4, missing, 0, 2, 2});
        QCOMPARE(s.count, 4);
        QCOMPARE(s.missing, 1);
        QCOMPARE(s.zeros, 1);
        QCOMPARE(s.mean, 2.0);
        QCOMPARE(s.median, 2.0);
        QCOMPARE(s.deviation, std::sqrt(8.0 / 3));
        QCOMPARE(s.minimum, 0.0);
        QCOMPARE(s.maximum, 4.0);
        QCOMPARE(summaryOf(Values{missing}).count, 0);
        QCOMPARE(summaryOf(Values{7, 7, 7}).kurtosis, 0.0);
    }

    void aHistogramCountsEveryValueOnce()
    {
        const Values values = noise(5000, 3);
        const Histogram h = histogramOf(values);
        std::int64_t all = 0;
        for (const std::int64_t count : h.counts)
            all += count;
        QCOMPARE(all, 5000);
        QVERIFY(h.counts.size() > 20 && h.counts.size() <= 200);
        QCOMPARE(histogramOf(Values{3, 3}).counts, std::vector<std::int64_t>{2});
        QVERIFY(histogramOf(Values{missing}).counts.empty());
    }

    void theLongestStretchWithoutAGapIsFound()
    {
        const Values values = {1, missing, 2, 3, 4, missing, 5, 6};
        const auto stretch = longestPresent(values);
        QCOMPARE(Values(stretch.begin(), stretch.end()), (Values{2, 3, 4}));
        QVERIFY(longestPresent(Values{missing}).empty());
    }

    void aShiftedCopyPeaksAtItsShift()
    {
        const Values x = noise(400, 5);
        Values y(x.size(), 0.0);
        for (size_t t = 7; t < x.size(); ++t)
            y[t] = x[t - 7];
        const Values r = crossCorrelation(x, y, 20);
        QCOMPARE(std::ranges::max_element(r) - r.begin() - 20, 7);
        QVERIFY(r[27] > 0.95);
    }

    void correlationsOfAConstantAreNotDefined()
    {
        QVERIFY(std::isnan(pearson(Values{0.1, 0.1, 0.1}, Values{1, 2, 3})));
        QVERIFY(std::isnan(kendall(Values{1, 1}, Values{1, 2})));
        QVERIFY(std::isnan(autocorrelation(Values{0.1, 0.1, 0.1}, 2).values[1]));
        QCOMPARE(pearson(Values{1, missing, 2, 3}, Values{2, 9, 4, 6}), 1.0);
    }

    void aRandomWalkHasAUnitRootAndNoiseHasNone()
    {
        int walksCalled = 0;
        int noisesCalled = 0;
        for (std::uint64_t seed = 1; seed <= 40; ++seed) {
            walksCalled += augmentedDickeyFuller(randomWalk(400, seed)).pValue > 0.05 ? 1 : 0;
            noisesCalled += augmentedDickeyFuller(noise(400, seed)).pValue < 0.01 ? 1 : 0;
            QVERIFY(kpss(randomWalk(2000, seed)).pValue < 0.05);
        }
        QVERIFY2(walksCalled >= 34, qPrintable(QString::number(walksCalled)));
        QVERIFY2(noisesCalled >= 38, qPrintable(QString::number(noisesCalled)));
    }

    void testsRefuseWhatTheyCannotJudge_data()
    {
        QTest::addColumn<std::vector<double>>("values");
        QTest::addColumn<QString>("sentence");
        QTest::newRow("too few") << Values{1, 2, 3}
                                 << "The test needs at least 12 values in a row, but there are 3.";
        QTest::newRow("constant") << Values(50, 2.0) << "All values are equal, so there is nothing to test.";
    }
    void testsRefuseWhatTheyCannotJudge()
    {
        QFETCH(std::vector<double>, values);
        QFETCH(QString, sentence);
        for (const bool first : {true, false}) {
            QString said;
            try {
                first ? (void)augmentedDickeyFuller(values) : (void)kpss(values);
            } catch (const Error& error) {
                said = QString::fromStdString(error.message().english());
            }
            QCOMPARE(said, sentence);
        }
    }

    void aSineHasASeasonAndALineATrend()
    {
        Values sine;
        Values line;
        const Values e = noise(240, 9);
        for (int t = 0; t < 240; ++t) {
            sine.push_back(10 * std::sin(2 * std::numbers::pi * t / 12) + e[size_t(t)]);
            line.push_back(t + e[size_t(t)]);
        }
        QVERIFY(strengthOf(decompose(sine, 12)).season > 0.95);
        QVERIFY(strengthOf(decompose(line, 12)).trend > 0.99);
        QVERIFY(strengthOf(decompose(e, 12)).season < 0.25);
        QCOMPARE(std::round(dominantCycles(sine, 1).at(0).period), 12.0);
        QVERIFY_EXCEPTION_THROWN(decompose(sine, 1), Error);
        QVERIFY_EXCEPTION_THROWN(decompose(sine, 121), Error);
    }

    void thePartsOfASeriesAddUp()
    {
        Values values = noise(60, 11);
        values[30] = missing;
        const Decomposition parts = decompose(values, 5);
        for (size_t t = 2; t < 58; ++t) {
            if (t != 30)
                QVERIFY(std::abs(parts.trend[t] + parts.seasonal[t] + parts.rest[t] - values[t]) < 1e-12);
        }
        QVERIFY(std::isnan(parts.trend[1]) && std::isnan(parts.trend[58]) && std::isnan(parts.rest[30]));
    }

    void informationOfNormalPairsFollowsTheClosedForm_data()
    {
        QTest::addColumn<double>("rho");
        for (const double rho : {0.0, 0.3, 0.6, 0.9})
            QTest::addRow("rho %.1f", rho) << rho;
    }
    void informationOfNormalPairsFollowsTheClosedForm()
    {
        // I = -1/2 ln(1 - rho^2) for a bivariate normal distribution (Cover & Thomas 2006, example 8.5.1).
        QFETCH(double, rho);
        const Values x = noise(2000, 21);
        const Values z = noise(2000, 22);
        Values y;
        for (size_t i = 0; i < x.size(); ++i)
            y.push_back(rho * x[i] + std::sqrt(1 - rho * rho) * z[i]);
        const double expected = -0.5 * std::log(1 - rho * rho);
        QVERIFY2(std::abs(mutualInformation(x, y) - expected) < 0.06,
                 qPrintable(QString::number(mutualInformation(x, y) - expected)));
    }

    void informationSeesWhatCorrelationDoesNot()
    {
        const Values x = noise(1000, 31);
        Values square;
        Values stretched;
        for (const double v : x) {
            square.push_back(v * v);
            stretched.push_back(1e9 * std::exp(v));
        }
        QVERIFY(std::abs(pearson(x, square)) < 0.15);
        QVERIFY(mutualInformation(x, square) > 0.8);
        const Values y = noise(1000, 32);
        QCOMPARE(mutualInformation(stretched, y), mutualInformation(x, y));
    }

    void tiesDoNotLookLikeInformation()
    {
        Rng rng(41);
        Values x;
        Values y;
        for (int i = 0; i < 2000; ++i) {
            x.push_back(static_cast<double>(rng.below(3)));
            y.push_back(static_cast<double>(rng.below(3)));
        }
        QVERIFY(mutualInformation(x, y) < 0.06);
        QVERIFY(std::isnan(mutualInformation(Values(100, 1.0), noise(100, 1))));
    }

    void theMissingMapHoldsSharesByStretch()
    {
        const Values a = {1, missing, 1, 1, missing};
        const Values b = {1, 1, 1, 1, 1};
        const MissingMap map = missingMap({a, b}, 3);
        QCOMPARE(map.rowsPerBin, 2);
        QCOMPARE(map.shares, (std::vector<Values>{{0.5, 0, 1}, {0, 0, 0}}));
    }
};

QTEST_APPLESS_MAIN(Statistics)
#include "tst_statistics.moc"
