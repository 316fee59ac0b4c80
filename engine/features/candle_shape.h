// SPDX-License-Identifier: GPL-3.0-or-later
// A candle shape as a feature: 1 where it calls for rising prices, -1 where for falling ones, 0 elsewhere. A
// shape is a struct with its id, the number of its bars, and isThere(side) for the side of rising prices.
#pragma once

#include <string>
#include <vector>

#include "engine/features/candles.h"
#include "engine/features/indicators.h"

namespace fc {

template <typename Shape>
struct CandleShape : BarIndicator {
    Candles candles;

    CandleShape() : BarIndicator(10) {}
    void describe(ParamVisitor& v)
    {
        v.field(period,
                {.id = "period",
                 .label = TR("engine", "Period"),
                 .help = TR("engine", "Rows that say which size of a body and which close are usual."),
                 .min = 1,
                 .max = 10000,
                 .unit = "rows",
                 .logScale = true});
    }
    std::vector<std::string> inputs() const { return {"open", "high", "low", "close"}; }
    std::vector<std::string> outputs() const { return {Shape::id}; }
    int warmUp() const { return period - 1 + Shape::bars - 1; }
    void start() { candles = Candles(period); }
    double push(const Row<4>& bar)
    {
        candles.push(bar[0], bar[1], bar[2], bar[3]);
        if (!candles.has(Shape::bars))
            return missing;
        if (Shape::isThere(CandleSide<1>(candles)))
            return 1.0;
        return Shape::isThere(CandleSide<-1>(candles)) ? -1.0 : 0.0;
    }
};

template <typename Shape>
FeatureEntry shape(const std::string& label, const std::string& help, const std::string& formula)
{
    return featureOf<CandleShape<Shape>>({.id = Shape::id,
                                          .label = label,
                                          .help = help,
                                          .formula = formula,
                                          .source = "Nison, Japanese Candlestick Charting Techniques, 1991",
                                          .unit = "-1, 0, 1"});
}

/// Shapes of three bars and more.
std::vector<FeatureEntry> longCandleFeatures();

}  // namespace fc
