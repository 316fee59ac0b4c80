// SPDX-License-Identifier: GPL-3.0-or-later
// Returns, differences and lags of one column.
#include "engine/features/indicators.h"
#include "engine/features/weighted_window.h"

namespace fc {

namespace {

/// What compares a value with the one `period` rows ago.
struct Change : ColumnIndicator {
    Delay before;

    Change() : ColumnIndicator(1) {}
    int warmUp() const { return period; }
    void start() { before = Delay(period); }
};

struct LogReturn : Change {
    std::vector<std::string> outputs() const { return {"log_return"}; }
    double push(double x) { return logRatio(x, before.next(x)); }
};

struct SimpleReturn : Change {
    std::vector<std::string> outputs() const { return {"simple_return"}; }
    double push(double x)
    {
        const double then = before.next(x);
        return then != 0 ? x / then - 1.0 : missing;
    }
};

struct Difference : Change {
    std::vector<std::string> outputs() const { return {"difference"}; }
    double push(double x) { return x - before.next(x); }
};

struct SeasonalDifference {
    int season = 24;
    int plain = 1;
    std::string column = "close";
    Delay seasonAgo;
    std::array<Previous, 2> before;

    void describe(ParamVisitor& v)
    {
        rowsField(v, season, "season", TR("engine", "Season"),
                  TR("engine", "Number of rows after which the pattern repeats."));
        v.field(plain, {.id = "plain",
                        .label = TR("engine", "Plain differences"),
                        .help = TR("engine", "How often the result is differenced once more, row by row."),
                        .min = 0,
                        .max = 2});
        columnField(v, column);
    }
    std::vector<std::string> inputs() const { return {column}; }
    std::vector<std::string> outputs() const { return {"seasonal_difference"}; }
    int warmUp() const { return season + plain; }
    void start() { seasonAgo = Delay(season); }
    double push(double x)
    {
        double value = x - seasonAgo.next(x);
        for (int i = 0; i < plain; ++i)
            value -= before[static_cast<std::size_t>(i)].next(value);
        return value;
    }
};

struct FractionalDifference {
    double order = 0.4;
    int taps = 64;
    std::string column = "close";
    WeightedWindow window;

    void describe(ParamVisitor& v)
    {
        v.field(order, {.id = "order",
                        .label = TR("engine", "Order"),
                        .help = TR("engine", "0 is the series itself, 1 the difference to the row before."),
                        .min = 0.01,
                        .max = 2});
        v.field(taps, {.id = "taps",
                       .label = TR("engine", "Taps"),
                       .help = TR("engine",
                                  "Weights kept; the time it takes grows with them. Those further back are "
                                  "taken as 0."),
                       .min = 2,
                       .max = 1000,
                       .unit = "rows",
                       .logScale = true});
        columnField(v, column);
    }
    std::vector<std::string> inputs() const { return {column}; }
    std::vector<std::string> outputs() const { return {"fractional_difference"}; }
    int warmUp() const { return taps - 1; }
    void start()
    {
        std::vector<double> weights(static_cast<std::size_t>(taps), 1.0);
        for (std::size_t k = 1; k < weights.size(); ++k)
            weights[k] = weights[k - 1] * (static_cast<double>(k) - 1.0 - order) / static_cast<double>(k);
        window = WeightedWindow(std::move(weights));
    }
    double push(double x) { return window.next(x); }
};

struct Lag {
    std::string column = "close";
    int steps = 1;
    Delay before;

    void describe(ParamVisitor& v)
    {
        columnField(v, column);
        rowsField(v, steps, "steps", TR("engine", "Steps"),
                  TR("engine", "How many rows back; 0 is the column itself."), 0);
    }
    std::vector<std::string> inputs() const { return {column}; }
    std::vector<std::string> outputs() const { return {"lag"}; }
    int warmUp() const { return steps; }
    void start() { before = Delay(steps); }
    double push(double x) { return before.next(x); }
};

struct LogValue {
    std::string column = "close";

    void describe(ParamVisitor& v) { columnField(v, column); }
    std::vector<std::string> inputs() const { return {column}; }
    std::vector<std::string> outputs() const { return {"log_value"}; }
    int warmUp() const { return 0; }
    void start() {}
    double push(double x) { return x > 0 ? std::log(x) : missing; }
};

struct Drawdown : ColumnIndicator {
    WindowMax highest;

    Drawdown() : ColumnIndicator(100) {}
    std::vector<std::string> outputs() const { return {"drawdown"}; }
    int warmUp() const { return period - 1; }
    void start() { highest = WindowMax(period); }
    double push(double x)
    {
        const double top = highest.next(x);
        return top != 0 ? x / top - 1.0 : missing;
    }
};

}  // namespace

std::vector<FeatureEntry> returnFeatures()
{
    return {
        featureOf<LogReturn>(
            {.id = "log_return",
             .label = TR("engine", "Log return"),
             .help = TR("engine", "Logarithm of the ratio to the value some rows ago."),
             .formula = "ln(x[t] / x[t-n])",
             .source = "Campbell, Lo & MacKinlay, The Econometrics of Financial Markets, 1997, 1.4.1",
             .unit = "fraction"}),
        featureOf<SimpleReturn>(
            {.id = "simple_return",
             .label = TR("engine", "Simple return"),
             .help = TR("engine", "Relative change from the value some rows ago."),
             .formula = "x[t] / x[t-n] - 1",
             .source = "Campbell, Lo & MacKinlay, The Econometrics of Financial Markets, 1997, 1.4.1",
             .unit = "fraction"}),
        featureOf<Difference>(
            {.id = "difference",
             .label = TR("engine", "Difference"),
             .help = TR("engine", "Change from the value some rows ago; also called momentum."),
             .formula = "x[t] - x[t-n]",
             .source = "Box & Jenkins, Time Series Analysis, 1970",
             .unit = "as the column"}),
        featureOf<SeasonalDifference>(
            {.id = "seasonal_difference",
             .label = TR("engine", "Seasonal difference"),
             .help = TR("engine", "Change from the same place of the season before, differenced once more."),
             .formula = "(1 - B)^k (1 - B^s) x[t], B x[t] = x[t-1]",
             .source = "Box & Jenkins, Time Series Analysis, 1970, chapter 9",
             .unit = "as the column"}),
        featureOf<FractionalDifference>(
            {.id = "fractional_difference",
             .label = TR("engine", "Fractional difference"),
             .help = TR("engine",
                        "Difference of a fractional order: takes off as much of the past as makes the series "
                        "stationary and keeps the rest of its memory."),
             .formula = "sum(w[k] x[t-k], k = 0 .. taps - 1), w[0] = 1, w[k] = w[k-1] (k - 1 - d) / k",
             .source = "Hosking, Biometrika 68, 1981",
             .unit = "as the column"}),
        featureOf<Lag>({.id = "lag",
                        .label = TR("engine", "Lag"),
                        .help = TR("engine", "A column as it was some rows ago."),
                        .formula = "x[t-k]",
                        .source = "Box & Jenkins, Time Series Analysis, 1970",
                        .unit = "as the column"}),
        featureOf<LogValue>({.id = "log_value",
                             .label = TR("engine", "Logarithm"),
                             .help = TR("engine", "Natural logarithm of a column."),
                             .formula = "ln(x[t])",
                             .source = "Box & Cox, Journal of the Royal Statistical Society B 26, 1964",
                             .unit = "logarithm"}),
        featureOf<Drawdown>({.id = "drawdown",
                             .label = TR("engine", "Drawdown"),
                             .help = TR("engine", "Distance below the highest value of the last rows."),
                             .formula = "x[t] / max(x[t-n+1 .. t]) - 1",
                             .source = "Magdon-Ismail & Atiya, Risk 17, October 2004",
                             .unit = "fraction"}),
    };
}

}  // namespace fc
