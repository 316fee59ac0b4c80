// SPDX-License-Identifier: GPL-3.0-or-later
// The shared set of hostile files: what it calls a must is kept, and nothing is damaged in silence.
#include <QDir>
#include <QtTest>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "engine/io/import_content.h"

using Json = nlohmann::json;

namespace {

const QString folder = QStringLiteral(FC_SHARED_DIR "/hostile/");

QString lower(const std::string& text)
{
    return QString::fromStdString(text).trimmed().toLower();
}

/// Values of a column of the document, by name without case.
Json columnOf(const Json& data, const std::string& name)
{
    for (const auto& [key, values] : data.items())
        if (lower(key) == lower(name))
            return values;
    return Json::array();
}

/// The moment in seconds; "...Z", an offset or neither, as ISO 8601.
double seconds(const std::string& iso)
{
    return static_cast<double>(
               QDateTime::fromString(QString::fromStdString(iso), Qt::ISODateWithMs).toMSecsSinceEpoch()) /
           1000;
}

bool sameNumber(const Json& value, const Json& wanted)
{
    if (!value.is_number())
        return false;
    const double a = value.get<double>();
    const double b = wanted.get<double>();
    return a == b || std::abs(a - b) <= 1e-12 * std::max(std::abs(a), std::abs(b));
}

/// True when one value is what a case forbids.
bool isForbidden(const Json& value, const Json& rule)
{
    if (rule.contains("value") && rule["value"].is_number() && sameNumber(value, rule["value"]))
        return true;
    if (rule.contains("value") && rule["value"].is_string() && value.is_number() &&
        !std::isfinite(value.get<double>()))
        return true;
    if (!value.is_string())
        return false;
    const auto text = value.get<std::string>();
    if (rule.contains("utc") && seconds(text) == seconds(rule["utc"].get<std::string>()))
        return true;
    if (rule.contains("text") && text.find(rule["text"].get<std::string>()) != std::string::npos)
        return true;
    const int year = QString::fromStdString(text).left(4).toInt();
    if (rule.contains("year_not_in") &&
        std::ranges::find(rule["year_not_in"], Json(year)) == rule["year_not_in"].end())
        return true;
    return (rule.contains("year_under") && year < rule["year_under"].get<int>()) ||
           (rule.contains("year_over") && year > rule["year_over"].get<int>());
}

QStringList damage(const Json& expected, const Json& document)
{
    QStringList out;
    for (const Json& rule : expected.value("forbid", Json::array()))
        for (const Json& value : columnOf(document["data"], rule["column"]))
            if (isForbidden(value, rule))
                out << QString("the column %1 holds %2")
                           .arg(rule["column"].get<std::string>().c_str(), value.dump().c_str());
    return out;
}

bool probeHolds(const Json& probe, const Json& value)
{
    if (probe.value("missing", false))
        return value.is_null();
    if (probe.contains("utc"))
        return value.is_string() &&
               seconds(value.get<std::string>()) == seconds(probe["utc"].get<std::string>());
    if (probe.contains("text"))
        return value == probe["text"];
    return sameNumber(value, probe["value"]) || (probe.value("or_missing", false) && value.is_null());
}

QStringList wrongValues(const Json& expected, const Json& document)
{
    QStringList out;
    const Json rows = document["rows"];
    for (const Json& probe : expected["probes"]) {
        if ((probe.contains("if_rows") && probe["if_rows"] != rows) ||
            (expected["rows"].is_number() && expected["rows"] != rows))
            continue;
        const Json column = columnOf(document["data"], probe["column"]);
        const int size = static_cast<int>(column.size());
        const int row =
            probe["row"].get<int>() < 0 ? size + probe["row"].get<int>() : probe["row"].get<int>();
        if (row < 0 || row >= size || !probeHolds(probe, column[static_cast<size_t>(row)]))
            out << QString("%1 does not hold").arg(probe.dump().c_str());
    }
    return out;
}

bool allows(const Json& rows, const Json& got)
{
    return rows.is_null() || rows == got || (rows.is_array() && std::ranges::find(rows, got) != rows.end());
}

/// True when a reject names one of the expected lines, or none is expected.
bool namesLine(const Json& expected, const Json& document)
{
    const Json line = expected["error"].is_null() ? Json() : expected["error"]["line"];
    return line.is_null() || std::ranges::any_of(document["messages"], [&](const Json& m) {
               return line.is_array() ? std::ranges::find(line, m["line"]) != line.end() : m["line"] == line;
           });
}

QStringList findings(const Json& expected, const Json& document)
{
    QStringList out = damage(expected, document);
    Json allowed = Json::array();
    for (const Json& one : expected["acceptable"])
        if (one["verdict"] == document["verdict"])
            allowed.push_back(one["rows"]);
    if (allowed.empty())
        return out << QString("the verdict is %1").arg(document["verdict"].get<std::string>().c_str());
    if (document["verdict"] == "reject") {
        if (document["messages"].empty())
            out << "no reason is given";
        if (!namesLine(expected, document))
            out << QString("no message names the line %1").arg(expected["error"]["line"].dump().c_str());
        return out;
    }
    if (!std::ranges::any_of(allowed, [&](const Json& rows) { return allows(rows, document["rows"]); }))
        out << QString("%1 rows").arg(document["rows"].get<int>());
    return out + wrongValues(expected, document);
}

/// Messages are plain text of sensible length and number.
QStringList noise(const Json& document)
{
    QStringList out;
    if (document["messages"].size() > 200)
        out << "more than 200 messages";
    for (const Json& message : document["messages"]) {
        const QString text = QString::fromStdString(message["text"].get<std::string>());
        const bool hidden = std::ranges::any_of(text, [](QChar c) {
            return c.category() == QChar::Other_Control || (c.unicode() >= 0x202a && c.unicode() <= 0x202e) ||
                   (c.unicode() >= 0x2066 && c.unicode() <= 0x2069);
        });
        if (text.isEmpty() || text.size() > 1000 || hidden)
            out << "a message is empty, long or holds control characters";
    }
    return out;
}

/// The document of what any file holds.
Json imported(const QString& path)
{
    return Json::parse(fc::importDocument(
        fc::importContent(fc::openFile(path.toStdString()), QFileInfo(path).fileName().toStdString()), true));
}

bool hasCode(const Json& document, std::initializer_list<const char*> codes)
{
    return std::ranges::any_of(document["messages"], [&](const Json& message) {
        return std::ranges::any_of(codes, [&](const char* code) { return message["code"] == code; });
    });
}

Json load(const QString& path)
{
    std::ifstream file(path.toStdString());
    return Json::parse(file);
}

}  // namespace

class TestImportHostile : public QObject {
    Q_OBJECT

private slots:
    void everyFileIsHandled_data()
    {
        QTest::addColumn<QString>("file");
        QTest::addColumn<QString>("expected");
        for (const char* list : {"csv_hostile/expectations.json", "json_hostile/expectations.json"}) {
            if (!QFile::exists(folder + list))
                QSKIP("The shared set of hostile files is not beside the project.");
            const Json set = load(folder + list);
            for (const Json& one : set["cases"])
                QTest::newRow(one["file"].get<std::string>().c_str())
                    << folder + one["file"].get<std::string>().c_str() << QString::fromStdString(one.dump());
        }
    }
    void everyFileIsHandled()
    {
        QFETCH(QString, file);
        QFETCH(QString, expected);
        const Json wanted = Json::parse(expected.toStdString());
        const Json got = imported(file);
        const QStringList problems = findings(wanted, got) + noise(got);
        QVERIFY2(problems.isEmpty() || wanted["level"] == "should", qPrintable(problems.join("; ")));
        QVERIFY2(damage(wanted, got).isEmpty(), qPrintable(damage(wanted, got).join("; ")));
    }

    void foreignTablesDoNoHarm()
    {
        const QDir corpora(folder + "corpora");
        if (!corpora.exists())
            QSKIP("The shared corpora are not beside the project.");
        for (const QString& name : corpora.entryList(QDir::Dirs | QDir::NoDotAndDotDot))
            for (const QFileInfo& file : QDir(corpora.filePath(name)).entryInfoList(QDir::Files)) {
                const Json got = imported(file.filePath());
                QVERIFY2(noise(got).isEmpty(), qPrintable(file.filePath() + ": " + noise(got).join("; ")));
                QVERIFY2(got["verdict"] != "reject" || !got["messages"].empty(), qPrintable(file.filePath()));
            }
    }

    /// What is JSON fails at most for being no table; what is none fails for that.
    void jsonIsToldFromWhatIsNot()
    {
        const QDir suite(folder + "corpora/jsontestsuite");
        if (!suite.exists())
            QSKIP("The shared corpora are not beside the project.");
        for (const QFileInfo& file : suite.entryInfoList(QDir::Files)) {
            const Json got = imported(file.filePath());
            const std::string picture = file.fileName().toStdString() + ": " + got.dump();
            const bool refused = hasCode(got, {"bad_json", "too_deep"});
            if (file.fileName().startsWith("n_"))
                QVERIFY2(refused && got["verdict"] == "reject", picture.c_str());
            if (file.fileName().startsWith("y_"))
                QVERIFY2(!refused, picture.c_str());
        }
    }
};

QTEST_GUILESS_MAIN(TestImportHostile)
#include "tst_import_hostile.moc"
