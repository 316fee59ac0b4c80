// SPDX-License-Identifier: GPL-3.0-or-later
// Moving averages that adapt, look ahead of their delay, or weigh by volume.
#include "engine/features/indicators.h"
#include "engine/features/weighted_window.h"

namespace fc {

namespace {

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

}  // namespace

std::vector<FeatureEntry> adaptiveFeatures()
{
    return {
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
