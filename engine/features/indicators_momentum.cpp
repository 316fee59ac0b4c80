// SPDX-License-Identifier: GPL-3.0-or-later
// Oscillators: where the value stands in its recent range, and how fast it got there.
#include <algorithm>

#include "engine/features/indicators.h"

namespace fc {

namespace {

Values rises(const Values& x)
{
    return combine(x, lagged(x, 1), [](double now, double then) { return std::max(now - then, 0.0); });
}

Values falls(const Values& x)
{
    return combine(x, lagged(x, 1), [](double now, double then) { return std::max(then - now, 0.0); });
}

struct Rsi : ColumnIndicator {
    Rsi() : ColumnIndicator(14) {}

    std::vector<std::string> outputs() const override { return {"rsi"}; }
    int warmUp() const override { return period; }
    std::vector<Values> compute(const Series& series) const override
    {
        const Values& x = inputOf(series, "rsi", column);
        return {combine(wilderMean(rises(x), period), wilderMean(falls(x), period),
                        [](double u, double d) { return u + d > 0 ? 100.0 * u / (u + d) : 50.0; })};
    }
};

struct Cmo : ColumnIndicator {
    Cmo() : ColumnIndicator(14) {}

    std::vector<std::string> outputs() const override { return {"cmo"}; }
    int warmUp() const override { return period; }
    std::vector<Values> compute(const Series& series) const override
    {
        const Values& x = inputOf(series, "cmo", column);
        return {combine(rollingMean(rises(x), period), rollingMean(falls(x), period),
                        [](double u, double d) { return u + d > 0 ? 100.0 * (u - d) / (u + d) : 0.0; })};
    }
};

struct Stochastic : Feature {
    int period = 14;
    int smooth = 3;

    void describe(ParamVisitor& v)
    {
        periodField(v, period);
        v.field(smooth, {.id = "smooth",
                         .label = TR("engine", "Smoothing"),
                         .help = TR("engine", "Period of the average that makes %D of %K."),
                         .min = 1,
                         .max = 10000,
                         .unit = "rows"});
    }
    std::vector<std::string> outputs() const override { return {"stochastic_k", "stochastic_d"}; }
    int warmUp() const override { return period - 1 + smooth - 1; }
    std::vector<Values> compute(const Series& series) const override
    {
        const Values highest = rollingMax(inputOf(series, "stochastic", "high"), period);
        const Values lowest = rollingMin(inputOf(series, "stochastic", "low"), period);
        const Values range = combine(highest, lowest, [](double h, double l) { return h - l; });
        const Values height = combine(inputOf(series, "stochastic", "close"), lowest,
                                      [](double close, double low) { return close - low; });
        const Values k = combine(height, range, [](double x, double r) { return r > 0 ? x / r : 0.5; });
        return {k, rollingMean(k, smooth)};
    }
};

struct WilliamsR : BarIndicator {
    WilliamsR() : BarIndicator(14) {}

    std::vector<std::string> outputs() const override { return {"williams_r"}; }
    int warmUp() const override { return period - 1; }
    std::vector<Values> compute(const Series& series) const override
    {
        const Values highest = rollingMax(inputOf(series, "williams_r", "high"), period);
        const Values lowest = rollingMin(inputOf(series, "williams_r", "low"), period);
        const Values range = combine(highest, lowest, [](double h, double l) { return h - l; });
        const Values depth = combine(highest, inputOf(series, "williams_r", "close"),
                                     [](double high, double close) { return high - close; });
        return {combine(depth, range, [](double x, double r) { return r > 0 ? x / r : 0.5; })};
    }
};

struct Cci : BarIndicator {
    Cci() : BarIndicator(20, 2) {}

    std::vector<std::string> outputs() const override { return {"cci"}; }
    int warmUp() const override { return period - 1; }
    std::vector<Values> compute(const Series& series) const override
    {
        const Values typical = typicalPrice(series, "cci");
        return {rolling(typical, period, [](std::span<const double> window) {
            const double mean = windowMean(window);
            double spread = 0;
            for (const double x : window)
                spread += std::abs(x - mean);
            spread /= static_cast<double>(window.size());
            return spread > 0 ? (window.back() - mean) / (0.015 * spread) : 0.0;
        })};
    }
};

/// Wilder's running sum: the first n - 1 values less one n-th, then s[t] = s[t-1] (n - 1) / n + x[t].
Values wilderSum(const Values& x, int n)
{
    const double keep = (n - 1.0) / n;
    Values out(x.size(), missing);
    int present = 0;
    double sum = 0;
    for (std::size_t t = 0; t < x.size(); ++t) {
        if (std::isnan(x[t])) {
            present = 0;
            sum = 0;
            continue;
        }
        ++present;
        sum = (present >= n ? sum * keep : sum) + x[t];
        if (present >= n)
            out[t] = sum;
    }
    return out;
}

struct Adx : BarIndicator {
    Adx() : BarIndicator(14, 2) {}

    std::vector<std::string> outputs() const override { return {"adx_plus_di", "adx_minus_di", "adx"}; }
    int warmUp() const override { return 2 * period - 1; }
    std::vector<Values> compute(const Series& series) const override
    {
        const Values& high = inputOf(series, "adx", "high");
        const Values& low = inputOf(series, "adx", "low");
        const auto rise = [](double now, double then) { return now - then; };
        const auto fall = [](double now, double then) { return then - now; };
        const Values up = combine(high, lagged(high, 1), rise);
        const Values down = combine(low, lagged(low, 1), fall);
        const auto wins = [](double mine, double other) { return mine > other && mine > 0 ? mine : 0.0; };
        const auto share = [](double part, double whole) { return whole > 0 ? 100.0 * part / whole : 0.0; };
        const Values range = wilderSum(trueRange(series, "adx"), period);
        const Values plus = combine(wilderSum(combine(up, down, wins), period), range, share);
        const Values minus = combine(wilderSum(combine(down, up, wins), period), range, share);
        const Values direction = combine(plus, minus, [](double p, double m) {
            return p + m > 0 ? 100.0 * std::abs(p - m) / (p + m) : 0.0;
        });
        return {plus, minus, wilderMean(direction, period)};
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
             .formula = "100 u / (u + d), u and d Wilder averages of rises and falls; 50 without movement",
             .source = "Wilder, New Concepts in Technical Trading Systems, 1978",
             .unit = "0..100"}),
        featureOf<Cmo>(
            {.id = "cmo",
             .label = TR("engine", "Chande momentum"),
             .help = TR("engine", "Balance of rises and falls over the last rows."),
             .formula = "100 (u - d) / (u + d), u and d sums of rises and falls; 0 without movement",
             .source = "Chande & Kroll, The New Technical Trader, 1994",
             .unit = "-100..100"}),
        featureOf<Stochastic>(
            {.id = "stochastic",
             .label = TR("engine", "Stochastic oscillator"),
             .help = TR("engine", "Place of the close in the range of the last rows, and its average."),
             .formula = "K = (C - LL) / (HH - LL), 0.5 without range; D = sma(K)",
             .source = "Lane, Lane's Stochastics, 1984",
             .unit = "0..1"}),
        featureOf<WilliamsR>(
            {.id = "williams_r",
             .label = TR("engine", "Williams %R"),
             .help = TR("engine", "Distance of the close from the highest high of the last rows."),
             .formula = "(HH - C) / (HH - LL), 0.5 without range",
             .source = "Williams, How I Made One Million Dollars, 1973",
             .unit = "0..1"}),
        featureOf<Cci>(
            {.id = "cci",
             .label = TR("engine", "Commodity channel index"),
             .help = TR("engine", "Distance of the typical price from its average in mean deviations."),
             .formula = "p = (H + L + C) / 3; (p - sma(p)) / (0.015 mean|p - sma(p)|); 0 without movement",
             .source = "Lambert, Commodities, October 1980",
             .unit = "about -300..300"}),
        featureOf<Adx>(
            {.id = "adx",
             .label = TR("engine", "Directional movement"),
             .help = TR("engine", "Strength of upward and downward movement and of the trend as such."),
             .formula = "DI = 100 sum(DM) / sum(TR), Wilder sums; adx = Wilder average of "
                        "100 |DI+ - DI-| / (DI+ + DI-)",
             .source = "Wilder, New Concepts in Technical Trading Systems, 1978",
             .unit = "0..100"}),
    };
}

}  // namespace fc
