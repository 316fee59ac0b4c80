// SPDX-License-Identifier: GPL-3.0-or-later
// Files as exchanges, banks and terminals write them, held against recorded facts; and the layouts of small
// texts.
#include <QDir>
#include <QtTest>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "engine/io/import.h"

using Json = nlohmann::json;
using namespace fc;

namespace {

const QString folder = QStringLiteral(FC_SHARED_DIR "/data/");

/// The column that a fact speaks of: "BTC:close" for one instrument of a wide file, else by role.
const Column* columnFor(const Series& series, const QString& instrument, const char* role)
{
    return series.column(instrument.isEmpty() ? role : (instrument + ":" + role).toStdString());
}

double sum(const std::vector<double>& values)
{
    double out = 0;
    for (const double x : values)
        out += std::isnan(x) ? 0 : x;
    return out;
}

std::int64_t countMissing(const Series& series, const QString& instrument)
{
    std::int64_t out = 0;
    for (const char* role : {"open", "high", "low", "close"})
        if (const Column* column = columnFor(series, instrument, role))
            out += std::ranges::count_if(column->values, [](double x) { return std::isnan(x); });
    return out;
}

QString stamp(Timestamp t)
{
    return QString::fromStdString(formatTimestamp(t)).replace('T', ' ').remove('Z');
}

/// Repeated stamps cost rows; whatever else is told in the facts must hold to the digit.
QStringList compare(const Json& fact, const ImportResult& result, const Series& series,
                    const QString& instrument)
{
    QStringList out;
    const auto repeats = fact.value("duplicate_times", 0);
    if (static_cast<std::int64_t>(series.rows()) != fact["rows"].get<std::int64_t>() - repeats)
        out << QString("%1 rows").arg(series.rows());
    if (fact.contains("min_time") &&
        stamp(series.times.front()) != fact["min_time"].get<std::string>().c_str())
        out << "first time " + stamp(series.times.front());
    if (fact.contains("max_time") &&
        stamp(series.times.back()) != fact["max_time"].get<std::string>().c_str())
        out << "last time " + stamp(series.times.back());
    if (repeats > 0 &&
        std::ranges::none_of(result.messages, [](const auto& m) { return m.code == "duplicate_time"; }))
        out << "repeated times are not told";
    const bool told =
        std::ranges::any_of(result.messages, [](const auto& m) { return m.code == "unsorted"; });
    if (told != (fact.value("order", "") == "unsorted"))
        out << "order";
    if (countMissing(series, instrument) != fact.value("missing_price_cells", std::int64_t(0)))
        out << QString("%1 missing prices").arg(countMissing(series, instrument));
    const Column* close = columnFor(series, instrument, "close");
    if (close == nullptr)
        return out << "no close";
    // The facts count repeated rows twice, which no sum over the series can show.
    const double wanted = fact["sum_close"].get<double>();
    if (repeats == 0 && std::abs(sum(close->values) - wanted) > 1e-9 * std::abs(wanted))
        out << QString("sum of close %1").arg(sum(close->values), 0, 'g', 17);
    return out;
}

QStringList compareCandles(const Json& fact, const ImportResult& result)
{
    std::set<std::int64_t> bad;
    for (const ImportMessage& m : result.messages)
        if (m.code == "high_below_low" || m.code == "open_outside" || m.code == "close_outside")
            bad.insert(m.line.value_or(0));
    const auto wanted = fact["bad_candles(high<max(o,c) or low>min(o,c))"].get<size_t>();
    return bad.size() == wanted ? QStringList() : QStringList{QString("%1 bad candles").arg(bad.size())};
}

bool isKnownLayout(const std::string& file)
{
    for (const char* layout : {"yahoo/", "binance_klines/", "binance_like/", "metatrader/", "stooq/",
                               "backtesting_py/", "cryptodatadownload/"})
        if (file.starts_with(layout))
            return true;
    return false;
}

}  // namespace

class TestImportLayouts : public QObject {
    Q_OBJECT

private slots:
    void factsHold_data()
    {
        QTest::addColumn<QString>("file");
        QTest::addColumn<QString>("fact");
        const QString path = folder + "ohlcv_facts.json";
        if (!QFile::exists(path))
            QSKIP("The shared market files are not beside the project.");
        std::ifstream stream(path.toStdString());
        const Json facts = Json::parse(stream);
        for (const auto& [file, fact] : facts.items())
            if (isKnownLayout(file))
                QTest::newRow(file.c_str())
                    << QString::fromStdString(file) << QString::fromStdString(fact.dump());
    }
    void factsHold()
    {
        QFETCH(QString, file);
        QFETCH(QString, fact);
        const Json wanted = Json::parse(fact.toStdString());
        const ImportResult result = importCsv((folder + "ohlcv/" + file.section('#', 0, 0)).toStdString());
        QVERIFY2(result.verdict != ImportVerdict::Reject,
                 result.messages.empty() ? "" : result.messages[0].text.english().c_str());
        const QString instrument = file.section('#', 1);
        const Series& series = result.series.front();
        QStringList problems = compare(wanted, result, series, instrument);
        if (instrument.isEmpty())
            problems += compareCandles(wanted, result);
        if (wanted.contains("sum_volume") && wanted.value("duplicate_times", 0) == 0) {
            // Two files are recorded by their volume in coins, which they have beside the one in money.
            const Column* coins = series.column("volume_btc");
            const Column* volume = coins != nullptr ? coins : columnFor(series, instrument, "volume");
            if (volume == nullptr || std::abs(sum(volume->values) - wanted["sum_volume"].get<double>()) >
                                         1e-9 * std::abs(wanted["sum_volume"].get<double>()))
                problems << QString("sum of volume %1")
                                .arg(volume != nullptr ? sum(volume->values) : 0, 0, 'g', 17);
        }
        QVERIFY2(problems.isEmpty(), qPrintable(problems.join("; ")));
    }

    void smallTextsOfEachLayout_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("first");
        const QString day = "2024-01-02 2 4 1 3 10";
        QTest::newRow("Yahoo")
            << QByteArray("Date,Open,High,Low,Close,Adj Close,Volume\n2024-01-02,2,4,1,3,2.5,10\n") << day;
        QTest::newRow("klines") << QByteArray(
                                       "1704153600000,2,4,1,3,10,1704153659999,1,2,3,4,0\n"
                                       "1704153660000,3,4,1,2,10,1704153719999,1,2,3,4,0\n")
                                << day;
        QTest::newRow("klines in microseconds")
            << QByteArray("1704153600000000,2,4,1,3,10,1704153659999999,1,2,3,4,0\n") << day;
        QTest::newRow("MetaTrader 4")
            << QByteArray("2024.01.02,09:30,2,4,1,3,10\n2024.01.02,09:31,3,4,1,2,10\n")
            << "2024-01-02T09:30:00Z 2 4 1 3 10";
        QTest::newRow("MetaTrader 5")
            << QByteArray(
                   "<DATE>\t<TIME>\t<OPEN>\t<HIGH>\t<LOW>\t<CLOSE>\t<TICKVOL>\t<VOL>\t<SPREAD>\n"
                   "2024.01.02\t09:30:00\t2\t4\t1\t3\t10\t0\t5\n")
            << "2024-01-02T09:30:00Z 2 4 1 3 10";
        QTest::newRow("Stooq")
            << QByteArray(
                   "<TICKER>,<PER>,<DATE>,<TIME>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<VOL>,<OPENINT>\n"
                   "X.US,60,20240102,93000,2,4,1,3,10,0\nX.US,60,20240102,103000,2,4,1,3,10,0\n")
            << "2024-01-02T09:30:00Z 2 4 1 3 10";
        QTest::newRow("Stooq daily")
            << QByteArray(
                   "<TICKER>,<PER>,<DATE>,<TIME>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<VOL>,<OPENINT>\n"
                   "X.US,D,20240102,000000,2,4,1,3,10,0\n")
            << day;
        QTest::newRow("nameless time")
            << QByteArray(",Open,High,Low,Close,Volume\n2024-01-02,2,4,1,3,10\n") << day;
        QTest::newRow("banner and half days")
            << QByteArray(
                   "Times are UTC,https://example.org\r\ndate,symbol,open,high,low,close,volume\r\n"
                   "2024-01-02 01-PM,X,2,4,1,3,11\r\n2024-01-02 12-PM,X,2,4,1,3,10\r\n")
            << "2024-01-02T12:00:00Z 2 4 1 3 10";
        QTest::newRow("European")
            << QByteArray("Datum;Erster;Hoch;Tief;Schlusskurs;Stuecke\n2024-01-02;2,0;4,0;1,0;3,0;1.000\n")
            << "2024-01-02 2 4 1 3 1000";
    }
    void smallTextsOfEachLayout()
    {
        QFETCH(QByteArray, bytes);
        const ImportResult result = importCsvBytes(bytes.toStdString(), "x");
        QVERIFY(result.verdict != ImportVerdict::Reject);
        const Series& series = result.records();
        QString line = QString::fromStdString(formatTimestamp(series.times[0], false));
        for (const char* role : {"open", "high", "low", "close", "volume"}) {
            const auto column =
                std::ranges::find_if(series.columns, [&](const Column& c) { return c.role == role; });
            line += column == series.columns.end() ? " -" : " " + QString::number(column->values[0]);
        }
        QTEST(line, "first");
    }
};

QTEST_GUILESS_MAIN(TestImportLayouts)
#include "tst_import_layouts.moc"
