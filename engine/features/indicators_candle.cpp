// SPDX-License-Identifier: GPL-3.0-or-later
// Candle shapes of one bar and of two.
#include "engine/features/candle_shape.h"

namespace fc {

namespace {

struct Doji {
    static constexpr const char* id = "doji";
    static constexpr int bars = 1;
    template <typename Side>
    static bool isThere(const Side& s)
    {
        return s.isDoji(0);
    }
};

struct DragonflyDoji {
    static constexpr const char* id = "dragonfly_doji";
    static constexpr int bars = 1;
    template <typename Side>
    static bool isThere(const Side& s)
    {
        return s.isDoji(0) && s.upperShadow(0) <= 0.1 * s.range(0) && s.lowerShadow(0) >= 0.6 * s.range(0);
    }
};

struct LongLeggedDoji {
    static constexpr const char* id = "long_legged_doji";
    static constexpr int bars = 1;
    template <typename Side>
    static bool isThere(const Side& s)
    {
        return s.isDoji(0) && s.upperShadow(0) >= 0.3 * s.range(0) && s.lowerShadow(0) >= 0.3 * s.range(0);
    }
};

struct Marubozu {
    static constexpr const char* id = "marubozu";
    static constexpr int bars = 1;
    template <typename Side>
    static bool isThere(const Side& s)
    {
        return s.isUp(0) && s.isFull(0);
    }
};

struct SpinningTop {
    static constexpr const char* id = "spinning_top";
    static constexpr int bars = 1;
    template <typename Side>
    static bool isThere(const Side& s)
    {
        return s.isUp(0) && !s.isDoji(0) && s.body(0) <= 0.3 * s.range(0) && s.upperShadow(0) >= s.body(0) &&
               s.lowerShadow(0) >= s.body(0);
    }
};

struct Hammer {
    static constexpr const char* id = "hammer";
    static constexpr int bars = 2;
    template <typename Side>
    static bool isThere(const Side& s)
    {
        return s.hangs(0) && s.fellTo(1);
    }
};

struct HangingMan {
    static constexpr const char* id = "hanging_man";
    static constexpr int bars = 2;
    /// Seen from the other side: the long shadow points up there.
    template <typename Side>
    static bool isThere(const Side& s)
    {
        return s.range(0) > 0 && s.body(0) <= 0.35 * s.range(0) && s.upperShadow(0) >= 2.0 * s.body(0) &&
               s.lowerShadow(0) <= 0.1 * s.range(0) && s.fellTo(1);
    }
};

struct BeltHold {
    static constexpr const char* id = "belt_hold";
    static constexpr int bars = 2;
    template <typename Side>
    static bool isThere(const Side& s)
    {
        return s.isUp(0) && s.isLong(0) && s.lowerShadow(0) <= 0.05 * s.range(0) && s.fellTo(1);
    }
};

struct Engulfing {
    static constexpr const char* id = "engulfing";
    static constexpr int bars = 2;
    template <typename Side>
    static bool isThere(const Side& s)
    {
        return s.isDown(1) && s.isUp(0) && s.isAround(0);
    }
};

struct Harami {
    static constexpr const char* id = "harami";
    static constexpr int bars = 2;
    template <typename Side>
    static bool isThere(const Side& s)
    {
        return s.isDown(1) && s.isLong(1) && s.isUp(0) && s.isInside(0);
    }
};

struct HaramiCross {
    static constexpr const char* id = "harami_cross";
    static constexpr int bars = 2;
    template <typename Side>
    static bool isThere(const Side& s)
    {
        return s.isDown(1) && s.isLong(1) && s.isDoji(0) && s.isInside(0);
    }
};

struct Piercing {
    static constexpr const char* id = "piercing_line";
    static constexpr int bars = 2;
    template <typename Side>
    static bool isThere(const Side& s)
    {
        return s.isDown(1) && s.isLong(1) && s.isUp(0) && s.open(0) < s.close(1) &&
               s.close(0) > s.middle(1) && s.close(0) < s.open(1);
    }
};

struct Tweezers {
    static constexpr const char* id = "tweezers";
    static constexpr int bars = 2;
    template <typename Side>
    static bool isThere(const Side& s)
    {
        return s.isDown(1) && s.isUp(0) && s.fellTo(1) && s.isNear(s.low(0), s.low(1), 1);
    }
};

struct Kicking {
    static constexpr const char* id = "kicking";
    static constexpr int bars = 2;
    template <typename Side>
    static bool isThere(const Side& s)
    {
        return s.isDown(1) && s.isFull(1) && s.isUp(0) && s.isFull(0) && s.open(0) > s.open(1);
    }
};

struct Counterattack {
    static constexpr const char* id = "counterattack";
    static constexpr int bars = 2;
    template <typename Side>
    static bool isThere(const Side& s)
    {
        return s.isDown(1) && s.isLong(1) && s.isUp(0) && s.isLong(0) && s.isNear(s.close(0), s.close(1), 1);
    }
};

struct InsideBar {
    static constexpr const char* id = "inside_bar";
    static constexpr int bars = 2;
    template <typename Side>
    static bool isThere(const Side& s)
    {
        return s.isUp(0) && s.high(0) < s.high(1) && s.low(0) > s.low(1);
    }
};

struct OutsideBar {
    static constexpr const char* id = "outside_bar";
    static constexpr int bars = 2;
    template <typename Side>
    static bool isThere(const Side& s)
    {
        return s.isUp(0) && s.high(0) > s.high(1) && s.low(0) < s.low(1);
    }
};

struct Gap {
    static constexpr const char* id = "price_gap";
    static constexpr int bars = 2;
    template <typename Side>
    static bool isThere(const Side& s)
    {
        return s.low(0) > s.high(1);
    }
};

struct DojiStar {
    static constexpr const char* id = "doji_star";
    static constexpr int bars = 2;
    template <typename Side>
    static bool isThere(const Side& s)
    {
        return s.isDown(1) && s.isLong(1) && s.isDoji(0) && s.top(0) <= s.bottom(1);
    }
};

struct CandleParts : PlainIndicator {
    std::vector<std::string> inputs() const { return {"open", "high", "low", "close"}; }
    std::vector<std::string> outputs() const { return {"candle_body", "candle_upper", "candle_lower"}; }
    void start() {}
    Row<3> push(const Row<4>& bar)
    {
        const auto [open, high, low, close] = bar;
        const double range = high - low;
        if (std::isnan(range + open + close))
            return missing3;
        return {shareOf(close - open, range, 0.0), shareOf(high - std::max(open, close), range, 0.0),
                shareOf(std::min(open, close) - low, range, 0.0)};
    }
};

/// Shapes of one bar, and of one bar after a trend.
std::vector<FeatureEntry> singleShapes()
{
    return {
        featureOf<CandleParts>({.id = "candle_parts",
                                .label = TR("engine", "Parts of the candle"),
                                .help = TR("engine", "Body, upper and lower shadow as shares of the range."),
                                .formula =
                                    "(C - O) / (H - L), (H - max(O, C)) / (H - L), (min(O, C) - L) / (H - "
                                    "L); 0 without range",
                                .source = "Nison, Japanese Candlestick Charting Techniques, 1991",
                                .unit = "-1..1"}),
        shape<Doji>(TR("engine", "Doji"), TR("engine", "A bar that closes where it opened: 1."),
                    "|C - O| <= 0.1 (H - L)"),
        shape<DragonflyDoji>(
            TR("engine", "Dragonfly and gravestone doji"),
            TR("engine", "A doji at the top of its bar (1, dragonfly) or at the bottom (-1, gravestone)."),
            "doji, one shadow <= 0.1 and the other >= 0.6 of the range"),
        shape<LongLeggedDoji>(TR("engine", "Long-legged doji"),
                              TR("engine", "A doji with two long shadows: 1."),
                              "doji, both shadows >= 0.3 of the range"),
        shape<Marubozu>(TR("engine", "Marubozu"),
                        TR("engine", "A long body without shadows, up 1 or down -1."),
                        "body > usual body, both shadows <= 0.05 of the range"),
        shape<SpinningTop>(TR("engine", "Spinning top"),
                           TR("engine", "A small body between longer shadows, up 1 or down -1."),
                           "0.1 < body / range <= 0.3, both shadows >= body"),
        shape<Hammer>(TR("engine", "Hammer and shooting star"),
                      TR("engine",
                         "A small body with one long shadow against the trend before: hammer after falling "
                         "prices (1), shooting star after rising ones (-1)."),
                      "body <= 0.35 range, shadow against the trend <= 0.1 range, shadow along it >= 2 body; "
                      "C[t-1] beyond its mean"),
        shape<HangingMan>(
            TR("engine", "Hanging man and inverted hammer"),
            TR("engine",
               "A small body with one long shadow along the coming turn: inverted hammer after falling "
               "prices (1), hanging man after rising ones (-1)."),
            "as hammer, with the shadows exchanged"),
        shape<BeltHold>(TR("engine", "Belt hold"),
                        TR("engine",
                           "A long body that opens at its low after falling prices (1), or at its "
                           "high after rising ones (-1)."),
                        "body > usual body, opening shadow <= 0.05 range; C[t-1] beyond its mean"),
    };
}

std::vector<FeatureEntry> pairShapes()
{
    return {
        shape<Engulfing>(TR("engine", "Engulfing"),
                         TR("engine", "A body around that of the bar before, of the other color."),
                         "down then up, body[t-1] inside body[t]; mirrored -1"),
        shape<Harami>(TR("engine", "Harami"),
                      TR("engine", "A small body inside the long one before, of the other color."),
                      "long down then up, body[t] inside body[t-1]; mirrored -1"),
        shape<HaramiCross>(TR("engine", "Harami cross"), TR("engine", "A doji inside the long body before."),
                           "long down then doji, body[t] inside body[t-1]; mirrored -1"),
        shape<Piercing>(TR("engine", "Piercing line and dark cloud cover"),
                        TR("engine",
                           "A bar that opens beyond the long one before and closes behind its middle: "
                           "piercing line (1), dark cloud cover (-1)."),
                        "long down then up, O < C[t-1], (O + C)[t-1] / 2 < C < O[t-1]; mirrored -1"),
        shape<Tweezers>(TR("engine", "Tweezers"),
                        TR("engine",
                           "Two bars of different color with the same low after falling prices (1), "
                           "or the same high after rising ones (-1)."),
                        "down then up, |L - L[t-1]| <= 0.1 usual body; C[t-1] below its mean; mirrored -1"),
        shape<Kicking>(TR("engine", "Kicking"),
                       TR("engine", "Two bodies without shadows, apart from each other."),
                       "marubozu down then marubozu up, O > O[t-1]; mirrored -1"),
        shape<Counterattack>(TR("engine", "Counterattack"),
                             TR("engine", "Two long bodies of different color with the same close."),
                             "long down then long up, |C - C[t-1]| <= 0.1 usual body; mirrored -1"),
        shape<InsideBar>(TR("engine", "Inside bar"),
                         TR("engine", "A bar inside the one before, up 1 or down -1."),
                         "H < H[t-1] and L > L[t-1]"),
        shape<OutsideBar>(TR("engine", "Outside bar"),
                          TR("engine", "A bar around the one before, up 1 or down -1."),
                          "H > H[t-1] and L < L[t-1]"),
        shape<Gap>(TR("engine", "Gap"),
                   TR("engine", "A bar that lies wholly above the one before (1), or below it (-1)."),
                   "L > H[t-1]; mirrored -1"),
        shape<DojiStar>(TR("engine", "Doji star"), TR("engine", "A doji beyond the long body before."),
                        "long down then doji, max(O, C) <= min(O, C)[t-1]; mirrored -1"),
    };
}

}  // namespace

std::vector<FeatureEntry> candleFeatures()
{
    std::vector<FeatureEntry> all;
    for (const auto part : {singleShapes, pairShapes, longCandleFeatures}) {
        for (FeatureEntry& entry : part())
            all.push_back(std::move(entry));
    }
    return all;
}

}  // namespace fc
