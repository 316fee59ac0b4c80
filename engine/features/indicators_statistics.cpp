// SPDX-License-Identifier: GPL-3.0-or-later
// Moments of the last rows, and how two columns move together.
#include "engine/features/indicators.h"
#include "engine/features/pair_window.h"

namespace fc {

namespace {

/// Divisor of a variance: the values, or one less.
void deviationField(ParamVisitor& v, std::string& deviation)
{
    v.field(deviation, {.id = "deviation",
                        .label = TR("engine", "Deviation"),
                        .help = TR("engine", "sample divides by n - 1, population by n."),
                        .choices = {"sample", "population"}});
}

int ddofOf(const std::string& deviation)
{
    return deviation == "sample" ? 1 : 0;
}

/// What the first powers of the last rows say.
template <std::size_t Powers>
struct Moments : ColumnIndicator {
    WindowSums<Powers> window;

    explicit Moments(int least = 1) : ColumnIndicator(20, least) {}
    int warmUp() const { return period - 1; }
    void start() { window = WindowSums<Powers>(period); }
};

struct RollingSum : Moments<1> {
    std::vector<std::string> outputs() const { return {"rolling_sum"}; }
    double push(double x) { return window.push(x) ? window.mean() * period : missing; }
};

struct RollingMean : Moments<1> {
    std::vector<std::string> outputs() const { return {"rolling_mean"}; }
    double push(double x) { return window.push(x) ? window.mean() : missing; }
};

/// Moments that offer both divisors.
struct Spread : Moments<2> {
    std::string deviation = "sample";
    int ddof = 1;

    Spread() : Moments(2) {}
    void describe(ParamVisitor& v)
    {
        ColumnIndicator::describe(v);
        deviationField(v, deviation);
    }
    void start()
    {
        Moments::start();
        ddof = ddofOf(deviation);
    }
};

struct RollingStd : Spread {
    std::vector<std::string> outputs() const { return {"rolling_std"}; }
    double push(double x) { return window.push(x) ? window.deviation(ddof) : missing; }
};

struct RollingVariance : Spread {
    std::vector<std::string> outputs() const { return {"rolling_variance"}; }
    double push(double x) { return window.push(x) ? window.variance(ddof) : missing; }
};

struct RelativeSpread : Spread {
    std::vector<std::string> outputs() const { return {"variation"}; }
    double push(double x)
    {
        if (!window.push(x) || window.mean() == 0)
            return missing;
        return window.deviation(ddof) / std::abs(window.mean());
    }
};

struct ZScore : Spread {
    ZScore() { deviation = "population"; }
    std::vector<std::string> outputs() const { return {"zscore"}; }
    double push(double x)
    {
        if (!window.push(x))
            return missing;
        const double spread = window.deviation(ddof);
        return spread > 0 ? (x - window.mean()) / spread : 0.0;
    }
};

struct RollingRms : ColumnIndicator {
    WindowMean squares;

    RollingRms() : ColumnIndicator(20) {}
    std::vector<std::string> outputs() const { return {"rolling_rms"}; }
    int warmUp() const { return period - 1; }
    void start() { squares = WindowMean(period); }
    double push(double x) { return std::sqrt(std::max(squares.next(x * x), 0.0)); }
};

struct RollingSkew : Moments<3> {
    RollingSkew() : Moments(3) {}
    std::vector<std::string> outputs() const { return {"rolling_skew"}; }
    double push(double x)
    {
        if (!window.push(x))
            return missing;
        const double n = window.count();
        const double mean = window.sum(1) / n;
        const double second = window.squares() / n;
        const double third = window.sum(3) / n - 3.0 * mean * window.sum(2) / n + 2.0 * mean * mean * mean;
        if (second <= 0)
            return 0.0;
        return std::sqrt(n * (n - 1.0)) / (n - 2.0) * third / (second * std::sqrt(second));
    }
};

struct RollingKurtosis : Moments<4> {
    RollingKurtosis() : Moments(4) {}
    std::vector<std::string> outputs() const { return {"rolling_kurtosis"}; }
    double push(double x)
    {
        if (!window.push(x))
            return missing;
        const double n = window.count();
        const double m = window.sum(1) / n;
        const double second = window.squares() / n;
        const double fourth = window.sum(4) / n - 4.0 * m * window.sum(3) / n +
                              6.0 * m * m * window.sum(2) / n - 3.0 * m * m * m * m;
        if (second <= 0)
            return 0.0;
        const double plain = (n + 1.0) * fourth / (second * second) - 3.0 * (n - 1.0);
        return (n - 1.0) / ((n - 2.0) * (n - 3.0)) * plain;
    }
};

struct RollingSlope : ColumnIndicator {
    WindowRamp window;

    RollingSlope() : ColumnIndicator(20, 2) {}
    std::vector<std::string> outputs() const { return {"rolling_slope"}; }
    int warmUp() const { return period - 1; }
    void start() { window = WindowRamp(period); }
    double push(double x) { return window.push(x) ? window.slope() : missing; }
};

struct LinearRegression : ColumnIndicator {
    WindowRamp window;

    LinearRegression() : ColumnIndicator(20, 2) {}
    std::vector<std::string> outputs() const { return {"linear_regression"}; }
    int warmUp() const { return period - 1; }
    void start() { window = WindowRamp(period); }
    double push(double x)
    {
        return window.push(x) ? window.mean() + window.slope() * (period - 1.0) / 2.0 : missing;
    }
};

struct Autocorrelation : ColumnIndicator {
    int lag = 1;
    Delay before;
    PairWindow window;

    Autocorrelation() : ColumnIndicator(20, 2) {}
    void describe(ParamVisitor& v)
    {
        ColumnIndicator::describe(v);
        rowsField(v, lag, "lag", TR("engine", "Lag"), TR("engine", "Rows between the two values of a pair."));
    }
    std::vector<std::string> outputs() const { return {"rolling_autocorrelation"}; }
    int warmUp() const { return period - 1 + lag; }
    void start()
    {
        before = Delay(lag);
        window = PairWindow(period);
    }
    double push(double x) { return window.push(x, before.next(x)) ? window.correlation() : missing; }
};

/// Of two columns.
struct Together : ColumnIndicator {
    std::string other = "volume";
    PairWindow window;

    Together() : ColumnIndicator(20, 2) {}
    void describe(ParamVisitor& v)
    {
        ColumnIndicator::describe(v);
        v.field(other, {.id = "other",
                        .label = TR("engine", "Other column"),
                        .help = TR("engine", "The column it is compared with, by name or role.")});
    }
    std::vector<std::string> inputs() const { return {column, other}; }
    int warmUp() const { return period - 1; }
    void start() { window = PairWindow(period); }
};

struct RollingCorrelation : Together {
    std::vector<std::string> outputs() const { return {"rolling_correlation"}; }
    double push(const Row<2>& pair) { return window.push(pair[0], pair[1]) ? window.correlation() : missing; }
};

struct RollingCovariance : Together {
    std::string deviation = "sample";
    double divisor = 1;

    void describe(ParamVisitor& v)
    {
        Together::describe(v);
        deviationField(v, deviation);
    }
    std::vector<std::string> outputs() const { return {"rolling_covariance"}; }
    void start()
    {
        Together::start();
        divisor = period - ddofOf(deviation);
    }
    double push(const Row<2>& pair)
    {
        return window.push(pair[0], pair[1]) ? window.productsXY() / divisor : missing;
    }
};

struct RollingBeta : Together {
    std::vector<std::string> outputs() const { return {"rolling_beta"}; }
    double push(const Row<2>& pair)
    {
        return window.push(pair[0], pair[1]) ? shareOf(window.productsXY(), window.squaresY(), 0.0) : missing;
    }
};

struct MeanCrossings : ColumnIndicator {
    WindowMean mean;
    WindowMean crossings;
    Previous side;

    MeanCrossings() : ColumnIndicator(20, 2) {}
    std::vector<std::string> outputs() const { return {"mean_crossings"}; }
    int warmUp() const { return 2 * period - 1; }
    void start() { mean = crossings = WindowMean(period); }
    double push(double x)
    {
        const double distance = x - mean.next(x);
        const double now = std::isnan(distance) ? missing : distance < 0 ? -1.0 : 1.0;
        return crossings.next(std::abs(now - side.next(now)) / 2.0);
    }
};

}  // namespace

std::vector<FeatureEntry> statisticsFeatures()
{
    const std::string moments = "Kenney & Keeping, Mathematics of Statistics, 1951";
    const std::string pearson = "Pearson, Proceedings of the Royal Society 58, 1895";
    return {
        featureOf<RollingSum>({.id = "rolling_sum",
                               .label = TR("engine", "Sum"),
                               .help = TR("engine", "Sum of the last rows."),
                               .formula = "sum(x[t-n+1 .. t])",
                               .source = moments,
                               .unit = "as the column"}),
        featureOf<RollingMean>(
            {.id = "rolling_mean",
             .label = TR("engine", "Mean"),
             .help = TR("engine", "Mean of the last rows; the same as the moving average."),
             .formula = "mean(x[t-n+1 .. t])",
             .source = moments,
             .unit = "as the column"}),
        featureOf<RollingStd>({.id = "rolling_std",
                               .label = TR("engine", "Standard deviation"),
                               .help = TR("engine", "Standard deviation of the last rows."),
                               .formula = "sqrt(sum((x - mean)^2) / (n - 1)), or / n",
                               .source = moments,
                               .unit = "as the column"}),
        featureOf<RollingVariance>({.id = "rolling_variance",
                                    .label = TR("engine", "Variance"),
                                    .help = TR("engine", "Variance of the last rows."),
                                    .formula = "sum((x - mean)^2) / (n - 1), or / n",
                                    .source = moments,
                                    .unit = "column squared"}),
        featureOf<RelativeSpread>({.id = "variation",
                                   .label = TR("engine", "Coefficient of variation"),
                                   .help = TR("engine", "Standard deviation over the size of the mean."),
                                   .formula = "sd(x) / |mean(x)|",
                                   .source = moments,
                                   .unit = "ratio"}),
        featureOf<ZScore>({.id = "zscore",
                           .label = TR("engine", "Rolling z-score"),
                           .help = TR("engine", "Distance from the moving average in standard deviations."),
                           .formula = "(x - sma(n)) / s, s the standard deviation; 0 where s is 0",
                           .source = "standard score of elementary statistics",
                           .unit = "standard deviations"}),
        featureOf<RollingRms>({.id = "rolling_rms",
                               .label = TR("engine", "Root mean square"),
                               .help = TR("engine", "Loudness of a signal: root of its mean square."),
                               .formula = "sqrt(mean(x^2))",
                               .source = moments,
                               .unit = "as the column"}),
        featureOf<RollingSkew>({.id = "rolling_skew",
                                .label = TR("engine", "Skewness"),
                                .help = TR("engine", "How much longer the upper tail is, bias-corrected."),
                                .formula = "sqrt(n (n - 1)) / (n - 2) m3 / m2^1.5, 0 without spread",
                                .source = "Joanes & Gill, The Statistician 47, 1998, G1",
                                .unit = "dimensionless"}),
        featureOf<RollingKurtosis>(
            {.id = "rolling_kurtosis",
             .label = TR("engine", "Excess kurtosis"),
             .help = TR("engine", "How heavy the tails are, bias-corrected; 0 for a normal distribution."),
             .formula = "(n - 1) / ((n - 2) (n - 3)) ((n + 1) m4 / m2^2 - 3 (n - 1)), 0 without spread",
             .source = "Joanes & Gill, The Statistician 47, 1998, G2",
             .unit = "dimensionless"}),
        featureOf<RollingSlope>({.id = "rolling_slope",
                                 .label = TR("engine", "Slope"),
                                 .help = TR("engine", "Slope of the straight line through the last rows."),
                                 .formula = "sum((i - mean(i)) x[i]) / sum((i - mean(i))^2)",
                                 .source = "Gauss, Theoria motus, 1809, least squares",
                                 .unit = "column per row"}),
        featureOf<LinearRegression>(
            {.id = "linear_regression",
             .label = TR("engine", "Regression line"),
             .help = TR("engine", "Where the straight line through the last rows ends."),
             .formula = "mean(x) + slope (n - 1) / 2",
             .source = "Gauss, Theoria motus, 1809, least squares",
             .unit = "as the column"}),
        featureOf<Autocorrelation>(
            {.id = "rolling_autocorrelation",
             .label = TR("engine", "Autocorrelation"),
             .help = TR("engine", "Correlation of the last rows with those some rows earlier."),
             .formula = "correlation of the n pairs (x[i], x[i-k]), 0 without spread",
             .source = pearson,
             .unit = "-1..1"}),
        featureOf<RollingCorrelation>({.id = "rolling_correlation",
                                       .label = TR("engine", "Correlation"),
                                       .help = TR("engine", "Correlation of two columns over the last rows."),
                                       .formula =
                                           "sum(dx dy) / sqrt(sum(dx^2) sum(dy^2)), dx = x - mean(x); 0 "
                                           "without spread",
                                       .source = pearson,
                                       .unit = "-1..1"}),
        featureOf<RollingCovariance>({.id = "rolling_covariance",
                                      .label = TR("engine", "Covariance"),
                                      .help = TR("engine", "Covariance of two columns over the last rows."),
                                      .formula = "sum(dx dy) / (n - 1), or / n",
                                      .source = pearson,
                                      .unit = "product of the columns"}),
        featureOf<RollingBeta>({.id = "rolling_beta",
                                .label = TR("engine", "Beta"),
                                .help = TR("engine", "How much a column moves when the other moves by one."),
                                .formula = "sum(dx dy) / sum(dy^2), 0 where the other is constant",
                                .source = "Sharpe, Management Science 9, 1963",
                                .unit = "ratio of the columns"}),
        featureOf<MeanCrossings>(
            {.id = "mean_crossings",
             .label = TR("engine", "Crossings of the mean"),
             .help = TR("engine", "Share of rows at which it crosses its moving average."),
             .formula = "mean(|sign(x[i] - sma) - sign(x[i-1] - sma)| / 2)",
             .source = "Kedem, Time Series Analysis by Higher Order Crossings, 1994",
             .unit = "0..1"}),
    };
}

}  // namespace fc
