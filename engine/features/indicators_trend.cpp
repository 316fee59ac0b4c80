// SPDX-License-Identifier: GPL-3.0-or-later
// Moving averages and what is made of them.
#include "engine/features/indicators.h"

namespace fc {

namespace {

Values weightedMean(const Values& x, int n)
{
    return rolling(x, n, [](std::span<const double> window) {
        double sum = 0;
        for (std::size_t i = 0; i < window.size(); ++i)
            sum += static_cast<double>(i + 1) * window[i];
        const auto size = static_cast<double>(window.size());
        return sum / (size * (size + 1.0) / 2.0);
    });
}

struct Sma : ColumnIndicator {
    Sma() : ColumnIndicator(20) {}

    std::vector<std::string> outputs() const override { return {"sma"}; }
    int warmUp() const override { return period - 1; }
    std::vector<Values> compute(const Series& series) const override
    {
        return {rollingMean(inputOf(series, "sma", column), period)};
    }
};

struct Ema : ColumnIndicator {
    Ema() : ColumnIndicator(20) {}

    std::vector<std::string> outputs() const override { return {"ema"}; }
    int warmUp() const override { return period - 1; }
    std::vector<Values> compute(const Series& series) const override
    {
        return {exponentialMean(inputOf(series, "ema", column), period)};
    }
};

struct Dema : ColumnIndicator {
    Dema() : ColumnIndicator(20) {}

    std::vector<std::string> outputs() const override { return {"dema"}; }
    int warmUp() const override { return 2 * (period - 1); }
    std::vector<Values> compute(const Series& series) const override
    {
        const Values once = exponentialMean(inputOf(series, "dema", column), period);
        const Values twice = exponentialMean(once, period);
        return {combine(once, twice, [](double x, double y) { return 2.0 * x - y; })};
    }
};

struct Tema : ColumnIndicator {
    Tema() : ColumnIndicator(20) {}

    std::vector<std::string> outputs() const override { return {"tema"}; }
    int warmUp() const override { return 3 * (period - 1); }
    std::vector<Values> compute(const Series& series) const override
    {
        const Values once = exponentialMean(inputOf(series, "tema", column), period);
        const Values twice = exponentialMean(once, period);
        const Values difference = combine(once, twice, [](double x, double y) { return x - y; });
        return {combine(difference, exponentialMean(twice, period),
                        [](double x, double y) { return 3.0 * x + y; })};
    }
};

struct Wma : ColumnIndicator {
    Wma() : ColumnIndicator(20) {}

    std::vector<std::string> outputs() const override { return {"wma"}; }
    int warmUp() const override { return period - 1; }
    std::vector<Values> compute(const Series& series) const override
    {
        return {weightedMean(inputOf(series, "wma", column), period)};
    }
};

struct Hma : ColumnIndicator {
    Hma() : ColumnIndicator(20, 4) {}

    std::vector<std::string> outputs() const override { return {"hma"}; }
    int warmUp() const override { return period - 1 + root() - 1; }
    std::vector<Values> compute(const Series& series) const override
    {
        const Values& x = inputOf(series, "hma", column);
        const auto ahead = [](double fast, double slow) { return 2.0 * fast - slow; };
        return {weightedMean(combine(weightedMean(x, period / 2), weightedMean(x, period), ahead), root())};
    }

private:
    int root() const { return static_cast<int>(std::sqrt(period)); }
};

struct Macd : Feature {
    int fast = 12;
    int slow = 26;
    int signal = 9;
    bool percent = false;
    std::string column = "close";

    void describe(ParamVisitor& v)
    {
        v.field(fast, {.id = "fast",
                       .label = TR("engine", "Fast period"),
                       .help = TR("engine", "Period of the fast exponential average."),
                       .min = 1,
                       .max = 10000,
                       .unit = "rows"});
        v.field(slow, {.id = "slow",
                       .label = TR("engine", "Slow period"),
                       .help = TR("engine", "Period of the slow exponential average."),
                       .min = 1,
                       .max = 10000,
                       .unit = "rows"});
        v.field(signal, {.id = "signal",
                         .label = TR("engine", "Signal period"),
                         .help = TR("engine", "Period of the exponential average of the difference."),
                         .min = 1,
                         .max = 10000,
                         .unit = "rows"});
        v.field(percent, {.id = "percent",
                          .label = TR("engine", "In percent"),
                          .help = TR("engine", "Give the difference in percent of the slow average.")});
        columnField(v, column);
    }
    void check() const
    {
        if (fast >= slow) {
            throw UsageError(
                Message(TR("engine",
                           "The fast period of macd is %1; it must be shorter than the slow one, "
                           "%2."),
                        fast, slow));
        }
    }
    std::vector<std::string> outputs() const override { return {"macd", "macd_signal", "macd_histogram"}; }
    int warmUp() const override { return slow - 1 + signal - 1; }
    std::vector<Values> compute(const Series& series) const override
    {
        const Values& x = inputOf(series, "macd", column);
        const Values line =
            combine(exponentialMean(x, fast), exponentialMean(x, slow), [this](double f, double s) {
                if (!percent)
                    return f - s;
                return s != 0 ? 100.0 * (f / s - 1.0) : missing;
            });
        const Values average = exponentialMean(line, signal);
        const auto difference = [](double m, double s) { return m - s; };
        return {line, average, combine(line, average, difference)};
    }
};

}  // namespace

std::vector<FeatureEntry> trendFeatures()
{
    return {
        featureOf<Sma>({.id = "sma",
                        .label = TR("engine", "Moving average"),
                        .help = TR("engine", "Simple moving average."),
                        .formula = "mean(x[t-n+1 .. t])",
                        .source = "Murphy, Technical Analysis of the Financial Markets, 1999, chapter 9",
                        .unit = "as the column"}),
        featureOf<Ema>(
            {.id = "ema",
             .label = TR("engine", "Exponential average"),
             .help = TR("engine", "Exponential moving average, started with the mean of the first rows."),
             .formula = "y[t] = a x[t] + (1 - a) y[t-1], a = 2 / (n + 1), y[n-1] = mean of the first n",
             .source = "Murphy, Technical Analysis of the Financial Markets, 1999, chapter 9",
             .unit = "as the column"}),
        featureOf<Dema>({.id = "dema",
                         .label = TR("engine", "Double exponential average"),
                         .help = TR("engine", "Exponential average with less delay."),
                         .formula = "2 ema(x) - ema(ema(x))",
                         .source = "Mulloy, Technical Analysis of Stocks & Commodities 12, January 1994",
                         .unit = "as the column"}),
        featureOf<Tema>({.id = "tema",
                         .label = TR("engine", "Triple exponential average"),
                         .help = TR("engine", "Exponential average with hardly any delay."),
                         .formula = "3 ema(x) - 3 ema(ema(x)) + ema(ema(ema(x)))",
                         .source = "Mulloy, Technical Analysis of Stocks & Commodities 12, February 1994",
                         .unit = "as the column"}),
        featureOf<Wma>(
            {.id = "wma",
             .label = TR("engine", "Weighted average"),
             .help = TR("engine", "Moving average with weights that grow linearly towards the present."),
             .formula = "sum(i x[t-n+i], i = 1 .. n) / (n (n + 1) / 2)",
             .source = "Murphy, Technical Analysis of the Financial Markets, 1999, chapter 9",
             .unit = "as the column"}),
        featureOf<Hma>({.id = "hma",
                        .label = TR("engine", "Hull average"),
                        .help = TR("engine", "Weighted average that is smooth and follows quickly."),
                        .formula = "wma(2 wma(x, n / 2) - wma(x, n), sqrt(n)), both rounded down",
                        .source = "Hull, How to reduce lag in a moving average, 2005",
                        .unit = "as the column"}),
        featureOf<Macd>(
            {.id = "macd",
             .label = TR("engine", "MACD"),
             .help = TR("engine",
                        "Difference of a fast and a slow exponential average, its signal line "
                        "and the distance between the two."),
             .formula = "macd = ema(fast) - ema(slow); signal = ema(macd); histogram = macd - signal",
             .source = "Appel, The Moving Average Convergence-Divergence Trading Method, 1979",
             .unit = "as the column"}),
    };
}

}  // namespace fc
