// SPDX-License-Identifier: GPL-3.0-or-later
// Bands and channels around a price.
#include "engine/features/indicators.h"

namespace fc {

namespace {

void widthField(ParamVisitor& v, double& width, const std::string& help)
{
    v.field(width, {.id = "width", .label = TR("engine", "Width"), .help = help, .min = 0.1, .max = 10});
}

struct Bollinger : ColumnIndicator {
    double width = 2.0;
    WindowSums<2> window;

    Bollinger() : ColumnIndicator(20, 2) {}
    void describe(ParamVisitor& v)
    {
        periodField(v, period, 2);
        widthField(v, width, TR("engine", "Distance of each band from the average, in standard deviations."));
        columnField(v, column);
    }
    std::vector<std::string> outputs() const
    {
        return {"bollinger_middle", "bollinger_upper", "bollinger_lower", "bollinger_percent_b"};
    }
    int warmUp() const { return period - 1; }
    void start() { window = WindowSums<2>(period); }
    Row<4> push(double x)
    {
        if (!window.push(x))
            return {missing, missing, missing, missing};
        const double middle = window.mean();
        const double upper = middle + width * window.deviation(0);
        const double lower = middle - width * window.deviation(0);
        // Bands of width 0 leave no place to speak of: the middle.
        return {middle, upper, lower, upper > lower ? (x - lower) / (upper - lower) : 0.5};
    }
};

struct BollingerWidth : ColumnIndicator {
    double width = 2.0;
    WindowSums<2> window;

    BollingerWidth() : ColumnIndicator(20, 2) {}
    void describe(ParamVisitor& v)
    {
        ColumnIndicator::describe(v);
        widthField(v, width, TR("engine", "Distance of each band from the average, in standard deviations."));
    }
    std::vector<std::string> outputs() const { return {"bollinger_width"}; }
    int warmUp() const { return period - 1; }
    void start() { window = WindowSums<2>(period); }
    double push(double x)
    {
        if (!window.push(x) || window.mean() == 0)
            return missing;
        return 2.0 * width * window.deviation(0) / std::abs(window.mean());
    }
};

struct Donchian : BarIndicator {
    bool isLagged = false;
    WindowMax highest;
    WindowMin lowest;
    Previous top;
    Previous bottom;

    Donchian() : BarIndicator(20) {}
    void describe(ParamVisitor& v)
    {
        BarIndicator::describe(v);
        v.field(isLagged,
                {.id = "lagged",
                 .label = TR("engine", "Without the current row"),
                 .help = TR("engine", "Give the channel of the row before, which a break can cross.")});
    }
    std::vector<std::string> inputs() const { return {"high", "low"}; }
    std::vector<std::string> outputs() const { return {"donchian_high", "donchian_mid", "donchian_low"}; }
    int warmUp() const { return period - 1 + (isLagged ? 1 : 0); }
    void start()
    {
        highest = WindowMax(period);
        lowest = WindowMin(period);
    }
    Row<3> push(const Row<2>& bar)
    {
        double high = highest.next(bar[0]);
        double low = lowest.next(bar[1]);
        if (isLagged) {
            high = top.next(high);
            low = bottom.next(low);
        }
        return {high, (high + low) / 2.0, low};
    }
};

struct Keltner : BarIndicator {
    double width = 2.0;
    Smooth middle;
    Smooth size;
    TrueRange range;

    Keltner() : BarIndicator(20) {}
    void describe(ParamVisitor& v)
    {
        BarIndicator::describe(v);
        widthField(v, width, TR("engine", "Distance of each band from the average, in average true ranges."));
    }
    std::vector<std::string> inputs() const { return {"high", "low", "close", "typical_price"}; }
    std::vector<std::string> outputs() const { return {"keltner_middle", "keltner_upper", "keltner_lower"}; }
    int warmUp() const { return period; }
    void start()
    {
        middle = exponentialMean(period);
        size = wilderMean(period);
    }
    Row<3> push(const Row<4>& bar)
    {
        const auto [high, low, close, typical] = bar;
        const double center = middle.next(typical);
        const double distance = width * size.next(range.next(high, low, close));
        return {center, center + distance, center - distance};
    }
};

struct Envelope : ColumnIndicator {
    double width = 2.5;
    WindowMean mean;

    Envelope() : ColumnIndicator(20) {}
    void describe(ParamVisitor& v)
    {
        ColumnIndicator::describe(v);
        v.field(width, {.id = "percent",
                        .label = TR("engine", "Percent"),
                        .help = TR("engine", "Distance of each band from the average, in percent of it."),
                        .min = 0.01,
                        .max = 100});
    }
    std::vector<std::string> outputs() const { return {"envelope_upper", "envelope_lower"}; }
    int warmUp() const { return period - 1; }
    void start() { mean = WindowMean(period); }
    Row<2> push(double x)
    {
        const double middle = mean.next(x);
        return {middle * (1.0 + width / 100.0), middle * (1.0 - width / 100.0)};
    }
};

/// Middle of the highest high and the lowest low.
struct RangeMiddle {
    WindowMax highest;
    WindowMin lowest;

    RangeMiddle() = default;
    explicit RangeMiddle(int n) : highest(n), lowest(n) {}
    double next(double high, double low) { return (highest.next(high) + lowest.next(low)) / 2.0; }
};

struct Ichimoku {
    int conversion = 9;
    int base = 26;
    int span = 52;
    RangeMiddle quick;
    RangeMiddle calm;
    RangeMiddle wide;
    Delay leadA;
    Delay leadB;

    void describe(ParamVisitor& v)
    {
        rowsField(v, conversion, "conversion", TR("engine", "Conversion period"),
                  TR("engine", "Rows of the conversion line."));
        rowsField(v, base, "base", TR("engine", "Base period"),
                  TR("engine", "Rows of the base line, and by which the cloud is moved."));
        rowsField(v, span, "span", TR("engine", "Span period"),
                  TR("engine", "Rows of the second edge of the cloud."));
    }
    std::vector<std::string> inputs() const { return {"high", "low"}; }
    std::vector<std::string> outputs() const
    {
        return {"ichimoku_conversion", "ichimoku_base", "ichimoku_span_a", "ichimoku_span_b"};
    }
    int warmUp() const { return std::max({conversion, base, span}) - 1 + base; }
    void start()
    {
        quick = RangeMiddle(conversion);
        calm = RangeMiddle(base);
        wide = RangeMiddle(span);
        leadA = leadB = Delay(base);
    }
    Row<4> push(const Row<2>& bar)
    {
        const auto [high, low] = bar;
        const double tenkan = quick.next(high, low);
        const double kijun = calm.next(high, low);
        return {tenkan, kijun, leadA.next((tenkan + kijun) / 2.0), leadB.next(wide.next(high, low))};
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
        featureOf<BollingerWidth>({.id = "bollinger_width",
                                   .label = TR("engine", "Bollinger width"),
                                   .help = TR("engine", "Distance between the bands, of the average."),
                                   .formula = "2 k s / |sma(n)|, s the population standard deviation",
                                   .source = "Bollinger, Bollinger on Bollinger Bands, 2001",
                                   .unit = "fraction"}),
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
        featureOf<Envelope>({.id = "envelope",
                             .label = TR("engine", "Envelope"),
                             .help = TR("engine", "Bands some percent away from the moving average."),
                             .formula = "sma(n) (1 +- p / 100)",
                             .source = "Murphy, Technical Analysis of the Financial Markets, 1999, chapter 9",
                             .unit = "as the column"}),
        featureOf<Ichimoku>(
            {.id = "ichimoku",
             .label = TR("engine", "Ichimoku"),
             .help = TR("engine",
                        "Conversion line, base line and the two edges of the cloud as they stand over the "
                        "current row. The lagging span is left out: it is drawn from later rows."),
             .formula =
                 "m(n) = (max(H) + min(L)) / 2; m(9), m(26), (m(9) + m(26)) / 2 and m(52), the last two "
                 "of 26 rows ago",
             .source = "Hosoda, Ichimoku Kinko Hyo, 1969",
             .unit = "price"}),
    };
}

}  // namespace fc
