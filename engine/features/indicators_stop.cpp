// SPDX-License-Identifier: GPL-3.0-or-later
// Stops that follow a price, and prices made of a bar.
#include "engine/features/indicators.h"

namespace fc {

namespace {

struct Sar {
    double step = 0.02;
    double most = 0.2;
    double gap = 0;
    bool isLong = true;
    double stop = missing;
    double extreme = 0;
    double speed = 0;
    double highBefore = 0;
    double lowBefore = 0;

    void describe(ParamVisitor& v)
    {
        v.field(step, {.id = "step",
                       .label = TR("engine", "Step"),
                       .help = TR("engine", "Acceleration at the start, and added with each new extreme."),
                       .min = 0.0001,
                       .max = 1});
        v.field(most, {.id = "max",
                       .label = TR("engine", "Largest step"),
                       .help = TR("engine", "Where the acceleration ends."),
                       .min = 0.0001,
                       .max = 1});
        v.field(gap, {.id = "initial_gap",
                      .label = TR("engine", "First gap"),
                      .help = TR("engine", "Distance of the first stop below the first low, as a price."),
                      .min = 0});
    }
    std::vector<std::string> inputs() const { return {"high", "low"}; }
    std::vector<std::string> outputs() const { return {"sar"}; }
    int warmUp() const { return 0; }
    void start() {}
    double push(const Row<2>& bar)
    {
        const auto [high, low] = bar;
        if (std::isnan(high + low))
            return missing;
        if (std::isnan(stop)) {
            isLong = true;
            stop = low - gap;
            extreme = high;
            speed = step;
        } else {
            advance(high, low);
        }
        highBefore = high;
        lowBefore = low;
        return stop;
    }
    void advance(double high, double low)
    {
        const bool wasLong = isLong;
        const double before = extreme;
        const double top = std::max(high, highBefore);
        const double bottom = std::min(low, lowBefore);
        isLong = wasLong ? low > stop : !(high < stop);
        extreme = wasLong ? std::max(before, top) : std::min(before, bottom);
        if (isLong != wasLong) {
            speed = step;
            stop = extreme;
            return;
        }
        stop += (before - stop) * speed;
        if (extreme != before)
            speed = std::min(speed + step, most);
        stop = isLong ? std::min(stop, bottom) : std::max(stop, top);
    }
};

struct Supertrend : BarIndicator {
    double width = 3.0;
    TrueRange range;
    Smooth size;
    bool isUp = true;
    double upper = missing;
    double lower = missing;
    double closeBefore = missing;

    Supertrend() : BarIndicator(10) {}
    void describe(ParamVisitor& v)
    {
        BarIndicator::describe(v);
        v.field(width, {.id = "width",
                        .label = TR("engine", "Width"),
                        .help = TR("engine", "Distance from the middle of the bar, in average true ranges."),
                        .min = 0.1,
                        .max = 10});
    }
    std::vector<std::string> inputs() const { return {"high", "low", "close"}; }
    std::vector<std::string> outputs() const { return {"supertrend", "supertrend_direction"}; }
    int warmUp() const { return period; }
    void start() { size = wilderMean(period); }
    Row<2> push(const Row<3>& bar)
    {
        const auto [high, low, close] = bar;
        const double distance = width * size.next(range.next(high, low, close));
        const double top = (high + low) / 2.0 + distance;
        const double bottom = (high + low) / 2.0 - distance;
        if (std::isnan(top + close)) {
            upper = lower = closeBefore = missing;
            isUp = true;
            return missing2;
        }
        // A band moves towards the price only, until the price crosses it.
        upper = std::isnan(upper) || top < upper || closeBefore > upper ? top : upper;
        lower = std::isnan(lower) || bottom > lower || closeBefore < lower ? bottom : lower;
        isUp = isUp ? close >= lower : close > upper;
        closeBefore = close;
        return {isUp ? lower : upper, isUp ? 1.0 : -1.0};
    }
};

struct MidPoint : ColumnIndicator {
    WindowMax highest;
    WindowMin lowest;

    MidPoint() : ColumnIndicator(14) {}
    std::vector<std::string> outputs() const { return {"midpoint"}; }
    int warmUp() const { return period - 1; }
    void start()
    {
        highest = WindowMax(period);
        lowest = WindowMin(period);
    }
    double push(double x) { return (highest.next(x) + lowest.next(x)) / 2.0; }
};

struct BarPrice {
    std::string price = "typical_price";

    void describe(ParamVisitor& v)
    {
        v.field(price, {.id = "price",
                        .label = TR("engine", "Price"),
                        .help = TR("engine",
                                   "typical_price: (H + L + C) / 3. median_price: (H + L) / 2. "
                                   "weighted_close: (H + L + 2 C) / 4. average_price: (O + H + L + C) / 4."),
                        .choices = {"typical_price", "median_price", "weighted_close", "average_price"}});
    }
    std::vector<std::string> inputs() const { return {price}; }
    std::vector<std::string> outputs() const { return {"bar_price"}; }
    int warmUp() const { return 0; }
    void start() {}
    double push(double x) { return x; }
};

}  // namespace

std::vector<FeatureEntry> stopFeatures()
{
    return {
        featureOf<Sar>(
            {.id = "sar",
             .label = TR("engine", "Parabolic stop"),
             .help = TR("engine", "Stop that follows the price faster with every new extreme, then turns."),
             .formula =
                 "y[t] = y[t-1] + a (extreme - y[t-1]), a grows by step up to max with each new extreme; "
                 "on a cross y = extreme and a = step; starts long below the first low",
             .source = "Wilder, New Concepts in Technical Trading Systems, 1978",
             .unit = "price"}),
        featureOf<Supertrend>(
            {.id = "supertrend",
             .label = TR("engine", "Supertrend"),
             .help = TR("engine", "Band that the price has not crossed, and its side: 1 below, -1 above it."),
             .formula = "bands (H + L) / 2 +- k atr that move towards the price only, until it crosses them",
             .source = "Seban, Tout le monde mérite d'être riche, 2009",
             .unit = "price; direction: -1, 1"}),
        featureOf<MidPoint>({.id = "midpoint",
                             .label = TR("engine", "Midpoint"),
                             .help = TR("engine", "Middle of the highest and the lowest of the last values."),
                             .formula = "(max(x) + min(x)) / 2",
                             .source = "Murphy, Technical Analysis of the Financial Markets, 1999",
                             .unit = "as the column"}),
        featureOf<BarPrice>({.id = "bar_price",
                             .label = TR("engine", "Price of the bar"),
                             .help = TR("engine", "One price for a whole bar."),
                             .formula = "(H + L + C) / 3 or another mean of the prices of a bar",
                             .source = "Achelis, Technical Analysis from A to Z, 2001",
                             .unit = "price"}),
    };
}

}  // namespace fc
