// SPDX-License-Identifier: GPL-3.0-or-later
// Order of the last rows: extremes, quantiles, ranks.
#include "engine/features/indicators.h"
#include "engine/features/sorted_window.h"

namespace fc {

namespace {

struct RollingMin : ColumnIndicator {
    WindowMin lowest;

    RollingMin() : ColumnIndicator(20) {}
    std::vector<std::string> outputs() const { return {"rolling_min"}; }
    int warmUp() const { return period - 1; }
    void start() { lowest = WindowMin(period); }
    double push(double x) { return lowest.next(x); }
};

struct RollingMax : ColumnIndicator {
    WindowMax highest;

    RollingMax() : ColumnIndicator(20) {}
    std::vector<std::string> outputs() const { return {"rolling_max"}; }
    int warmUp() const { return period - 1; }
    void start() { highest = WindowMax(period); }
    double push(double x) { return highest.next(x); }
};

struct Span : ColumnIndicator {
    WindowMax highest;
    WindowMin lowest;

    Span() : ColumnIndicator(20) {}
    int warmUp() const { return period - 1; }
    void start()
    {
        highest = WindowMax(period);
        lowest = WindowMin(period);
    }
};

struct RollingRange : Span {
    std::vector<std::string> outputs() const { return {"rolling_range"}; }
    double push(double x) { return highest.next(x) - lowest.next(x); }
};

struct RangePosition : Span {
    std::vector<std::string> outputs() const { return {"range_position"}; }
    double push(double x)
    {
        const double bottom = lowest.next(x);
        return shareOf(x - bottom, highest.next(x) - bottom, 0.5);
    }
};

/// What the sorted last rows say.
struct Sorted : ColumnIndicator {
    SortedWindow window;

    Sorted() : ColumnIndicator(20) {}
    int warmUp() const { return period - 1; }
    void start() { window = SortedWindow(period); }
};

struct RollingMedian : Sorted {
    std::vector<std::string> outputs() const { return {"rolling_median"}; }
    double push(double x) { return window.push(x) ? window.median() : missing; }
};

struct RollingQuantile : Sorted {
    double level = 0.9;

    void describe(ParamVisitor& v)
    {
        Sorted::describe(v);
        v.field(level, {.id = "level",
                        .label = TR("engine", "Level"),
                        .help = TR("engine", "Share of the values that lies below."),
                        .min = 0,
                        .max = 1});
    }
    std::vector<std::string> outputs() const { return {"rolling_quantile"}; }
    double push(double x) { return window.push(x) ? window.quantile(level) : missing; }
};

struct QuartileRange : Sorted {
    std::vector<std::string> outputs() const { return {"rolling_iqr"}; }
    double push(double x) { return window.push(x) ? window.quantile(0.75) - window.quantile(0.25) : missing; }
};

/// Makes the median distance to the median a standard deviation where the values are normal.
constexpr double normalScale = 1.4826;

struct MedianDeviation : Sorted {
    std::vector<std::string> outputs() const { return {"rolling_mad"}; }
    double push(double x)
    {
        return window.push(x) ? normalScale * window.medianOfDistances(window.median()) : missing;
    }
};

struct RobustZScore : Sorted {
    std::vector<std::string> outputs() const { return {"robust_zscore"}; }
    double push(double x)
    {
        if (!window.push(x))
            return missing;
        const double center = window.median();
        const double spread = normalScale * window.medianOfDistances(center);
        return spread > 0 ? (x - center) / spread : 0.0;
    }
};

struct MeanDeviation : Sorted {
    std::string center = "mean";
    bool isAroundMedian = false;
    WindowMean mean;

    void describe(ParamVisitor& v)
    {
        Sorted::describe(v);
        v.field(center, {.id = "center",
                         .label = TR("engine", "Center"),
                         .help = TR("engine", "What the distances are taken to: mean or median."),
                         .choices = {"mean", "median"}});
    }
    std::vector<std::string> outputs() const { return {"rolling_mean_deviation"}; }
    void start()
    {
        Sorted::start();
        isAroundMedian = center == "median";
        mean = WindowMean(period);
    }
    double push(double x)
    {
        const double average = mean.next(x);
        if (!window.push(x))
            return missing;
        return window.sumOfDistances(isAroundMedian ? window.median() : average) / period;
    }
};

struct PercentRank : Sorted {
    std::vector<std::string> outputs() const { return {"percent_rank"}; }
    double push(double x)
    {
        if (!window.push(x))
            return missing;
        return (window.below(x) + window.notAbove(x)) / 2.0 / period;
    }
};

}  // namespace

std::vector<FeatureEntry> orderFeatures()
{
    const std::string order = "David & Nagaraja, Order Statistics, 2003";
    const std::string quantiles = "Hyndman & Fan, The American Statistician 50, 1996, type 7";
    return {
        featureOf<RollingMin>({.id = "rolling_min",
                               .label = TR("engine", "Minimum"),
                               .help = TR("engine", "Lowest of the last rows."),
                               .formula = "min(x[t-n+1 .. t])",
                               .source = order,
                               .unit = "as the column"}),
        featureOf<RollingMax>({.id = "rolling_max",
                               .label = TR("engine", "Maximum"),
                               .help = TR("engine", "Highest of the last rows."),
                               .formula = "max(x[t-n+1 .. t])",
                               .source = order,
                               .unit = "as the column"}),
        featureOf<RollingRange>({.id = "rolling_range",
                                 .label = TR("engine", "Range"),
                                 .help = TR("engine", "Highest less lowest of the last rows."),
                                 .formula = "max(x) - min(x)",
                                 .source = order,
                                 .unit = "as the column"}),
        featureOf<RangePosition>(
            {.id = "range_position",
             .label = TR("engine", "Place in the range"),
             .help = TR("engine", "Place between the lowest and the highest of the rows."),
             .formula = "(x - min(x)) / (max(x) - min(x)), 0.5 without range",
             .source = order,
             .unit = "0..1"}),
        featureOf<RollingMedian>({.id = "rolling_median",
                                  .label = TR("engine", "Median"),
                                  .help = TR("engine", "Median of the last rows."),
                                  .formula = "median(x[t-n+1 .. t])",
                                  .source = quantiles,
                                  .unit = "as the column"}),
        featureOf<RollingQuantile>({.id = "rolling_quantile",
                                    .label = TR("engine", "Quantile"),
                                    .help = TR("engine", "Value below which a share of the last rows lies."),
                                    .formula = "linear between the sorted values around place (n - 1) p",
                                    .source = quantiles,
                                    .unit = "as the column"}),
        featureOf<QuartileRange>({.id = "rolling_iqr",
                                  .label = TR("engine", "Interquartile range"),
                                  .help = TR("engine", "Width of the middle half of the last rows."),
                                  .formula = "quantile(0.75) - quantile(0.25)",
                                  .source = quantiles,
                                  .unit = "as the column"}),
        featureOf<MedianDeviation>(
            {.id = "rolling_mad",
             .label = TR("engine", "Median deviation"),
             .help = TR("engine", "Spread that single outliers hardly move."),
             .formula = "1.4826 median(|x - median(x)|)",
             .source = "Hampel, Journal of the American Statistical Association 69, 1974",
             .unit = "as the column"}),
        featureOf<RobustZScore>(
            {.id = "robust_zscore",
             .label = TR("engine", "Robust z-score"),
             .help = TR("engine", "Distance from the median in median deviations."),
             .formula = "(x - median(x)) / (1.4826 median(|x - median(x)|)), 0 without spread",
             .source = "Iglewicz & Hoaglin, How to Detect and Handle Outliers, 1993",
             .unit = "standard deviations"}),
        featureOf<MeanDeviation>({.id = "rolling_mean_deviation",
                                  .label = TR("engine", "Mean deviation"),
                                  .help = TR("engine", "Mean distance from the center of the last rows."),
                                  .formula = "mean(|x - c|), c the mean or the median",
                                  .source = order,
                                  .unit = "as the column"}),
        featureOf<PercentRank>(
            {.id = "percent_rank",
             .label = TR("engine", "Rank"),
             .help = TR("engine", "Share of the last rows that lie below the newest."),
             .formula = "(count(x[i] < x[t]) + count(x[i] = x[t]) / 2) / n, itself included",
             .source = order,
             .unit = "0..1"}),
    };
}

}  // namespace fc
