// SPDX-License-Identifier: GPL-3.0-or-later
// Returns, differences and lags of one column.
#include "engine/features/indicators.h"

namespace fc {

namespace {

struct LogReturn : ColumnIndicator {
    LogReturn() : ColumnIndicator(1) {}

    std::vector<std::string> outputs() const override { return {"log_return"}; }
    int warmUp() const override { return period; }
    std::vector<Values> compute(const Series& series) const override
    {
        const Values& x = inputOf(series, "log_return", column);
        return {logRatio(x, lagged(x, period))};
    }
};

struct SimpleReturn : ColumnIndicator {
    SimpleReturn() : ColumnIndicator(1) {}

    std::vector<std::string> outputs() const override { return {"simple_return"}; }
    int warmUp() const override { return period; }
    std::vector<Values> compute(const Series& series) const override
    {
        const Values& x = inputOf(series, "simple_return", column);
        return {combine(x, lagged(x, period),
                        [](double now, double then) { return then != 0 ? now / then - 1.0 : missing; })};
    }
};

struct Difference : ColumnIndicator {
    Difference() : ColumnIndicator(1) {}

    std::vector<std::string> outputs() const override { return {"difference"}; }
    int warmUp() const override { return period; }
    std::vector<Values> compute(const Series& series) const override
    {
        const Values& x = inputOf(series, "difference", column);
        return {combine(x, lagged(x, period), [](double now, double then) { return now - then; })};
    }
};

struct Lag : Feature {
    std::string column = "close";
    int steps = 1;

    void describe(ParamVisitor& v)
    {
        columnField(v, column);
        v.field(steps, {.id = "steps",
                        .label = TR("engine", "Steps"),
                        .help = TR("engine", "How many rows back; 0 is the column itself."),
                        .min = 0,
                        .max = 10000,
                        .unit = "rows"});
    }
    std::vector<std::string> outputs() const override { return {"lag"}; }
    int warmUp() const override { return steps; }
    std::vector<Values> compute(const Series& series) const override
    {
        return {lagged(inputOf(series, "lag", column), steps)};
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
        featureOf<Lag>({.id = "lag",
                        .label = TR("engine", "Lag"),
                        .help = TR("engine", "A column as it was some rows ago."),
                        .formula = "x[t-k]",
                        .source = "Box & Jenkins, Time Series Analysis, 1970",
                        .unit = "as the column"}),
    };
}

}  // namespace fc
