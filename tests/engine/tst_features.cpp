// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>
#include <bit>
#include <cmath>
#include <set>
#include <sstream>

#include "engine/features/feature.h"
#include "engine/features/samples.h"

using namespace fc;

namespace {

constexpr Timestamp hour = 3'600'000'000;

/// Hourly, one column; "-" is a missing value.
Series series(const std::string& values, const std::string& column = "close")
{
    Series out;
    out.name = "small";
    out.columns.push_back({column, "", {}});
    std::istringstream words(values);
    for (std::string word; words >> word;) {
        out.times.push_back(static_cast<Timestamp>(out.times.size()) * hour);
        out.columns[0].values.push_back(word == "-" ? missing : std::stod(word));
    }
    return out;
}

QString print(const std::vector<double>& values)
{
    QStringList words;
    for (const double value : values)
        words << (std::isnan(value) ? QString("-") : QString::number(value, 'g', 6));
    return words.join(' ');
}

QString print(const Series& input, const std::string& feature)
{
    QStringList lines;
    for (const auto& column : computeFeatures(input, {parseFeature(feature)}).columns)
        lines << print(column);
    return lines.join('\n');
}

std::string refusal(const std::function<void()>& act)
{
    try {
        act();
    } catch (const Error& error) {
        return error.what();
    }
    return "accepted";
}

std::vector<FeatureSpec> wholeCatalogue()
{
    std::vector<FeatureSpec> specs;
    for (const FeatureEntry& entry : featureCatalogue())
        specs.push_back(parseFeature(entry.id));
    return specs;
}

bool sameBits(double x, double y)
{
    return (std::isnan(x) && std::isnan(y)) ||
           std::bit_cast<std::uint64_t>(x) == std::bit_cast<std::uint64_t>(y);
}

}  // namespace

class Features : public QObject {
    Q_OBJECT

private slots:
    void everyEntrySaysWhatItIs()
    {
        std::set<std::string> ids;
        std::set<std::string> outputs;
        for (const FeatureEntry& entry : featureCatalogue()) {
            QVERIFY2(ids.insert(entry.id).second, entry.id.c_str());
            QVERIFY2(std::ranges::count(featureKinds(), entry.kind, &FeatureKind::id) == 1, entry.id.c_str());
            for (const std::string& text : {entry.label, entry.help, entry.formula, entry.source, entry.unit})
                QVERIFY2(!text.empty(), entry.id.c_str());
            for (const Param& param : entry.schema)
                QVERIFY2(!param.spec.label.empty() && !param.spec.help.empty(), param.spec.id.c_str());
            for (const std::string& output : entry.make({})->outputs())
                QVERIFY2(outputs.insert(output).second, output.c_str());
        }
    }

    void textReadsBackAsTheSameFeature()
    {
        for (const FeatureSpec& spec : wholeCatalogue()) {
            const FeatureSpec again = parseFeature(spec.text());
            QCOMPARE(again.text(), spec.text());
            QVERIFY(again.values == spec.values);
        }
        QCOMPARE(parseFeature("rsi(period=7)").text(),
                 std::string("rsi(period=7, column=close, average=wilder)"));
        for (const std::string odd :
             {"lag(column=\"a, b (c)\", steps=2)", "lag(column=\"5\\\" disk \\\\ a\", steps=2)"})
            QCOMPARE(parseFeature(odd).text(), odd);
    }

    void warmUpIsExactlyTheRowsWithoutAValue()
    {
        const Series sample = makeSample("synthetic-crypto-1h");
        for (const FeatureSpec& spec : wholeCatalogue()) {
            const FeatureTable table = computeFeatures(sample, {spec});
            int longest = 0;
            for (const auto& column : table.columns) {
                QCOMPARE(column.size(), sample.rows());
                int first = 0;
                while (std::isnan(column[static_cast<std::size_t>(first)]))
                    ++first;
                longest = std::max(longest, first);
                const auto gaps = std::count_if(column.begin() + first, column.end(),
                                                [](double x) { return std::isnan(x); });
                QVERIFY2(gaps == 0, spec.id.c_str());
            }
            QVERIFY2(longest == table.warmUp, spec.id.c_str());
        }
    }

    void valuesStandWhenLaterRowsAreCutOff()
    {
        Series sample = makeSample("synthetic-equity-1d");
        const FeatureTable whole = computeFeatures(sample, wholeCatalogue());
        for (const std::size_t rows : {1UL, 2UL, 33UL, 400UL, 1999UL}) {
            Series cut = sample;
            cut.times.resize(rows);
            for (Column& column : cut.columns)
                column.values.resize(rows);
            const FeatureTable table = computeFeatures(cut, wholeCatalogue());
            for (std::size_t i = 0; i < table.columns.size(); ++i) {
                for (std::size_t t = 0; t < rows; ++t)
                    QVERIFY2(sameBits(table.columns[i][t], whole.columns[i][t]), table.names[i].c_str());
            }
        }
    }

    void formulasHold_data()
    {
        QTest::addColumn<QString>("input");
        QTest::addColumn<QString>("feature");
        QTest::addColumn<QString>("expected");
        QTest::newRow("simple_return") << "2 3 6 0 1"
                                       << "simple_return"
                                       << "- 0.5 1 -1 -";
        QTest::newRow("log_return of what has no logarithm") << "1 1 -1 2 0"
                                                             << "log_return"
                                                             << "- 0 - - -";
        QTest::newRow("difference over two") << "1 2 4 8"
                                             << "difference(period=2)"
                                             << "- - 3 6";
        QTest::newRow("lag") << "1 2 3"
                             << "lag(steps=2)"
                             << "- - 1";
        QTest::newRow("lag 0 is the column") << "1 - 3"
                                             << "lag(steps=0)"
                                             << "1 - 3";
        QTest::newRow("lag longer than the series") << "1 2"
                                                    << "lag(steps=5)"
                                                    << "- -";
        QTest::newRow("sma") << "1 2 3 4"
                             << "sma(period=2)"
                             << "- 1.5 2.5 3.5";
        QTest::newRow("sma over a gap") << "1 2 - 4 6 8"
                                        << "sma(period=2)"
                                        << "- 1.5 - - 5 7";
        QTest::newRow("wma") << "1 2 3 6"
                             << "wma(period=3)"
                             << "- - 2.33333 4.33333";
        QTest::newRow("ema") << "1 3 2 4"
                             << "ema(period=3)"
                             << "- - 2 3";
        QTest::newRow("ema starts anew after a gap") << "1 3 4 - 5 7 8"
                                                     << "ema(period=2)"
                                                     << "- 2 3.33333 - - 6 7.33333";
        QTest::newRow("rsi of rises") << "1 2 3 4"
                                      << "rsi(period=2)"
                                      << "- - 100 100";
        QTest::newRow("rsi without movement") << "5 5 5 5"
                                              << "rsi(period=2)"
                                              << "- - 50 50";
        QTest::newRow("zscore of a constant") << "0.1 0.1 0.1 0.1"
                                              << "zscore(period=3)"
                                              << "- - 0 0";
        QTest::newRow("bollinger of a constant") << "0.1 0.1 0.1"
                                                 << "bollinger(period=2)"
                                                 << "- 0.1 0.1\n- 0.1 0.1\n- 0.1 0.1\n- 0.5 0.5";
        QTest::newRow("bollinger") << "1 3 3"
                                   << "bollinger(period=2, width=1)"
                                   << "- 2 3\n- 3 3\n- 1 3\n- 1 0.5";
    }
    void formulasHold()
    {
        QFETCH(QString, input);
        QFETCH(QString, feature);
        QFETCH(QString, expected);
        QCOMPARE(print(series(input.toStdString()), feature.toStdString()), expected);
    }

    void largeValuesKeepTheirSmallDifferences()
    {
        // A running sum of squares would have lost these differences of 1 at 1e9.
        const Series high = series("1000000001 1000000002 1000000003 1000000002");
        QCOMPARE(print(high, "zscore(period=3)"), QString("- - 1.22474 -0.707107"));
    }

    void aSeriesWithoutCloseUsesItsFirstColumn()
    {
        const Series load = series("1 2 4", "load");
        QCOMPARE(print(load, "sma(period=2)"), QString("- 1.5 3"));
        QCOMPARE(print(load, "sma(period=2, column=LOAD)"), QString("- 1.5 3"));
    }

    void calendarTermsArePointsOnCircles()
    {
        Series days = series("1 1 1");
        days.times = {*parseTimestamp("2024-01-01T06:00:00Z"), *parseTimestamp("2024-04-01T18:00:00Z"),
                      *parseTimestamp("1969-12-31T12:00:00Z")};
        const auto rounded = [&](const std::string& feature) {
            QStringList lines;
            for (std::vector<double> column : computeFeatures(days, {parseFeature(feature)}).columns) {
                for (double& x : column)
                    x = std::round(x * 1e4) / 1e4 + 0.0;
                lines << print(column);
            }
            return lines.join('\n');
        };
        QCOMPARE(rounded("calendar(day_of_week=false, month_of_year=false)"), QString("1 -1 0\n0 0 -1"));
        // Two Mondays and a Wednesday.
        QCOMPARE(rounded("calendar(hour_of_day=false, month_of_year=false)"),
                 QString("0 0 0.9749\n1 1 -0.2225"));
        QCOMPARE(rounded("calendar(hour_of_day=false, day_of_week=false)"), QString("0 1 -0.5\n1 0 0.866"));
        QCOMPARE(
            rounded("calendar(hour_of_day=false, day_of_week=false, month_of_year=false, day_of_month=true)"),
            QString("0 0 -0.2013\n1 1 0.9795"));
    }

    void futureFeaturesGoOnWhereTheDataEnds()
    {
        const Series sample = makeSample("synthetic-crypto-1h");
        Series cut = sample;
        cut.times.resize(100);
        for (Column& column : cut.columns)
            column.values.resize(100);
        const std::vector<FeatureSpec> specs = parseFeatures("rsi, calendar");
        const FeatureTable whole = computeFeatures(sample, specs);
        const FeatureTable ahead = computeFutureFeatures(
            cut, specs, std::vector<Timestamp>(sample.times.begin() + 100, sample.times.begin() + 124));
        QCOMPARE(ahead.names.size(), whole.names.size() - 1);
        for (std::size_t i = 0; i < ahead.columns.size(); ++i) {
            QCOMPARE(ahead.names[i], whole.names[i + 1]);
            for (std::size_t t = 0; t < 24; ++t)
                QVERIFY(sameBits(ahead.columns[i][t], whole.columns[i + 1][100 + t]));
        }
    }

    void namesCarryTheParametersThatDiffer()
    {
        const Series sample = makeSample("synthetic-crypto-1h");
        const auto names = [&](const std::string& text) {
            QStringList out;
            for (const std::string& name : computeFeatures(sample, parseFeatures(text)).names)
                out << QString::fromStdString(name);
            return out.join(' ');
        };
        QCOMPARE(names("rsi(period=9); log_return()"), QString("rsi log_return"));
        QCOMPARE(names("rsi(period=9), rsi, sma"), QString("rsi_9 rsi_14 sma"));
        QCOMPARE(names("lag(column=volume), lag(column=open, steps=2)"), QString("lag_volume_1 lag_open_2"));
        QCOMPARE(names(""), QString(""));
    }

    void longerBarsShowOnlyWhenTheyAreComplete()
    {
        const Series hours = series("1 2 3 4 5 6 7 8 9");
        QCOMPARE(print(hours, "mtf(rule=3h, feature=lag(steps=0))"), QString("- - - 3 3 3 6 6 6"));
        QCOMPARE(print(hours, "mtf(rule=3h, feature=\"sma(period=2)\")"), QString("- - - - - - 4.5 4.5 4.5"));
        QCOMPARE(print(hours, "mtf(rule=4rows, feature=lag(steps=0))"), QString("- - - - 4 4 4 4 8"));
        const Series load = series("1 2 3 - 5 6 7 8 9", "load");
        QCOMPARE(print(load, "mtf(rule=3h, others=mean, feature=lag(steps=0, column=load))"),
                 QString("- - - 2 2 2 5.5 5.5 5.5"));
        Series bars = series("1 2 3 4", "low");
        bars.columns.push_back({"high", "", {5, 7, 6, 9}});
        bars.columns.push_back({"Volume", "volume", {1, 1, 2, 4}});
        QCOMPARE(print(bars, "mtf(rule=2h, feature=lag(steps=0, column=median_price))"), QString("- - 4 4"));
        QCOMPARE(print(bars, "mtf(rule=2h, feature=lag(steps=0, column=volume))"), QString("- - 2 2"));
        // The stamps decide where a bar ends: the second day begins after the third row.
        Series gaps = series("1 2 3 4 5");
        gaps.times = {20 * hour, 21 * hour, 23 * hour, 26 * hour, 50 * hour};
        const FeatureTable table = computeFeatures(gaps, parseFeatures("mtf(rule=1d, feature=lag(steps=0))"));
        QCOMPARE(print(table.columns[0]), QString("- - - 3 4"));
        QCOMPARE(table.warmUp, 3);
        QCOMPARE(table.names[0], std::string("lag_per_1d"));
    }

    void timeFramesFollowTheCalendar_data()
    {
        QTest::addColumn<QString>("rule");
        QTest::addColumn<QString>("before");
        QTest::addColumn<QString>("after");
        QTest::newRow("week") << "1w"
                              << "2024-03-03T23:59:59Z"
                              << "2024-03-04T00:00:00Z";
        QTest::newRow("month") << "1month"
                               << "2024-02-29T23:00:00Z"
                               << "2024-03-01T00:00:00Z";
        QTest::newRow("quarter") << "1quarter"
                                 << "1969-12-31T23:00:00Z"
                                 << "1970-01-01T00:00:00Z";
        QTest::newRow("year") << "1year"
                              << "1959-12-31T23:00:00Z"
                              << "1960-01-01T00:00:00Z";
    }
    void timeFramesFollowTheCalendar()
    {
        QFETCH(QString, rule);
        QFETCH(QString, before);
        QFETCH(QString, after);
        Series days = series("1 2 3");
        const Timestamp last = *parseTimestamp(before.toStdString());
        days.times = {last - hour, last, *parseTimestamp(after.toStdString())};
        QCOMPARE(print(days, "mtf(rule=" + rule.toStdString() + ", feature=lag(steps=0))"), QString("- - 2"));
    }

    void aFormulaIsAFeature()
    {
        const Series prices = series("1 2 4 - 8 16");
        QCOMPARE(print(prices, "formula(expression=\"close / lag(close, 1)\")"), QString("- 2 2 - - 2"));
        const FeatureTable table =
            computeFeatures(prices, parseFeatures("formula(expression=\"2 * close\", name=double_price)"));
        QCOMPARE(table.names[0], std::string("double_price"));
        QCOMPARE(table.warmUp, 0);
    }

    void pricesOfSeveralColumnsAreColumnsToo()
    {
        Series bars = series("4 5", "close");
        bars.columns.push_back({"high", "", {6, 8}});
        bars.columns.push_back({"low", "", {2, 2}});
        QCOMPARE(print(bars, "lag(steps=0, column=typical_price)"), QString("4 5"));
        QCOMPARE(print(bars, "lag(steps=0, column=weighted_close)"), QString("4 5"));
        QCOMPARE(print(bars, "bar_price(price=median_price)"), QString("4 5"));
        bars.columns.push_back({"typical_price", "", {1, 1}});  // a column of that name comes first
        QCOMPARE(print(bars, "lag(steps=0, column=typical_price)"), QString("1 1"));
    }

    void refusalsNameWhatIsWrong_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("message");
        QTest::newRow("feature") << "rsj(period=14)"
                                 << "There is no feature \"rsj\". The nearest is \"rsi\".";
        QTest::newRow("no near feature")
            << "qqqqqqqqqqqq"
            << "There is no feature \"qqqqqqqqqqqq\". \"features list\" shows those there are.";
        QTest::newRow("parameter")
            << "rsi(perod=14)"
            << "The feature \"rsi\" has no parameter \"perod\". The nearest is \"period\".";
        QTest::newRow("range") << "rsi(period=0)"
                               << "period is 0; it must be from 1 to 10000.";
        QTest::newRow("whole") << "rsi(period=2.5)"
                               << "period is 2.5; it must be a whole number.";
        QTest::newRow("bare value")
            << "rsi(14)"
            << "The feature \"rsi\" has \"14\" between its parentheses; write parameter=value.";
        QTest::newRow("parenthesis")
            << "rsi(period=14"
            << "The feature \"rsi(period=14\" does not end with a closing parenthesis.";
        QTest::newRow("macd") << "macd(fast=30)"
                              << "The fast period of macd is 30; it must be shorter than the slow one, 26.";
        QTest::newRow("calendar") << "calendar(hour_of_day=false, day_of_week=false, month_of_year=false)"
                                  << "The feature \"calendar\" has all its terms switched off.";
        QTest::newRow("time frame")
            << "mtf(rule=5x)"
            << "\"5x\" is no time frame. Write a number from 1 to 10000 and a unit: s, "
               "min, h, d, w, month, quarter, year or rows, such as 4h.";
        QTest::newRow("feature of longer bars") << "mtf(feature=rsj)"
                                                << "There is no feature \"rsj\". The nearest is \"rsi\".";
        QTest::newRow("longer bars of longer bars") << "mtf(feature=\"mtf(rule=1d)\")"
                                                    << "The feature \"mtf\" does not stand within itself.";
        QTest::newRow("stft")
            << "stft(window=16, bins=9)"
            << "A window of 16 rows has 8 frequencies, but the feature \"stft\" is to give 9. "
               "Choose a longer window or fewer frequencies.";
        QTest::newRow("fourier") << "fourier(unit=rows)"
                                 << "The rows of \"small\" have time stamps: give the period of the feature "
                                    "\"fourier\" in minutes, hours, days, weeks or years.";
        QTest::newRow("column")
            << "atr"
            << "The feature \"atr\" needs the column \"high\", but the series \"small\" has only: close.";
        QTest::newRow("named column")
            << "sma(column=opne)"
            << "The feature \"sma\" needs the column \"opne\", but the series \"small\" has only: close.";
        QTest::newRow("twice") << "sma; sma(period=20)"
                               << "The feature sma(period=20, column=close) is listed twice.";
    }
    void refusalsNameWhatIsWrong()
    {
        QFETCH(QString, text);
        QFETCH(QString, message);
        QCOMPARE(refusal([&] { computeFeatures(series("1 2 3"), parseFeatures(text.toStdString())); }),
                 message.toStdString());
    }

    void calendarRefusesNumberedRows()
    {
        Series numbered = series("1 2 3");
        numbered.hasClock = false;
        QCOMPARE(refusal([&] { computeFeatures(numbered, parseFeatures("calendar")); }),
                 std::string("The feature \"calendar\" needs time stamps, but the rows of \"small\" are only "
                             "numbered. Leave the "
                             "feature out."));
    }
};

QTEST_APPLESS_MAIN(Features)
#include "tst_features.moc"
