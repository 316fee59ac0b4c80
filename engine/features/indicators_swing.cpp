// SPDX-License-Identifier: GPL-3.0-or-later
// Momentum of one column over several spans at once, and how straight its way is.
#include "engine/features/indicators.h"

namespace fc {

namespace {

struct Trix : ColumnIndicator {
    int signal = 9;
    std::array<Smooth, 3> means;
    Smooth signalMean;
    Previous before;

    Trix() : ColumnIndicator(15) {}
    void describe(ParamVisitor& v)
    {
        ColumnIndicator::describe(v);
        rowsField(v, signal, "signal", TR("engine", "Signal period"),
                  TR("engine", "Period of the exponential average of the result."));
    }
    std::vector<std::string> outputs() const { return {"trix", "trix_signal"}; }
    int warmUp() const { return 3 * (period - 1) + 1 + signal - 1; }
    void start()
    {
        means.fill(exponentialMean(period));
        signalMean = exponentialMean(signal);
    }
    Row<2> push(double x)
    {
        for (Smooth& mean : means)
            x = mean.next(x);
        const double last = before.next(x);
        const double change = last != 0 ? 100.0 * (x / last - 1.0) : missing;
        return {change, signalMean.next(change)};
    }
};

struct TrueStrength {
    int slow = 25;
    int fast = 13;
    int signal = 7;
    std::string column = "close";
    Previous before;
    std::array<Smooth, 2> change;
    std::array<Smooth, 2> size;
    Smooth signalMean;

    void describe(ParamVisitor& v)
    {
        rowsField(v, slow, "slow", TR("engine", "Slow period"),
                  TR("engine", "Period of the first exponential average."));
        rowsField(v, fast, "fast", TR("engine", "Fast period"),
                  TR("engine", "Period of the second exponential average."));
        rowsField(v, signal, "signal", TR("engine", "Signal period"),
                  TR("engine", "Period of the exponential average of the result."));
        columnField(v, column);
    }
    std::vector<std::string> inputs() const { return {column}; }
    std::vector<std::string> outputs() const { return {"tsi", "tsi_signal"}; }
    int warmUp() const { return 1 + slow - 1 + fast - 1 + signal - 1; }
    void start()
    {
        change = size = {exponentialMean(slow), exponentialMean(fast)};
        signalMean = exponentialMean(signal);
    }
    Row<2> push(double x)
    {
        const double move = x - before.next(x);
        const double directed = change[1].next(change[0].next(move));
        const double all = size[1].next(size[0].next(std::abs(move)));
        const double strength = shareOf(100.0 * directed, all, 0.0);
        return {strength, signalMean.next(strength)};
    }
};

struct DetrendedPrice : ColumnIndicator {
    WindowMean mean;
    Delay before;

    DetrendedPrice() : ColumnIndicator(20) {}
    std::vector<std::string> outputs() const { return {"dpo"}; }
    int warmUp() const { return std::max(period - 1, period / 2 + 1); }
    void start()
    {
        mean = WindowMean(period);
        before = Delay(period / 2 + 1);
    }
    double push(double x) { return before.next(x) - mean.next(x); }
};

/// Relative change over n rows, averaged over m.
struct SmoothedChange {
    Delay before;
    WindowMean mean;

    SmoothedChange() = default;
    SmoothedChange(int rows, int average) : before(rows), mean(average) {}
    double next(double x)
    {
        const double then = before.next(x);
        return mean.next(then != 0 ? 100.0 * (x / then - 1.0) : missing);
    }
};

struct KnowSureThing {
    int signal = 9;
    std::string column = "close";
    std::array<SmoothedChange, 4> changes;
    WindowMean signalMean;

    void describe(ParamVisitor& v)
    {
        rowsField(v, signal, "signal", TR("engine", "Signal period"),
                  TR("engine", "Period of the simple average of the result."));
        columnField(v, column);
    }
    std::vector<std::string> inputs() const { return {column}; }
    std::vector<std::string> outputs() const { return {"kst", "kst_signal"}; }
    int warmUp() const { return 30 + 15 - 1 + signal - 1; }
    void start()
    {
        changes = {SmoothedChange(10, 10), SmoothedChange(15, 10), SmoothedChange(20, 10),
                   SmoothedChange(30, 15)};
        signalMean = WindowMean(signal);
    }
    Row<2> push(double x)
    {
        double sum = 0;
        for (std::size_t i = 0; i < changes.size(); ++i)
            sum += static_cast<double>(i + 1) * changes[i].next(x);
        return {sum, signalMean.next(sum)};
    }
};

struct Coppock : ColumnIndicator {
    int slow = 14;
    int fast = 11;
    Delay slowAgo;
    Delay fastAgo;
    WindowRamp mean;

    Coppock() : ColumnIndicator(10) {}
    void describe(ParamVisitor& v)
    {
        ColumnIndicator::describe(v);
        rowsField(v, slow, "slow", TR("engine", "Long change"),
                  TR("engine", "Rows of the longer relative change."));
        rowsField(v, fast, "fast", TR("engine", "Short change"),
                  TR("engine", "Rows of the shorter relative change."));
    }
    std::vector<std::string> outputs() const { return {"coppock"}; }
    int warmUp() const { return std::max(slow, fast) + period - 1; }
    void start()
    {
        slowAgo = Delay(slow);
        fastAgo = Delay(fast);
        mean = WindowRamp(period);
    }
    double push(double x)
    {
        const double then = slowAgo.next(x);
        const double lately = fastAgo.next(x);
        const double sum = then != 0 && lately != 0 ? 100.0 * (x / then + x / lately - 2.0) : missing;
        return mean.push(sum) ? mean.weightedMean() : missing;
    }
};

struct EfficiencyRatio : ColumnIndicator {
    Previous last;
    Delay before;
    WindowMean path;

    EfficiencyRatio() : ColumnIndicator(10) {}
    std::vector<std::string> outputs() const { return {"efficiency_ratio"}; }
    int warmUp() const { return period; }
    void start()
    {
        before = Delay(period);
        path = WindowMean(period);
    }
    double push(double x)
    {
        const double way = path.next(std::abs(x - last.next(x))) * period;
        return shareOf(std::abs(x - before.next(x)), way, 0.0);
    }
};

struct VerticalFilter : ColumnIndicator {
    Previous last;
    WindowMax highest;
    WindowMin lowest;
    WindowMean path;

    VerticalFilter() : ColumnIndicator(28) {}
    std::vector<std::string> outputs() const { return {"vhf"}; }
    int warmUp() const { return period; }
    void start()
    {
        highest = WindowMax(period);
        lowest = WindowMin(period);
        path = WindowMean(period);
    }
    double push(double x)
    {
        const double way = path.next(std::abs(x - last.next(x))) * period;
        return shareOf(highest.next(x) - lowest.next(x), way, 0.0);
    }
};

struct Fisher : ColumnIndicator {
    WindowMax highest;
    WindowMin lowest;
    double place = missing;
    double transformed = missing;

    Fisher() : ColumnIndicator(10, 2) {}
    std::vector<std::string> outputs() const { return {"fisher"}; }
    int warmUp() const { return period - 1; }
    void start()
    {
        highest = WindowMax(period);
        lowest = WindowMin(period);
    }
    double push(double x)
    {
        const double low = lowest.next(x);
        const double now = 2.0 * shareOf(x - low, highest.next(x) - low, 0.5) - 1.0;
        if (std::isnan(now))
            return place = transformed = missing;
        const double from = std::isnan(place) ? 0.0 : place;
        place = std::clamp(0.33 * now + 0.67 * from, -0.999, 0.999);
        const double curve = 0.5 * std::log((1.0 + place) / (1.0 - place));
        return transformed = curve + 0.5 * (std::isnan(transformed) ? 0.0 : transformed);
    }
};

}  // namespace

std::vector<FeatureEntry> swingFeatures()
{
    return {
        featureOf<Trix>({.id = "trix",
                         .label = TR("engine", "TRIX"),
                         .help = TR("engine", "Change of a triple exponential average, and its signal line."),
                         .formula = "100 (y[t] / y[t-1] - 1), y = ema(ema(ema(x))); signal = ema(trix)",
                         .source = "Hutson, Technical Analysis of Stocks & Commodities 1, 1983",
                         .unit = "percent"}),
        featureOf<TrueStrength>(
            {.id = "tsi",
             .label = TR("engine", "True strength index"),
             .help = TR("engine", "Change against its size, both smoothed twice, and the signal line."),
             .formula = "100 ema(ema(dx)) / ema(ema(|dx|)), dx = x[t] - x[t-1]; 0 without movement",
             .source = "Blau, Technical Analysis of Stocks & Commodities 9, November 1991",
             .unit = "-100..100"}),
        featureOf<DetrendedPrice>(
            {.id = "dpo",
             .label = TR("engine", "Detrended price"),
             .help = TR("engine", "Value of half a period ago less the moving average."),
             .formula = "x[t - n/2 - 1] - sma(n), n/2 rounded down",
             .source = "Achelis, Technical Analysis from A to Z, 2001",
             .unit = "as the column"}),
        featureOf<KnowSureThing>(
            {.id = "kst",
             .label = TR("engine", "Know sure thing"),
             .help = TR("engine", "Changes over four spans, smoothed and weighted, and the signal line."),
             .formula =
                 "sma(roc(10), 10) + 2 sma(roc(15), 10) + 3 sma(roc(20), 10) + 4 sma(roc(30), 15), roc in "
                 "percent",
             .source = "Pring, Technical Analysis of Stocks & Commodities 10, 1992",
             .unit = "percent"}),
        featureOf<Coppock>({.id = "coppock",
                            .label = TR("engine", "Coppock curve"),
                            .help = TR("engine", "Weighted average of two relative changes."),
                            .formula = "wma(roc(14) + roc(11), 10), roc in percent",
                            .source = "Coppock, Barron's, October 1962",
                            .unit = "percent"}),
        featureOf<EfficiencyRatio>(
            {.id = "efficiency_ratio",
             .label = TR("engine", "Efficiency ratio"),
             .help = TR("engine", "Distance gone over the length of the way: 1 in a straight trend."),
             .formula = "|x[t] - x[t-n]| / sum(|x[i] - x[i-1]|), 0 without movement",
             .source = "Kaufman, Smarter Trading, 1995",
             .unit = "0..1"}),
        featureOf<VerticalFilter>(
            {.id = "vhf",
             .label = TR("engine", "Vertical horizontal filter"),
             .help = TR("engine", "Range of the last rows over the length of the way: high in a trend."),
             .formula = "(max(x) - min(x)) / sum(|x[i] - x[i-1]|) of the last n rows, 0 without movement",
             .source = "White, Futures Magazine, August 1991",
             .unit = "0..1"}),
        featureOf<Fisher>(
            {.id = "fisher",
             .label = TR("engine", "Fisher transform"),
             .help = TR("engine", "Place in the recent range, stretched so that turns stand out."),
             .formula =
                 "p = 0.33 (2 (x - min) / (max - min) - 1) + 0.67 p[t-1]; y = ln((1 + p) / (1 - p)) / 2 + "
                 "y[t-1] / 2",
             .source = "Ehlers, Technical Analysis of Stocks & Commodities 20, November 2002",
             .unit = "about -3..3"}),
    };
}

}  // namespace fc
