// SPDX-License-Identifier: GPL-3.0-or-later
// Moving averages.
#include "engine/features/indicators.h"
#include "engine/features/weighted_window.h"

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

struct Kama : ColumnIndicator {
    int fast = 2;
    int slow = 30;
    Delay before;
    Previous previous;
    WindowMean path;
    double average = missing;

    Kama() : ColumnIndicator(10) {}
    void describe(ParamVisitor& v)
    {
        ColumnIndicator::describe(v);
        rowsField(v, fast, "fast", TR("engine", "Fast period"),
                  TR("engine", "Period of the average in a straight trend."));
        rowsField(v, slow, "slow", TR("engine", "Slow period"),
                  TR("engine", "Period of the average without any trend."));
    }
    std::vector<std::string> outputs() const { return {"kama"}; }
    int warmUp() const { return period; }
    void start()
    {
        before = Delay(period);
        path = WindowMean(period);
    }
    double push(double x)
    {
        const double last = previous.next(x);
        const double way = path.next(std::abs(x - last)) * period;
        const double distance = std::abs(x - before.next(x));
        if (std::isnan(way + distance))
            return average = missing;
        const double efficiency = way > 0 ? std::min(distance / way, 1.0) : 0.0;
        const double quick = 2.0 / (fast + 1.0);
        const double calm = 2.0 / (slow + 1.0);
        const double ratio = efficiency * (quick - calm) + calm;
        const double from = std::isnan(average) ? last : average;
        return average = from + ratio * ratio * (x - from);
    }
};

struct Zlema : ColumnIndicator {
    std::string lag = "textbook";
    Delay before;
    Delay beforeThat;
    Smooth seed;
    int present = 0;
    double average = missing;

    Zlema() : ColumnIndicator(20) {}
    void describe(ParamVisitor& v)
    {
        ColumnIndicator::describe(v);
        v.field(lag, {.id = "lag",
                      .label = TR("engine", "Lag"),
                      .help = TR("engine",
                                 "How far back the value lies that the newest one is compared with: textbook "
                                 "(n - 1) / 2 rows, ttr (n + 1) / 2 as the R package TTR."),
                      .choices = {"textbook", "ttr"}});
    }
    std::vector<std::string> outputs() const { return {"zlema"}; }
    int warmUp() const { return period - 1; }
    void start()
    {
        seed = exponentialMean(period);
        before = Delay(twiceTheLag() / 2);
        beforeThat = Delay((twiceTheLag() + 1) / 2);
    }
    double push(double x)
    {
        const double then = (before.next(x) + beforeThat.next(x)) / 2.0;
        const double ratio = 2.0 / (period + 1.0);
        const double first = seed.next(x);
        if (std::isnan(first))
            return average = missing;
        return average = std::isnan(average) ? first : ratio * (2.0 * x - then) + (1.0 - ratio) * average;
    }

private:
    int twiceTheLag() const { return lag == "ttr" ? period + 1 : period - 1; }
};

struct Alma : ColumnIndicator {
    double offset = 0.85;
    double sigma = 6;
    WeightedWindow window;

    Alma() : ColumnIndicator(9, 1, 1000) {}
    void describe(ParamVisitor& v)
    {
        ColumnIndicator::describe(v);
        v.field(offset, {.id = "offset",
                         .label = TR("engine", "Offset"),
                         .help = TR("engine", "Place of the largest weight: 0 the oldest row, 1 the newest."),
                         .min = 0,
                         .max = 1});
        v.field(sigma, {.id = "sigma",
                        .label = TR("engine", "Sharpness"),
                        .help = TR("engine", "Period over width of the bell of weights."),
                        .min = 0.5,
                        .max = 50});
    }
    std::vector<std::string> outputs() const { return {"alma"}; }
    int warmUp() const { return period - 1; }
    void start()
    {
        const double center = std::floor(offset * (period - 1.0));
        const double width = period / sigma;
        std::vector<double> weights;
        double sum = 0;
        for (int k = 0; k < period; ++k) {  // k rows ago
            const double distance = period - 1.0 - k - center;
            weights.push_back(std::exp(-distance * distance / (2.0 * width * width)));
            sum += weights.back();
        }
        for (double& weight : weights)
            weight /= sum;
        window = WeightedWindow(std::move(weights));
    }
    double push(double x) { return window.next(x); }
};

struct Vwap : BarIndicator {
    std::string column = "close";
    WindowMean money;
    WindowMean traded;

    Vwap() : BarIndicator(20) {}
    void describe(ParamVisitor& v)
    {
        BarIndicator::describe(v);
        columnField(v, column);
    }
    std::vector<std::string> inputs() const { return {column, "volume"}; }
    std::vector<std::string> outputs() const { return {"vwap"}; }
    int warmUp() const { return period - 1; }
    void start() { money = traded = WindowMean(period); }
    double push(const Row<2>& row)
    {
        const auto [price, volume] = row;
        const double turnover = money.next(price * volume);
        const double all = traded.next(volume);
        return all > 0 ? turnover / all : missing;
    }
};

struct Evwma : BarIndicator {
    WindowMean traded;
    double average = missing;

    Evwma() : BarIndicator(20) {}
    std::vector<std::string> inputs() const { return {"close", "volume"}; }
    std::vector<std::string> outputs() const { return {"evwma"}; }
    int warmUp() const { return period - 1; }
    void start() { traded = WindowMean(period); }
    double push(const Row<2>& row)
    {
        const auto [price, volume] = row;
        const double all = traded.next(std::isnan(price) ? missing : volume) * period;
        if (std::isnan(all))
            return average = missing;
        if (std::isnan(average))
            return average = price;
        const double share = all > 0 ? volume / all : 0.0;
        return average = (1.0 - share) * average + share * price;
    }
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
        featureOf<Kama>(
            {.id = "kama",
             .label = TR("engine", "Kaufman average"),
             .help = TR("engine", "Average that follows quickly in a trend and hardly moves without one."),
             .formula = "y[t] = y[t-1] + c^2 (x[t] - y[t-1]), c = e (2 / (fast + 1) - 2 / (slow + 1)) + 2 / "
                        "(slow + 1), e = |x[t] - x[t-n]| / sum|x[i] - x[i-1]|; starts from x[n-1]",
             .source = "Kaufman, Smarter Trading, 1995",
             .unit = "as the column"}),
        featureOf<Zlema>(
            {.id = "zlema",
             .label = TR("engine", "Zero-lag average"),
             .help = TR("engine", "Exponential average of the value and its change over half the period."),
             .formula = "y[t] = a (2 x[t] - x[t-l]) + (1 - a) y[t-1], a = 2 / (n + 1), y[n-1] = mean of the "
                        "first n; half rows lie between two",
             .source = "Ehlers & Way, Technical Analysis of Stocks & Commodities 28, November 2010",
             .unit = "as the column"}),
        featureOf<Alma>(
            {.id = "alma",
             .label = TR("engine", "Bell-weighted average"),
             .help = TR("engine",
                        "Average with bell-shaped weights around a place in the window. The time it takes "
                        "grows with the period."),
             .formula =
                 "weights exp(-(j - m)^2 / (2 s^2)), j = 0 .. n-1 from the oldest, m = floor(offset (n "
                 "- 1)), s = n / sigma, divided by their sum",
             .source = "Legoux & Kouzis-Loukas, Arnaud Legoux Moving Average, 2009",
             .unit = "as the column"}),
        featureOf<Vwap>({.id = "vwap",
                         .label = TR("engine", "Volume-weighted price"),
                         .help = TR("engine", "Average price of the last rows, weighted by volume."),
                         .formula = "sum(x V) / sum(V) over the last n rows",
                         .source = "Berkowitz, Logue & Noser, Journal of Finance 43, 1988",
                         .unit = "price"}),
        featureOf<Evwma>(
            {.id = "evwma",
             .label = TR("engine", "Elastic volume-weighted average"),
             .help = TR("engine", "Average that moves by the share of the newest row in the recent volume."),
             .formula = "y[t] = (1 - q) y[t-1] + q C[t], q = V[t] / sum(V of n rows), y[n-1] = C[n-1]",
             .source = "Fries, Technical Analysis of Stocks & Commodities 19, June 2001",
             .unit = "price"}),
    };
}

}  // namespace fc
