// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/features/samples.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "engine/base/error.h"
#include "engine/base/rng.h"

namespace fc {

namespace {

constexpr Timestamp hour = 3'600'000'000;
constexpr Timestamp day = 24 * hour;

/// Cosine wave with its top at `peak`, both in the unit of `period`.
double wave(double at, double peak, double period)
{
    return std::cos(2.0 * std::numbers::pi * (at - peak) / period);
}

/// To 1 / `perUnit`; dividing by a whole number keeps 12.34 the number that "12.34" reads as.
double rounded(double value, double perUnit)
{
    return std::round(value * perUnit) / perUnit;
}

/// Student's t with 5 degrees of freedom, scaled to variance 1: shocks with heavy tails.
double heavyTailed(Rng& rng)
{
    constexpr int freedom = 5;
    double squares = 0;
    for (int i = 0; i < freedom; ++i) {
        const double z = rng.normal();
        squares += z * z;
    }
    return rng.normal() / std::sqrt(squares / freedom) * std::sqrt((freedom - 2.0) / freedom);
}

/// What tells one market from the other; rates per row.
struct MarketParams {
    int rows;
    double price;          ///< at the start
    double volatility;     ///< of the slow level
    double pull;           ///< share of the distance to the slow level that is closed in one row
    double swing;          ///< shock of the fast part around the slow level
    double cycle;          ///< amplitude of the regular cycle in the price
    double regimeChange;   ///< probability
    double gap;            ///< open against the close before, as a share of the volatility
    double volume;         ///< typical
    double volumePerUnit;  ///< volume is rounded to one part of this
};

/// Where a row stands in its cycles, in [0, 1), and how lively the market usually is then.
struct Clock {
    Timestamp time;
    double cycle;
    double activity;
};

/// Volatility of one row: GARCH(1, 1) around 1 (Bollerslev 1986) times the regime's level.
class VolatilityState {
public:
    VolatilityState(double regimeChange, Rng& rng) : m_regimeChange(regimeChange), m_rng(rng) {}

    double next()
    {
        if (m_rng.uniformDouble() < m_regimeChange)
            m_regime = (m_regime + 1 + m_rng.below(regimes.size() - 1)) % regimes.size();
        return std::sqrt(m_variance) * regimes[m_regime].level;
    }
    double drift() const { return regimes[m_regime].drift; }
    void shocked(double shock) { m_variance = 0.05 + m_variance * (0.87 + 0.08 * shock * shock); }

private:
    struct Regime {
        double level;
        double drift;  ///< in volatilities per row
    };
    static constexpr std::array<Regime, 4> regimes = {
        {{0.7, 0.015}, {1.0, 0.03}, {1.0, -0.02}, {1.8, -0.01}}};

    double m_regimeChange;
    Rng& m_rng;
    std::size_t m_regime = 0;
    double m_variance = 1;
};

Series marketSeries(const std::string& name)
{
    Series series;
    series.name = name;
    series.synthetic = true;
    for (const char* role : {"open", "high", "low", "close", "volume"})
        series.columns.push_back({role, role, {}});
    return series;
}

/// Log price = a slow level that wanders + a fast part that is pulled back to 0 + the cycle.
Series market(Series series, const MarketParams& params, const std::vector<Clock>& clocks, Rng& rng)
{
    VolatilityState state(params.regimeChange, rng);
    double level = std::log(params.price);
    double fast = 0;
    double close = params.price;
    for (const Clock& clock : clocks) {
        const double volatility = state.next() * clock.activity;
        const double shock = heavyTailed(rng);
        state.shocked(shock);
        level += params.volatility * volatility * (shock + state.drift());
        fast += params.swing * volatility * rng.normal() - params.pull * fast;

        const double reach = params.volatility * volatility;
        const double open = rounded(close * std::exp(params.gap * reach * rng.normal()), 100);
        close = rounded(std::exp(level + fast + params.cycle * wave(clock.cycle, 0.6, 1.0)), 100);
        const double top = std::max(open, close) * std::exp(0.6 * reach * std::abs(rng.normal()));
        const double bottom = std::min(open, close) * std::exp(-0.6 * reach * std::abs(rng.normal()));
        const double lively = std::pow(volatility, 0.8) * (1.0 + 0.5 * std::abs(shock)) * clock.activity;
        const double traded = params.volume * lively * std::exp(0.25 * rng.normal());

        series.times.push_back(clock.time);
        const std::array<double, 5> bar = {open, rounded(top, 100), rounded(bottom, 100), close,
                                           rounded(traded, params.volumePerUnit)};
        for (std::size_t i = 0; i < bar.size(); ++i)
            series.columns[i].values.push_back(bar[i]);
    }
    return series;
}

Series crypto(const std::string& name, std::uint64_t seed)
{
    const MarketParams params = {.rows = 8000,
                                 .price = 24000,
                                 .volatility = 0.0024,
                                 .pull = 0.08,
                                 .swing = 0.0046,
                                 .cycle = 0.007,
                                 .regimeChange = 1.0 / 300,
                                 .gap = 0.0,
                                 .volume = 900,
                                 .volumePerUnit = 1000};
    const Timestamp start = *parseTimestamp("2023-01-01T00:00:00Z");
    std::vector<Clock> clocks;
    for (int t = 0; t < params.rows; ++t) {
        // 2023-01-01 is a Sunday.
        const bool weekend = t / 24 % 7 == 0 || t / 24 % 7 == 6;
        const double activity = (1.0 + 0.35 * wave(t % 24, 15, 24)) * (weekend ? 0.75 : 1.0);
        clocks.push_back({start + t * hour, t % 24 / 24.0, activity});
    }
    Rng rng(seed, 1);
    return market(marketSeries(name), params, clocks, rng);
}

Series equity(const std::string& name, std::uint64_t seed)
{
    const MarketParams params = {.rows = 2500,
                                 .price = 80,
                                 .volatility = 0.006,
                                 .pull = 0.25,
                                 .swing = 0.011,
                                 .cycle = 0.005,
                                 .regimeChange = 1.0 / 150,
                                 .gap = 0.5,
                                 .volume = 2'500'000,
                                 .volumePerUnit = 1};
    const Timestamp start = *parseTimestamp("2014-01-06");  // a Monday
    std::vector<Clock> clocks;
    for (int t = 0; t < params.rows; ++t) {
        const int weekday = t % 5;
        const double activity = weekday == 0 || weekday == 4 ? 1.1 : 0.95;
        clocks.push_back({start + (t / 5 * 7 + weekday) * day, weekday / 5.0, activity});
    }
    Rng rng(seed, 2);
    return market(marketSeries(name), params, clocks, rng);
}

/// Demand of a region in megawatts: two daily peaks, quiet weekends, winter above summer, and a base that is
/// changed for good now and then (a plant opens or closes).
Series load(const std::string& name, std::uint64_t seed)
{
    constexpr int rows = 2 * 365 * 24;
    Rng rng(seed, 3);
    Series series;
    series.name = name;
    series.synthetic = true;
    series.columns.push_back({"load", "", {}});
    const Timestamp start = *parseTimestamp("2022-01-01T00:00:00Z");  // a Saturday
    double base = 4200;
    double weather = 0;
    double noise = 0;
    for (int t = 0; t < rows; ++t) {
        const double clock = t % 24;
        const int weekday = (t / 24 + 5) % 7;
        const double rest = weekday == 6 ? 0.82 : weekday == 5 ? 0.88 : 1.0;
        if (rng.uniformDouble() < 1.0 / 4000)
            base *= 1.0 + 0.07 * rng.normal();
        weather = 0.995 * weather + 0.004 * rng.normal();
        noise = 0.7 * noise + 0.008 * rng.normal();
        const double daily = 0.16 * wave(clock, 15, 24) + 0.07 * wave(clock, 8.5, 12);
        const double yearly = 0.12 * wave(t, 15 * 24, 365 * 24) + 0.04 * wave(t, 25 * 24, 365 * 12);
        series.times.push_back(start + t * hour);
        series.columns[0].values.push_back(
            rounded(base * rest * (1.0 + daily + yearly + weather + noise), 10));
    }
    return series;
}

}  // namespace

std::vector<std::string> sampleNames()
{
    return {"synthetic-crypto-1h", "synthetic-equity-1d", "synthetic-load-1h"};
}

Series makeSample(const std::string& name, std::uint64_t seed)
{
    const std::vector<std::string> names = sampleNames();
    if (name == names[0])
        return crypto(name, seed);
    if (name == names[1])
        return equity(name, seed);
    if (name == names[2])
        return load(name, seed);
    throw UsageError(Message(TR("engine", "There is no sample \"%1\". There are: %2, %3, %4."), name,
                             names[0], names[1], names[2]));
}

}  // namespace fc
