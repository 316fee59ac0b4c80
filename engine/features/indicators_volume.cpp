// SPDX-License-Identifier: GPL-3.0-or-later
// What volume says about price.
#include "engine/features/indicators.h"

namespace fc {

namespace {

struct VolumeZScore : BarIndicator {
    VolumeZScore() : BarIndicator(20, 2) {}

    std::vector<std::string> outputs() const override { return {"volume_zscore"}; }
    int warmUp() const override { return period - 1; }
    std::vector<Values> compute(const Series& series) const override
    {
        return {rollingZScore(inputOf(series, "volume_zscore", "volume"), period, 0)};
    }
};

struct Obv : Feature {
    void describe(ParamVisitor&) {}
    std::vector<std::string> outputs() const override { return {"obv"}; }
    int warmUp() const override { return 0; }
    std::vector<Values> compute(const Series& series) const override
    {
        const Values& close = inputOf(series, "obv", "close");
        const Values& volume = inputOf(series, "obv", "volume");
        Values out(close.size(), missing);
        double total = 0;
        double before = missing;
        for (std::size_t t = 0; t < close.size(); ++t) {
            // A row without price or volume says nothing; the count goes on from the last one that does.
            if (std::isnan(close[t]) || std::isnan(volume[t]))
                continue;
            const int direction = std::isnan(before) ? 1 : (close[t] > before) - (close[t] < before);
            total += direction * volume[t];
            before = close[t];
            out[t] = total;
        }
        return {out};
    }
};

struct MoneyFlow : BarIndicator {
    MoneyFlow() : BarIndicator(20) {}

    std::vector<std::string> outputs() const override { return {"cmf"}; }
    int warmUp() const override { return period - 1; }
    std::vector<Values> compute(const Series& series) const override
    {
        const Values& high = inputOf(series, "cmf", "high");
        const Values& low = inputOf(series, "cmf", "low");
        const Values& close = inputOf(series, "cmf", "close");
        const Values& volume = inputOf(series, "cmf", "volume");
        Values flow(close.size(), missing);
        for (std::size_t t = 0; t < close.size(); ++t) {
            const double range = high[t] - low[t];
            const double place = range > 0 ? ((close[t] - low[t]) - (high[t] - close[t])) / range : 0.0;
            flow[t] = std::isnan(range + close[t]) ? missing : place * volume[t];
        }
        return {combine(rollingMean(flow, period), rollingMean(volume, period),
                        [](double moved, double all) { return all > 0 ? moved / all : 0.0; })};
    }
};

struct Mfi : BarIndicator {
    Mfi() : BarIndicator(14) {}

    std::vector<std::string> outputs() const override { return {"mfi"}; }
    int warmUp() const override { return period; }
    std::vector<Values> compute(const Series& series) const override
    {
        const Values price = typicalPrice(series, "mfi");
        const Values direction = combine(price, lagged(price, 1),
                                         [](double now, double then) { return (now > then) - (now < then); });
        const Values flow =
            combine(price, inputOf(series, "mfi", "volume"), [](double p, double v) { return p * v; });
        const Values in =
            combine(flow, direction, [](double money, double d) { return d > 0 ? money : 0.0; });
        const Values out =
            combine(flow, direction, [](double money, double d) { return d < 0 ? money : 0.0; });
        return {combine(rollingMean(in, period), rollingMean(out, period),
                        [](double i, double o) { return i + o > 0 ? 100.0 * i / (i + o) : 50.0; })};
    }
};

struct Vwap : BarIndicator {
    Vwap() : BarIndicator(20) {}

    std::vector<std::string> outputs() const override { return {"vwap"}; }
    int warmUp() const override { return period - 1; }
    std::vector<Values> compute(const Series& series) const override
    {
        const Values& volume = inputOf(series, "vwap", "volume");
        const Values turnover = combine(inputOf(series, "vwap", "close"), volume,
                                        [](double price, double traded) { return price * traded; });
        return {combine(rollingMean(turnover, period), rollingMean(volume, period),
                        [](double money, double traded) { return traded > 0 ? money / traded : missing; })};
    }
};

}  // namespace

std::vector<FeatureEntry> volumeFeatures()
{
    return {
        featureOf<VolumeZScore>(
            {.id = "volume_zscore",
             .label = TR("engine", "Volume z-score"),
             .help = TR("engine", "How unusual the volume is against the last rows."),
             .formula = "(V - sma(V)) / s, s the population standard deviation; 0 where s is 0",
             .source = "standard score of elementary statistics",
             .unit = "standard deviations"}),
        featureOf<Obv>({.id = "obv",
                        .label = TR("engine", "On-balance volume"),
                        .help = TR("engine", "Running sum of volume, added on rises and taken off on falls."),
                        .formula = "y[t] = y[t-1] + sign(C[t] - C[t-1]) V[t], y[0] = V[0]",
                        .source = "Granville, New Key to Stock Market Profits, 1963",
                        .unit = "volume"}),
        featureOf<MoneyFlow>(
            {.id = "cmf",
             .label = TR("engine", "Chaikin money flow"),
             .help = TR("engine", "Volume weighted by where in its range each row closed."),
             .formula = "sum(V ((C - L) - (H - C)) / (H - L)) / sum(V); a row without range counts 0",
             .source = "Achelis, Technical Analysis from A to Z, 2001",
             .unit = "-1..1"}),
        featureOf<Mfi>(
            {.id = "mfi",
             .label = TR("engine", "Money flow index"),
             .help = TR("engine", "Share of the money traded while the typical price rose."),
             .formula = "100 in / (in + out), sums of V (H + L + C) / 3 on rises and falls; 50 without any",
             .source = "Quong & Soudack, Technical Analysis of Stocks & Commodities 7, 1989",
             .unit = "0..100"}),
        featureOf<Vwap>({.id = "vwap",
                         .label = TR("engine", "Volume-weighted price"),
                         .help = TR("engine", "Average close of the last rows, weighted by volume."),
                         .formula = "sum(C V) / sum(V) over the last n rows",
                         .source = "Berkowitz, Logue & Noser, Journal of Finance 43, 1988",
                         .unit = "price"}),
    };
}

}  // namespace fc
