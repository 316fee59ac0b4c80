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
        series.columns.push_back({name.toStdString(), name.toStdString(), numbers(inputs[name])});
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

/// Recorded name -> how the catalogue says it. Names as in TTR.
const std::map<QString, Compute>& indicators()
{
    const auto feature = [](const std::string& id, const std::vector<QString>& names) {
        return [=](const Case& c) { return outputsOf(c, id + "(period=" + c.param("n") + ")", names); };
    };
    const auto rangeVolatility = [](const std::string& id) {
        return [=](const Case& c) {
            return outputsOf(c, id + "(period=" + c.param("n") + ", per_year=" + c.param("N") + ")", {"vol"});
        };
    };
    static const std::map<QString, Compute> known = {
        {"log_return", feature("log_return", {"r"})},
        {"simple_return", feature("simple_return", {"r"})},
        {"ROC_continuous", feature("log_return", {"roc"})},
        {"ROC_discrete", feature("simple_return", {"roc"})},
        {"momentum", feature("difference", {"mom"})},
        {"SMA", feature("sma", {"sma"})},
        {"EMA", feature("ema", {"ema"})},
        {"WMA", feature("wma", {"wma"})},
        {"DEMA", feature("dema", {"dema"})},
        {"TEMA", feature("tema", {"tema"})},
        {"HMA", feature("hma", {"hma"})},
        {"CMO", feature("cmo", {"cmo"})},
        {"MFI", feature("mfi", {"mfi"})},
        {"RSI", feature("rsi", {"rsi"})},
        {"WPR", feature("williams_r", {"wpr"})},
        {"CCI", feature("cci", {"cci"})},
        {"ADX", feature("adx", {"DIp", "DIn", "ADX"})},
        {"Donchian", feature("donchian", {"high", "mid", "low"})},
        {"zscore_population", feature("zscore", {"z"})},
        {"CMF", feature("cmf", {"cmf"})},
        {"VWAP_rolling", feature("vwap", {"vwap"})},
        {"OBV", [](const Case& c) { return outputsOf(c, "obv", {"obv"}); }},
        {"ATR",
         [](const Case& c) {
             Outputs out = outputsOf(c, "atr(period=" + c.param("n") + ")", {"atr"});
             out.merge(outputsOf(c, "atr(period=1)", {"tr"}));
             return out;
         }},
        {"MACD",
         [](const Case& c) {
             return outputsOf(c,
                              "macd(fast=" + c.param("fast") + ", slow=" + c.param("slow") +
                                  ", signal=" + c.param("signal") + ")",
                              {"macd", "signal", "histogram"});
         }},
        {"MACD_percent",
         [](const Case& c) {
             return outputsOf(c,
                              "macd(percent=true, fast=" + c.param("fast") + ", slow=" + c.param("slow") +
                                  ", signal=" + c.param("signal") + ")",
                              {"macd", "signal"});
         }},
        {"BBands_close",
         [](const Case& c) {
             return outputsOf(c, "bollinger(period=" + c.param("n") + ", width=" + c.param("sd") + ")",
                              {"mavg", "up", "dn", "pctB"});
         }},
        {"stoch",
         [](const Case& c) {
             return outputsOf(
                 c, "stochastic(period=" + c.param("nFastK") + ", smooth=" + c.param("nFastD") + ")",
                 {"fastK", "fastD"});
         }},
        {"volatility_close",
         [](const Case& c) {
             return outputsOf(c,
                              "volatility(period=" + std::to_string(c.number("n") - 1) +
                                  ", per_year=" + c.param("N") + ")",
                              {"vol"});
         }},
        {"volatility_parkinson", rangeVolatility("parkinson")},
        {"volatility_garman_klass", rangeVolatility("garman_klass")},
        {"volatility_rogers_satchell", rangeVolatility("rogers_satchell")},
        {"volatility_yang_zhang", rangeVolatility("yang_zhang")},
        {"Keltner",
         [](const Case& c) {
             return outputsOf(c, "keltner(period=" + c.param("n") + ", width=" + c.param("atr") + ")",
                              {"mavg", "up", "dn"});
         }},
        {"zscore_sample",
         [](const Case& c) {
             return Outputs{{"z", rollingZScore(c.input("close"), c.number("n"), 1)}};
         }},
        {"EMA_wilder",
         [](const Case& c) {
             return Outputs{{"ema", wilderMean(c.input("close"), c.number("n"))}};
         }},
        {"run_var_sd",
         [](const Case& c) {
             return Outputs{{"sd_sample", rollingDeviation(c.input("close"), c.number("n"), 1)},
                            {"sd_population", rollingDeviation(c.input("close"), c.number("n"), 0)}};
         }},
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
