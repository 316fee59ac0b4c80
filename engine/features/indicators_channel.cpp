// SPDX-License-Identifier: GPL-3.0-or-later
// Where a value stands among its neighbors: bands, channels, scores.
#include "engine/features/indicators.h"

namespace fc {

namespace {

struct Bollinger : Feature {
    int period = 20;
    double width = 2.0;
    std::string column = "close";

    void describe(ParamVisitor& v)
    {
        periodField(v, period, 2);
        v.field(width,
                {.id = "width",
                 .label = TR("engine", "Width"),
                 .help = TR("engine", "Distance of each band from the average, in standard deviations."),
                 .min = 0.1,
                 .max = 10});
        columnField(v, column);
    }
    std::vector<std::string> outputs() const override
    {
        return {"bollinger_middle", "bollinger_upper", "bollinger_lower", "bollinger_percent_b"};
    }
    int warmUp() const override { return period - 1; }
    std::vector<Values> compute(const Series& series) const override
    {
        const Values& x = inputOf(series, "bollinger", column);
        const Values middle = rollingMean(x, period);
        const Values deviation = rollingDeviation(x, period, 0);
        const Values upper = combine(middle, deviation, [this](double m, double d) { return m + width * d; });
        const Values lower = combine(middle, deviation, [this](double m, double d) { return m - width * d; });
        Values place(x.size(), missing);
        for (std::size_t t = 0; t < x.size(); ++t) {
            // Bands of width 0 leave no place to speak of: the middle.
            if (!std::isnan(middle[t]))
                place[t] = upper[t] > lower[t] ? (x[t] - lower[t]) / (upper[t] - lower[t]) : 0.5;
        }
        return {middle, upper, lower, place};
    }
};

struct Donchian : BarIndicator {
    Donchian() : BarIndicator(20) {}

    std::vector<std::string> outputs() const override
    {
        return {"donchian_high", "donchian_mid", "donchian_low"};
    }
    int warmUp() const override { return period - 1; }
    std::vector<Values> compute(const Series& series) const override
    {
        const Values high = rollingMax(inputOf(series, "donchian", "high"), period);
        const Values low = rollingMin(inputOf(series, "donchian", "low"), period);
        return {high, combine(high, low, [](double h, double l) { return (h + l) / 2.0; }), low};
    }
};

struct Keltner : BarIndicator {
    double width = 2.0;

    Keltner() : BarIndicator(20) {}
    void describe(ParamVisitor& v)
    {
        BarIndicator::describe(v);
        v.field(width,
                {.id = "width",
                 .label = TR("engine", "Width"),
                 .help = TR("engine", "Distance of each band from the average, in average true ranges."),
                 .min = 0.1,
                 .max = 10});
    }
    std::vector<std::string> outputs() const override
    {
        return {"keltner_middle", "keltner_upper", "keltner_lower"};
    }
    int warmUp() const override { return period; }
    std::vector<Values> compute(const Series& series) const override
    {
        const Values middle = exponentialMean(typicalPrice(series, "keltner"), period);
        const Values range = wilderMean(trueRange(series, "keltner"), period);
        return {middle, combine(middle, range, [this](double m, double r) { return m + width * r; }),
                combine(middle, range, [this](double m, double r) { return m - width * r; })};
    }
};

struct ZScore : ColumnIndicator {
    ZScore() : ColumnIndicator(20, 2) {}

    std::vector<std::string> outputs() const override { return {"zscore"}; }
    int warmUp() const override { return period - 1; }
    std::vector<Values> compute(const Series& series) const override
    {
        return {rollingZScore(inputOf(series, "zscore", column), period, 0)};
    }
};

}  // namespace

std::vector<FeatureEntry> channelFeatures()
{
    return {
        featureOf<Bollinger>({.id = "bollinger",
                              .label = TR("engine", "Bollinger bands"),
                              .help = TR("engine",
                                         "Moving average, bands some standard deviations away from it, and "
                                         "the place of the value between the bands."),
                              .formula =
                                  "m = sma(n); bands = m +- k s with s the population standard deviation; "
                                  "percent_b = (x - lower) / (upper - lower), 0.5 when the bands meet",
                              .source = "Bollinger, Bollinger on Bollinger Bands, 2001",
                              .unit = "as the column; percent_b: 0..1 inside"}),
        featureOf<Donchian>(
            {.id = "donchian",
             .label = TR("engine", "Donchian channel"),
             .help = TR("engine", "Highest high, lowest low and their middle, the current row included."),
             .formula = "max(H), (max(H) + min(L)) / 2, min(L) of the last n rows",
             .source = "Donchian, Financial Analysts Journal 16, 1960",
             .unit = "price"}),
        featureOf<Keltner>({.id = "keltner",
                            .label = TR("engine", "Keltner channel"),
                            .help = TR("engine",
                                       "Exponential average of the typical price and bands some average true "
                                       "ranges away from it."),
                            .formula = "m = ema((H + L + C) / 3); bands = m +- k atr",
                            .source = "Keltner, How to Make Money in Commodities, 1960",
                            .unit = "price"}),
        featureOf<ZScore>({.id = "zscore",
                           .label = TR("engine", "Rolling z-score"),
                           .help = TR("engine", "Distance from the moving average in standard deviations."),
                           .formula = "(x - sma(n)) / s, s the population standard deviation; 0 where s is 0",
                           .source = "standard score of elementary statistics",
                           .unit = "standard deviations"}),
    };
}

}  // namespace fc
