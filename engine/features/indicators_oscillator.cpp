// SPDX-License-Identifier: GPL-3.0-or-later
// Momentum of bars: where the close stands in the range of the last bars.
#include "engine/features/indicators.h"
#include "engine/features/sorted_window.h"

namespace fc {

namespace {

/// Highest high and lowest low of the last bars.
struct Range {
    WindowMax highest;
    WindowMin lowest;

    Range() = default;
    explicit Range(int n) : highest(n), lowest(n) {}
};

struct Stochastic : BarIndicator {
    int smooth = 3;
    Range range;
    WindowMean mean;

    Stochastic() : BarIndicator(14) {}
    void describe(ParamVisitor& v)
    {
        BarIndicator::describe(v);
        v.field(smooth, {.id = "smooth",
                         .label = TR("engine", "Smoothing"),
                         .help = TR("engine", "Period of the average that makes %D of %K."),
                         .min = 1,
                         .max = 10000,
                         .unit = "rows"});
    }
    std::vector<std::string> inputs() const { return {"high", "low", "close"}; }
    std::vector<std::string> outputs() const { return {"stochastic_k", "stochastic_d"}; }
    int warmUp() const { return period - 1 + smooth - 1; }
    void start()
    {
        range = Range(period);
        mean = WindowMean(smooth);
    }
    Row<2> push(const Row<3>& bar)
    {
        const auto [high, low, close] = bar;
        const double bottom = range.lowest.next(low);
        const double k = shareOf(close - bottom, range.highest.next(high) - bottom, 0.5);
        return {k, mean.next(k)};
    }
};

struct SlowStochastic : BarIndicator {
    int smoothK = 3;
    int smoothD = 3;
    int slow = 3;
    Range range;
    WindowMean height;
    WindowMean span;
    WindowMean mean;
    WindowMean slowMean;

    SlowStochastic() : BarIndicator(14) {}
    void describe(ParamVisitor& v)
    {
        BarIndicator::describe(v);
        rowsField(v, smoothK, "smooth_k", TR("engine", "Smoothing of %K"),
                  TR("engine", "Period of the averages whose ratio is %K."));
        rowsField(v, smoothD, "smooth_d", TR("engine", "Smoothing of %D"),
                  TR("engine", "Period of the average that makes %D of %K."));
        rowsField(v, slow, "slow", TR("engine", "Slow smoothing"),
                  TR("engine", "Period of the average of %D."));
    }
    std::vector<std::string> inputs() const { return {"high", "low", "close"}; }
    std::vector<std::string> outputs() const
    {
        return {"slow_stochastic_k", "slow_stochastic_d", "slow_stochastic_slow_d"};
    }
    int warmUp() const { return period - 1 + smoothK - 1 + smoothD - 1 + slow - 1; }
    void start()
    {
        range = Range(period);
        height = span = WindowMean(smoothK);
        mean = WindowMean(smoothD);
        slowMean = WindowMean(slow);
    }
    Row<3> push(const Row<3>& bar)
    {
        const auto [high, low, close] = bar;
        const double bottom = range.lowest.next(low);
        const double top = range.highest.next(high);
        const double part = height.next(close - bottom);
        const double k = shareOf(part, span.next(top - bottom), 0.5);
        const double d = mean.next(k);
        return {k, d, slowMean.next(d)};
    }
};

struct StochasticMomentum : BarIndicator {
    int slow = 25;
    int fast = 2;
    int signal = 9;
    std::string begin = "window";
    bool takesEarlyBars = false;
    Range range;
    std::array<Smooth, 2> distance;
    std::array<Smooth, 2> size;
    Smooth signalMean;

    StochasticMomentum() : BarIndicator(13) {}
    void describe(ParamVisitor& v)
    {
        BarIndicator::describe(v);
        rowsField(v, slow, "slow", TR("engine", "Slow period"),
                  TR("engine", "Period of the first exponential average."));
        rowsField(v, fast, "fast", TR("engine", "Fast period"),
                  TR("engine", "Period of the second exponential average."));
        rowsField(v, signal, "signal", TR("engine", "Signal period"),
                  TR("engine", "Period of the exponential average of the result."));
        v.field(begin, {.id = "start",
                        .label = TR("engine", "Start"),
                        .help = TR("engine",
                                   "window: when the first window is full. bar: at once, with the range of "
                                   "each bar alone until then, as the R package TTR."),
                        .choices = {"window", "bar"}});
    }
    std::vector<std::string> inputs() const { return {"high", "low", "close"}; }
    std::vector<std::string> outputs() const { return {"smi", "smi_signal"}; }
    int warmUp() const { return (begin == "bar" ? 0 : period - 1) + slow - 1 + fast - 1 + signal - 1; }
    void start()
    {
        takesEarlyBars = begin == "bar";
        range = Range(period);
        distance = size = {exponentialMean(slow), exponentialMean(fast)};
        signalMean = exponentialMean(signal);
    }
    Row<2> push(const Row<3>& bar)
    {
        const auto [high, low, close] = bar;
        double top = range.highest.next(high);
        double bottom = range.lowest.next(low);
        if (takesEarlyBars) {
            top = std::isnan(top) ? high : top;
            bottom = std::isnan(bottom) ? low : bottom;
        }
        const double away = distance[1].next(distance[0].next(close - (top + bottom) / 2.0));
        const double half = size[1].next(size[0].next(top - bottom)) / 2.0;
        const double index = shareOf(100.0 * away, half, 0.0);
        return {index, signalMean.next(index)};
    }
};

struct WilliamsR : BarIndicator {
    Range range;

    WilliamsR() : BarIndicator(14) {}
    std::vector<std::string> inputs() const { return {"high", "low", "close"}; }
    std::vector<std::string> outputs() const { return {"williams_r"}; }
    int warmUp() const { return period - 1; }
    void start() { range = Range(period); }
    double push(const Row<3>& bar)
    {
        const auto [high, low, close] = bar;
        const double top = range.highest.next(high);
        return shareOf(top - close, top - range.lowest.next(low), 0.5);
    }
};

struct Cci : BarIndicator {
    SortedWindow window;
    WindowMean mean;

    Cci() : BarIndicator(20, 2) {}
    std::vector<std::string> inputs() const { return {"typical_price"}; }
    std::vector<std::string> outputs() const { return {"cci"}; }
    int warmUp() const { return period - 1; }
    void start()
    {
        window = SortedWindow(period);
        mean = WindowMean(period);
    }
    double push(double price)
    {
        const double center = mean.next(price);
        if (!window.push(price))
            return missing;
        const double spread = window.sumOfDistances(center) / period;
        return spread > 0 ? (price - center) / (0.015 * spread) : 0.0;
    }
};

}  // namespace

std::vector<FeatureEntry> oscillatorFeatures()
{
    return {
        featureOf<Stochastic>(
            {.id = "stochastic",
             .label = TR("engine", "Stochastic oscillator"),
             .help = TR("engine", "Place of the close in the range of the last rows, and its average."),
             .formula = "K = (C - LL) / (HH - LL), 0.5 without range; D = sma(K)",
             .source = "Lane, Lane's Stochastics, 1984",
             .unit = "0..1"}),
        featureOf<SlowStochastic>(
            {.id = "slow_stochastic",
             .label = TR("engine", "Slow stochastic oscillator"),
             .help = TR("engine",
                        "Place of the close in the range of the last rows, with %K as a ratio of averages."),
             .formula = "K = sma(C - LL) / sma(HH - LL), 0.5 without range; D = sma(K); slow D = sma(D)",
             .source = "Lane, Lane's Stochastics, 1984",
             .unit = "0..1"}),
        featureOf<StochasticMomentum>(
            {.id = "smi",
             .label = TR("engine", "Stochastic momentum index"),
             .help = TR("engine", "Distance of the close from the middle of the range, smoothed twice."),
             .formula =
                 "100 e(C - (HH + LL) / 2) / (e(HH - LL) / 2), e = ema(ema(slow), fast); signal = ema(smi)",
             .source = "Blau, Technical Analysis of Stocks & Commodities 11, January 1993",
             .unit = "-100..100"}),
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
    };
}

}  // namespace fc
