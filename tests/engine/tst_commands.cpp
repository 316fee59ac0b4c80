// SPDX-License-Identifier: GPL-3.0-or-later
// The program as a person or a script meets it: every command's documents, words and exit statuses.
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>
#include <QSet>
#include <QTemporaryDir>
#include <QTest>
#include <cmath>

#include "tests/support/program.h"

using fc::Outcome;
using fc::program;

namespace {

/// Hourly closing prices around a daily wave.
QByteArray csv(int rows)
{
    QByteArray text = "time,close,volume\n";
    for (int i = 0; i < rows; ++i) {
        const QDateTime time = QDateTime(QDate(2024, 1, 1), QTime(0, 0), Qt::UTC).addSecs(3600LL * i);
        const double wave = std::sin(i * 0.2618);
        text += time.toString(Qt::ISODate).toUtf8() + "," +
                QByteArray::number(100 + 5 * wave + 0.01 * i, 'f', 3) + "," +
                QByteArray::number(1000 + 10 * (i % 24)) + "\n";
    }
    return text;
}

QStringList missingKeys(const QJsonObject& object, const QStringList& keys)
{
    QStringList missing;
    for (const QString& key : keys) {
        if (!object.contains(key))
            missing += key;
    }
    return missing;
}

const QStringList runKeys = {"run",     "state", "model",   "parameters", "steps",         "epochs",
                             "seconds", "best",  "metrics", "baselines",  "weights_sha256"};

}  // namespace

class TestCommands : public QObject {
    Q_OBJECT

private slots:
    void initTestCase();

    void versionAndHelpArePrinted();
    void everyCommandHasHelp_data();
    void everyCommandHasHelp();
    void wrongUsageIsStatusTwo_data();
    void wrongUsageIsStatusTwo();
    void failuresAreStatusOne_data();
    void failuresAreStatusOne();
    void aNewerWorkspaceIsLeftAsItIs();

    void initMakesAWorkspaceOnce();
    void importChecksWithoutAWorkspace();
    void importIsAllOrNothing();
    void importTakesPackedFilesAndJoinsThem();
    void seriesRoundTripThroughCsv();
    void namesCannotForgeALine();
    void featuresAreListedAndComputed();
    void theAuditFindsNothing();
    void splitsMoveAlong();
    void modelsDescribeThemselves();
    void trainingGivesTheDocument();
    void eventsAreJsonLines();
    void settingsComeFromFileThenOptions();
    void settingsWithoutEffectAreTold();
    void sameSeedSameWeights();
    void aRunIsReproduced();
    void evaluationEqualsTheStoredMetrics();
    void forecastsAreWritten();
    void runsAreTaggedComparedAndExported();
    void checkpointsAreExportedAndInspected();
    void damagedCheckpointsAreRefused();
    void benchMeasures();
    void gradcheckJudgesEveryTensor();
    void demoRunsTwice();
    void theWorkspaceIsSound();

private:
    QString path(const QString& name) const { return m_folder.filePath(name); }
    void write(const QString& name, const QByteArray& bytes) const;
    Outcome train(const QStringList& more) const;
    QJsonObject baseRun() const;

    QTemporaryDir m_folder;
    QString m_workspace;
};

void TestCommands::write(const QString& name, const QByteArray& bytes) const
{
    QFile file(path(name));
    QVERIFY(file.open(QFile::WriteOnly));
    file.write(bytes);
}

Outcome TestCommands::train(const QStringList& more) const
{
    return program(QStringList{"train", m_workspace, "--series", "wave", "--model", "dlinear", "--json",
                               "--set", "length=24", "horizon=6", "max_steps=40", "validate_every=10"} +
                   more);
}

QJsonObject TestCommands::baseRun() const
{
    return program({"runs", m_workspace, "show", "base", "--json"}).object();
}

void TestCommands::initTestCase()
{
    QVERIFY2(QFileInfo(QStringLiteral(FC_PROGRAM)).isExecutable(),
             "The program " FC_PROGRAM " has not been built.");
    m_workspace = path("base.forecastle");
    write("wave.csv", csv(400));
    write("settings.json", R"({"length": 24, "split": [0.6, 0.2, 0.2], "epochs": 1})");
    write("not_json.json", "epochs = 3");
    write("empty.csv", "");
    write("plain.txt", "not a workspace");
    QCOMPARE(program({"init", m_workspace}).status, 0);
    const Outcome import = program({"import", m_workspace, path("wave.csv"), "--json"});
    QVERIFY2(import.status == 0, import.errors);
    const Outcome run = train({"--name", "base"});
    QVERIFY2(run.status == 0, run.errors);
}

void TestCommands::versionAndHelpArePrinted()
{
    QVERIFY(program({"--version"}).output.startsWith("forecastle "));
    const Outcome help = program({"--help"});
    QCOMPARE(help.status, 0);
    for (const char* command : {"init", "import", "train", "forecast", "bench"})
        QVERIFY(help.output.contains(command));
}

void TestCommands::everyCommandHasHelp_data()
{
    QTest::addColumn<QString>("command");
    for (const char* command :
         {"init", "demo", "import", "series", "features", "models", "train", "resume", "reproduce",
          "forecast", "evaluate", "runs", "checkpoints", "bench", "gradcheck", "workspace"})
        QTest::newRow(command) << command;
}

void TestCommands::everyCommandHasHelp()
{
    QFETCH(QString, command);
    const Outcome help = program({command, "--help"});
    QCOMPARE(help.status, 0);
    QVERIFY(help.output.contains("forecastle " + command.toUtf8()));
    QVERIFY(help.errors.isEmpty());
}

void TestCommands::wrongUsageIsStatusTwo_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QString>("hint");
    const QStringList train = {"train", m_workspace, "--series", "wave", "--model", "dlinear"};
    const auto row = [](const char* name, const QStringList& arguments, const char* hint) {
        QTest::newRow(name) << arguments << QString::fromUtf8(hint);
    };
    row("unknown command", {"trian"}, "\"train\"");
    row("unknown command without a neighbour", {"xyzzyxyzzy"}, "--help");
    row("unknown option without a command", {"--dmeo"}, "--demo");
    row("unknown option", train + QStringList{"--epocs", "3"}, "--epocs");
    row("option of a neighbour", {"init", m_workspace, "--jsno"}, "--json");
    row("missing argument", {"init"}, "workspace");
    row("missing option", {"train", m_workspace, "--model", "dlinear"}, "--series");
    row("no subcommand", {"series", m_workspace}, "subcommand");
    row("unknown model", {"train", m_workspace, "--series", "wave", "--model", "dlinaer"}, "\"dlinear\"");
    row("unknown model to show", {"models", "show", "ltsm"}, "lstm");
    row("unknown series", {"train", m_workspace, "--series", "wavy", "--model", "dlinear"}, "wave");
    row("unknown run", {"runs", m_workspace, "show", "bas"}, "base");
    row("unknown setting", train + QStringList{"--set", "learnin_rate=1"}, "\"learning_rate\"");
    row("setting out of range", train + QStringList{"--set", "epochs=-1"}, "epochs");
    row("setting of the wrong type", train + QStringList{"--set", "epochs=many"}, "many");
    row("no setting", train + QStringList{"--set", "epochs"}, "key=value");
    row("seed", train + QStringList{"--seed", "x"}, "seed");
    row("target", train + QStringList{"--set", "targets=clse"}, "clse");
    row("feature",
        {"features", "compute", m_workspace, "wave", "--feature", "rsy(period=14)", "--out", path("x.csv")},
        "rsi");
    row("feature parameter",
        {"features", "compute", m_workspace, "wave", "--feature", "sma(perod=14)", "--out", path("x.csv")},
        "period");
    row("checkpoint", {"forecast", m_workspace, "base", "--checkpoint", "bets"}, "best");
    row("part", {"evaluate", m_workspace, "base", "--split", "tests"}, "test");
    row("picture", {"forecast", m_workspace, "base", "--plot", path("x.bmp")}, ".png");
    row("inspect needs none, list does", {"checkpoints", "list", "base"}, "workspace");
    row("import of nothing", {"import", m_workspace}, "file");
    row("check with a workspace", {"import", "--check", m_workspace, path("wave.csv")}, "one file");
    row("one name for two files", {"import", m_workspace, path("wave.csv"), path("wave.csv"), "--name", "x"},
        "--name");
    row("role", {"import", "--check", path("wave.csv"), "--map", "prize=close"}, "prize");
    row("bench steps", {"bench", "dlinear", "--steps", "0"}, "--steps");
}

void TestCommands::wrongUsageIsStatusTwo()
{
    QFETCH(QStringList, arguments);
    QFETCH(QString, hint);
    const Outcome outcome = program(arguments);
    QVERIFY2(outcome.status == 2, outcome.errors);
    QVERIFY2(outcome.lastLine().contains(hint), qPrintable(outcome.lastLine()));
    QVERIFY2(outcome.lastLine().endsWith('.'), qPrintable(outcome.lastLine()));
    QVERIFY(outcome.output.isEmpty());
}

void TestCommands::failuresAreStatusOne_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QString>("hint");
    const auto row = [](const char* name, const QStringList& arguments, const QString& hint) {
        QTest::newRow(name) << arguments << hint;
    };
    const QString missing = path("missing.forecastle");
    const QString below = path("wave.csv/x");
    row("workspace missing", {"series", missing, "list"}, "missing.forecastle");
    row("workspace is a folder", {"series", m_folder.path(), "list"}, m_folder.path());
    row("workspace is empty", {"series", path("empty.csv"), "list"}, "empty.csv");
    row("workspace is text", {"runs", path("plain.txt"), "list"}, "plain.txt");
    row("workspace below a file", {"init", below}, "wave.csv");
    row("workspace there already", {"init", m_workspace}, "base.forecastle");
    row("file missing", {"import", m_workspace, path("missing.csv")}, "missing.csv");
    row("file is a folder", {"import", m_workspace, m_folder.path()}, m_folder.path());
    row("file is empty", {"import", m_workspace, path("empty.csv")}, "empty.csv");
    row("name taken", {"import", m_workspace, path("wave.csv")}, "wave");
    row("settings missing",
        {"train", m_workspace, "--series", "wave", "--model", "dlinear", "--config", path("missing.json")},
        "missing.json");
    row("settings are not JSON",
        {"train", m_workspace, "--series", "wave", "--model", "dlinear", "--config", path("not_json.json")},
        "not_json.json");
    row("events below a file",
        {"train", m_workspace, "--series", "wave", "--model", "dlinear", "--events", below}, "x");
    row("export below a file", {"series", m_workspace, "export", "wave", "--out", below}, "wave.csv");
    row("forecast below a file", {"forecast", m_workspace, "base", "--out", below}, "wave.csv");
    row("picture below a file", {"forecast", m_workspace, "base", "--plot", below + ".png"}, "wave.csv");
    row("demo below a file", {"demo", "--out", below}, "wave.csv");
    row("check of a text", {"workspace", "check", path("plain.txt")}, "plain.txt");
}

void TestCommands::failuresAreStatusOne()
{
    QFETCH(QStringList, arguments);
    QFETCH(QString, hint);
    const Outcome outcome = program(arguments);
    QVERIFY2(outcome.status == 1, outcome.errors);
    QVERIFY2(outcome.lastLine().contains(hint), qPrintable(outcome.lastLine()));
    QVERIFY2(outcome.lastLine().endsWith('.'), qPrintable(outcome.lastLine()));
}

void TestCommands::aNewerWorkspaceIsLeftAsItIs()
{
    const QString newer = path("newer.forecastle");
    QCOMPARE(program({"init", newer}).status, 0);
    QFile file(newer);
    QVERIFY(file.open(QFile::ReadWrite));
    QVERIFY(file.seek(
        60));  // user_version, big endian: https://www.sqlite.org/fileformat2.html#the_database_header
    file.write(QByteArray("\x00\x00\x27\x0f", 4));
    file.close();
    QVERIFY(file.open(QFile::ReadOnly));
    const QByteArray before = file.readAll();
    file.close();

    const Outcome outcome = program({"import", newer, path("wave.csv")});
    QCOMPARE(outcome.status, 1);
    QVERIFY2(outcome.lastLine().contains("newer"), qPrintable(outcome.lastLine()));
    QVERIFY(file.open(QFile::ReadOnly));
    QCOMPARE(file.readAll(), before);
    QVERIFY(!QFileInfo::exists(newer + "-wal"));
}

void TestCommands::initMakesAWorkspaceOnce()
{
    const QString fresh = path("fresh.forecastle");
    const Outcome first = program({"init", fresh, "--json"});
    QCOMPARE(first.status, 0);
    QCOMPARE(first.object().value("workspace").toString(), fresh);
    QCOMPARE(program({"init", fresh}).status, 1);
    QCOMPARE(program({"series", fresh, "list", "--json"}).array().size(), 0);
    QCOMPARE(program({"runs", fresh, "list", "--json"}).array().size(), 0);
}

void TestCommands::importChecksWithoutAWorkspace()
{
    const Outcome check = program({"import", "--check", path("wave.csv"), "--json"});
    QCOMPARE(check.status, 0);
    const QJsonObject document = check.object();
    QCOMPARE(missingKeys(document, {"verdict", "rows", "columns", "messages", "series", "data"}),
             QStringList());
    QCOMPARE(document["rows"].toInt(), 400);
    QCOMPARE(document["data"].toObject()["time"].toArray().at(1).toString(), QString("2024-01-01T01:00:00Z"));
    QCOMPARE(document["data"].toObject()["close"].toArray().size(), 400);
    const QJsonObject series = document["series"].toArray().at(0).toObject();
    QCOMPARE(missingKeys(series, {"name", "rows", "first", "last", "frequency", "time_zone"}), QStringList());

    const Outcome refused = program({"import", "--check", path("empty.csv"), "--json"});
    QCOMPARE(refused.status, 0);
    QCOMPARE(refused.object()["verdict"].toString(), QString("reject"));
    const QJsonObject message = refused.object()["messages"].toArray().at(0).toObject();
    QCOMPARE(missingKeys(message, {"severity", "line", "column", "code", "text"}), QStringList());
}

void TestCommands::importIsAllOrNothing()
{
    const QString workspace = path("all_or_nothing.forecastle");
    QCOMPARE(program({"init", workspace}).status, 0);
    const Outcome refused = program({"import", workspace, path("wave.csv"), path("empty.csv"), "--json"});
    QCOMPARE(refused.status, 1);
    QCOMPARE(refused.object()["verdict"].toString(), QString("reject"));
    QCOMPARE(program({"series", workspace, "list", "--json"}).array().size(), 0);

    const Outcome stored =
        program({"import", workspace, path("wave.csv"), "--name", "renamed", "--map", "close=volume"});
    QVERIFY2(stored.status == 0, stored.errors);
    const QJsonArray list = program({"series", workspace, "list", "--json"}).array();
    QCOMPARE(list.size(), 1);
    QCOMPARE(list.at(0).toObject()["name"].toString(), QString("renamed"));
}

void TestCommands::importTakesPackedFilesAndJoinsThem()
{
    const QString workspace = path("joined.forecastle");
    QCOMPARE(program({"init", workspace}).status, 0);
    write("early.json", "[{\"date\":\"2024-01-01\",\"y\":1},{\"date\":\"2024-01-02\",\"y\":2}]");
    write("late.csv", "date;y\n03.01.2024;3,5\n04.01.2024;4,5\n");
    write("other.csv", "date,z\n2024-01-03,3\n");

    const Outcome refused =
        program({"import", workspace, path("early.json"), path("other.csv"), "--concat", "--json"});
    QCOMPARE(refused.status, 1);
    QVERIFY2(
        refused.lastLine().contains("The column \"y\" is in the file \"early.json\" but not in the file"),
        refused.errors);
    QCOMPARE(program({"series", workspace, "list", "--json"}).array().size(), 0);

    const Outcome joined = program(
        {"import", workspace, path("early.json"), path("late.csv"), "--concat", "--name", "both", "--json"});
    QVERIFY2(joined.status == 0, joined.errors);
    QCOMPARE(joined.object()["rows"].toInt(), 4);
    const QJsonArray list = program({"series", workspace, "list", "--json"}).array();
    QCOMPARE(list.size(), 1);
    QCOMPARE(list.at(0).toObject()["name"].toString(), QString("both"));

    QCOMPARE(program({"import", "--check", path("late.csv"), "--encoding", "none"}).status, 2);
    QCOMPARE(program({"import", "--check", path("late.csv"), "--member", "x"}).status, 2);
}

void TestCommands::seriesRoundTripThroughCsv()
{
    const QString workspace = path("round_trip.forecastle");
    const QString file = path("round_trip.csv");
    QCOMPARE(program({"init", workspace}).status, 0);
    QCOMPARE(program({"import", workspace, path("wave.csv"), "--name", "first"}).status, 0);
    const Outcome exported = program({"series", workspace, "export", "first", "--out", file});
    QVERIFY2(exported.status == 0, exported.errors);
    QCOMPARE(program({"import", workspace, file, "--name", "second"}).status, 0);
    const QString second = path("second.csv");
    QCOMPARE(program({"series", workspace, "export", "second", "--out", second}).status, 0);
    QFile a(file);
    QFile b(second);
    QVERIFY(a.open(QFile::ReadOnly) && b.open(QFile::ReadOnly));
    QCOMPARE(a.readAll(), b.readAll());

    const QJsonObject shown = program({"series", workspace, "show", "first", "--json"}).object();
    QCOMPARE(shown["rows"].toInt(), 400);
    QCOMPARE(shown["column_summary"].toArray().size(), 2);
    QCOMPARE(program({"series", workspace, "delete", "first"}).status, 0);
    QCOMPARE(program({"series", workspace, "list", "--json"}).array().size(), 1);
}

void TestCommands::namesCannotForgeALine()
{
    const QString workspace = path("names.forecastle");
    const QString name = "a\nb\x1b[31m";
    QCOMPARE(program({"init", workspace}).status, 0);
    QCOMPARE(program({"import", workspace, path("wave.csv"), "--name", name}).status, 0);
    const Outcome list = program({"series", workspace, "list"});
    QVERIFY(list.output.contains("a\\x0ab\\x1b[31m"));
    QVERIFY(!list.output.contains('\x1b'));
    QCOMPARE(program({"series", workspace, "list", "--json"}).array().at(0).toObject()["name"].toString(),
             name);
    const Outcome unknown = program({"series", workspace, "show", "\x1b[31m"});
    QVERIFY(!unknown.errors.contains('\x1b'));
}

void TestCommands::featuresAreListedAndComputed()
{
    const QJsonArray catalogue = program({"features", "list", "--json"}).array();
    QVERIFY(!catalogue.isEmpty());
    for (const QJsonValue& entry : catalogue) {
        QCOMPARE(
            missingKeys(entry.toObject(), {"name", "help", "formula", "outputs", "warm_up", "parameters"}),
            QStringList());
    }
    QCOMPARE(program({"features", "list", "--kind", "candle", "--json"}).array().size(), 28);
    QCOMPARE(program({"features", "list", "--kind", "candel"}).status, 2);
    const QJsonObject shown = program({"features", "show", "macd", "--json"}).object();
    QCOMPARE(shown["kind"].toString(), QString("momentum"));
    QVERIFY(program({"features", "show", "macd"}).output.contains("ema(fast) - ema(slow)"));
    const QJsonObject times =
        program({"features", "bench", "--rows", "1000", "--feature", "rsi; sma", "--json"}).object();
    QCOMPARE(times["each"].toArray().size(), 2);
    const QString file = path("features.csv");
    const Outcome computed = program({"features", "compute", m_workspace, "wave", "--feature",
                                      "sma(period=3)", "rsi(period=14)", "--out", file, "--json"});
    QVERIFY2(computed.status == 0, computed.errors);
    QFile csvFile(file);
    QVERIFY(csvFile.open(QFile::ReadOnly));
    const QList<QByteArray> lines = csvFile.readAll().trimmed().split('\n');
    QCOMPARE(lines.size(), 401);
    QVERIFY(lines.at(0).startsWith("time,"));
    QCOMPARE(lines.at(1), QByteArray("2024-01-01T00:00:00Z,,"));
    const QList<QByteArray> fourth = lines.at(4).split(',');
    QVERIFY(!fourth.at(1).isEmpty());
    QVERIFY(fourth.at(2).isEmpty());
}

void TestCommands::theAuditFindsNothing()
{
    write("recipe.json",
          R"json({"length": 24, "horizon": 6, "features": ["rsi(period=14)", "sma(period=5)"]})json");
    const Outcome audit =
        program({"features", "audit", m_workspace, "wave", "--recipe", path("recipe.json"), "--json"});
    QVERIFY2(audit.status == 0, audit.errors);
    QCOMPARE(audit.object()["looks_ahead"].toBool(true), false);
    QCOMPARE(missingKeys(audit.object(), {"leaks", "first_row", "rows", "whole", "cut_offs", "features",
                                          "scalers", "windows", "values", "seconds"}),
             QStringList());
    const Outcome full = program({"features", "audit", m_workspace, "wave", "--set", "length=24", "--set",
                                  "scaler=log", "--cut-offs", "2", "--full"});
    QVERIFY2(full.status == 0, full.errors);
    QVERIFY2(full.output.startsWith("Nothing looks ahead: 0 features, 1 scalers"), full.output);
    QVERIFY(full.output.contains("(2 cut-offs)"));
}

void TestCommands::splitsMoveAlong()
{
    const QStringList splits = {"series", m_workspace, "splits", "wave", "--cut-offs", "3", "--step", "10"};
    const QJsonObject expanding = program(splits + QStringList{"--horizon", "24", "--json"}).object();
    QCOMPARE(expanding["rows"].toInt(), 400);
    const QJsonArray parts = expanding["splits"].toArray();
    QCOMPARE(parts.size(), 3);
    QCOMPARE(parts[2].toObject()["test"].toObject()["end"].toInt(), 400);
    QCOMPARE(parts[1].toObject()["test"].toObject()["begin"].toInt(), 366);
    QCOMPARE(parts[0].toObject()["train"].toObject()["begin"].toInt(), 0);
    QCOMPARE(parts[0].toObject()["train"].toObject()["first"].toString(), "2024-01-01");
    const Outcome rolling =
        program(splits + QStringList{"--window", "rolling:100", "--validation", "0", "--purge", "5"});
    QVERIFY2(rolling.status == 0, rolling.errors);
    QVERIFY2(rolling.output.contains("252 - 351"), rolling.output);
    const Outcome wrong = program(splits + QStringList{"--window", "sliding"});
    QCOMPARE(wrong.status, 2);
    QVERIFY2(wrong.errors.contains("it must be expanding, or rolling:N"), wrong.errors);
}

void TestCommands::modelsDescribeThemselves()
{
    const QJsonArray models = program({"models", "list", "--json"}).array();
    QSet<QString> names;
    for (const QJsonValue& each : models) {
        const QJsonObject model = each.toObject();
        const QString name = model["name"].toString();
        names.insert(name);
        QCOMPARE(missingKeys(model, {"name", "family", "paper", "capabilities", "parameters"}),
                 QStringList());
        QCOMPARE(missingKeys(model["capabilities"].toObject(),
                             {"univariate", "multivariate", "probabilistic", "interpretable",
                              "future_covariates", "past_covariates", "static_covariates"}),
                 QStringList());
        for (const QJsonValue& parameter : model["parameters"].toArray()) {
            QCOMPARE(missingKeys(parameter.toObject(), {"name", "type", "default", "minimum", "maximum",
                                                        "choices", "unit", "help"}),
                     QStringList());
        }
        const Outcome markdown = program({"models", "show", name, "--markdown"});
        QCOMPARE(markdown.status, 0);
        QVERIFY(markdown.output.contains("| setting |"));
    }
    for (const char* name : {"dlinear", "lstm", "tcn"})
        QVERIFY2(names.contains(QString::fromLatin1(name)), name);
    QVERIFY(program({"models", "show", "lstm"}).output.contains("learning_rate"));
    const QJsonObject weights =
        program({"models", "show", "dlinear", "--json"}).object()["weights"].toObject();
    QCOMPARE(weights["total"].toInt(), 2 * (96 * 24 + 24));
    QCOMPARE(weights["bytes"].toInt(), 4 * weights["total"].toInt());
    QCOMPARE(weights["layers"].toArray().size(), 2);
}

void TestCommands::trainingGivesTheDocument()
{
    const QJsonObject run = baseRun();
    QCOMPARE(missingKeys(run, runKeys + QStringList{"created", "tags", "note"}), QStringList());
    const QJsonObject weights = run["weights"].toObject();
    QCOMPARE(weights["total"].toInt(), run["parameters"].toInt());
    QCOMPARE(weights["trainable"].toInt(), run["parameters"].toInt());
    QCOMPARE(run["state"].toString(), QString("finished"));
    QCOMPARE(run["steps"].toInt(), 40);
    QCOMPARE(run["weights_sha256"].toString().size(), 64);
    QCOMPARE(missingKeys(run["best"].toObject(), {"step", "validation_loss"}), QStringList());
    const QJsonObject metrics = run["metrics"].toObject();
    QCOMPARE(missingKeys(metrics, {"train", "validation", "test"}), QStringList());
    QCOMPARE(missingKeys(metrics["test"].toObject(),
                         {"mae", "mse", "rmse", "mape", "smape", "mase", "r2", "directional_accuracy"}),
             QStringList());
    QCOMPARE(missingKeys(run["baselines"].toObject(), {"naive", "seasonal_naive"}), QStringList());
}

void TestCommands::eventsAreJsonLines()
{
    const QString file = path("events.jsonl");
    write("events.jsonl", "{\"event\":\"before\"}\n");
    const Outcome run = train({"--events", file});
    QVERIFY2(run.status == 0, run.errors);
    QFile events(file);
    QVERIFY(events.open(QFile::ReadOnly));
    QStringList kinds;
    for (const QByteArray& line : events.readAll().trimmed().split('\n')) {
        const QJsonDocument document = QJsonDocument::fromJson(line);
        QVERIFY2(document.isObject(), line);
        kinds += document.object()["event"].toString();
    }
    QCOMPARE(kinds.first(), QString("before"));
    QCOMPARE(kinds.count("step"), 40);
    QCOMPARE(kinds.count("validation"), 4);
    QVERIFY(kinds.contains("checkpoint"));
    QCOMPARE(kinds.last(), QString("ended"));
}

void TestCommands::settingsComeFromFileThenOptions()
{
    const Outcome run =
        program({"train", m_workspace, "--series", "wave", "--model", "dlinear", "--config",
                 path("settings.json"), "--set", "horizon=3", "--set", "length=12", "--seed", "7", "--json"});
    QVERIFY2(run.status == 0, run.errors);
    const QJsonObject settings = run.object()["settings"].toObject();
    QCOMPARE(settings["length"].toInt(), 12);
    QCOMPARE(settings["horizon"].toInt(), 3);
    QCOMPARE(settings["epochs"].toInt(), 1);
    QCOMPARE(settings["seed"].toInt(), 7);
    QCOMPARE(settings["split"].toString(), QString("0.6,0.2,0.2"));
}

void TestCommands::settingsWithoutEffectAreTold()
{
    const Outcome run =
        train({"--set", "momentum=0.5", "--set", "cycle_decay=0.9", "--set", "nesterov=false"});
    QVERIFY2(run.status == 0, run.errors);
    QVERIFY2(run.errors.contains("momentum, nesterov are not used by optimizer=adamw.\n"), run.errors);
    QVERIFY2(run.errors.contains("cycle_decay is not used by schedule=constant.\n"), run.errors);
    const Outcome used = train({"--set", "optimizer=sgd", "--set", "momentum=0.5"});
    QVERIFY2(used.status == 0, used.errors);
    QVERIFY2(!used.errors.contains("not used"), used.errors);
    write("unused.json", R"({"huber_delta": 2})");
    const Outcome file = train({"--config", path("unused.json")});
    QVERIFY2(file.errors.contains("huber_delta is not used by loss=mse.\n"), file.errors);
}

void TestCommands::sameSeedSameWeights()
{
    const QString one = train({"--threads", "1"}).object()["weights_sha256"].toString();
    const QString two = train({"--threads", "2"}).object()["weights_sha256"].toString();
    const QString other = train({"--seed", "2"}).object()["weights_sha256"].toString();
    QCOMPARE(one, baseRun()["weights_sha256"].toString());
    QCOMPARE(two, one);
    QVERIFY(other != one);
}

void TestCommands::aRunIsReproduced()
{
    const Outcome again = program({"reproduce", m_workspace, "base", "--json"});
    QVERIFY2(again.status == 0, again.errors);
    QCOMPARE(again.object()["identical"].toBool(), true);
    QCOMPARE(again.object()["weights_sha256"].toString(), baseRun()["weights_sha256"].toString());
}

void TestCommands::evaluationEqualsTheStoredMetrics()
{
    const QJsonObject stored = baseRun();
    const Outcome outcome = program({"evaluate", m_workspace, "base", "--json"});
    QVERIFY2(outcome.status == 0, outcome.errors);
    const QJsonObject evaluated = outcome.object();
    QCOMPARE(missingKeys(evaluated, runKeys), QStringList());
    QCOMPARE(evaluated["metrics"].toObject(), stored["metrics"].toObject());
    QCOMPARE(evaluated["baselines"].toObject(), stored["baselines"].toObject());
    QCOMPARE(evaluated["weights_sha256"].toString(), stored["weights_sha256"].toString());

    const QJsonObject test = program({"evaluate", m_workspace, "base", "--split", "test", "--json"}).object();
    QCOMPARE(test["metrics"].toObject().keys(), QStringList{"test"});
    QVERIFY(program({"evaluate", m_workspace, "base", "--checkpoint", "last"}).output.contains("naive"));
}

void TestCommands::forecastsAreWritten()
{
    const QString table = path("forecast.csv");
    const Outcome outcome = program({"forecast", m_workspace, "base", "--out", table, "--json"});
    QVERIFY2(outcome.status == 0, outcome.errors);
    const QJsonObject forecast = outcome.object();
    QCOMPARE(forecast["time"].toArray().size(), 6);
    QCOMPARE(forecast["time"].toArray().at(0).toString(), QString("2024-01-17T16:00:00Z"));
    QCOMPARE(forecast["forecast"].toObject()["close"].toArray().size(), 6);
    QFile file(table);
    QVERIFY(file.open(QFile::ReadOnly));
    QCOMPARE(file.readAll().trimmed().split('\n').size(), 7);

    for (const char* ending : {"png", "svg", "pdf"}) {
        const QString picture = path("forecast.") + QString::fromLatin1(ending);
        const Outcome drawn = program({"forecast", m_workspace, "base", "--plot", picture});
        QVERIFY2(drawn.status == 0, drawn.errors);
        QVERIFY(QFileInfo(picture).size() > 2000);
    }
}

void TestCommands::runsAreTaggedComparedAndExported()
{
    QVERIFY2(train({"--name", "other", "--set", "learning_rate=0.01"}).status == 0, "training");
    QCOMPARE(program({"runs", m_workspace, "tag", "other", "fast"}).status, 0);
    QCOMPARE(program({"runs", m_workspace, "note", "other", "a higher rate"}).status, 0);
    const QJsonObject other = program({"runs", m_workspace, "show", "other", "--json"}).object();
    QCOMPARE(other["tags"].toArray().at(0).toString(), QString("fast"));
    QCOMPARE(other["note"].toString(), QString("a higher rate"));
    QVERIFY(!other["events"].toArray().isEmpty());

    for (const QJsonValue& run : program({"runs", m_workspace, "list", "--json"}).array())
        QCOMPARE(missingKeys(run.toObject(), runKeys + QStringList{"created", "tags", "note"}),
                 QStringList());

    const Outcome compared = program({"runs", m_workspace, "compare", "base", "other"});
    QVERIFY(compared.output.contains("learning_rate"));
    QVERIFY(!compared.output.contains("weight_decay"));
    QCOMPARE(program({"runs", m_workspace, "compare", "base", "other", "--json"}).array().size(), 2);

    QCOMPARE(program({"runs", m_workspace, "export", "--out", path("runs.csv")}).status, 0);
    QCOMPARE(program({"runs", m_workspace, "export", "--out", path("runs.json")}).status, 0);
    QFile json(path("runs.json"));
    QVERIFY(json.open(QFile::ReadOnly));
    QVERIFY(QJsonDocument::fromJson(json.readAll()).array().size() >= 2);

    QCOMPARE(program({"runs", m_workspace, "delete", "other"}).status, 0);
    QCOMPARE(program({"runs", m_workspace, "show", "other"}).status, 2);
}

void TestCommands::checkpointsAreExportedAndInspected()
{
    const QJsonArray list = program({"checkpoints", m_workspace, "list", "base", "--json"}).array();
    QVERIFY(!list.isEmpty());
    const QString id = QString::number(list.at(0).toObject()["id"].toInt());
    const QString file = path("checkpoint.safetensors");
    QCOMPARE(program({"checkpoints", m_workspace, "export", id, "--out", file}).status, 0);
    const Outcome outcome = program({"checkpoints", "inspect", file, "--json"});
    QCOMPARE(outcome.status, 0);
    const QJsonObject found = outcome.object();
    QCOMPARE(missingKeys(found, {"verdict", "rows", "tensors", "metadata", "messages", "digest"}),
             QStringList());
    QCOMPARE(found["verdict"].toString(), QString("accept"));
    QCOMPARE(found["rows"].toInt(), found["tensors"].toArray().size());
    QCOMPARE(missingKeys(found["tensors"].toArray().at(0).toObject(), {"name", "dtype", "shape"}),
             QStringList());
    QVERIFY(program({"checkpoints", "inspect", file}).output.contains("F32"));
}

void TestCommands::damagedCheckpointsAreRefused()
{
    const QJsonArray list = program({"checkpoints", m_workspace, "list", "base", "--json"}).array();
    const QString file = path("damaged.safetensors");
    QCOMPARE(program({"checkpoints", m_workspace, "export",
                      QString::number(list.at(0).toObject()["id"].toInt()), "--out", file})
                 .status,
             0);
    QFile damaged(file);
    QVERIFY(damaged.open(QFile::ReadWrite));
    QVERIFY(damaged.seek(damaged.size() - 5));
    char byte = 0;
    damaged.peek(&byte, 1);
    byte = static_cast<char>(byte ^ 0x10);
    damaged.write(&byte, 1);
    damaged.close();
    for (const QString& each :
         {file, path("plain.txt"), path("empty.csv"), path("missing.safetensors"), m_folder.path()}) {
        const Outcome outcome = program({"checkpoints", "inspect", each, "--json"});
        QCOMPARE(outcome.status, 0);
        QCOMPARE(outcome.object()["verdict"].toString(), QString("reject"));
        QVERIFY(!outcome.object()["messages"].toArray().isEmpty());
    }
}

void TestCommands::benchMeasures()
{
    const Outcome outcome = program({"bench", "dlinear", "--length", "24", "--horizon", "6", "--batch", "8",
                                     "--channels", "2", "--steps", "20", "--threads", "1", "--json"});
    QVERIFY2(outcome.status == 0, outcome.errors);
    const QJsonObject bench = outcome.object();
    QCOMPARE(missingKeys(bench, {"model", "parameters", "config", "threads", "isa", "train_step_ms",
                                 "samples_per_second", "forecast_us", "allocations_per_step", "peak_rss_mb"}),
             QStringList());
    QCOMPARE(missingKeys(bench["train_step_ms"].toObject(), {"median", "p10", "p90"}), QStringList());
    QCOMPARE(bench["threads"].toInt(), 1);
    QCOMPARE(bench["config"].toObject()["batch_size"].toInt(), 8);
    QVERIFY(bench["train_step_ms"].toObject()["median"].toDouble() > 0);
    const Outcome peer = program({"bench", "dlinear", "--peer", "--steps", "5", "--json"});
    QVERIFY2(peer.status == 0, peer.errors);
    QCOMPARE(peer.object()["config"].toObject()["loss"].toString(), QString("mae"));
}

void TestCommands::gradcheckJudgesEveryTensor()
{
    const Outcome outcome = program({"gradcheck", "dlinear", "--json"});
    QVERIFY2(outcome.status == 0, outcome.errors);
    const QJsonObject document = outcome.object();
    QCOMPARE(missingKeys(document, {"ok", "failed", "largest_tolerance", "tensors"}), QStringList());
    QSet<QString> names;
    for (const QJsonValue& each : document["tensors"].toArray()) {
        const QJsonObject tensor = each.toObject();
        QCOMPARE(missingKeys(tensor, {"kind", "case", "name", "shape", "relative_error", "tolerance",
                                      "checked", "left_out", "zero_gradient", "ok"}),
                 QStringList());
        QVERIFY(tensor["ok"].toBool());
        QVERIFY(tensor["relative_error"].toDouble() <= tensor["tolerance"].toDouble());
        names.insert(tensor["name"].toString());
    }
    QVERIFY(names.contains("trend.weight") && names.contains("seasonal.bias") && names.contains("past"));
    QVERIFY(program({"gradcheck", "dlinear", "--set", "moving_avg=7"}).output.contains("trend.weight"));
    QCOMPARE(program({"gradcheck", "all", "--set", "moving_avg=7"}).status, 2);
    QCOMPARE(program({"gradcheck", "dliner"}).status, 2);
}

void TestCommands::demoRunsTwice()
{
    const QString folder = path("demo");
    for (int time = 1; time <= 2; ++time) {
        const Outcome demo =
            program({"demo", "--out", folder, "--json", "--set", "max_steps=4", "length=24", "horizon=6"});
        QVERIFY2(demo.status == 0, demo.errors);
        QCOMPARE(missingKeys(demo.object(), runKeys), QStringList());
        for (const char* name : {"forecast.png", "loss.png", "forecast.csv"})
            QVERIFY2(QFileInfo(folder + "/" + QString::fromLatin1(name)).size() > 100, name);
        QCOMPARE(program({"runs", folder + "/demo.forecastle", "list", "--json"}).array().size(), time);
    }
}

void TestCommands::theWorkspaceIsSound()
{
    const Outcome sound = program({"workspace", "check", m_workspace, "--json"});
    QVERIFY2(sound.status == 0, sound.errors);
    QCOMPARE(sound.object()["sound"].toBool(), true);
    QCOMPARE(sound.object()["problems"].toArray().size(), 0);
}

QTEST_GUILESS_MAIN(TestCommands)
#include "tst_commands.moc"
