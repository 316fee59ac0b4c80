// SPDX-License-Identifier: GPL-3.0-or-later
// Momentum of bars: which side moves further.
#include "engine/features/indicators.h"
#include "engine/features/window_age.h"

namespace fc {

namespace {

/// Plus and minus directional indicator (Wilder 1978).
class Directions {
public:
    Directions() = default;
    explicit Directions(int n) : m_up(n), m_down(n), m_sum(n) {}

    Row<2> next(double high, double low, double close)
    {
        const double up = high - m_high.next(high);
        const double down = m_low.next(low) - low;
        const bool isKnown = !std::isnan(up + down);
        const double rise = m_up.next(isKnown ? (up > down && up > 0 ? up : 0.0) : missing);
        const double fall = m_down.next(isKnown ? (down > up && down > 0 ? down : 0.0) : missing);
        const double all = m_sum.next(m_range.next(high, low, close));
        return {shareOf(100.0 * rise, all, 0.0), shareOf(100.0 * fall, all, 0.0)};
    }

private:
    Previous m_high;
    Previous m_low;
    TrueRange m_range;
    WilderSum m_up;
    WilderSum m_down;
    WilderSum m_sum;
};

double directionalIndex(const Row<2>& directions)
{
    const auto [plus, minus] = directions;
    return shareOf(100.0 * std::abs(plus - minus), plus + minus, 0.0);
}

struct Adx : BarIndicator {
    Directions directions;
    Smooth mean;

    Adx() : BarIndicator(14, 2) {}
    std::vector<std::string> inputs() const { return {"high", "low", "close"}; }
    std::vector<std::string> outputs() const { return {"adx_plus_di", "adx_minus_di", "adx"}; }
    int warmUp() const { return 2 * period - 1; }
    void start()
    {
        directions = Directions(period);
        mean = wilderMean(period);
    }
    Row<3> push(const Row<3>& bar)
    {
        const Row<2> both = directions.next(bar[0], bar[1], bar[2]);
        return {both[0], both[1], mean.next(directionalIndex(both))};
    }
};

struct Dx : BarIndicator {
    Directions directions;

    Dx() : BarIndicator(14, 2) {}
    std::vector<std::string> inputs() const { return {"high", "low", "close"}; }
    std::vector<std::string> outputs() const { return {"dx"}; }
    int warmUp() const { return period; }
    void start() { directions = Directions(period); }
    double push(const Row<3>& bar) { return directionalIndex(directions.next(bar[0], bar[1], bar[2])); }
};

struct Aroon : BarIndicator {
    WindowAge<Higher> highest;
    WindowAge<Lower> lowest;

    Aroon() : BarIndicator(20) {}
    std::vector<std::string> inputs() const { return {"high", "low"}; }
    std::vector<std::string> outputs() const { return {"aroon_up", "aroon_down", "aroon_oscillator"}; }
    int warmUp() const { return period - 1; }
    void start()
    {
        highest = WindowAge<Higher>(period + 1, period);
        lowest = WindowAge<Lower>(period + 1, period);
    }
    Row<3> push(const Row<2>& bar)
    {
        const double up = 100.0 * (period - highest.next(bar[0])) / period;
        const double down = 100.0 * (period - lowest.next(bar[1])) / period;
        return {up, down, up - down};
    }
};

struct Vortex : BarIndicator {
    Previous highBefore;
    Previous lowBefore;
    TrueRange range;
    WindowMean up;
    WindowMean down;
    WindowMean all;

    Vortex() : BarIndicator(14) {}
    std::vector<std::string> inputs() const { return {"high", "low", "close"}; }
    std::vector<std::string> outputs() const { return {"vortex_plus", "vortex_minus"}; }
    int warmUp() const { return period; }
    void start() { up = down = all = WindowMean(period); }
    Row<2> push(const Row<3>& bar)
    {
        const auto [high, low, close] = bar;
        const double rise = up.next(std::abs(high - lowBefore.next(low)));
        const double fall = down.next(std::abs(low - highBefore.next(high)));
        const double whole = all.next(range.next(high, low, close));
        return {shareOf(rise, whole, 1.0), shareOf(fall, whole, 1.0)};
    }
};

struct Ultimate {
    int quick = 7;
    int middle = 14;
    int calm = 28;
    Previous before;
    std::array<WindowMean, 3> pressure;
    std::array<WindowMean, 3> range;

    void describe(ParamVisitor& v)
    {
        rowsField(v, quick, "short", TR("engine", "Short period"), TR("engine", "Counts four times."));
        rowsField(v, middle, "medium", TR("engine", "Medium period"), TR("engine", "Counts twice."));
        rowsField(v, calm, "long", TR("engine", "Long period"), TR("engine", "Counts once."));
    }
    std::vector<std::string> inputs() const { return {"high", "low", "close"}; }
    std::vector<std::string> outputs() const { return {"ultimate"}; }
    int warmUp() const { return std::max({quick, middle, calm}); }
    void start()
    {
        pressure = {WindowMean(quick), WindowMean(middle), WindowMean(calm)};
        range = pressure;
    }
    double push(const Row<3>& bar)
    {
        const auto [high, low, close] = bar;
        const double last = before.next(close);
        const bool isKnown = !std::isnan(last + high + low + close);
        const double bottom = isKnown ? std::min(low, last) : missing;
        const double span = isKnown ? std::max(high, last) - bottom : missing;
        constexpr Row<3> weights = {4.0, 2.0, 1.0};
        double sum = 0;
        for (std::size_t i = 0; i < weights.size(); ++i) {
            const double bought = pressure[i].next(close - bottom);
            sum += weights[i] * shareOf(bought, range[i].next(span), 0.5);
        }
        return 100.0 * sum / 7.0;
    }
};

struct ElderRay : BarIndicator {
    Smooth mean;

    ElderRay() : BarIndicator(13) {}
    std::vector<std::string> inputs() const { return {"high", "low", "close"}; }
    std::vector<std::string> outputs() const { return {"bull_power", "bear_power"}; }
    int warmUp() const { return period - 1; }
    void start() { mean = exponentialMean(period); }
    Row<2> push(const Row<3>& bar)
    {
        const double center = mean.next(bar[2]);
        return {bar[0] - center, bar[1] - center};
    }
};

struct BalanceOfPower : BarIndicator {
    WindowMean mean;

    BalanceOfPower() : BarIndicator(14) {}
    std::vector<std::string> inputs() const { return {"open", "high", "low", "close"}; }
    std::vector<std::string> outputs() const { return {"balance_of_power"}; }
    int warmUp() const { return period - 1; }
    void start() { mean = WindowMean(period); }
    double push(const Row<4>& bar)
    {
        const auto [open, high, low, close] = bar;
        return mean.next(shareOf(close - open, high - low, 0.0));
    }
};

struct Awesome {
    int fast = 5;
    int slow = 34;
    WindowMean fastMean;
    WindowMean slowMean;

    void describe(ParamVisitor& v)
    {
        rowsField(v, fast, "fast", TR("engine", "Fast period"),
                  TR("engine", "Period of the fast simple average."));
        rowsField(v, slow, "slow", TR("engine", "Slow period"),
                  TR("engine", "Period of the slow simple average."));
    }
    std::vector<std::string> inputs() const { return {"median_price"}; }
    std::vector<std::string> outputs() const { return {"awesome"}; }
    int warmUp() const { return std::max(fast, slow) - 1; }
    void start()
    {
        fastMean = WindowMean(fast);
        slowMean = WindowMean(slow);
    }
    double push(double price) { return fastMean.next(price) - slowMean.next(price); }
};

struct QStick : BarIndicator {
    WindowMean mean;

    QStick() : BarIndicator(10) {}
    std::vector<std::string> inputs() const { return {"open", "close"}; }
    std::vector<std::string> outputs() const { return {"qstick"}; }
    int warmUp() const { return period - 1; }
    void start() { mean = WindowMean(period); }
    double push(const Row<2>& bar) { return mean.next(bar[1] - bar[0]); }
};

/// (x[t] + 2 x[t-1] + 2 x[t-2] + x[t-3]) / 6.
struct FourRows {
    std::array<double, 3> before = {missing, missing, missing};

    double next(double x)
    {
        const double sum = x + 2.0 * before[0] + 2.0 * before[1] + before[2];
        before = {x, before[0], before[1]};
        return sum / 6.0;
    }
};

struct RelativeVigor : BarIndicator {
    FourRows body;
    FourRows range;
    FourRows signal;
    WindowMean bodies;
    WindowMean ranges;

    RelativeVigor() : BarIndicator(10) {}
    std::vector<std::string> inputs() const { return {"open", "high", "low", "close"}; }
    std::vector<std::string> outputs() const { return {"rvgi", "rvgi_signal"}; }
    int warmUp() const { return 3 + period - 1 + 3; }
    void start() { bodies = ranges = WindowMean(period); }
    Row<2> push(const Row<4>& bar)
    {
        const auto [open, high, low, close] = bar;
        const double vigor = bodies.next(body.next(close - open));
        const double index = shareOf(vigor, ranges.next(range.next(high - low)), 0.0);
        return {index, signal.next(index)};
    }
};

struct WilliamsAd : PlainIndicator {
    Previous before;
    double total = 0;

    std::vector<std::string> inputs() const { return {"high", "low", "close"}; }
    std::vector<std::string> outputs() const { return {"williams_ad"}; }
    int warmUp() const { return 1; }
    void start() {}
    double push(const Row<3>& bar)
    {
        const auto [high, low, close] = bar;
        const double last = before.next(close);
        // A row without prices says nothing; the count goes on from the last one that does.
        if (std::isnan(last + high + low + close))
            return missing;
        if (close > last)
            total += close - std::min(low, last);
        else if (close < last)
            total += close - std::max(high, last);
        return total;
    }
};

}  // namespace

std::vector<FeatureEntry> directionFeatures()
{
    return {
        featureOf<Adx>(
            {.id = "adx",
             .label = TR("engine", "Directional movement"),
             .help = TR("engine", "Strength of upward and downward movement and of the trend as such."),
             .formula = "DI = 100 sum(DM) / sum(TR), Wilder sums; adx = Wilder average of "
                        "100 |DI+ - DI-| / (DI+ + DI-)",
             .source = "Wilder, New Concepts in Technical Trading Systems, 1978",
             .unit = "0..100"}),
        featureOf<Dx>({.id = "dx",
                       .label = TR("engine", "Directional index"),
                       .help = TR("engine", "Strength of the trend, before it is averaged."),
                       .formula = "100 |DI+ - DI-| / (DI+ + DI-), 0 without movement",
                       .source = "Wilder, New Concepts in Technical Trading Systems, 1978",
                       .unit = "0..100"}),
        featureOf<Aroon>(
            {.id = "aroon",
             .label = TR("engine", "Aroon"),
             .help = TR("engine", "How lately the highest high and the lowest low came."),
             .formula =
                 "100 (n - rows since the extreme of the last n + 1 rows) / n; oscillator = up - down; of "
                 "equal extremes the newest counts",
             .source = "Chande, Technical Analysis of Stocks & Commodities 13, September 1995",
             .unit = "0..100"}),
        featureOf<Vortex>({.id = "vortex",
                           .label = TR("engine", "Vortex"),
                           .help = TR("engine", "Upward and downward reach of bars over their true range."),
                           .formula = "sum|H - L[t-1]| / sum(TR), sum|L - H[t-1]| / sum(TR)",
                           .source = "Botes & Siepman, Technical Analysis of Stocks & Commodities 28, 2010",
                           .unit = "ratio"}),
        featureOf<Ultimate>(
            {.id = "ultimate",
             .label = TR("engine", "Ultimate oscillator"),
             .help = TR("engine", "Buying pressure over the true range for three periods at once."),
             .formula = "100 (4 a(7) + 2 a(14) + a(28)) / 7, a(n) = sum(C - min(L, C[t-1])) / sum(TR)",
             .source = "Williams, Technical Analysis of Stocks & Commodities 3, August 1985",
             .unit = "0..100"}),
        featureOf<ElderRay>({.id = "elder_ray",
                             .label = TR("engine", "Bull and bear power"),
                             .help = TR("engine", "Reach of the bar above and below the average close."),
                             .formula = "H - ema(C), L - ema(C)",
                             .source = "Elder, Trading for a Living, 1993",
                             .unit = "price"}),
        featureOf<BalanceOfPower>(
            {.id = "balance_of_power",
             .label = TR("engine", "Balance of power"),
             .help = TR("engine", "How far bars close from their open, of their range."),
             .formula = "sma((C - O) / (H - L)), a row without range counts 0",
             .source = "Livshin, Technical Analysis of Stocks & Commodities 19, 2001",
             .unit = "-1..1"}),
        featureOf<Awesome>({.id = "awesome",
                            .label = TR("engine", "Awesome oscillator"),
                            .help = TR("engine", "Fast less slow average of the middle of the bars."),
                            .formula = "sma((H + L) / 2, 5) - sma((H + L) / 2, 34)",
                            .source = "Williams, New Trading Dimensions, 1998",
                            .unit = "price"}),
        featureOf<QStick>({.id = "qstick",
                           .label = TR("engine", "QStick"),
                           .help = TR("engine", "Average body of the last candles."),
                           .formula = "sma(C - O)",
                           .source = "Chande & Kroll, The New Technical Trader, 1994",
                           .unit = "price"}),
        featureOf<RelativeVigor>(
            {.id = "rvgi",
             .label = TR("engine", "Relative vigor index"),
             .help = TR("engine", "Bodies of the last candles over their ranges, and a signal line."),
             .formula = "sum(w(C - O)) / sum(w(H - L)), w = weights 1, 2, 2, 1 over 6; signal = w(rvgi)",
             .source = "Ehlers, Technical Analysis of Stocks & Commodities 20, January 2002",
             .unit = "-1..1"}),
        featureOf<WilliamsAd>(
            {.id = "williams_ad",
             .label = TR("engine", "Williams accumulation"),
             .help =
                 TR("engine", "Running sum of the way from the true low on rises, the true high on falls."),
             .formula = "y[t] = y[t-1] + C - min(L, C[t-1]) on a rise, + C - max(H, C[t-1]) on a fall",
             .source = "Williams, How I Made One Million Dollars, 1973",
             .unit = "price"}),
    };
}

}  // namespace fc
