// SPDX-License-Identifier: GPL-3.0-or-later
// Recorded values of independent programs (R TTR, forecast, scikit-learn) for indicators, metrics and
// scalers.
#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>
#include <cmath>
#include <functional>
#include <map>

#include "engine/features/feature.h"
#include "engine/features/power_transform.h"
#include "engine/features/rolling.h"
#include "engine/features/scaler.h"
#include "engine/metrics/metrics.h"

using namespace fc;

namespace {

using Outputs = std::map<QString, std::vector<double>>;

/// The shared folder and the one named by FORECASTLE_GOLDEN_DIR, if they are there.
QStringList goldenFolders()
{
    QStringList folders{QStringLiteral(FC_SHARED_DIR "/golden")};
    if (qEnvironmentVariableIsSet("FORECASTLE_GOLDEN_DIR"))
        folders += qEnvironmentVariable("FORECASTLE_GOLDEN_DIR");
    folders.removeIf([](const QString& folder) { return !QDir(folder).exists(); });
    return folders;
}

std::vector<double> numbers(const QJsonValue& tensor)
{
    std::vector<double> out;
    for (const QJsonValue value : tensor.toObject()["data"].toArray())
        out.push_back(value.isNull() ? missing : value.toDouble());
    return out;
}

struct Case {
    QJsonObject json;

    explicit Case(const QString& path)
    {
        QFile file(path);
        if (file.open(QIODevice::ReadOnly))
            json = QJsonDocument::fromJson(file.readAll()).object();
    }
    QJsonObject config() const { return json["config"].toObject(); }
    QString op() const
    {
        return config().contains("indicator") ? config()["indicator"].toString() : config()["op"].toString();
    }
    std::vector<double> input(const char* name) const { return numbers(json["inputs"].toObject()[name]); }
    int columns(const char* name) const
    {
        const QJsonArray shape = json["inputs"].toObject()[name].toObject()["shape"].toArray();
        return shape.size() > 1 ? shape[1].toInt() : 1;
    }
    std::string param(const char* name) const
    {
        const QJsonValue value = config()["params"].toObject()[name];
        return value.isBool() ? (value.toBool() ? "true" : "false") : formatNumber(value.toDouble());
    }
    int number(const char* name) const { return config()["params"].toObject()[name].toInt(); }
};

Series bars(const Case& golden)
{
    Series series;
    series.hasClock = false;
    const QJsonObject inputs = golden.json["inputs"].toObject();
    for (const QString& name : inputs.keys()) {
        const QString role = name.section('_', 0, 0);  // "high_cents" is a high
        series.columns.push_back({name.toStdString(), role.toStdString(), numbers(inputs[name])});
        series.times.resize(series.columns.back().values.size());
    }
    return series;
}

/// The outputs of one feature under the names the recorded case has for them.
Outputs outputsOf(const Case& golden, const std::string& feature, const std::vector<QString>& names)
{
    const FeatureTable table = computeFeatures(bars(golden), {parseFeature(feature)});
    Outputs out;
    for (std::size_t i = 0; i < names.size(); ++i)
        out[names[i]] = table.columns.at(i);
    return out;
}

using Compute = std::function<Outputs(const Case&)>;

/// One feature whose text holds names of parameters of the case in braces: "sma(period={n})".
Compute feature(const std::string& text, const std::vector<QString>& names)
{
    return [=](const Case& c) {
        std::string filled;
        for (std::size_t i = 0; i < text.size(); ++i) {
            const std::size_t end = text[i] == '{' ? text.find('}', i) : i;
            filled += end == i ? text.substr(i, 1) : c.param(text.substr(i + 1, end - i - 1).c_str());
            i = end;
        }
        return outputsOf(c, filled, names);
    };
}

Compute all(const std::vector<Compute>& parts)
{
    return [parts](const Case& c) {
        Outputs out;
        for (const Compute& part : parts)
            out.merge(part(c));
        return out;
    };
}

/// The reference starts a stop below the first low by the spread of the bars of the whole series, which looks
/// ahead; here that distance is a number that a person gives.
Outputs parabolicStop(const Case& c)
{
    std::vector<double> range = c.input("high");
    const std::vector<double> low = c.input("low");
    for (std::size_t i = 0; i < range.size(); ++i)
        range[i] -= low[i];
    return outputsOf(c,
                     "sar(step=" + c.param("accel") + ", max=" + c.param("accel_max") +
                         ", initial_gap=" + formatNumber(windowDeviation(range, 1)) + ")",
                     {"sar"});
}

/// Recorded name -> how the catalogue says it. Names as in TTR and pandas.
const std::map<QString, Compute>& indicators()
{
    const std::string macd = "macd(fast={fast}, slow={slow}, signal={signal}";
    const std::string years = "(period={n}, per_year={N})";
    static const std::map<QString, Compute> known = {
        {"log_return", feature("log_return(period={n})", {"r"})},
        {"simple_return", feature("simple_return(period={n})", {"r"})},
        {"ROC_continuous", feature("roc(period={n}, type=continuous)", {"roc"})},
        {"ROC_discrete", feature("roc(period={n}, type=discrete)", {"roc"})},
        {"momentum", feature("momentum(period={n})", {"mom"})},
        {"SMA", feature("sma(period={n})", {"sma"})},
        {"EMA", feature("ema(period={n})", {"ema"})},
        {"EMA_wilder", feature("wilder_average(period={n})", {"ema"})},
        {"EMA_pandas_span", feature("ema(period={span}, start=first)", {"ema"})},
        {"EMA_pandas_adjust", feature("ema(period={span}, start=weighted)", {"ema"})},
        {"WMA", feature("wma(period={n})", {"wma"})},
        {"DEMA", feature("dema(period={n})", {"dema"})},
        {"TEMA", feature("tema(period={n})", {"tema"})},
        {"HMA", feature("hma(period={n})", {"hma"})},
        {"ZLEMA", feature("zlema(period={n}, lag=ttr)", {"zlema"})},
        {"ALMA", feature("alma(period={n}, offset={offset}, sigma={sigma})", {"alma"})},
        {"EVWMA", feature("evwma(period={n})", {"evwma"})},
        {"VWAP_rolling", feature("vwap(period={n})", {"vwap"})},
        {"BBands_close", feature("bollinger(period={n}, width={sd})", {"mavg", "up", "dn", "pctB"})},
        {"BBands_hlc",
         feature("bollinger(period={n}, width={sd}, column=typical_price)", {"mavg", "up", "dn", "pctB"})},
        {"Keltner", feature("keltner(period={n}, width={atr})", {"mavg", "up", "dn"})},
        {"Donchian", feature("donchian(period={n})", {"high", "mid", "low"})},
        {"Donchian_lag", feature("donchian(period={n}, lagged=true)", {"high", "mid", "low"})},
        {"SAR", parabolicStop},
        {"SAR_exact_accel", parabolicStop},
        {"RSI", feature("rsi(period={n})", {"rsi"})},
        {"RSI_sma", feature("rsi(period={n}, average=simple)", {"rsi"})},
        {"RSI_pandas_ewm", feature("rsi(period={n}, average=wilder_first)", {"rsi"})},
        {"CMO", feature("cmo(period={n})", {"cmo"})},
        {"MACD", feature(macd + ")", {"macd", "signal", "histogram"})},
        {"MACD_percent", feature(macd + ", percent=true)", {"macd", "signal"})},
        {"TRIX", feature("trix(period={n}, signal={n})", {"TRIX", "signal"})},
        {"VHF", feature("vhf(period={n})", {"vhf"})},
        {"stoch",
         all({feature("stochastic(period={nFastK}, smooth={nFastD})", {"fastK", "fastD"}),
              feature("slow_stochastic(period={nFastK}, smooth_k=1, smooth_d={nFastD}, slow={nSlowD})",
                      {"fastK", "fastD", "slowD"})})},
        {"stoch_smooth3", feature("slow_stochastic(period={nFastK}, smooth_k={smooth}, smooth_d={nFastD}, "
                                  "slow={nSlowD})",
                                  {"fastK", "fastD", "slowD"})},
        {"SMI",
         feature("smi(period={n}, fast={nFast}, slow={nSlow}, signal={nSig}, start=bar)", {"SMI", "signal"})},
        {"WPR", feature("williams_r(period={n})", {"wpr"})},
        {"CCI", feature("cci(period={n})", {"cci"})},
        {"ADX", all({feature("adx(period={n})", {"DIp", "DIn", "ADX"}), feature("dx(period={n})", {"DX"})})},
        {"aroon", feature("aroon(period={n})", {"aroonUp", "aroonDn", "oscillator"})},
        {"ultimate_oscillator", feature("ultimate(short=7, medium=14, long=28)", {"uo"})},
        {"williamsAD", feature("williams_ad", {"ad"})},
        {"ATR",
         all({feature("atr(period={n})", {"atr"}), feature("true_range", {"tr", "trueHigh", "trueLow"})})},
        {"ATR_sma", feature("atr(period={n}, average=simple)", {"atr"})},
        {"chaikin_volatility", feature("chaikin_volatility(period={n})", {"cv"})},
        {"volatility_close",
         [](const Case& c) {
             return outputsOf(c,
                              "volatility(period=" + std::to_string(c.number("n") - 1) +
                                  ", per_year=" + c.param("N") + ")",
                              {"vol"});
         }},
        {"volatility_parkinson", feature("parkinson" + years, {"vol"})},
        {"volatility_garman_klass", feature("garman_klass" + years, {"vol"})},
        {"volatility_gk_yz", feature("gk_yang_zhang" + years, {"vol"})},
        {"volatility_rogers_satchell", feature("rogers_satchell" + years, {"vol"})},
        {"volatility_yang_zhang", feature("yang_zhang" + years, {"vol"})},
        {"OBV", feature("obv", {"obv"})},
        {"CLV", feature("clv", {"clv"})},
        {"chaikinAD", feature("chaikin_ad", {"ad"})},
        {"CMF", feature("cmf(period={n})", {"cmf"})},
        {"MFI", feature("mfi(period={n})", {"mfi"})},
        {"MFI_close", feature("mfi(period={n}, column=close)", {"mfi"})},
        {"MFI_cents", feature("mfi(period={n})", {"mfi"})},
        {"zscore_population", feature("zscore(period={n})", {"z"})},
        {"zscore_sample", feature("zscore(period={n}, deviation=sample)", {"z"})},
        {"percent_rank", feature("percent_rank(period={n})", {"pr"})},
        {"run_basic",
         all({feature("rolling_sum(period={n})", {"sum"}), feature("rolling_mean(period={n})", {"mean"}),
              feature("rolling_min(period={n})", {"min"}), feature("rolling_max(period={n})", {"max"}),
              feature("rolling_median(period={n})", {"median"})})},
        {"run_var_sd", all({feature("rolling_variance(period={n})", {"var_sample"}),
                            feature("rolling_std(period={n})", {"sd_sample"}),
                            feature("rolling_std(period={n}, deviation=population)", {"sd_population"})})},
        {"rolling_pandas",
         all({feature("rolling_mean(period={n})", {"mean"}), feature("rolling_std(period={n})", {"std1"}),
              feature("rolling_std(period={n}, deviation=population)", {"std0"}),
              feature("rolling_skew(period={n})", {"skew"}),
              feature("rolling_kurtosis(period={n})", {"kurt"})})},
        {"run_mad",
         all({feature("rolling_mad(period={n})", {"mad_median"}),
              feature("rolling_mean_deviation(period={n}, center=median)", {"mad_mean_around_median"})})},
        {"run_cor_cov", all({feature("rolling_correlation(period={n}, other=volume)", {"cor"}),
                             feature("rolling_covariance(period={n}, other=volume)", {"cov"})})},
    };
    return known;
}

Compute errorNamed(const std::string& name)
{
    return [name](const Case& c) {
        const std::vector<double> y = c.input("y");
        const std::vector<double> predicted = c.input("pred");
        const auto columns = static_cast<std::size_t>(c.columns("y"));
        Outputs out;
        for (std::size_t column = 0; column < columns; ++column) {
            ForecastErrors errors(0);
            for (std::size_t i = column; i < y.size(); i += columns)
                errors.add(std::span(&predicted[i], 1), std::span(&y[i], 1), missing);
            out["per_column"].push_back(errors.values().at(name));
        }
        out["value"] = {windowMean(out["per_column"])};
        return out;
    };
}

const std::map<QString, Compute>& metrics()
{
    static const std::map<QString, Compute> known = {
        {"mae", errorNamed("mae")},
        {"mse", errorNamed("mse")},
        {"rmse", errorNamed("rmse")},
        {"rmse_cols", errorNamed("rmse")},
        {"mape", errorNamed("mape")},
        {"smape", errorNamed("smape")},
        {"wape", errorNamed("wape")},
        {"r2", errorNamed("r2")},
        {"mbe", errorNamed("bias")},
        {"pinball",
         [](const Case& c) {
             return Outputs{
                 {"value", {pinballLoss(c.input("pred"), c.input("y"), c.config()["alpha"].toDouble())}}};
         }},
        {"accuracy",
         [](const Case& c) {
             ForecastErrors errors(seasonalScale(c.input("insample"), c.config()["m"].toInt()));
             errors.add(c.input("pred"), c.input("y"), missing);
             const auto values = errors.values();
             return Outputs{{"mase", {values.at("mase")}},
                            {"rmse", {values.at("rmse")}},
                            {"me", {-values.at("bias")}},
                            {"mape_percent", {100 * values.at("mape")}}};
         }},
        {"directional_accuracy",
         [](const Case& c) {
             const std::vector<double> y = c.input("y");
             const std::vector<double> predicted = c.input("pred");
             ForecastErrors errors(0);
             for (std::size_t i = 1; i < y.size(); ++i)
                 errors.add(std::span(&predicted[i], 1), std::span(&y[i], 1), y[i - 1]);
             return Outputs{{"vs_previous_actual", {errors.values().at("directional_accuracy")}}};
         }},
    };
    return known;
}

QString scalerKind(const QJsonObject& config)
{
    const QString scaler = config["scaler"].toString();
    if (scaler == "StandardScaler")
        return config["with_mean"].toBool() && config["with_std"].toBool() ? "standard" : "";
    if (scaler == "RobustScaler")
        return config["quantile_range"].toArray() == QJsonArray{25.0, 75.0} ? "robust" : "";
    if (scaler == "MinMaxScaler")
        return config["feature_range"].toArray() == QJsonArray{0.0, 1.0} && !config.contains("clip")
                   ? "minmax"
                   : "";
    return scaler == "MaxAbsScaler" ? "max_abs" : "";
}

Outputs scaled(const Case& c)
{
    const std::string kind = scalerKind(c.config()).toStdString();
    const auto columns = static_cast<std::size_t>(c.columns("x"));
    const std::vector<double> x = c.input("x");
    const std::vector<double> fresh = c.input("new");
    Outputs out = {{"transformed", std::vector<double>(x.size())},
                   {"inverse", std::vector<double>(x.size())},
                   {"transformed_new", std::vector<double>(fresh.size())}};
    for (std::size_t column = 0; column < columns; ++column) {
        std::vector<double> values;
        for (std::size_t i = column; i < x.size(); i += columns)
            values.push_back(x[i]);
        const ColumnScale scale = fitScale(kind, values);
        for (std::size_t i = column; i < x.size(); i += columns) {
            out["transformed"][i] = scale.forward(x[i]);
            out["inverse"][i] = scale.inverse(out["transformed"][i]);
        }
        for (std::size_t i = column; i < fresh.size(); i += columns)
            out["transformed_new"][i] = scale.forward(fresh[i]);
    }
    return out;
}

/// Each column on its own: as given when the powers are, else fitted, with the powers.
Outputs yeoJohnsonOf(const Case& c)
{
    const auto columns = static_cast<std::size_t>(c.columns("x"));
    const std::vector<double> x = c.input("x");
    const QJsonArray given = c.config()["lambda"].toArray();
    Outputs out = {{"transformed", std::vector<double>(x.size())}};
    for (std::size_t column = 0; column < columns; ++column) {
        std::vector<double> values;
        for (std::size_t i = column; i < x.size(); i += columns)
            values.push_back(x[i]);
        const ColumnScale fitted = fitScale("yeo_johnson", values);
        for (std::size_t i = column; i < x.size(); i += columns)
            out["transformed"][i] = given.isEmpty()
                                        ? fitted.forward(x[i])
                                        : yeoJohnson(x[i], given[static_cast<qsizetype>(column)].toDouble());
        if (given.isEmpty())
            out["lambda"].push_back(fitted.shape);
    }
    return out;
}

/// Prices to returns and back.
Outputs logReturnsOf(const Case& c)
{
    const std::vector<double> price = c.input("price");
    const ColumnScale plain{.warp = Warp::Log, .differenced = true};
    Outputs out;
    for (std::size_t t = 1; t < price.size(); ++t)
        out["log_returns"].push_back(plain.warped(price[t]) - plain.warped(price[t - 1]));
    out["reconstructed"] = {price[0]};
    double level = plain.warped(price[0]);
    for (const double change : out["log_returns"])
        out["reconstructed"].push_back(plain.unwarped(level += change));
    return out;
}

/// What this program computes for a case; an empty function when it does not offer it.
Compute computation(const QString& group, const Case& golden)
{
    if (group == "scalers" && golden.op() == "yeo_johnson")
        return yeoJohnsonOf;
    if (group == "scalers" && golden.op() == "log_return_roundtrip")
        return logReturnsOf;
    if (group == "scalers")
        return scalerKind(golden.config()).isEmpty() ? Compute() : Compute(scaled);
    const auto& known = group == "metrics" ? metrics() : indicators();
    const auto found = known.find(golden.op());
    return found == known.end() ? Compute() : found->second;
}

void compare(const Case& golden, const QString& name, const std::vector<double>& got)
{
    const std::vector<double> expected = numbers(golden.json["outputs"].toObject()[name]);
    QJsonObject tolerance = golden.json["tolerance_f64"].toObject();
    if (const QJsonObject own = tolerance["per_output"].toObject(); own.contains(name))
        tolerance = own[name].toObject();
    QVERIFY2(got.size() == expected.size(), qPrintable(name));
    for (std::size_t i = 0; i < got.size(); ++i) {
        const double limit =
            tolerance["abs"].toDouble() + tolerance["rel"].toDouble() * std::abs(expected[i]);
        const bool same =
            std::isnan(expected[i]) ? std::isnan(got[i]) : std::abs(got[i] - expected[i]) <= limit;
        QVERIFY2(same, qPrintable(QString("%1[%2] is %3, recorded %4")
                                      .arg(name)
                                      .arg(i)
                                      .arg(got[i], 0, 'g', 17)
                                      .arg(expected[i], 0, 'g', 17)));
    }
}

}  // namespace

class GoldenIndicators : public QObject {
    Q_OBJECT

private slots:
    void initTestCase()
    {
        if (goldenFolders().isEmpty())
            QSKIP("The recorded values are not beside the project.");
    }

    void valuesEqualTheRecordedOnes_data()
    {
        QTest::addColumn<QString>("group");
        QTest::addColumn<QString>("path");
        for (const QString& folder : goldenFolders()) {
            const QString mark = folder == goldenFolders().first() ? "" : " (second folder)";
            for (const QString& group : {QString("indicators"), QString("metrics"), QString("scalers")}) {
                for (const QString& file : QDir(folder + "/" + group).entryList({"*.json"})) {
                    const QString path = folder + "/" + group + "/" + file;
                    const QString name = group + "/" + file.chopped(5) + mark;
                    if (computation(group, Case(path)))
                        QTest::newRow(qPrintable(name)) << group << path;
                    else
                        m_absent += name;
                }
            }
        }
    }

    void valuesEqualTheRecordedOnes()
    {
        QFETCH(QString, group);
        QFETCH(QString, path);
        const Case golden(path);
        const Outputs got = computation(group, golden)(golden);
        int compared = 0;
        for (const auto& [name, values] : got) {
            if (!golden.json["outputs"].toObject().contains(name))
                continue;
            compare(golden, name, values);
            if (QTest::currentTestFailed())
                return;
            ++compared;
        }
        QVERIFY(compared > 0);
        if (group == "indicators") {
            for (const QString& name : golden.json["outputs"].toObject().keys())
                QVERIFY2(got.contains(name), qPrintable(name + " is recorded, but not computed"));
        }
    }

    void cleanupTestCase()
    {
        if (!m_absent.isEmpty())
            qInfo("Not offered yet: %s", qPrintable(m_absent.join(' ')));
    }

private:
    QStringList m_absent;
};

QTEST_APPLESS_MAIN(GoldenIndicators)
#include "tst_golden_indicators.moc"
