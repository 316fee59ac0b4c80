// SPDX-License-Identifier: GPL-3.0-or-later
// Momentum of one column: rises against falls, fast against slow.
#include "engine/features/average.h"
#include "engine/features/indicators.h"

namespace fc {

namespace {

/// Rises and falls from row to row, none below 0.
struct Moves {
    Previous before;

    Row<2> next(double x)
    {
        const double change = x - before.next(x);
        if (std::isnan(change))
            return missing2;
        return {std::max(change, 0.0), std::max(-change, 0.0)};
    }
};

struct Rsi : ColumnIndicator {
    std::string average = "wilder";
    Moves moves;
    Average up;
    Average down;

    Rsi() : ColumnIndicator(14) {}
    void describe(ParamVisitor& v)
    {
        ColumnIndicator::describe(v);
        averageField(v, average);
    }
    std::vector<std::string> outputs() const { return {"rsi"}; }
    int warmUp() const { return 1 + Average::warmUp(average, period); }
    void start() { up = down = Average(average, period); }
    double push(double x)
    {
        const auto [rise, fall] = moves.next(x);
        const double u = up.next(rise);
        return shareOf(100.0 * u, u + down.next(fall), 50.0);
    }
};

struct StochasticRsi : ColumnIndicator {
    int window = 14;
    Rsi rsi;
    WindowMax highest;
    WindowMin lowest;

    StochasticRsi() : ColumnIndicator(14) {}
    void describe(ParamVisitor& v)
    {
        ColumnIndicator::describe(v);
        rowsField(v, window, "window", TR("engine", "Window"),
                  TR("engine", "Number of values of the RSI whose range counts."));
    }
    std::vector<std::string> outputs() const { return {"stochastic_rsi"}; }
    int warmUp() const { return period + window - 1; }
    void start()
    {
        rsi.period = period;
        rsi.start();
        highest = WindowMax(window);
        lowest = WindowMin(window);
    }
    double push(double x)
    {
        const double strength = rsi.push(x);
        const double low = lowest.next(strength);
        return shareOf(strength - low, highest.next(strength) - low, 0.5);
    }
};

struct Cmo : ColumnIndicator {
    Moves moves;
    WindowMean up;
    WindowMean down;

    Cmo() : ColumnIndicator(14) {}
    std::vector<std::string> outputs() const { return {"cmo"}; }
    int warmUp() const { return period; }
    void start() { up = down = WindowMean(period); }
    double push(double x)
    {
        const auto [rise, fall] = moves.next(x);
        const double u = up.next(rise);
        const double d = down.next(fall);
        return shareOf(100.0 * (u - d), u + d, 0.0);
    }
};

struct PsychologicalLine : ColumnIndicator {
    Moves moves;
    WindowMean rises;

    PsychologicalLine() : ColumnIndicator(12) {}
    std::vector<std::string> outputs() const { return {"psychological_line"}; }
    int warmUp() const { return period; }
    void start() { rises = WindowMean(period); }
    double push(double x)
    {
        const double rise = moves.next(x)[0];
        return 100.0 * rises.next(std::isnan(rise) ? missing : rise > 0 ? 1.0 : 0.0);
    }
};

/// Change over some rows under the two names it has in technical analysis.
struct RateOfChange : ColumnIndicator {
    std::string type = "discrete";
    bool isContinuous = false;
    Delay before;

    RateOfChange() : ColumnIndicator(10) {}
    void describe(ParamVisitor& v)
    {
        ColumnIndicator::describe(v);
        v.field(type, {.id = "type",
                       .label = TR("engine", "Type"),
                       .help = TR("engine", "discrete: x / x[n] - 1. continuous: ln(x / x[n])."),
                       .choices = {"discrete", "continuous"}});
    }
    std::vector<std::string> outputs() const { return {"roc"}; }
    int warmUp() const { return period; }
    void start()
    {
        isContinuous = type == "continuous";
        before = Delay(period);
    }
    double push(double x)
    {
        const double then = before.next(x);
        if (isContinuous)
            return logRatio(x, then);
        return then != 0 ? x / then - 1.0 : missing;
    }
};

struct Momentum : ColumnIndicator {
    Delay before;

    Momentum() : ColumnIndicator(10) {}
    std::vector<std::string> outputs() const { return {"momentum"}; }
    int warmUp() const { return period; }
    void start() { before = Delay(period); }
    double push(double x) { return x - before.next(x); }
};

struct Macd {
    int fast = 12;
    int slow = 26;
    int signal = 9;
    bool percent = false;
    std::string column = "close";
    Smooth fastMean;
    Smooth slowMean;
    Smooth signalMean;

    void describe(ParamVisitor& v)
    {
        const auto rows = [&v](int& value, const char* id, const char* label, const char* help) {
            v.field(value, {.id = id, .label = label, .help = help, .min = 1, .max = 10000, .unit = "rows"});
        };
        rows(fast, "fast", TR("engine", "Fast period"),
             TR("engine", "Period of the fast exponential average."));
        rows(slow, "slow", TR("engine", "Slow period"),
             TR("engine", "Period of the slow exponential average."));
        rows(signal, "signal", TR("engine", "Signal period"),
             TR("engine", "Period of the exponential average of the difference."));
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
    std::vector<std::string> inputs() const { return {column}; }
    std::vector<std::string> outputs() const { return {"macd", "macd_signal", "macd_histogram"}; }
    int warmUp() const { return slow - 1 + signal - 1; }
    void start()
    {
        fastMean = exponentialMean(fast);
        slowMean = exponentialMean(slow);
        signalMean = exponentialMean(signal);
    }
    Row<3> push(double x)
    {
        const double quick = fastMean.next(x);
        const double calm = slowMean.next(x);
        const double line = !percent ? quick - calm : calm != 0 ? 100.0 * (quick / calm - 1.0) : missing;
        const double average = signalMean.next(line);
        return {line, average, line - average};
    }
};

}  // namespace

std::vector<FeatureEntry> momentumFeatures()
{
    return {
        featureOf<Rsi>(
            {.id = "rsi",
             .label = TR("engine", "RSI"),
             .help = TR("engine",
                        "Relative strength index: share of rises in the recent movement; above 70 "
                        "is often called overbought, below 30 oversold."),
             .formula = "100 u / (u + d), u and d averages of rises and falls; 50 without movement",
             .source = "Wilder, New Concepts in Technical Trading Systems, 1978; simple: Cutler",
             .unit = "0..100"}),
        featureOf<StochasticRsi>({.id = "stochastic_rsi",
                                  .label = TR("engine", "Stochastic RSI"),
                                  .help = TR("engine", "Place of the RSI in the range of its last values."),
                                  .formula = "(rsi - min(rsi)) / (max(rsi) - min(rsi)), 0.5 without range",
                                  .source = "Chande & Kroll, The New Technical Trader, 1994",
                                  .unit = "0..1"}),
        featureOf<Cmo>(
            {.id = "cmo",
             .label = TR("engine", "Chande momentum"),
             .help = TR("engine", "Balance of rises and falls over the last rows."),
             .formula = "100 (u - d) / (u + d), u and d sums of rises and falls; 0 without movement",
             .source = "Chande & Kroll, The New Technical Trader, 1994",
             .unit = "-100..100"}),
        featureOf<PsychologicalLine>({.id = "psychological_line",
                                      .label = TR("engine", "Psychological line"),
                                      .help = TR("engine", "Share of rows with a rise among the last rows."),
                                      .formula = "100 count(x[i] > x[i-1]) / n",
                                      .source = "Nippon Technical Analysts Association, 1989",
                                      .unit = "0..100"}),
        featureOf<RateOfChange>({.id = "roc",
                                 .label = TR("engine", "Rate of change"),
                                 .help = TR("engine", "Relative change over some rows."),
                                 .formula = "x[t] / x[t-n] - 1, or ln(x[t] / x[t-n])",
                                 .source = "Murphy, Technical Analysis of the Financial Markets, 1999",
                                 .unit = "fraction"}),
        featureOf<Momentum>({.id = "momentum",
                             .label = TR("engine", "Momentum"),
                             .help = TR("engine", "Change over some rows."),
                             .formula = "x[t] - x[t-n]",
                             .source = "Murphy, Technical Analysis of the Financial Markets, 1999",
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
