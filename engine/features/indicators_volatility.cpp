// SPDX-License-Identifier: GPL-3.0-or-later
// How much a series moves, and how unusual a value is.
#include <numbers>

#include "engine/features/indicators.h"

namespace fc {

namespace {

struct Atr : BarIndicator {
    Atr() : BarIndicator(14) {}

    std::vector<std::string> outputs() const override { return {"atr"}; }
    int warmUp() const override { return period; }
    std::vector<Values> compute(const Series& series) const override
    {
        return {wilderMean(trueRange(series, "atr"), period)};
    }
};

void annualField(ParamVisitor& v, int& perYear)
{
    v.field(perYear,
            {.id = "per_year",
             .label = TR("engine", "Rows per year"),
             .help = TR("engine", "Scales the result to one year by the square root; 1 leaves it per row."),
             .min = 1,
             .max = 100000000});
}

struct Volatility : Feature {
    int period = 20;
    int perYear = 1;
    std::string column = "close";

    void describe(ParamVisitor& v)
    {
        periodField(v, period, 2);
        annualField(v, perYear);
        columnField(v, column);
    }
    std::vector<std::string> outputs() const override { return {"volatility"}; }
    int warmUp() const override { return period; }
    std::vector<Values> compute(const Series& series) const override
    {
        const Values& x = inputOf(series, "volatility", column);
        const Values returns = logRatio(x, lagged(x, 1));
        Values out = rollingDeviation(returns, period, 1);
        for (double& value : out)
            value *= std::sqrt(static_cast<double>(perYear));
        return {out};
    }
};

/// Estimators of volatility from the range within bars.
struct RangeVolatility : BarIndicator {
    int perYear = 1;

    RangeVolatility() : BarIndicator(20, 2) {}
    void describe(ParamVisitor& v)
    {
        BarIndicator::describe(v);
        annualField(v, perYear);
    }

protected:
    Values fromVariance(Values variance) const
    {
        for (double& value : variance)
            value = std::sqrt(perYear * value);
        return variance;
    }
};

struct Parkinson : RangeVolatility {
    std::vector<std::string> outputs() const override { return {"parkinson"}; }
    int warmUp() const override { return period - 1; }
    std::vector<Values> compute(const Series& series) const override
    {
        Values squares = logRatio(inputOf(series, "parkinson", "high"), inputOf(series, "parkinson", "low"));
        for (double& x : squares)
            x *= x / (4.0 * std::numbers::ln2);
        return {fromVariance(rollingMean(squares, period))};
    }
};

struct GarmanKlass : RangeVolatility {
    std::vector<std::string> outputs() const override { return {"garman_klass"}; }
    int warmUp() const override { return period - 1; }
    std::vector<Values> compute(const Series& series) const override
    {
        const Values range =
            logRatio(inputOf(series, "garman_klass", "high"), inputOf(series, "garman_klass", "low"));
        const Values body =
            logRatio(inputOf(series, "garman_klass", "close"), inputOf(series, "garman_klass", "open"));
        const Values variance = combine(range, body, [](double r, double b) {
            return 0.5 * r * r - (2.0 * std::numbers::ln2 - 1.0) * b * b;
        });
        return {fromVariance(rollingMean(variance, period))};
    }
};

/// ln(H/C) ln(H/O) + ln(L/C) ln(L/O) of each bar.
Values rogersSatchellTerms(const Series& series, std::string_view feature)
{
    const Values& open = inputOf(series, feature, "open");
    const Values& close = inputOf(series, feature, "close");
    const auto product = [](double x, double y) { return x * y; };
    const auto half = [&](const Values& end) {
        return combine(logRatio(end, close), logRatio(end, open), product);
    };
    return combine(half(inputOf(series, feature, "high")), half(inputOf(series, feature, "low")),
                   [](double x, double y) { return x + y; });
}

struct RogersSatchell : RangeVolatility {
    std::vector<std::string> outputs() const override { return {"rogers_satchell"}; }
    int warmUp() const override { return period - 1; }
    std::vector<Values> compute(const Series& series) const override
    {
        return {fromVariance(rollingMean(rogersSatchellTerms(series, "rogers_satchell"), period))};
    }
};

struct YangZhang : RangeVolatility {
    std::vector<std::string> outputs() const override { return {"yang_zhang"}; }
    int warmUp() const override { return period; }
    std::vector<Values> compute(const Series& series) const override
    {
        const Values& open = inputOf(series, "yang_zhang", "open");
        const Values& close = inputOf(series, "yang_zhang", "close");
        const double k = 0.34 / (1.34 + (period + 1.0) / (period - 1.0));
        const Values overnight = rollingDeviation(logRatio(open, lagged(close, 1)), period, 1);
        const Values daytime = rollingDeviation(logRatio(close, open), period, 1);
        const Values within = rollingMean(rogersSatchellTerms(series, "yang_zhang"), period);
        const Values jumps =
            combine(overnight, daytime, [k](double o, double d) { return o * o + k * d * d; });
        return {fromVariance(combine(jumps, within, [k](double j, double w) { return j + (1.0 - k) * w; }))};
    }
};

}  // namespace

std::vector<FeatureEntry> volatilityFeatures()
{
    return {
        featureOf<Atr>({.id = "atr",
                        .label = TR("engine", "Average true range"),
                        .help = TR("engine", "Average movement of a row, gaps to the row before included."),
                        .formula = "Wilder average of max(H, C[t-1]) - min(L, C[t-1])",
                        .source = "Wilder, New Concepts in Technical Trading Systems, 1978",
                        .unit = "price"}),
        featureOf<Volatility>(
            {.id = "volatility",
             .label = TR("engine", "Volatility"),
             .help = TR("engine", "Standard deviation of the last log returns."),
             .formula = "sqrt(N) sd(ln(x[i] / x[i-1]), i = t-n+1 .. t), divisor n - 1",
             .source = "Hull, Options, Futures and Other Derivatives, historical volatility",
             .unit = "fraction"}),
        featureOf<Parkinson>({.id = "parkinson",
                              .label = TR("engine", "Parkinson volatility"),
                              .help = TR("engine", "Volatility from the range between high and low."),
                              .formula = "sqrt(N mean(ln(H / L)^2) / (4 ln 2))",
                              .source = "Parkinson, Journal of Business 53, 1980",
                              .unit = "fraction"}),
        featureOf<GarmanKlass>(
            {.id = "garman_klass",
             .label = TR("engine", "Garman-Klass volatility"),
             .help = TR("engine", "Volatility from open, high, low and close of each bar."),
             .formula = "sqrt(N mean(ln(H / L)^2 / 2 - (2 ln 2 - 1) ln(C / O)^2))",
             .source = "Garman & Klass, Journal of Business 53, 1980",
             .unit = "fraction"}),
        featureOf<RogersSatchell>(
            {.id = "rogers_satchell",
             .label = TR("engine", "Rogers-Satchell volatility"),
             .help = TR("engine", "Volatility from the bars that a steady trend does not disturb."),
             .formula = "sqrt(N mean(ln(H / C) ln(H / O) + ln(L / C) ln(L / O)))",
             .source = "Rogers & Satchell, Annals of Applied Probability 1, 1991",
             .unit = "fraction"}),
        featureOf<YangZhang>(
            {.id = "yang_zhang",
             .label = TR("engine", "Yang-Zhang volatility"),
             .help = TR("engine", "Volatility from the bars and from the gaps between them."),
             .formula = "sqrt(N (var(ln(O / C[t-1])) + k var(ln(C / O)) + (1 - k) rogers_satchell^2)), "
                        "k = 0.34 / (1.34 + (n + 1) / (n - 1))",
             .source = "Yang & Zhang, Journal of Business 73, 2000",
             .unit = "fraction"}),
    };
}

}  // namespace fc
