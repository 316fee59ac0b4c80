// SPDX-License-Identifier: GPL-3.0-or-later
// Moving averages.
#include "engine/features/indicators.h"

namespace fc {

namespace {

struct Sma : ColumnIndicator {
    WindowMean mean;

    Sma() : ColumnIndicator(20) {}
    std::vector<std::string> outputs() const { return {"sma"}; }
    int warmUp() const { return period - 1; }
    void start() { mean = WindowMean(period); }
    double push(double x) { return mean.next(x); }
};

struct Ema : ColumnIndicator {
    std::string begin = "mean";
    Smooth mean;
    bool isWeighted = false;
    double weightsLeft = 1;
    double sum = missing;

    Ema() : ColumnIndicator(20) {}
    void describe(ParamVisitor& v)
    {
        ColumnIndicator::describe(v);
        v.field(begin, {.id = "start",
                        .label = TR("engine", "Start"),
                        .help = TR("engine",
                                   "mean: with the mean of the first n rows. first: with the first row. "
                                   "weighted: the first rows count by their weights alone."),
                        .choices = {"mean", "first", "weighted"}});
    }
    std::vector<std::string> outputs() const { return {"ema"}; }
    int warmUp() const { return begin == "mean" ? period - 1 : 0; }
    void start()
    {
        isWeighted = begin == "weighted";
        mean = Smooth(begin == "mean" ? period : 1, 2.0 / (period + 1.0));
    }
    double push(double x)
    {
        if (!isWeighted)
            return mean.next(x);
        // An average that starts with 0 lacks the weights of the rows before the first.
        const double keep = 1.0 - 2.0 / (period + 1.0);
        weightsLeft = keep * (std::isnan(sum) ? 1.0 : weightsLeft);
        sum = (1.0 - keep) * x + (std::isnan(sum) ? 0.0 : keep * sum);
        return sum / (1.0 - weightsLeft);
    }
};

struct WilderAverage : ColumnIndicator {
    Smooth mean;

    WilderAverage() : ColumnIndicator(14) {}
    std::vector<std::string> outputs() const { return {"wilder_average"}; }
    int warmUp() const { return period - 1; }
    void start() { mean = wilderMean(period); }
    double push(double x) { return mean.next(x); }
};

/// Several exponential averages, each of the one before.
template <std::size_t Times>
struct Chained : ColumnIndicator {
    std::array<Smooth, Times> means;

    Chained() : ColumnIndicator(20) {}
    int warmUp() const { return static_cast<int>(Times) * (period - 1); }
    void start() { means.fill(exponentialMean(period)); }
    Row<Times> averages(double x)
    {
        Row<Times> all;
        for (std::size_t i = 0; i < Times; ++i)
            all[i] = x = means[i].next(x);
        return all;
    }
};

struct Dema : Chained<2> {
    std::vector<std::string> outputs() const { return {"dema"}; }
    double push(double x)
    {
        const auto [once, twice] = averages(x);
        return 2.0 * once - twice;
    }
};

struct Tema : Chained<3> {
    std::vector<std::string> outputs() const { return {"tema"}; }
    double push(double x)
    {
        const auto [once, twice, thrice] = averages(x);
        return 3.0 * (once - twice) + thrice;
    }
};

struct T3 : Chained<6> {
    double volume = 0.7;

    T3() { period = 5; }
    void describe(ParamVisitor& v)
    {
        Chained::describe(v);
        v.field(volume, {.id = "volume_factor",
                         .label = TR("engine", "Volume factor"),
                         .help = TR("engine", "0 is smooth, 1 follows quickly."),
                         .min = 0,
                         .max = 1});
    }
    std::vector<std::string> outputs() const { return {"t3"}; }
    double push(double x)
    {
        const Row<6> e = averages(x);
        const double v = volume;
        return -v * v * v * e[5] + 3.0 * v * v * (1.0 + v) * e[4] - 3.0 * v * (1.0 + v) * (1.0 + v) * e[3] +
               (1.0 + v) * (1.0 + v) * (1.0 + v) * e[2];
    }
};

/// The weighted mean of the last n values, newest weight n.
class RampMean {
public:
    RampMean() = default;
    explicit RampMean(int n) : m_window(n) {}
    double next(double x) { return m_window.push(x) ? m_window.weightedMean() : missing; }

private:
    WindowRamp m_window;
};

struct Wma : ColumnIndicator {
    RampMean mean;

    Wma() : ColumnIndicator(20) {}
    std::vector<std::string> outputs() const { return {"wma"}; }
    int warmUp() const { return period - 1; }
    void start() { mean = RampMean(period); }
    double push(double x) { return mean.next(x); }
};

struct Hma : ColumnIndicator {
    RampMean fast;
    RampMean slow;
    RampMean last;

    Hma() : ColumnIndicator(20, 4) {}
    std::vector<std::string> outputs() const { return {"hma"}; }
    int warmUp() const { return period - 1 + root() - 1; }
    void start()
    {
        fast = RampMean(period / 2);
        slow = RampMean(period);
        last = RampMean(root());
    }
    double push(double x) { return last.next(2.0 * fast.next(x) - slow.next(x)); }

private:
    int root() const { return static_cast<int>(std::sqrt(period)); }
};

struct TriangularAverage : ColumnIndicator {
    WindowMean first;
    WindowMean second;

    TriangularAverage() : ColumnIndicator(20) {}
    std::vector<std::string> outputs() const { return {"trima"}; }
    int warmUp() const { return period - 1; }
    void start()
    {
        first = WindowMean((period + 1) / 2);
        second = WindowMean(period / 2 + 1);
    }
    double push(double x) { return second.next(first.next(x)); }
};

const char* const murphy = "Murphy, Technical Analysis of the Financial Markets, 1999, chapter 9";

}  // namespace

std::vector<FeatureEntry> trendFeatures()
{
    return {
        featureOf<Sma>({.id = "sma",
                        .label = TR("engine", "Moving average"),
                        .help = TR("engine", "Simple moving average."),
                        .formula = "mean(x[t-n+1 .. t])",
                        .source = murphy,
                        .unit = "as the column"}),
        featureOf<Ema>(
            {.id = "ema",
             .label = TR("engine", "Exponential average"),
             .help = TR("engine", "Exponential moving average, started with the mean of the first rows."),
             .formula = "y[t] = a x[t] + (1 - a) y[t-1], a = 2 / (n + 1), y[n-1] = mean of the first n; "
                        "start = first: y[0] = x[0]; weighted: sum((1 - a)^i x[t-i]) / sum((1 - a)^i)",
             .source = murphy,
             .unit = "as the column"}),
        featureOf<WilderAverage>(
            {.id = "wilder_average",
             .label = TR("engine", "Wilder average"),
             .help = TR("engine", "Exponential average with the ratio that Wilder's indicators use."),
             .formula = "y[t] = x[t] / n + (1 - 1 / n) y[t-1], y[n-1] = mean of the first n",
             .source = "Wilder, New Concepts in Technical Trading Systems, 1978",
             .unit = "as the column"}),
        featureOf<Dema>({.id = "dema",
                         .label = TR("engine", "Double exponential average"),
                         .help = TR("engine", "Exponential average with less delay."),
                         .formula = "2 ema(x) - ema(ema(x))",
                         .source = "Mulloy, Technical Analysis of Stocks & Commodities 12, January 1994",
                         .unit = "as the column"}),
        featureOf<Tema>({.id = "tema",
                         .label = TR("engine", "Triple exponential average"),
                         .help = TR("engine", "Exponential average with hardly any delay."),
                         .formula = "3 ema(x) - 3 ema(ema(x)) + ema(ema(ema(x)))",
                         .source = "Mulloy, Technical Analysis of Stocks & Commodities 12, February 1994",
                         .unit = "as the column"}),
        featureOf<T3>({.id = "t3",
                       .label = TR("engine", "T3 average"),
                       .help = TR("engine", "Six exponential averages that make one smooth and quick."),
                       .formula =
                           "-v^3 e6 + 3 v^2 (1 + v) e5 - 3 v (1 + v)^2 e4 + (1 + v)^3 e3, e[k] the k-fold "
                           "exponential average",
                       .source = "Tillson, Technical Analysis of Stocks & Commodities 16, January 1998",
                       .unit = "as the column"}),
        featureOf<Wma>(
            {.id = "wma",
             .label = TR("engine", "Weighted average"),
             .help = TR("engine", "Moving average with weights that grow linearly towards the present."),
             .formula = "sum(i x[t-n+i], i = 1 .. n) / (n (n + 1) / 2)",
             .source = murphy,
             .unit = "as the column"}),
        featureOf<Hma>({.id = "hma",
                        .label = TR("engine", "Hull average"),
                        .help = TR("engine", "Weighted average that is smooth and follows quickly."),
                        .formula = "wma(2 wma(x, n / 2) - wma(x, n), sqrt(n)), both rounded down",
                        .source = "Hull, How to reduce lag in a moving average, 2005",
                        .unit = "as the column"}),
        featureOf<TriangularAverage>(
            {.id = "trima",
             .label = TR("engine", "Triangular average"),
             .help = TR("engine", "Moving average whose weights rise to the middle and fall again."),
             .formula = "sma(sma(x, (n + 1) / 2), n / 2 + 1), both rounded down",
             .source = murphy,
             .unit = "as the column"}),
    };
}

}  // namespace fc
