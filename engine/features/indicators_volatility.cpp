// SPDX-License-Identifier: GPL-3.0-or-later
// How much a series moves from row to row.
#include <numbers>

#include "engine/features/annual.h"
#include "engine/features/average.h"
#include "engine/features/indicators.h"

namespace fc {

namespace {

struct Atr : BarIndicator {
    std::string average = "wilder";
    TrueRange range;
    Average mean;

    Atr() : BarIndicator(14) {}
    void describe(ParamVisitor& v)
    {
        BarIndicator::describe(v);
        averageField(v, average);
    }
    std::vector<std::string> inputs() const { return {"high", "low", "close"}; }
    std::vector<std::string> outputs() const { return {"atr"}; }
    int warmUp() const { return 1 + Average::warmUp(average, period); }
    void start() { mean = Average(average, period); }
    double push(const Row<3>& bar) { return mean.next(range.next(bar[0], bar[1], bar[2])); }
};

struct NormalizedRange : BarIndicator {
    TrueRange range;
    Smooth mean;

    NormalizedRange() : BarIndicator(14) {}
    std::vector<std::string> inputs() const { return {"high", "low", "close"}; }
    std::vector<std::string> outputs() const { return {"natr"}; }
    int warmUp() const { return period; }
    void start() { mean = wilderMean(period); }
    double push(const Row<3>& bar)
    {
        const auto [high, low, close] = bar;
        const double size = mean.next(range.next(high, low, close));
        return close != 0 ? 100.0 * size / close : missing;
    }
};

struct TrueRangeOfRow : PlainIndicator {
    Previous before;

    std::vector<std::string> inputs() const { return {"high", "low", "close"}; }
    std::vector<std::string> outputs() const { return {"true_range", "true_high", "true_low"}; }
    int warmUp() const { return 1; }
    void start() {}
    Row<3> push(const Row<3>& bar)
    {
        const auto [high, low, close] = bar;
        const double last = before.next(close);
        if (std::isnan(last + high + low))
            return missing3;
        const double top = std::max(high, last);
        const double bottom = std::min(low, last);
        return {top - bottom, top, bottom};
    }
};

/// Estimators of volatility from the log returns of one column.
struct ReturnVolatility : ColumnIndicator {
    int perYear = 1;
    double scale = 1;
    Previous before;

    explicit ReturnVolatility(int defaultPeriod) : ColumnIndicator(defaultPeriod, 2) {}
    void describe(ParamVisitor& v)
    {
        periodField(v, period, 2);
        annualField(v, perYear);
        columnField(v, column);
    }
    int warmUp() const { return period; }
    double returnOf(double x) { return logRatio(x, before.next(x)); }
};

struct Volatility : ReturnVolatility {
    WindowSums<2> window;

    Volatility() : ReturnVolatility(20) {}
    std::vector<std::string> outputs() const { return {"volatility"}; }
    void start()
    {
        scale = std::sqrt(static_cast<double>(perYear));
        window = WindowSums<2>(period);
    }
    double push(double x) { return window.push(returnOf(x)) ? scale * window.deviation(1) : missing; }
};

struct RealizedVolatility : ReturnVolatility {
    WindowMean mean;

    RealizedVolatility() : ReturnVolatility(20) {}
    std::vector<std::string> outputs() const { return {"realized_volatility"}; }
    void start()
    {
        scale = std::sqrt(static_cast<double>(perYear));
        mean = WindowMean(period);
    }
    double push(double x)
    {
        const double change = returnOf(x);
        return scale * std::sqrt(std::max(mean.next(change * change), 0.0));
    }
};

struct DownsideVolatility : ReturnVolatility {
    WindowMean mean;

    DownsideVolatility() : ReturnVolatility(20) {}
    std::vector<std::string> outputs() const { return {"downside_volatility"}; }
    void start()
    {
        scale = std::sqrt(static_cast<double>(perYear));
        mean = WindowMean(period);
    }
    double push(double x)
    {
        const double change = returnOf(x);
        const double loss = change > 0 ? 0.0 : change;
        return scale * std::sqrt(std::max(mean.next(loss * loss), 0.0));
    }
};

struct BipowerVolatility : ReturnVolatility {
    Previous change;
    WindowMean mean;

    BipowerVolatility() : ReturnVolatility(20) {}
    std::vector<std::string> outputs() const { return {"bipower_volatility"}; }
    int warmUp() const { return period + 1; }
    void start()
    {
        scale = std::sqrt(static_cast<double>(perYear) * std::numbers::pi / 2.0);
        mean = WindowMean(period);
    }
    double push(double x)
    {
        const double size = std::abs(returnOf(x));
        return scale * std::sqrt(std::max(mean.next(size * change.next(size)), 0.0));
    }
};

struct EwmaVolatility {
    double decay = 0.94;
    int perYear = 1;
    std::string column = "close";
    double scale = 1;
    Previous before;
    Smooth mean;

    void describe(ParamVisitor& v)
    {
        v.field(decay, {.id = "decay",
                        .label = TR("engine", "Decay"),
                        .help = TR("engine", "Share that the average so far keeps with each row."),
                        .min = 0,
                        .max = 0.9999});
        annualField(v, perYear);
        columnField(v, column);
    }
    std::vector<std::string> inputs() const { return {column}; }
    std::vector<std::string> outputs() const { return {"ewma_volatility"}; }
    int warmUp() const { return 1; }
    void start()
    {
        scale = std::sqrt(static_cast<double>(perYear));
        mean = Smooth(1, 1.0 - decay);
    }
    double push(double x)
    {
        const double change = logRatio(x, before.next(x));
        return scale * std::sqrt(mean.next(change * change));
    }
};

}  // namespace

std::vector<FeatureEntry> volatilityFeatures()
{
    return {
        featureOf<Atr>({.id = "atr",
                        .label = TR("engine", "Average true range"),
                        .help = TR("engine", "Average movement of a row, gaps to the row before included."),
                        .formula = "average of max(H, C[t-1]) - min(L, C[t-1])",
                        .source = "Wilder, New Concepts in Technical Trading Systems, 1978",
                        .unit = "price"}),
        featureOf<NormalizedRange>(
            {.id = "natr",
             .label = TR("engine", "Normalized true range"),
             .help = TR("engine", "Average true range in percent of the close."),
             .formula = "100 atr / C",
             .source = "Forman, Technical Analysis of Stocks & Commodities 24, May 2006",
             .unit = "percent"}),
        featureOf<TrueRangeOfRow>(
            {.id = "true_range",
             .label = TR("engine", "True range"),
             .help = TR("engine", "Movement of a row, the gap to the row before included."),
             .formula = "max(H, C[t-1]) - min(L, C[t-1])",
             .source = "Wilder, New Concepts in Technical Trading Systems, 1978",
             .unit = "price"}),
        featureOf<Volatility>(
            {.id = "volatility",
             .label = TR("engine", "Volatility"),
             .help = TR("engine", "Standard deviation of the last log returns."),
             .formula = "sqrt(N) sd(ln(x[i] / x[i-1]), i = t-n+1 .. t), divisor n - 1",
             .source = "Hull, Options, Futures and Other Derivatives, historical volatility",
             .unit = "fraction"}),
        featureOf<RealizedVolatility>(
            {.id = "realized_volatility",
             .label = TR("engine", "Realized volatility"),
             .help = TR("engine", "Root of the mean squared log return: no mean is taken off."),
             .formula = "sqrt(N mean(r^2)), r = ln(x[i] / x[i-1])",
             .source = "Andersen, Bollerslev, Diebold & Labys, Econometrica 71, 2003",
             .unit = "fraction"}),
        featureOf<DownsideVolatility>(
            {.id = "downside_volatility",
             .label = TR("engine", "Downside volatility"),
             .help = TR("engine", "Root of the mean squared loss; gains count 0."),
             .formula = "sqrt(N mean(min(r, 0)^2)), r = ln(x[i] / x[i-1])",
             .source = "Sortino & van der Meer, Journal of Portfolio Management 17, 1991",
             .unit = "fraction"}),
        featureOf<BipowerVolatility>(
            {.id = "bipower_volatility",
             .label = TR("engine", "Bipower volatility"),
             .help = TR("engine", "Volatility from neighboring returns, which single jumps hardly move."),
             .formula = "sqrt(N pi / 2 mean(|r[i]| |r[i-1]|)), r = ln(x[i] / x[i-1])",
             .source = "Barndorff-Nielsen & Shephard, Journal of Financial Econometrics 2, 2004",
             .unit = "fraction"}),
        featureOf<EwmaVolatility>({.id = "ewma_volatility",
                                   .label = TR("engine", "Weighted volatility"),
                                   .help = TR("engine", "Volatility with weights that fall exponentially."),
                                   .formula = "sqrt(N v[t]), v[t] = d v[t-1] + (1 - d) ln(x[t] / x[t-1])^2",
                                   .source = "J.P. Morgan, RiskMetrics Technical Document, 1996",
                                   .unit = "fraction"}),
    };
}

}  // namespace fc
