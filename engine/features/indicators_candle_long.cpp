// SPDX-License-Identifier: GPL-3.0-or-later
// Candle shapes of three bars and more.
#include "engine/features/candle_shape.h"

namespace fc {

namespace {

struct Star {
    static constexpr const char* id = "morning_star";
    static constexpr int bars = 3;
    template <typename Side>
    static bool isThere(const Side& s)
    {
        return s.isDown(2) && s.isLong(2) && s.isSmall(1) && s.top(1) <= s.bottom(2) && s.isUp(0) &&
               s.close(0) > s.middle(2);
    }
};

struct AbandonedBaby {
    static constexpr const char* id = "abandoned_baby";
    static constexpr int bars = 3;
    template <typename Side>
    static bool isThere(const Side& s)
    {
        return s.isDown(2) && s.isLong(2) && s.isDoji(1) && s.high(1) < s.low(2) && s.isUp(0) &&
               s.low(0) > s.high(1);
    }
};

struct ThreeSoldiers {
    static constexpr const char* id = "three_soldiers";
    static constexpr int bars = 3;
    template <typename Side>
    static bool isThere(const Side& s)
    {
        for (std::size_t k = 0; k < 3; ++k) {
            if (!s.isUp(k) || s.isSmall(k) || s.upperShadow(k) > 0.3 * s.body(k))
                return false;
        }
        return s.close(0) > s.close(1) && s.close(1) > s.close(2) && s.open(0) > s.open(1) &&
               s.open(0) <= s.close(1) && s.open(1) > s.open(2) && s.open(1) <= s.close(2);
    }
};

struct ThreeInside {
    static constexpr const char* id = "three_inside";
    static constexpr int bars = 3;
    template <typename Side>
    static bool isThere(const Side& s)
    {
        return s.isDown(2) && s.isLong(2) && s.isUp(1) && s.isInside(1) && s.isUp(0) &&
               s.close(0) > s.open(2);
    }
};

struct ThreeOutside {
    static constexpr const char* id = "three_outside";
    static constexpr int bars = 3;
    template <typename Side>
    static bool isThere(const Side& s)
    {
        return s.isDown(2) && s.isUp(1) && s.isAround(1) && s.isUp(0) && s.close(0) > s.close(1);
    }
};

struct TasukiGap {
    static constexpr const char* id = "tasuki_gap";
    static constexpr int bars = 3;
    template <typename Side>
    static bool isThere(const Side& s)
    {
        return s.isUp(2) && s.isUp(1) && s.bottom(1) > s.top(2) && s.isDown(0) && s.open(0) <= s.close(1) &&
               s.open(0) >= s.open(1) && s.close(0) < s.open(1) && s.close(0) > s.top(2);
    }
};

struct ThreeLineStrike {
    static constexpr const char* id = "three_line_strike";
    static constexpr int bars = 4;
    template <typename Side>
    static bool isThere(const Side& s)
    {
        return s.isUp(3) && s.isUp(2) && s.isUp(1) && s.close(1) > s.close(2) && s.close(2) > s.close(3) &&
               s.isDown(0) && s.open(0) >= s.close(1) && s.close(0) < s.open(3);
    }
};

struct ThreeMethods {
    static constexpr const char* id = "three_methods";
    static constexpr int bars = 5;
    template <typename Side>
    static bool isThere(const Side& s)
    {
        for (std::size_t k = 1; k < 4; ++k) {
            if (s.body(k) >= s.body(4) || s.top(k) > s.high(4) || s.bottom(k) < s.low(4))
                return false;
        }
        return s.isUp(4) && s.isLong(4) && s.close(1) < s.close(4) && s.isUp(0) && s.isLong(0) &&
               s.close(0) > s.close(4);
    }
};

}  // namespace

std::vector<FeatureEntry> longCandleFeatures()
{
    return {
        shape<Star>(
            TR("engine", "Morning and evening star"),
            TR("engine",
               "A long body, a small one beyond it, and one back behind the middle of the first: morning "
               "star (1), evening star (-1)."),
            "long down, small body below it, up with C > (O + C)[t-2] / 2; mirrored -1"),
        shape<AbandonedBaby>(TR("engine", "Abandoned baby"),
                             TR("engine", "A doji with gaps on both sides between two bars."),
                             "long down, doji with H[t-1] < L[t-2], up with L > H[t-1]; mirrored -1"),
        shape<ThreeSoldiers>(
            TR("engine", "Three soldiers and three crows"),
            TR("engine",
               "Three bodies, each further than the one before: white soldiers (1), black crows "
               "(-1)."),
            "three ups, C rising, each O inside the body before, upper shadow <= 0.3 body; "
            "mirrored -1"),
        shape<ThreeInside>(TR("engine", "Three inside"),
                           TR("engine", "A harami and a close beyond its long body."),
                           "harami at t-1, up with C > O[t-2]; mirrored -1"),
        shape<ThreeOutside>(TR("engine", "Three outside"),
                            TR("engine", "An engulfing body and a close beyond it."),
                            "engulfing at t-1, up with C > C[t-1]; mirrored -1"),
        shape<TasukiGap>(
            TR("engine", "Tasuki gap"),
            TR("engine", "A gap along the trend that the next bar does not close."),
            "up, up with a gap between the bodies, down from inside the body into the gap; mirrored -1"),
        shape<ThreeLineStrike>(
            TR("engine", "Three-line strike"),
            TR("engine", "Three bodies along the trend and one that takes all of them back."),
            "three ups with rising C, down with O >= C[t-1] and C < O[t-3]; mirrored -1"),
        shape<ThreeMethods>(
            TR("engine", "Rising and falling three methods"),
            TR("engine",
               "Three small bodies inside the bar before them and a long one that goes on: rising "
               "(1), falling (-1)."),
            "long up, three smaller bodies inside its range, long up with C > C[t-4]; mirrored -1"),
    };
}

}  // namespace fc
