// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <functional>
#include <limits>
#include <set>
#include <signal.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include "engine/base/atomic_file.h"
#include "engine/base/sha256.h"
#include "engine/store/store.h"

using namespace fc;
namespace fs = std::filesystem;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// A folder of its own for every slot.
class Folder {
public:
    fs::path operator/(const std::string& name) const
    {
        return fs::path(m_folder.path().toStdString()) / name;
    }
    fs::path path() const { return m_folder.path().toStdString(); }
    /// Names of all files, sorted.
    std::string files() const
    {
        std::set<std::string> names;
        for (const auto& entry : fs::directory_iterator(path()))
            names.insert(entry.path().filename().string());
        std::string text;
        for (const std::string& name : names)
            text += (text.empty() ? "" : " ") + name;
        return text;
    }

private:
    QTemporaryDir m_folder;
};

/// Runs SQL behind the store's back; the first column of the first row.
std::string sql(const fs::path& path, const std::string& text)
{
    sqlite3* database = nullptr;
    sqlite3_open(path.c_str(), &database);
    sqlite3_busy_timeout(database, 5000);
    std::string answer;
    const auto take = [](void* out, int, char** values, char**) {
        auto& first = *static_cast<std::string*>(out);
        if (first.empty() && values[0])
            first = values[0];
        return 0;
    };
    char* failure = nullptr;
    sqlite3_exec(database, text.c_str(), take, &answer, &failure);
    if (failure)
        answer = failure;
    sqlite3_free(failure);
    sqlite3_close(database);
    return answer;
}

std::string contents(const fs::path& path)
{
    return readFile(path, 1 << 30);
}
void writeText(const fs::path& path, const std::string& text)
{
    std::ofstream(path, std::ios::binary) << text;
}

/// The sentence `body` fails with, or "nothing thrown".
std::string failure(const std::function<void()>& body)
{
    try {
        body();
    } catch (const Error& error) {
        return error.what();
    }
    return "nothing thrown";
}

bool throwsUsageError(const std::function<void()>& body)
{
    try {
        body();
    } catch (const UsageError&) {
        return true;
    } catch (const Error&) {
    }
    return false;
}

QByteArray shown(const std::string& text)
{
    return QByteArray::fromStdString(text);
}

/// `rows` hours of two columns with a gap in the second.
Series hours(const std::string& name, std::size_t rows)
{
    Series series;
    series.name = name;
    series.timeZone = "Europe/Berlin";
    series.columns = {{"close", "close", {}}, {"Größe \"m\"", "", {}}};
    for (std::size_t i = 0; i < rows; ++i) {
        series.times.push_back(static_cast<Timestamp>(i) * 3'600'000'000);
        series.columns[0].values.push_back(std::sin(static_cast<double>(i)));
        series.columns[1].values.push_back(i % 7 == 3 ? missing : -1e-300 * static_cast<double>(i));
    }
    return series;
}

SeriesRecord named(const std::string& name)
{
    SeriesRecord record;
    record.name = name;
    return record;
}

RunRecord newRun(const std::string& name = {}, RunState state = RunState::Queued)
{
    RunRecord run;
    run.name = name;
    run.model = "mlp";
    run.state = state;
    return run;
}

CheckpointRecord at(std::int64_t runId, std::int64_t step, bool best = false,
                    std::optional<double> validationLoss = {})
{
    CheckpointRecord record;
    record.runId = runId;
    record.step = step;
    record.best = best;
    record.validationLoss = validationLoss;
    return record;
}

/// "10 20* 30+": steps, * the best, + the newest.
std::string print(const std::vector<CheckpointRecord>& checkpoints)
{
    std::string text;
    for (const CheckpointRecord& c : checkpoints)
        text +=
            (text.empty() ? "" : " ") + std::to_string(c.step) + (c.best ? "*" : "") + (c.last ? "+" : "");
    return text;
}

std::string printSteps(const std::vector<StepRecord>& steps)
{
    std::string text;
    for (const StepRecord& s : steps)
        text += (text.empty() ? "" : " ") + std::to_string(s.step);
    return text;
}

std::string noise(std::size_t size)
{
    std::string bytes(size, '\0');
    std::uint32_t state = 1;
    for (char& c : bytes)
        c = static_cast<char>((state = state * 1664525 + 1013904223) >> 24);
    return bytes;
}

}  // namespace

class StoreTest : public QObject {
    Q_OBJECT

private slots:
    // Opening

    void aClosedWorkspaceIsOneFile()
    {
        const Folder folder;
        {
            Store store = Store::create(folder / "a.forecastle");
            store.addRun(newRun("first"));
        }
        QCOMPARE(folder.files(), "a.forecastle");
        fs::copy_file(folder / "a.forecastle", folder / "copy.forecastle");
        QCOMPARE(Store::open(folder / "copy.forecastle").run("first").name, "first");
    }

    void aWorkspaceIsNotMadeOverAFile()
    {
        const Folder folder;
        writeText(folder / "a.forecastle", "precious");
        const std::string text = failure([&] { Store::create(folder / "a.forecastle"); });
        QVERIFY2(text.find("is already there") != std::string::npos, text.c_str());
        QCOMPARE(contents(folder / "a.forecastle"), "precious");
        QCOMPARE(folder.files(), "a.forecastle");
    }

    void openOrCreateKeepsWhatIsThere()
    {
        const Folder folder;
        Store::openOrCreate(folder / "a.forecastle").addRun(newRun("first"));
        QCOMPARE(Store::openOrCreate(folder / "a.forecastle").runs().size(), 1U);
    }

    void whatIsNoWorkspaceIsRefusedInWords_data()
    {
        QTest::addColumn<QString>("kind");
        QTest::addColumn<QString>("words");
        QTest::newRow("missing") << "missing"
                                 << "There is no workspace";
        QTest::newRow("folder") << "folder"
                                << "is a folder";
        QTest::newRow("pipe") << "pipe"
                              << "is not a regular file";
        QTest::newRow("empty file") << "empty"
                                    << "is empty, so it is not a workspace";
        QTest::newRow("text") << "text"
                              << "is not a workspace of Forecastle";
        QTest::newRow("long text") << "long text"
                                   << "is not a workspace of Forecastle";
        QTest::newRow("another SQLite file") << "sqlite"
                                             << "is a database of another program";
        QTest::newRow("newer version") << "newer"
                                       << "was written by a newer Forecastle (format 1000";
        QTest::newRow("negative version") << "negative"
                                          << "is damaged";
        QTest::newRow("cut in half") << "cut"
                                     << "is damaged";
    }
    void whatIsNoWorkspaceIsRefusedInWords()
    {
        QFETCH(const QString, kind);
        QFETCH(const QString, words);
        const Folder folder;
        const fs::path path = folder / "100% a?b#c\n.forecastle";
        if (kind == "folder")
            fs::create_directory(path);
        else if (kind == "pipe")
            ::mkfifo(path.c_str(), 0600);
        else if (kind == "empty")
            writeText(path, "");
        else if (kind == "text")
            writeText(path, "time,close\n2024-01-01,1\n");
        else if (kind == "long text")
            writeText(path, std::string(10000, 'x'));
        else if (kind == "sqlite")
            sql(path, "CREATE TABLE t(x); INSERT INTO t VALUES(1)");
        else if (kind != "missing")
            Store::create(path);
        if (kind == "newer")
            sql(path, "PRAGMA user_version = 1000");
        if (kind == "negative")
            sql(path, "PRAGMA user_version = -5");
        if (kind == "cut")
            fs::resize_file(path, fs::file_size(path) / 2);
        const bool regular = fs::is_regular_file(path);
        const std::string before = regular ? contents(path) : "";
        const std::string filesBefore = folder.files();
        for (const auto mode : {Store::Mode::ReadWrite, Store::Mode::ReadOnly}) {
            const std::string text = failure([&] { Store::open(path, mode).runs(); });
            QVERIFY2(text.find(words.toStdString()) != std::string::npos, text.c_str());
            QVERIFY2(text.find('\n') == std::string::npos, "a name with a line break forges a line");
            QVERIFY(text.size() < 400);
        }
        QCOMPARE(folder.files(), filesBefore);
        QVERIFY(!regular || contents(path) == before);
    }

    void aNewerWorkspaceWithALogKeepsItsFile()
    {
        const Folder folder;
        const fs::path path = folder / "a.forecastle";
        Store::create(path);
        // The newer version is only in the log, as after a crash of the newer program.
        const fs::path crashed = folder / "crashed.forecastle";
        sqlite3* database = nullptr;
        sqlite3_open(path.c_str(), &database);
        sqlite3_exec(database, "PRAGMA user_version = 1000", nullptr, nullptr, nullptr);
        fs::copy_file(path, crashed);
        fs::copy_file(path.string() + "-wal", crashed.string() + "-wal");
        sqlite3_close(database);
        const std::string before = contents(crashed);
        const std::string log = contents(crashed.string() + "-wal");
        const std::string text = failure([&] { Store::open(crashed); });
        QVERIFY2(text.find("newer Forecastle") != std::string::npos, text.c_str());
        QVERIFY(contents(crashed) == before);
        QVERIFY(contents(crashed.string() + "-wal") == log);
    }

    void anOlderWorkspaceIsBackedUpAndBroughtUpToDate()
    {
        const Folder folder;
        const fs::path path = folder / "old.forecastle";
        // Version 0 has no tables yet.
        sql(path, "PRAGMA application_id = 1180922740; PRAGMA user_version = 0");
        Store::open(path).addRun(newRun("first"));
        QCOMPARE(folder.files(), "old.forecastle old.forecastle.backup-v0");
        QCOMPARE(sql(folder / "old.forecastle.backup-v0", "PRAGMA application_id"), "1180922740");
        QCOMPARE(sql(folder / "old.forecastle.backup-v0", "SELECT count(*) FROM sqlite_schema"), "0");
        QCOMPARE(Store::open(path).runs().size(), 1U);
    }

    void aWorkspaceOfFormat2LearnsOfVersions()
    {
        const Folder folder;
        const fs::path path = folder / "old.forecastle";
        Store::create(path);
        sql(path,
            "DROP INDEX series_versions; ALTER TABLE series DROP COLUMN lineage; ALTER TABLE series DROP COLUMN "
            "version_of; INSERT INTO series VALUES(1, 's', '', 0, '', '', '', 'UTC', 1, 0, 'f', '{}', ''); PRAGMA "
            "user_version = 2");
        const Store store = Store::open(path);
        QCOMPARE(store.seriesList().size(), 1U);
        QCOMPARE(store.seriesRecord("s").lineage, std::string());
        QVERIFY(store.seriesVersions("s").empty());
    }

    void aMigrationThatFailsLeavesTheOldWorkspace()
    {
        const Folder folder;
        const fs::path path = folder / "old.forecastle";
        sql(path,
            "PRAGMA application_id = 1180922740; CREATE TABLE documents(x); INSERT INTO documents "
            "VALUES('kept')");
        QVERIFY(failure([&] { Store::open(path); }) != "nothing thrown");
        QCOMPARE(sql(path, "PRAGMA user_version"), "0");
        QCOMPARE(sql(path, "SELECT x FROM documents"), "kept");
        QCOMPARE(sql(path, "SELECT count(*) FROM sqlite_schema"), "1");
    }

    void aReadOnlyWorkspaceCanBeRead()
    {
        if (::geteuid() == 0)
            QSKIP("the rights of a file do not bind the administrator");
        const Folder folder;
        const fs::path path = folder / "a.forecastle";
        Store::create(path).addRun(newRun("first"));
        fs::permissions(path, fs::perms::owner_read);
        fs::permissions(folder.path(), fs::perms::owner_read | fs::perms::owner_exec);
        const std::size_t runs = Store::open(path, Store::Mode::ReadOnly).runs().size();
        const std::string text = failure([&] { Store::open(path); });
        const std::string made = failure([&] { Store::create(folder / "b.forecastle"); });
        fs::permissions(folder.path(), fs::perms::owner_all);
        QVERIFY2(made.find("Cannot make the workspace") != std::string::npos, made.c_str());
        QCOMPARE(runs, 1U);
        QVERIFY2(text.find("is read-only") != std::string::npos, text.c_str());
        QCOMPARE(folder.files(), "a.forecastle");
    }

    void readingOnlyCannotWrite()
    {
        const Folder folder;
        Store::create(folder / "a.forecastle").addRun(newRun("first"));
        Store store = Store::open(folder / "a.forecastle", Store::Mode::ReadOnly);
        const std::string text = failure([&] { store.addRun(newRun("second")); });
        QVERIFY2(text.find("opened for reading only") != std::string::npos, text.c_str());
        QCOMPARE(store.runs().size(), 1U);
    }

    void aLockedWorkspaceSaysWho()
    {
        const Folder folder;
        Store store = Store::create(folder / "a.forecastle");
        sqlite3* other = nullptr;
        sqlite3_open(store.path().c_str(), &other);
        sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr);
        QCOMPARE(store.runs().size(), 0U);
        const std::string text = failure([&] { store.addRun(newRun("first")); });
        sqlite3_close(other);
        QVERIFY2(text.find("Another program is writing to the workspace") != std::string::npos, text.c_str());
        store.addRun(newRun("first"));
        QCOMPARE(store.runs().size(), 1U);
    }

    void writesOfAnotherConnectionAreSeen()
    {
        const Folder folder;
        Store store = Store::create(folder / "a.forecastle");
        Store reader = Store::open(folder / "a.forecastle", Store::Mode::ReadOnly);
        const std::int64_t before = reader.dataVersion();
        QCOMPARE(reader.dataVersion(), before);
        store.addRun(newRun("first"));
        QVERIFY(reader.dataVersion() != before);
        QCOMPARE(reader.runs().size(), 1U);
    }

    // Transactions

    void aTransactionThatThrowsLeavesNothing()
    {
        const Folder folder;
        Store store = Store::create(folder / "a.forecastle");
        QVERIFY_THROWS_EXCEPTION(std::runtime_error, store.transaction([&] {
            store.addSeries(hours("h", 10), named("h"));
            store.addRun(newRun("first"));
            throw std::runtime_error("cancelled");
        }));
        QCOMPARE(store.runs().size(), 0U);
        QCOMPARE(store.seriesList().size(), 0U);
    }

    void aPartThatFailsInsideATransactionLeavesTheRest()
    {
        const Folder folder;
        Store store = Store::create(folder / "a.forecastle");
        store.transaction([&] {
            store.addRun(newRun("first"));
            QVERIFY_THROWS_EXCEPTION(Error, store.transaction([&] {
                store.addRun(newRun("second"));
                store.addRun(newRun("first"));
            }));
            store.addRun(newRun("third"));
        });
        QCOMPARE(store.runs().size(), 2U);
        QCOMPARE(store.runs()[1].name, "third");
    }

    void aFullDiskIsToldAndLeavesTheWorkspaceWhole()
    {
        const Folder folder;
        Store store = Store::create(folder / "a.forecastle");
        const RunRecord run = store.addRun(newRun("first"));
        store.addCheckpoint(at(run.id, 1), noise(100000), 3);
        // A limit on the file's size stands in for the disk: both end in the same failure of a write.
        struct rlimit before = {};
        ::getrlimit(RLIMIT_FSIZE, &before);
        ::signal(SIGXFSZ, SIG_IGN);
        const struct rlimit small = {2 << 20, before.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &small);
        const std::string text = failure([&] { store.addCheckpoint(at(run.id, 2), noise(5 << 20), 1); });
        ::setrlimit(RLIMIT_FSIZE, &before);
        QVERIFY2(text.find("this change was not stored") != std::string::npos, text.c_str());
        QCOMPARE(print(store.checkpoints(run.id)), "1+");
        QVERIFY(store.checkIntegrity().empty());
        store.addCheckpoint(at(run.id, 2), noise(5 << 20), 3);
        QCOMPARE(print(store.checkpoints(run.id)), "1 2+");
    }

    // Series

    void aSeriesComesBackBitForBit_data()
    {
        QTest::addColumn<int>("rows");
        for (const int rows : {0, 1, 4095, 4096, 4097, 10000})
            QTest::addRow("%d rows", rows) << rows;
    }
    void aSeriesComesBackBitForBit()
    {
        QFETCH(const int, rows);
        const Folder folder;
        Store store = Store::create(folder / "a.forecastle");
        Series series = hours("imported", static_cast<std::size_t>(rows));
        series.synthetic = true;
        SeriesRecord record = named("stored");
        record.frequency = "1h";
        record.source = "a.csv";
        store.addSeries(series, record);
        const Series loaded = store.loadSeries("stored");
        QCOMPARE(loaded.name, "stored");
        QCOMPARE(loaded.timeZone, "Europe/Berlin");
        QVERIFY(loaded.synthetic && loaded.hasClock);
        QCOMPARE(loaded.columns.size(), 2U);
        QCOMPARE(loaded.columns[0].role, "close");
        QCOMPARE(loaded.columns[1].name, "Größe \"m\"");
        QCOMPARE(contentHash(loaded), contentHash(series));
        const SeriesRecord stored = store.seriesRecord("stored");
        QCOMPARE(stored.hash, contentHash(series));
        QCOMPARE(stored.rows, rows);
        QCOMPARE(stored.source, "a.csv");
        QCOMPARE(stored.columns.size(), 2U);
        QVERIFY(!stored.created.empty());
    }

    void aTakenSeriesNameIsRefused()
    {
        const Folder folder;
        Store store = Store::create(folder / "a.forecastle");
        store.addSeries(hours("h", 5), named("h"));
        const std::string text = failure([&] { store.addSeries(hours("h", 9), named("h")); });
        QVERIFY2(text.find("already has a series \"h\"") != std::string::npos, text.c_str());
        QCOMPARE(store.seriesRecord("h").rows, 5);
        QVERIFY(throwsUsageError([&] { store.addSeries(hours("", 5), named("")); }));
    }

    void anUnknownSeriesNamesTheNearest()
    {
        const Folder folder;
        Store store = Store::create(folder / "a.forecastle");
        store.addSeries(hours("temperature", 5), named("temperature"));
        QVERIFY(throwsUsageError([&] { store.loadSeries("temprature"); }));
        const std::string text = failure([&] { store.deleteSeries("temprature"); });
        QVERIFY2(text.find("nearest name is \"temperature\"") != std::string::npos, text.c_str());
    }

    void aDeletedSeriesLeavesNoRows()
    {
        const Folder folder;
        Store store = Store::create(folder / "a.forecastle");
        store.addSeries(hours("h", 9000), named("h"));
        store.addSeries(hours("other", 10), named("other"));
        store.deleteSeries("h");
        QCOMPARE(store.seriesList().size(), 1U);
        QCOMPARE(sql(store.path(), "SELECT count(*) FROM series_chunks"), "3");
        QCOMPARE(sql(store.path(), "SELECT count(*) FROM series_columns"), "2");
    }

    void changedValuesAreNoticed()
    {
        const Folder folder;
        Store store = Store::create(folder / "a.forecastle");
        store.addSeries(hours("h", 100), named("h"));
        sql(store.path(), "UPDATE series_chunks SET data = zeroblob(800) WHERE position = 0");
        const std::string text = failure([&] { store.loadSeries("h"); });
        QVERIFY2(text.find("series \"h\" are damaged") != std::string::npos, text.c_str());
        QCOMPARE(store.checkIntegrity().size(), 1U);
    }

    void recipesAreReplacedByName()
    {
        const Folder folder;
        Store store = Store::create(folder / "a.forecastle");
        store.saveRecipe("b", "{}");
        store.saveRecipe("a", "{}");
        store.saveRecipe("b", "{\"x\":1}");
        QCOMPARE(store.recipes().size(), 2U);
        QCOMPARE(store.recipes()[1].second, "{\"x\":1}");
        QVERIFY(!store.importRecipeFor("time,close"));
        store.rememberImportRecipe("time,close", "1");
        store.rememberImportRecipe("time,close", "2");
        QCOMPARE(*store.importRecipeFor("time,close"), "2");
    }

    // Runs

    void aRunComesBackAsStored()
    {
        const Folder folder;
        Store store = Store::create(folder / "a.forecastle");
        RunRecord run = newRun("first", RunState::Finished);
        run.series = "h";
        run.seriesHash = "abc";
        run.settings = "{\"length\":96}";
        run.environment = "{\"threads\":2}";
        run.parameters = 1LL << 40;
        run.seed = std::numeric_limits<std::int64_t>::min();
        run.steps = 10;
        run.totalSteps = 20;
        run.epochs = 3;
        run.seconds = 1.5;
        run.bestStep = 7;
        run.bestValidationLoss = 0.1;
        run.metrics = {{"test", {{"mae", 0.1 + 0.2}, {"mape", missing}}}, {"train", {{"mae", infinity}}}};
        run.baselines = {{"naive", {{"test", {{"mae", 1}}}}}, {"seasonal_naive", {{"test", {{"mae", 2}}}}}};
        run.intervals = "[1]";
        run.weightsSha256 = "def";
        run.tags = {"b", "a", "b"};
        run.note = "two\nlines";
        const RunRecord added = store.addRun(run);
        QVERIFY(added.id > 0 && !added.created.empty());
        for (const RunRecord& stored :
             {store.run("first"), store.run(std::to_string(added.id)), store.runs()[0]}) {
            QCOMPARE(stored.settings, run.settings);
            QCOMPARE(stored.environment, run.environment);
            QCOMPARE(stored.seed, run.seed);
            QCOMPARE(stored.parameters, run.parameters);
            QCOMPARE(stored.steps, 10);
            QCOMPARE(stored.totalSteps, 20);
            QCOMPARE(stored.seconds, 1.5);
            QCOMPARE(*stored.bestStep, 7);
            QCOMPARE(*stored.bestValidationLoss, 0.1);
            QCOMPARE(stored.state, RunState::Finished);
            QCOMPARE(stored.metrics.at("test").at("mae"), 0.1 + 0.2);
            QVERIFY(std::isnan(stored.metrics.at("test").at("mape")));
            QCOMPARE(stored.metrics.at("train").at("mae"), infinity);
            QCOMPARE(stored.metrics.size(), 2U);
            QVERIFY(stored.baselines == run.baselines);
            QCOMPARE(stored.tags, (std::vector<std::string>{"a", "b"}));
            QCOMPARE(stored.note, run.note);
            QCOMPARE(stored.weightsSha256, "def");
        }
        QCOMPARE(store.run("first").intervals, "[1]");
        const RunRecord summary = store.runs(Store::Detail::Summary)[0];
        QCOMPARE(summary.metrics.size(), 1U);
        QCOMPARE(summary.metrics.at("test").size(), 2U);
        QVERIFY(summary.baselines.empty() && summary.settings.empty());
        QCOMPARE(summary.tags.size(), 2U);
        QCOMPARE(summary.note, run.note);
    }

    void updatingARunReplacesItsMetricsAndKeepsTheRest()
    {
        const Folder folder;
        Store store = Store::create(folder / "a.forecastle");
        RunRecord run = newRun("first");
        run.metrics = {{"test", {{"mae", 1}, {"mse", 2}}}};
        run.intervals = "[1]";
        run.tags = {"kept"};
        run = store.addRun(run);
        store.setNote(run.id, "kept");
        run = store.runs()[0];
        run.metrics = {{"test", {{"mae", 3}}}};
        run.note = run.name = "ignored";
        run.state = RunState::Stopped;
        store.updateRun(run);
        const RunRecord stored = store.run("first");
        QVERIFY(stored.metrics == run.metrics);
        QCOMPARE(stored.note, "kept");
        QCOMPARE(stored.tags.size(), 1U);
        QCOMPARE(stored.intervals, "[1]");
        QCOMPARE(stored.state, RunState::Stopped);
    }

    void runsWithoutANameAreNumbered()
    {
        const Folder folder;
        Store store = Store::create(folder / "a.forecastle");
        QCOMPARE(store.addRun(newRun()).name, "mlp-001");
        QCOMPARE(store.addRun(newRun()).name, "mlp-002");
        store.addRun(newRun("mlp-1041"));
        store.addRun(newRun("mlp-x"));
        QCOMPARE(store.addRun(newRun()).name, "mlp-1042");
        RunRecord other = newRun();
        other.model = "ml%";
        QCOMPARE(store.addRun(other).name, "ml%-001");
    }

    void aTakenRunNameIsRefused()
    {
        const Folder folder;
        Store store = Store::create(folder / "a.forecastle");
        const RunRecord first = store.addRun(newRun("first"));
        const RunRecord second = store.addRun(newRun("second"));
        QVERIFY(failure([&] { store.addRun(newRun("first")); }).find("already has a run \"first\"") !=
                std::string::npos);
        QVERIFY(failure([&] { store.renameRun(second.id, "first"); }).find("already has a run") !=
                std::string::npos);
        store.renameRun(first.id, "first");
        store.renameRun(second.id, "third");
        QCOMPARE(store.run("third").id, second.id);
        QVERIFY(throwsUsageError([&] { store.renameRun(second.id, ""); }));
    }

    void anUnknownRunNamesTheNearest()
    {
        const Folder folder;
        Store store = Store::create(folder / "a.forecastle");
        store.addRun(newRun("dlinear-001"));
        QVERIFY(throwsUsageError([&] { store.run("dlinear-01"); }));
        QVERIFY(failure([&] { store.run("dlinear-01"); }).find("nearest name is \"dlinear-001\"") !=
                std::string::npos);
        QVERIFY(failure([&] { store.run("99"); }).find("no run \"99\"") != std::string::npos);
    }

    void aDeletedRunLeavesNoRows()
    {
        const Folder folder;
        Store store = Store::create(folder / "a.forecastle");
        RunRecord run = newRun("first");
        run.metrics = {{"test", {{"mae", 1}}}};
        run.tags = {"t"};
        run = store.addRun(run);
        store.appendSteps(run.id, {{1, 1, 1, 1}});
        store.appendValidation(run.id, {1, 1, 1, 1, 1});
        store.appendEvent(run.id, {1, "", "started", ""});
        store.addCheckpoint(at(run.id, 1), noise(3 << 20), 3);
        store.saveDocument(run.id, "backtest", "{}");
        store.deleteRun(run.id);
        for (const char* table : {"runs", "run_metrics", "tags", "steps", "validations", "events",
                                  "checkpoints", "checkpoint_chunks", "documents"})
            QCOMPARE(sql(store.path(), std::string("SELECT count(*) FROM ") + table), "0");
    }

    void writingToADeletedRunIsToldAsSuch()
    {
        const Folder folder;
        Store store = Store::create(folder / "a.forecastle");
        const RunRecord run = store.addRun(newRun("first"));
        store.deleteRun(run.id);
        const std::vector<std::function<void()>> writes{
            [&] {
                store.appendSteps(run.id, {{1, 1, 1, 1}});
            },
            [&] { store.appendValidation(run.id, {}); },
            [&] { store.appendEvent(run.id, {}); },
            [&] { store.addCheckpoint(at(run.id, 1), "x", 1); },
            [&] { store.saveDocument(run.id, "k", "{}"); },
            [&] { store.updateRun(run); },
            [&] { store.setRunState(run.id, RunState::Finished); },
            [&] { store.addTag(run.id, "t"); },
            [&] { store.deleteRun(run.id); },
        };
        for (const auto& write : writes) {
            const std::string text = failure(write);
            QVERIFY2(text.find("is no longer in the workspace") != std::string::npos, text.c_str());
        }
    }

    void statesKeepTheirTimes()
    {
        const Folder folder;
        Store store = Store::create(folder / "a.forecastle");
        const std::int64_t id = store.addRun(newRun("first")).id;
        QCOMPARE(store.run("first").started, "");
        store.setRunState(id, RunState::Running);
        const std::string started = store.run("first").started;
        QVERIFY(QRegularExpression(R"(^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$)")
                    .match(QString::fromStdString(started))
                    .hasMatch());
        store.setRunState(id, RunState::Failed, "why");
        QCOMPARE(store.run("first").message, "why");
        QVERIFY(store.run("first").ended >= started);
        store.setRunState(id, RunState::Running);
        QCOMPARE(store.run("first").started, started);
        QCOMPARE(store.run("first").ended, "");
    }

    void everyStateHasItsName()
    {
        for (const auto state : {RunState::Queued, RunState::Running, RunState::Paused, RunState::Finished,
                                 RunState::Stopped, RunState::Failed, RunState::Interrupted})
            QCOMPARE(*stateFromName(stateName(state)), state);
        QCOMPARE(stateName(RunState::Interrupted), "interrupted");
        QVERIFY(!stateFromName("Running"));
    }

    // Owners

    void aRunOfADeadProcessIsInterrupted_data()
    {
        QTest::addColumn<QString>("forged");
        QTest::addColumn<QString>("state");
        QTest::newRow("this process") << "note = ''"
                                      << "running";
        QTest::newRow("a pid that is gone") << "owner_pid = 4194304"
                                            << "interrupted";
        QTest::newRow("a pid used again") << "owner_started = '1'"
                                          << "interrupted";
        QTest::newRow("a live process of another program") << "owner_pid = 1"
                                                           << "interrupted";
        QTest::newRow("a boot before") << "owner_boot = 'other'"
                                       << "interrupted";
        QTest::newRow("another host") << "owner_host = 'elsewhere', owner_pid = 4194304"
                                      << "running";
        QTest::newRow("another host and its boot") << "owner_host = 'elsewhere', owner_boot = 'other'"
                                                   << "running";
        QTest::newRow("paused") << "state = 'paused', owner_pid = 4194304"
                                << "interrupted";
        QTest::newRow("queued") << "state = 'queued', owner_pid = 4194304"
                                << "interrupted";
        QTest::newRow("finished long ago") << "state = 'finished', owner_pid = 4194304"
                                           << "finished";
    }
    void aRunOfADeadProcessIsInterrupted()
    {
        QFETCH(const QString, forged);
        QFETCH(const QString, state);
        const Folder folder;
        const fs::path path = folder / "a.forecastle";
        {
            Store store = Store::create(path);
            const RunRecord run = store.addRun(newRun("first", RunState::Running));
            store.appendSteps(run.id, {{1, 1, 1, 1}, {2, 1, 1, 1}});
        }
        sql(path, "UPDATE runs SET " + forged.toStdString());
        // One who only looks cannot write the state, and is told the same.
        QCOMPARE(stateName(Store::open(path, Store::Mode::ReadOnly).run("first").state), state.toStdString());
        QCOMPARE(stateName(Store::open(path, Store::Mode::ReadOnly).runs()[0].state), state.toStdString());
        Store store = Store::open(path);
        QCOMPARE(stateName(store.run("first").state), state.toStdString());
        QCOMPARE(sql(path, "SELECT state FROM runs"), state.toStdString());
        const auto events = store.events(store.run("first").id);
        QCOMPARE(events.size(), state == "interrupted" ? 1U : 0U);
        if (state == "interrupted") {
            QCOMPARE(events[0].kind, "interrupted");
            QCOMPARE(events[0].step, 2);
            QVERIFY(!store.run("first").ended.empty());
        }
        QCOMPARE(store.markInterrupted(), 0);
    }

    void aChildThatWasKilledLeavesAnInterruptedRun()
    {
        const Folder folder;
        const fs::path path = folder / "a.forecastle";
        Store::create(path);
        int ready[2];
        QCOMPARE(::pipe(ready), 0);
        const pid_t child = ::fork();
        if (child == 0) {
            Store store = Store::open(path);
            store.addRun(newRun("killed", RunState::Running));
            const ssize_t told = ::write(ready[1], "x", 1);
            ::pause();
            ::_exit(static_cast<int>(told));
        }
        char byte = 0;
        QCOMPARE(::read(ready[0], &byte, 1), 1);
        QCOMPARE(stateName(Store::open(path).run("killed").state), "running");
        ::kill(child, SIGKILL);
        siginfo_t info = {};
        ::waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOWAIT);
        // Not yet collected by its parent: dead all the same.
        QCOMPARE(stateName(Store::open(path).run("killed").state), "interrupted");
        ::waitpid(child, nullptr, 0);
        QCOMPARE(stateName(Store::open(path).run("killed").state), "interrupted");
        ::close(ready[0]);
        ::close(ready[1]);
    }

    void onlyALiveOwnerElsewhereKeepsARun()
    {
        const Folder folder;
        Store store = Store::create(folder / "a.forecastle");
        const RunRecord run = store.addRun(newRun("first", RunState::Running));
        store.claimRun(run.id);
        sql(store.path(), "UPDATE runs SET owner_host = 'elsewhere'");
        for (const auto& take : std::vector<std::function<void()>>{[&] { store.claimRun(run.id); },
                                                                   [&] { store.deleteRun(run.id); }}) {
            const std::string text = failure(take);
            QVERIFY2(text.find("The run \"first\" is running in another program") != std::string::npos,
                     text.c_str());
        }
        sql(store.path(), "UPDATE runs SET owner_host = 'elsewhere', state = 'finished'");
        store.claimRun(run.id);
        store.setRunState(run.id, RunState::Running);
        QCOMPARE(store.run("first").state, RunState::Running);
        QVERIFY(sql(store.path(), "SELECT owner_host FROM runs") != "elsewhere");
    }

    // History

    void stepsAreReadFromAnyPlace()
    {
        const Folder folder;
        Store store = Store::create(folder / "a.forecastle");
        const std::int64_t id = store.addRun(newRun("first")).id;
        store.appendSteps(id, {});
        store.appendSteps(id, {{1, 0.5, 1e-3, 2}, {2, missing, 1e-3, infinity}});
        store.appendSteps(id, {{3, 0.25, 1e-4, 1}});
        QCOMPARE(printSteps(store.steps(id)), "1 2 3");
        QCOMPARE(printSteps(store.steps(id, 1)), "2 3");
        QCOMPARE(printSteps(store.steps(id, 1, 1)), "2");
        QCOMPARE(printSteps(store.steps(id, 3)), "");
        QVERIFY(std::isnan(store.steps(id)[1].loss));
        QCOMPARE(store.steps(id)[1].gradientNorm, infinity);
        QCOMPARE(store.steps(id)[2].learningRate, 1e-4);
        QCOMPARE(store.run("first").steps, 3);
    }

    void aTruncatedRunGoesBackToTheStep()
    {
        const Folder folder;
        Store store = Store::create(folder / "a.forecastle");
        RunRecord run = newRun("first");
        run.bestStep = 30;
        run.bestValidationLoss = 0.1;
        const std::int64_t id = store.addRun(run).id;
        const std::map<int, double> losses{{10, 0.5}, {20, 0.3}, {30, 0.1}};
        for (const auto& [step, loss] : losses) {
            store.appendSteps(id, {{step, 1, 1, 1}});
            store.appendValidation(id, {step, 1, 1, loss, 1});
            store.addCheckpoint(at(id, step, true, loss), "bytes", 10);
        }
        QCOMPARE(print(store.checkpoints(id)), "10 20 30*+");
        store.truncateRun(id, 20);
        QCOMPARE(print(store.checkpoints(id)), "10 20*+");
        QCOMPARE(printSteps(store.steps(id)), "10 20");
        QCOMPARE(store.validations(id).size(), 2U);
        QCOMPARE(store.run("first").steps, 20);
        QCOMPARE(*store.run("first").bestStep, 20);
        QCOMPARE(*store.run("first").bestValidationLoss, 0.3);
        store.truncateRun(id, 0);
        QCOMPARE(print(store.checkpoints(id)), "");
        QVERIFY(!store.run("first").bestStep);
    }

    void documentsAreReplacedByKind()
    {
        const Folder folder;
        Store store = Store::create(folder / "a.forecastle");
        const std::int64_t id = store.addRun(newRun("first")).id;
        QVERIFY(!store.document(id, "backtest"));
        store.saveDocument(id, "backtest", "1");
        store.saveDocument(id, "backtest", "2");
        QCOMPARE(*store.document(id, "backtest"), "2");
    }

    // Checkpoints

    void aCheckpointComesBackByteForByte_data()
    {
        QTest::addColumn<int>("size");
        for (const int size : {0, 1, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 5 << 20})
            QTest::addRow("%d bytes", size) << size;
    }
    void aCheckpointComesBackByteForByte()
    {
        QFETCH(const int, size);
        const Folder folder;
        Store store = Store::create(folder / "a.forecastle");
        const std::int64_t run = store.addRun(newRun("first")).id;
        const std::string bytes = noise(static_cast<std::size_t>(size));
        CheckpointRecord record = at(run, 5, true, 0.25);
        record.epoch = 2;
        record.trainLoss = 0.5;
        const std::int64_t id = store.addCheckpoint(record, bytes, 3);
        QVERIFY(store.checkpointBytes(id) == bytes);
        const CheckpointRecord stored = store.checkpoint(id);
        QCOMPARE(stored.bytes, size);
        QCOMPARE(stored.sha256, sha256(bytes));
        QCOMPARE(stored.epoch, 2);
        QCOMPARE(*stored.validationLoss, 0.25);
        QVERIFY(stored.best && stored.last);
        QVERIFY(throwsUsageError([&] { store.checkpoint(id + 1); }));
    }

    void oldCheckpointsGoButTheBestAndTheNewestStay()
    {
        const Folder folder;
        Store store = Store::create(folder / "a.forecastle");
        const std::int64_t id = store.addRun(newRun("first")).id;
        const std::int64_t other = store.addRun(newRun("other")).id;
        store.addCheckpoint(at(other, 1), "x", 2);
        store.addCheckpoint(at(id, 10, true), "x", 2);
        store.addCheckpoint(at(id, 20), "x", 2);
        QCOMPARE(print(store.checkpoints(id)), "10* 20+");
        store.addCheckpoint(at(id, 30), "x", 2);
        QCOMPARE(print(store.checkpoints(id)), "10* 30+");
        store.addCheckpoint(at(id, 40, true), "x", 2);
        QCOMPARE(print(store.checkpoints(id)), "30 40*+");
        store.addCheckpoint(at(id, 50), "x", 0);
        QCOMPARE(print(store.checkpoints(id)), "40* 50+");
        QCOMPARE(print(store.checkpoints(other)), "1+");
        QCOMPARE(sql(store.path(), "SELECT count(*) FROM checkpoint_chunks"), "3");
    }

    void whenTheBestIsDeletedTheNextBestIsBest()
    {
        const Folder folder;
        Store store = Store::create(folder / "a.forecastle");
        const std::int64_t id = store.addRun(newRun("first")).id;
        store.addCheckpoint(at(id, 10, true, 0.3), "x", 9);
        store.addCheckpoint(at(id, 20, false, 0.4), "x", 9);
        const std::int64_t best = store.addCheckpoint(at(id, 30, true, 0.1), "x", 9);
        store.addCheckpoint(at(id, 40), "x", 9);
        store.deleteCheckpoint(best);
        QCOMPARE(print(store.checkpoints(id)), "10* 20 40+");
        QVERIFY(throwsUsageError([&] { store.deleteCheckpoint(best); }));
    }

    void aDamagedCheckpointIsNotHandedOut_data()
    {
        QTest::addColumn<QString>("damage");
        QTest::newRow("another byte")
            << "UPDATE checkpoint_chunks SET data = zeroblob(1048576) WHERE chunk = 1";
        QTest::newRow("a row gone") << "DELETE FROM checkpoint_chunks WHERE chunk = 1";
        QTest::newRow("all rows gone") << "DELETE FROM checkpoint_chunks";
        QTest::newRow("rows swapped") << "UPDATE checkpoint_chunks SET chunk = 5 - chunk";
        QTest::newRow("a huge size") << "UPDATE checkpoints SET bytes = 9223372036854775807";
        QTest::newRow("another digest") << "UPDATE checkpoints SET sha256 = ''";
    }
    void aDamagedCheckpointIsNotHandedOut()
    {
        QFETCH(const QString, damage);
        const Folder folder;
        Store store = Store::create(folder / "a.forecastle");
        const std::int64_t run = store.addRun(newRun("first")).id;
        const std::int64_t id = store.addCheckpoint(at(run, 5), noise(3 << 20), 3);
        QVERIFY(store.checkIntegrity().empty());
        sql(store.path(), damage.toStdString());
        const std::string text = failure([&] { store.checkpointBytes(id); });
        QVERIFY2(text.find("is damaged") != std::string::npos, text.c_str());
        const auto problems = store.checkIntegrity();
        QCOMPARE(problems.size(), 1U);
        QCOMPARE(problems[0].where, "checkpoint " + std::to_string(id));
    }

    // Names and the rest

    void namesAreData_data()
    {
        QTest::addColumn<QByteArray>("name");
        const auto row = [](const std::string& name) {
            QTest::newRow(QByteArray(shown(name)).toPercentEncoding()) << shown(name);
        };
        row("'; DROP TABLE runs; --");
        row("a\"b'c`d\\e");
        row("%1 %s %n ?1 :name @x $y");
        row("../../etc/passwd");
        row("<b>bold</b>&amp;");
        row("line\nbreak\ttab\x1b[31m");
        row(std::string("nul\0inside", 10));
        row("Größe 数据 🙂 \u202e");
        row("\xff\xfe not UTF-8");
        row("  blanks  ");
        row("=1+1");
        row(std::string(5000, 'x'));
    }
    void namesAreData()
    {
        QFETCH(const QByteArray, name);
        const std::string text = name.toStdString();
        const Folder folder;
        const fs::path path = folder / "a.forecastle";
        {
            Store store = Store::create(path);
            Series series = hours(text, 3);
            series.columns[0].name = text;
            store.addSeries(series, named(text));
            RunRecord run = newRun(text, RunState::Finished);
            run.note = run.series = run.message = text;
            run.tags = {text};
            run.metrics[text][text] = 1;
            store.addRun(run);
            store.saveRecipe(text, text);
            store.saveDocument(1, text, "{}");
            QVERIFY(failure([&] { store.addRun(newRun(text)); }).find('\n') == std::string::npos);
        }
        const Store store = Store::open(path);
        const RunRecord run = store.run(text);
        QVERIFY(run.name == text && run.note == text && run.series == text && run.message == text &&
                run.tags[0] == text);
        QCOMPARE(run.metrics.at(text).at(text), 1.0);
        QVERIFY(store.runs()[0].name == text);
        QVERIFY(store.loadSeries(text).columns[0].name == text);
        QVERIFY(store.recipes()[0].first == text);
        QVERIFY(store.document(run.id, text).has_value());
        QVERIFY(store.checkIntegrity().empty());
    }

    void orphansAndDamagedTextsAreFound()
    {
        const Folder folder;
        Store store = Store::create(folder / "a.forecastle");
        RunRecord run = newRun("first");
        run.settings = "{}";
        store.addRun(run);
        QVERIFY(store.checkIntegrity().empty());
        sql(store.path(), "INSERT INTO steps VALUES(77, 1, 1, 1, 1); UPDATE runs SET settings = '{'");
        const auto problems = store.checkIntegrity();
        QCOMPARE(problems.size(), 2U);
        QVERIFY(problems[0].where.starts_with("steps"));
        QCOMPARE(problems[1].where, "run 1, settings");
    }

    void damagedPagesAreReportedAndNotWritten()
    {
        const Folder folder;
        const fs::path path = folder / "a.forecastle";
        {
            Store store = Store::create(path);
            store.addSeries(hours("h", 20000), named("h"));
        }
        std::string bytes = contents(path);
        for (std::size_t page = bytes.size() / 8192 * 4096; page + 4096 < bytes.size(); page += 7 * 4096)
            bytes.replace(page, 64, std::string(64, '\x55'));
        writeText(path, bytes);
        const Store store = Store::open(path, Store::Mode::ReadOnly);
        QVERIFY(!store.checkIntegrity().empty());
        QVERIFY(contents(path) == bytes);
    }

    void twoWritersTakeTurns()
    {
        const Folder folder;
        const fs::path path = folder / "a.forecastle";
        Store::create(path);
        const auto work = [&](const std::string& name) {
            Store store = Store::open(path);
            const std::int64_t id = store.addRun(newRun(name)).id;
            for (int step = 1; step <= 20; ++step)
                store.appendSteps(id, {{step, 1, 1, 1}});
        };
        std::thread other(work, "a");
        work("b");
        other.join();
        Store store = Store::open(path);
        QCOMPARE(store.run("a").steps, 20);
        QCOMPARE(store.run("b").steps, 20);
        QVERIFY(store.checkIntegrity().empty());
    }

    void aWorkspaceCanBeMadeByTwoAtOnce()
    {
        const Folder folder;
        const fs::path path = folder / "a.forecastle";
        const auto work = [&](const std::string& name) { Store::openOrCreate(path).addRun(newRun(name)); };
        std::thread other(work, "a");
        work("b");
        other.join();
        QCOMPARE(Store::open(path).runs().size(), 2U);
        QCOMPARE(folder.files(), "a.forecastle");
    }
};

QTEST_GUILESS_MAIN(StoreTest)
#include "tst_store.moc"
