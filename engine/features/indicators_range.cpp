// SPDX-License-Identifier: GPL-3.0-or-later
// How much bars move within themselves.
#include <numbers>

#include "engine/features/annual.h"
#include "engine/features/indicators.h"

namespace fc {

namespace {

/// Estimators of volatility from the range within bars.
struct RangeVolatility : BarIndicator {
    int perYear = 1;
    WindowMean mean;

    RangeVolatility() : BarIndicator(20, 2) {}
    void describe(ParamVisitor& v)
    {
        BarIndicator::describe(v);
        annualField(v, perYear);
    }
    std::vector<std::string> inputs() const { return {"open", "high", "low", "close"}; }
    int warmUp() const { return period - 1; }
    void start() { mean = WindowMean(period); }
    /// Of one row, from a variance.
    double scaled(double variance) const { return std::sqrt(perYear * variance); }
};

struct Parkinson : RangeVolatility {
    std::vector<std::string> inputs() const { return {"high", "low"}; }
    std::vector<std::string> outputs() const { return {"parkinson"}; }
    double push(const Row<2>& bar)
    {
        const double range = logRatio(bar[0], bar[1]);
        return scaled(mean.next(range * range / (4.0 * std::numbers::ln2)));
    }
};

double garmanKlassTerm(const Row<4>& bar)
{
    const auto [open, high, low, close] = bar;
    const double range = logRatio(high, low);
    const double body = logRatio(close, open);
    return 0.5 * range * range - (2.0 * std::numbers::ln2 - 1.0) * body * body;
}

struct GarmanKlass : RangeVolatility {
    std::vector<std::string> outputs() const { return {"garman_klass"}; }
    double push(const Row<4>& bar) { return scaled(mean.next(garmanKlassTerm(bar))); }
};

struct GarmanKlassGaps : RangeVolatility {
    Previous before;

    std::vector<std::string> outputs() const { return {"gk_yang_zhang"}; }
    int warmUp() const { return period; }
    double push(const Row<4>& bar)
    {
        const double gap = logRatio(bar[0], before.next(bar[3]));
        return scaled(mean.next(gap * gap + garmanKlassTerm(bar)));
    }
};

/// ln(H/C) ln(H/O) + ln(L/C) ln(L/O).
double rogersSatchellTerm(const Row<4>& bar)
{
    const auto [open, high, low, close] = bar;
    return logRatio(high, close) * logRatio(high, open) + logRatio(low, close) * logRatio(low, open);
}

struct RogersSatchell : RangeVolatility {
    std::vector<std::string> outputs() const { return {"rogers_satchell"}; }
    double push(const Row<4>& bar) { return scaled(mean.next(rogersSatchellTerm(bar))); }
};

struct YangZhang : RangeVolatility {
    double k = 0;
    Previous before;
    WindowSums<2> overnight;
    WindowSums<2> daytime;

    std::vector<std::string> outputs() const { return {"yang_zhang"}; }
    int warmUp() const { return period; }
    void start()
    {
        RangeVolatility::start();
        k = 0.34 / (1.34 + (period + 1.0) / (period - 1.0));
        overnight = daytime = WindowSums<2>(period);
    }
    double push(const Row<4>& bar)
    {
        const bool hasGaps = overnight.push(logRatio(bar[0], before.next(bar[3])));
        const bool hasBodies = daytime.push(logRatio(bar[3], bar[0]));
        const double within = mean.next(rogersSatchellTerm(bar));
        if (!hasGaps || !hasBodies)
            return missing;
        return scaled(overnight.variance(1) + k * daytime.variance(1) + (1.0 - k) * within);
    }
};

struct ChaikinVolatility : BarIndicator {
    Smooth mean;
    Delay before;

    ChaikinVolatility() : BarIndicator(10) {}
    std::vector<std::string> inputs() const { return {"high", "low"}; }
    std::vector<std::string> outputs() const { return {"chaikin_volatility"}; }
    int warmUp() const { return period - 1 + period; }
    void start()
    {
        mean = exponentialMean(period);
        before = Delay(period);
    }
    double push(const Row<2>& bar)
    {
        const double range = mean.next(bar[0] - bar[1]);
        const double then = before.next(range);
        return then != 0 ? range / then - 1.0 : missing;
    }
};

struct UlcerIndex : ColumnIndicator {
    WindowMax highest;
    WindowMean mean;

    UlcerIndex() : ColumnIndicator(14) {}
    std::vector<std::string> outputs() const { return {"ulcer_index"}; }
    int warmUp() const { return 2 * (period - 1); }
    void start()
    {
        highest = WindowMax(period);
        mean = WindowMean(period);
    }
    double push(double x)
    {
        const double top = highest.next(x);
        const double loss = top != 0 ? 100.0 * (x / top - 1.0) : missing;
        return std::sqrt(std::max(mean.next(loss * loss), 0.0));
    }
};

struct Choppiness : BarIndicator {
    TrueRange range;
    WindowMean sum;
    WindowMax highest;
    WindowMin lowest;

    Choppiness() : BarIndicator(14, 2) {}
    std::vector<std::string> inputs() const { return {"high", "low", "close"}; }
    std::vector<std::string> outputs() const { return {"choppiness"}; }
    int warmUp() const { return period; }
    void start()
    {
        sum = WindowMean(period);
        highest = WindowMax(period);
        lowest = WindowMin(period);
    }
    double push(const Row<3>& bar)
    {
        const auto [high, low, close] = bar;
        const double way = sum.next(range.next(high, low, close)) * period;
        const double span = highest.next(high) - lowest.next(low);
        if (std::isnan(way + span))
            return missing;
        return span > 0 ? 100.0 * std::log(way / span) / std::log(static_cast<double>(period)) : 100.0;
    }
};

struct MassIndex : BarIndicator {
    int smooth = 9;
    Smooth once;
    Smooth twice;
    WindowMean mean;

    MassIndex() : BarIndicator(25) {}
    void describe(ParamVisitor& v)
    {
        BarIndicator::describe(v);
        rowsField(v, smooth, "smooth", TR("engine", "Smoothing"),
                  TR("engine", "Period of the exponential averages of the range."));
    }
    std::vector<std::string> inputs() const { return {"high", "low"}; }
    std::vector<std::string> outputs() const { return {"mass_index"}; }
    int warmUp() const { return 2 * (smooth - 1) + period - 1; }
    void start()
    {
        once = twice = exponentialMean(smooth);
        mean = WindowMean(period);
    }
    double push(const Row<2>& bar)
    {
        const double range = once.next(bar[0] - bar[1]);
        return period * mean.next(shareOf(range, twice.next(range), 1.0));
    }
};

}  // namespace

std::vector<FeatureEntry> rangeFeatures()
{
    return {
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
        featureOf<GarmanKlassGaps>(
            {.id = "gk_yang_zhang",
             .label = TR("engine", "Garman-Klass volatility with gaps"),
             .help = TR("engine", "Garman-Klass volatility and the gaps between the bars."),
             .formula = "sqrt(N mean(ln(O / C[t-1])^2 + ln(H / L)^2 / 2 - (2 ln 2 - 1) ln(C / O)^2))",
             .source = "Yang & Zhang, Journal of Business 73, 2000",
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
        featureOf<ChaikinVolatility>({.id = "chaikin_volatility",
                                      .label = TR("engine", "Chaikin volatility"),
                                      .help = TR("engine", "Relative change of the average range of bars."),
                                      .formula = "y[t] / y[t-n] - 1, y = ema(H - L, n)",
                                      .source = "Achelis, Technical Analysis from A to Z, 2001",
                                      .unit = "fraction"}),
        featureOf<UlcerIndex>({.id = "ulcer_index",
                               .label = TR("engine", "Ulcer index"),
                               .help = TR("engine", "How deep and how long values lay below their high."),
                               .formula = "sqrt(mean(d^2)), d = 100 (x / max(x of n rows) - 1)",
                               .source = "Martin & McCann, The Investor's Guide to Fidelity Funds, 1989",
                               .unit = "percent"}),
        featureOf<Choppiness>(
            {.id = "choppiness",
             .label = TR("engine", "Choppiness index"),
             .help = TR("engine", "Way of the bars over their range: high without a trend."),
             .formula = "100 ln(sum(TR) / (max(H) - min(L))) / ln(n), 100 without range",
             .source = "Dreiss, Futures Magazine, October 1993",
             .unit = "0..100"}),
        featureOf<MassIndex>({.id = "mass_index",
                              .label = TR("engine", "Mass index"),
                              .help = TR("engine", "Sum of how much the range of bars widens."),
                              .formula = "sum(ema(H - L) / ema(ema(H - L))) over n rows",
                              .source = "Dorsey, Technical Analysis of Stocks & Commodities 10, June 1992",
                              .unit = "about the period"}),
    };
}

}  // namespace fc
