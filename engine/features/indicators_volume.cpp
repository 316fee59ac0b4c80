// SPDX-License-Identifier: GPL-3.0-or-later
// What volume says about price.
#include <functional>

#include "engine/features/indicators.h"

namespace fc {

namespace {

struct VolumeZScore : BarIndicator {
    WindowSums<2> window;

    VolumeZScore() : BarIndicator(20, 2) {}
    std::vector<std::string> inputs() const { return {"volume"}; }
    std::vector<std::string> outputs() const { return {"volume_zscore"}; }
    int warmUp() const { return period - 1; }
    void start() { window = WindowSums<2>(period); }
    double push(double x)
    {
        if (!window.push(x))
            return missing;
        const double deviation = window.deviation(0);
        return deviation > 0 ? (x - window.mean()) / deviation : 0.0;
    }
};

struct RelativeVolume : BarIndicator {
    WindowMean mean;

    RelativeVolume() : BarIndicator(20) {}
    std::vector<std::string> inputs() const { return {"volume"}; }
    std::vector<std::string> outputs() const { return {"relative_volume"}; }
    int warmUp() const { return period - 1; }
    void start() { mean = WindowMean(period); }
    double push(double x) { return shareOf(x, mean.next(x), 1.0); }
};

struct Obv : PlainIndicator {
    double total = 0;
    double before = missing;

    std::vector<std::string> inputs() const { return {"close", "volume"}; }
    std::vector<std::string> outputs() const { return {"obv"}; }
    void start() {}
    double push(const Row<2>& bar)
    {
        const auto [close, volume] = bar;
        // A row without price or volume says nothing; the count goes on from the last one that does.
        if (std::isnan(close + volume))
            return missing;
        const int direction = std::isnan(before) ? 1 : (close > before) - (close < before);
        total += direction * volume;
        before = close;
        return total;
    }
};

struct PriceVolumeTrend : PlainIndicator {
    double total = 0;
    double before = missing;

    std::vector<std::string> inputs() const { return {"close", "volume"}; }
    std::vector<std::string> outputs() const { return {"pvt"}; }
    void start() {}
    double push(const Row<2>& bar)
    {
        const auto [close, volume] = bar;
        if (std::isnan(close + volume))
            return missing;
        if (before != 0 && !std::isnan(before))
            total += volume * (close / before - 1.0);
        before = close;
        return total;
    }
};

/// Relative changes of the price on rows where the volume moves one way, chained to an index from 1000.
struct VolumeIndex : PlainIndicator {
    double level = 1000;
    double closeBefore = missing;
    double volumeBefore = missing;

    std::vector<std::string> inputs() const { return {"close", "volume"}; }
    void start() {}
    template <typename Counts>
    double advance(const Row<2>& bar, Counts counts)
    {
        const auto [close, volume] = bar;
        if (std::isnan(close + volume))
            return missing;
        if (counts(volume, volumeBefore) && closeBefore != 0)
            level *= close / closeBefore;
        closeBefore = close;
        volumeBefore = volume;
        return level;
    }
};

struct NegativeVolumeIndex : VolumeIndex {
    std::vector<std::string> outputs() const { return {"nvi"}; }
    double push(const Row<2>& bar) { return advance(bar, std::less<>()); }
};

struct PositiveVolumeIndex : VolumeIndex {
    std::vector<std::string> outputs() const { return {"pvi"}; }
    double push(const Row<2>& bar) { return advance(bar, std::greater<>()); }
};

/// Place of the close in the bar: -1 at the low, 1 at the high, 0 without range.
double closePlace(double high, double low, double close)
{
    return shareOf((close - low) - (high - close), high - low, 0.0);
}

struct ClosePlace : PlainIndicator {
    std::vector<std::string> inputs() const { return {"high", "low", "close"}; }
    std::vector<std::string> outputs() const { return {"clv"}; }
    void start() {}
    double push(const Row<3>& bar) { return closePlace(bar[0], bar[1], bar[2]); }
};

struct AccumulationLine : PlainIndicator {
    double total = 0;

    std::vector<std::string> inputs() const { return {"high", "low", "close", "volume"}; }
    std::vector<std::string> outputs() const { return {"chaikin_ad"}; }
    void start() {}
    double push(const Row<4>& bar)
    {
        const double flow = closePlace(bar[0], bar[1], bar[2]) * bar[3];
        if (std::isnan(flow))
            return missing;
        return total += flow;
    }
};

struct ChaikinOscillator {
    int fast = 3;
    int slow = 10;
    AccumulationLine line;
    Smooth fastMean;
    Smooth slowMean;

    void describe(ParamVisitor& v)
    {
        rowsField(v, fast, "fast", TR("engine", "Fast period"),
                  TR("engine", "Period of the fast exponential average."));
        rowsField(v, slow, "slow", TR("engine", "Slow period"),
                  TR("engine", "Period of the slow exponential average."));
    }
    std::vector<std::string> inputs() const { return line.inputs(); }
    std::vector<std::string> outputs() const { return {"chaikin_oscillator"}; }
    int warmUp() const { return std::max(fast, slow) - 1; }
    void start()
    {
        fastMean = exponentialMean(fast);
        slowMean = exponentialMean(slow);
    }
    double push(const Row<4>& bar)
    {
        const double total = line.push(bar);
        return fastMean.next(total) - slowMean.next(total);
    }
};

struct MoneyFlow : BarIndicator {
    WindowMean flow;
    WindowMean traded;

    MoneyFlow() : BarIndicator(20) {}
    std::vector<std::string> inputs() const { return {"high", "low", "close", "volume"}; }
    std::vector<std::string> outputs() const { return {"cmf"}; }
    int warmUp() const { return period - 1; }
    void start() { flow = traded = WindowMean(period); }
    double push(const Row<4>& bar)
    {
        const auto [high, low, close, volume] = bar;
        const double moved = flow.next(closePlace(high, low, close) * volume);
        return shareOf(moved, traded.next(volume), 0.0);
    }
};

struct Mfi : BarIndicator {
    std::string column = "typical_price";
    Previous before;
    WindowMean in;
    WindowMean out;

    Mfi() : BarIndicator(14) {}
    void describe(ParamVisitor& v)
    {
        BarIndicator::describe(v);
        columnField(v, column);
    }
    std::vector<std::string> inputs() const { return {column, "volume"}; }
    std::vector<std::string> outputs() const { return {"mfi"}; }
    int warmUp() const { return period; }
    void start() { in = out = WindowMean(period); }
    double push(const Row<2>& bar)
    {
        const double change = bar[0] - before.next(bar[0]);
        const double money = bar[0] * bar[1];
        const bool isKnown = !std::isnan(change + money);
        const double rise = in.next(!isKnown ? missing : change > 0 ? money : 0.0);
        const double fall = out.next(!isKnown ? missing : change < 0 ? money : 0.0);
        return shareOf(100.0 * rise, rise + fall, 50.0);
    }
};

struct ForceIndex : BarIndicator {
    Previous before;
    Smooth mean;

    ForceIndex() : BarIndicator(13) {}
    std::vector<std::string> inputs() const { return {"close", "volume"}; }
    std::vector<std::string> outputs() const { return {"force_index"}; }
    int warmUp() const { return period; }
    void start() { mean = exponentialMean(period); }
    double push(const Row<2>& bar) { return mean.next((bar[0] - before.next(bar[0])) * bar[1]); }
};

struct EaseOfMovement : BarIndicator {
    double unit = 1e6;
    Previous before;
    WindowMean mean;

    EaseOfMovement() : BarIndicator(14) {}
    void describe(ParamVisitor& v)
    {
        BarIndicator::describe(v);
        v.field(unit,
                {.id = "volume_unit",
                 .label = TR("engine", "Unit of volume"),
                 .help = TR("engine", "Volume is counted in these, so that the result has a handy size."),
                 .min = 1e-9,
                 .max = 1e12,
                 .logScale = true});
    }
    std::vector<std::string> inputs() const { return {"high", "low", "volume"}; }
    std::vector<std::string> outputs() const { return {"ease_of_movement"}; }
    int warmUp() const { return period; }
    void start() { mean = WindowMean(period); }
    double push(const Row<3>& bar)
    {
        const auto [high, low, volume] = bar;
        const double middle = (high + low) / 2.0;
        const double move = middle - before.next(middle);
        return mean.next(shareOf(move * (high - low) * unit, volume, 0.0));
    }
};

struct VwapDistance : BarIndicator {
    WindowMean money;
    WindowMean traded;

    VwapDistance() : BarIndicator(20) {}
    std::vector<std::string> inputs() const { return {"close", "volume"}; }
    std::vector<std::string> outputs() const { return {"vwap_distance"}; }
    int warmUp() const { return period - 1; }
    void start() { money = traded = WindowMean(period); }
    double push(const Row<2>& bar)
    {
        const double turnover = money.next(bar[0] * bar[1]);
        const double price = shareOf(turnover, traded.next(bar[1]), bar[0]);
        return price != 0 ? bar[0] / price - 1.0 : missing;
    }
};

struct Amihud : BarIndicator {
    Previous before;
    WindowMean mean;

    Amihud() : BarIndicator(20) {}
    std::vector<std::string> inputs() const { return {"close", "volume"}; }
    std::vector<std::string> outputs() const { return {"amihud"}; }
    int warmUp() const { return period; }
    void start() { mean = WindowMean(period); }
    double push(const Row<2>& bar)
    {
        const double last = before.next(bar[0]);
        const double change = last != 0 ? std::abs(bar[0] / last - 1.0) : missing;
        return mean.next(shareOf(1e6 * change, bar[0] * bar[1], 0.0));
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
        featureOf<RelativeVolume>({.id = "relative_volume",
                                   .label = TR("engine", "Relative volume"),
                                   .help = TR("engine", "Volume over the average of the last rows."),
                                   .formula = "V / sma(V), 1 without any volume",
                                   .source = "Achelis, Technical Analysis from A to Z, 2001",
                                   .unit = "ratio"}),
        featureOf<Obv>({.id = "obv",
                        .label = TR("engine", "On-balance volume"),
                        .help = TR("engine", "Running sum of volume, added on rises and taken off on falls."),
                        .formula = "y[t] = y[t-1] + sign(C[t] - C[t-1]) V[t], y[0] = V[0]",
                        .source = "Granville, New Key to Stock Market Profits, 1963",
                        .unit = "volume"}),
        featureOf<PriceVolumeTrend>({.id = "pvt",
                                     .label = TR("engine", "Price volume trend"),
                                     .help = TR("engine", "Running sum of volume times relative change."),
                                     .formula = "y[t] = y[t-1] + V[t] (C[t] / C[t-1] - 1), y[0] = 0",
                                     .source = "Achelis, Technical Analysis from A to Z, 2001",
                                     .unit = "volume"}),
        featureOf<NegativeVolumeIndex>(
            {.id = "nvi",
             .label = TR("engine", "Negative volume index"),
             .help = TR("engine", "Changes of the price on rows with less volume."),
             .formula = "y[t] = y[t-1] C[t] / C[t-1] where V[t] < V[t-1], from 1000",
             .source = "Fosback, Stock Market Logic, 1976",
             .unit = "index"}),
        featureOf<PositiveVolumeIndex>(
            {.id = "pvi",
             .label = TR("engine", "Positive volume index"),
             .help = TR("engine", "Changes of the price on rows with more volume."),
             .formula = "y[t] = y[t-1] C[t] / C[t-1] where V[t] > V[t-1], from 1000",
             .source = "Fosback, Stock Market Logic, 1976",
             .unit = "index"}),
        featureOf<ClosePlace>({.id = "clv",
                               .label = TR("engine", "Close location"),
                               .help = TR("engine", "Place of the close between the low and the high."),
                               .formula = "((C - L) - (H - C)) / (H - L), 0 without range",
                               .source = "Achelis, Technical Analysis from A to Z, 2001",
                               .unit = "-1..1"}),
        featureOf<AccumulationLine>(
            {.id = "chaikin_ad",
             .label = TR("engine", "Accumulation line"),
             .help = TR("engine", "Running sum of volume by where in its range each row closed."),
             .formula = "y[t] = y[t-1] + V ((C - L) - (H - C)) / (H - L); a row without range counts 0",
             .source = "Achelis, Technical Analysis from A to Z, 2001",
             .unit = "volume"}),
        featureOf<ChaikinOscillator>(
            {.id = "chaikin_oscillator",
             .label = TR("engine", "Chaikin oscillator"),
             .help = TR("engine", "Fast less slow average of the accumulation line."),
             .formula = "ema(chaikin_ad, 3) - ema(chaikin_ad, 10)",
             .source = "Achelis, Technical Analysis from A to Z, 2001",
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
             .help = TR("engine", "Share of the money traded while the price rose."),
             .formula = "100 in / (in + out), sums of V times price on rises and falls; 50 without any",
             .source = "Quong & Soudack, Technical Analysis of Stocks & Commodities 7, 1989",
             .unit = "0..100"}),
        featureOf<ForceIndex>({.id = "force_index",
                               .label = TR("engine", "Force index"),
                               .help = TR("engine", "Average of volume times the change of the close."),
                               .formula = "ema(V (C[t] - C[t-1]))",
                               .source = "Elder, Trading for a Living, 1993",
                               .unit = "price times volume"}),
        featureOf<EaseOfMovement>(
            {.id = "ease_of_movement",
             .label = TR("engine", "Ease of movement"),
             .help = TR("engine", "How far the middle of the bar moves with little volume."),
             .formula = "sma((m[t] - m[t-1]) (H - L) / (V / unit)), m = (H + L) / 2; 0 without volume",
             .source = "Arms, Volume Cycles in the Stock Market, 1983",
             .unit = "price squared over volume"}),
        featureOf<VwapDistance>({.id = "vwap_distance",
                                 .label = TR("engine", "Distance from the volume-weighted price"),
                                 .help = TR("engine", "Close over the volume-weighted price, less 1."),
                                 .formula = "C / (sum(C V) / sum(V)) - 1, 0 without volume",
                                 .source = "Berkowitz, Logue & Noser, Journal of Finance 43, 1988",
                                 .unit = "fraction"}),
        featureOf<Amihud>({.id = "amihud",
                           .label = TR("engine", "Illiquidity"),
                           .help = TR("engine", "How much the price moves for a million of turnover."),
                           .formula = "sma(1e6 |C[t] / C[t-1] - 1| / (C V)), 0 without turnover",
                           .source = "Amihud, Journal of Financial Markets 5, 2002",
                           .unit = "fraction per million"}),
    };
}

}  // namespace fc
