// SPDX-License-Identifier: GPL-3.0-or-later
// What a killed or stopped program leaves behind: a run that goes on to the same weights, bit for bit.
#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>
#include <algorithm>
#include <cmath>
#include <csignal>

#include "engine/base/rng.h"
#include "tests/support/program.h"

using fc::Outcome;
using fc::program;

namespace {

constexpr int steps = 1500;

QByteArray csv()
{
    QByteArray text = "time,close\n";
    for (int i = 0; i < 500; ++i)
        text += QByteArray::number(1704067200 + 3600 * i) + "," +
                QByteArray::number(50 + 5 * std::sin(i * 0.2618)) + "\n";
    return text;
}

/// A training whose events come on standard output. The pipe holds some hundred events: the program cannot
/// run far ahead of the test, so a signal lands in the middle whatever the machine's speed.
class Training {
public:
    explicit Training(const QStringList& arguments)
    {
        m_process.start(QStringLiteral(FC_PROGRAM), arguments + QStringList{"--events", "/dev/stdout"});
    }

    /// Reads events until `count` steps were done; false when the program ended before.
    bool waitForSteps(int count)
    {
        int seen = 0;
        while (seen < count) {
            while (!m_process.canReadLine()) {
                if (!m_process.waitForReadyRead(300000))
                    return false;
            }
            if (m_process.readLine().contains("\"event\":\"step\""))
                ++seen;
        }
        return true;
    }

    void signal(int number) const { ::kill(static_cast<pid_t>(m_process.processId()), number); }
    Outcome end() { return fc::outcomeOf(m_process); }

private:
    QProcess m_process;
};

}  // namespace

class TestResume : public QObject {
    Q_OBJECT

private slots:
    void initTestCase();
    void killedRunsEndWithTheSameWeights_data();
    void killedRunsEndWithTheSameWeights();
    void aKilledRunIsInterrupted();
    void signalsStopAndKeepARun_data();
    void signalsStopAndKeepARun();
    void aFinishedRunGoesBeyondItsPlan();
    void aLiveRunIsNotTakenAway();

private:
    QStringList trainArguments(const QString& name, int threads, const QStringList& more = {}) const;
    QJsonObject shown(const QString& name) const;
    void compareRuns(const QString& name, const QString& reference) const;

    QTemporaryDir m_folder;
    QString m_workspace;
};

QStringList TestResume::trainArguments(const QString& name, int threads, const QStringList& more) const
{
    return QStringList{"train",
                       m_workspace,
                       "--series",
                       "wave",
                       "--model",
                       "dlinear",
                       "--name",
                       name,
                       "--threads",
                       QString::number(threads),
                       "--set",
                       "length=24",
                       "horizon=6",
                       "batch_size=8",
                       "patience=0",
                       "max_steps=" + QString::number(steps),
                       "validate_every=100",
                       "checkpoint_every=70"} +
           more;
}

QJsonObject TestResume::shown(const QString& name) const
{
    return program({"runs", m_workspace, "show", name, "--json"}).object();
}

void TestResume::compareRuns(const QString& name, const QString& reference) const
{
    const QJsonObject run = shown(name);
    const QJsonObject expected = shown(reference);
    QCOMPARE(run["state"].toString(), QString("finished"));
    for (const char* key :
         {"steps", "best", "metrics", "baselines", "weights_sha256", "validations", "layers"})
        QCOMPARE(run[QLatin1String(key)], expected[QLatin1String(key)]);
}

void TestResume::initTestCase()
{
    QVERIFY2(QFileInfo(QStringLiteral(FC_PROGRAM)).isExecutable(),
             "The program " FC_PROGRAM " has not been built.");
    m_workspace = m_folder.filePath("resume.forecastle");
    QFile file(m_folder.filePath("wave.csv"));
    QVERIFY(file.open(QFile::WriteOnly));
    file.write(csv());
    file.close();
    QCOMPARE(program({"init", m_workspace}).status, 0);
    const Outcome import = program({"import", m_workspace, file.fileName()});
    QVERIFY2(import.status == 0, import.errors);
    const Outcome reference = program(trainArguments("reference", 1));
    QVERIFY2(reference.status == 0, reference.errors);
}

void TestResume::killedRunsEndWithTheSameWeights_data()
{
    QTest::addColumn<int>("threads");
    QTest::addColumn<int>("seed");
    QTest::addColumn<QStringList>("more");
    const QStringList stateful = {"precision=bf16", "schedule=plateau", "plateau_patience=0", "accumulate=2"};
    QTest::newRow("one thread") << 1 << 1 << QStringList();
    QTest::newRow("two threads") << 2 << 2 << QStringList();
    QTest::newRow("three threads") << 3 << 3 << QStringList();
    QTest::newRow("bf16, plateau, accumulated") << 2 << 4 << stateful;
}

void TestResume::killedRunsEndWithTheSameWeights()
{
    QFETCH(int, threads);
    QFETCH(int, seed);
    QFETCH(QStringList, more);
    const QString name = QStringLiteral("killed-%1").arg(seed);
    QString reference = "reference";
    if (!more.isEmpty()) {
        reference = QStringLiteral("reference-%1").arg(seed);
        const Outcome whole = program(trainArguments(reference, 1, more));
        QVERIFY2(whole.status == 0, whole.errors);
    }
    fc::Rng rng(static_cast<std::uint64_t>(seed));
    QStringList arguments = trainArguments(name, threads, more);
    int kills = 0;
    for (; kills < 8; ++kills) {
        Training training(arguments);
        const bool alive = training.waitForSteps(1 + static_cast<int>(rng.below(250)));
        training.signal(SIGKILL);
        const Outcome outcome = training.end();
        if (!alive) {
            QVERIFY2(outcome.status == 0, outcome.errors);
            break;
        }
        arguments = QStringList{"resume", m_workspace, name};
    }
    QVERIFY(kills > 1);
    if (shown(name)["state"].toString() != QLatin1String("finished")) {
        const Outcome last = program({"resume", m_workspace, name});
        QVERIFY2(last.status == 0, last.errors);
    }
    compareRuns(name, reference);
    const Outcome sound = program({"workspace", "check", m_workspace});
    QVERIFY2(sound.status == 0, sound.errors);
}

void TestResume::aKilledRunIsInterrupted()
{
    Training training(trainArguments("dead", 1));
    QVERIFY(training.waitForSteps(5));
    QCOMPARE(shown("dead")["state"].toString(), QString("running"));
    training.signal(SIGKILL);
    QCOMPARE(training.end().status, -1);
    QCOMPARE(shown("dead")["state"].toString(), QString("interrupted"));
}

void TestResume::signalsStopAndKeepARun_data()
{
    QTest::addColumn<int>("number");
    QTest::newRow("SIGINT") << SIGINT;
    QTest::newRow("SIGTERM") << SIGTERM;
    QTest::newRow("SIGHUP") << SIGHUP;
}

void TestResume::signalsStopAndKeepARun()
{
    QFETCH(int, number);
    const QString name = QStringLiteral("stopped-%1").arg(number);
    Training training(trainArguments(name, 2));
    QVERIFY(training.waitForSteps(120));
    training.signal(number);
    const Outcome outcome = training.end();
    QVERIFY2(outcome.status == 130, outcome.errors);
    QVERIFY2(outcome.lastLine().contains("resume"), qPrintable(outcome.lastLine()));
    const QJsonObject run = shown(name);
    QCOMPARE(run["state"].toString(), QString("stopped"));
    const QJsonArray checkpoints = program({"checkpoints", m_workspace, "list", name, "--json"}).array();
    const bool kept = std::ranges::any_of(
        checkpoints, [&](const QJsonValue& each) { return each.toObject()["step"] == run["steps"]; });
    QVERIFY(kept);

    const Outcome resumed = program({"resume", m_workspace, name, "--json"});
    QVERIFY2(resumed.status == 0, resumed.errors);
    compareRuns(name, "reference");
}

void TestResume::aFinishedRunGoesBeyondItsPlan()
{
    QCOMPARE(program(trainArguments("longer", 1)).status, 0);
    const Outcome resumed = program({"resume", m_workspace, "longer", "--steps", "50", "--json"});
    QVERIFY2(resumed.status == 0, resumed.errors);
    QCOMPARE(resumed.object()["steps"].toInt(), steps + 50);
}

void TestResume::aLiveRunIsNotTakenAway()
{
    Training training(trainArguments("live", 1));
    QVERIFY(training.waitForSteps(5));
    const Outcome taken = program({"resume", m_workspace, "live"});
    QCOMPARE(taken.status, 1);
    QVERIFY2(taken.lastLine().contains("live"), qPrintable(taken.lastLine()));
    training.signal(SIGKILL);
    training.end();
}

QTEST_GUILESS_MAIN(TestResume)
#include "tst_resume.moc"
