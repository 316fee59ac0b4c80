// SPDX-License-Identifier: GPL-3.0-or-later
// Runs, their states and their owners.
#include <algorithm>
#include <charconv>
#include <utility>

#include "engine/base/atomic_file.h"
#include "engine/params/params.h"
#include "engine/store/connection.h"
#include "engine/store/run_rows.h"

namespace fc {

namespace {

void setOwner(const Database& database, std::int64_t runId, const Owner& owner)
{
    Statement(
        database,
        "UPDATE runs SET owner_pid = ?2, owner_started = ?3, owner_boot = ?4, owner_host = ?5 WHERE id = ?1",
        runId, owner.pid, owner.started, owner.boot, owner.host)
        .run();
}

bool nameTaken(const Database& database, const std::string& name)
{
    return Statement(database, "SELECT 1 FROM runs WHERE name = ?1", name).step();
}

/// MODEL-NNN with the number after the highest in use.
std::string freeName(const Database& database, const std::string& model)
{
    const std::string prefix = model + "-";
    std::int64_t highest = 0;
    for (Statement row(database, "SELECT name FROM runs WHERE substr(name, 1, length(?1)) = ?1", prefix);
         row.step();) {
        const std::string digits = row.text(0).substr(prefix.size());
        std::int64_t number = 0;
        const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
        if (failure == std::errc() && end == digits.data() + digits.size() && number < 1'000'000'000)
            highest = std::max(highest, number);
    }
    const std::string number = std::to_string(highest + 1);
    return prefix + std::string(number.size() < 3 ? 3 - number.size() : 0, '0') + number;
}

/// Throws Error when a live process other than `self` works on the run.
void requireIdle(const Database& database, std::int64_t runId, const Owner& self)
{
    Statement row(
        database,
        "SELECT owner_pid, owner_started, owner_boot, owner_host, state, name FROM runs WHERE id = ?1",
        runId);
    if (!row.step() || !isActive(stateFromName(row.text(4)).value_or(RunState::Interrupted)))
        return;
    const Owner owner = ownerFrom(row);
    const bool ours = owner.pid == self.pid && owner.started == self.started && owner.boot == self.boot &&
                      owner.host == self.host;
    if (!ours && isAlive(owner, self))
        throw Error(Message(
            TR("engine", "The run \"%1\" is %2 in another program (process %3 on %4). Stop it there first."),
            displayPath(row.text(5)), row.text(4), owner.pid, displayPath(owner.host)));
}

/// The run's id by name, else by number.
std::optional<std::int64_t> findRun(const Database& database, const std::string& nameOrId)
{
    Statement named(database, "SELECT id FROM runs WHERE name = ?1", nameOrId);
    if (named.step())
        return named.integer(0);
    std::int64_t id = 0;
    const auto [end, failure] = std::from_chars(nameOrId.data(), nameOrId.data() + nameOrId.size(), id);
    if (failure != std::errc() || end != nameOrId.data() + nameOrId.size())
        return std::nullopt;
    return Statement(database, "SELECT 1 FROM runs WHERE id = ?1", id).step() ? std::optional(id)
                                                                              : std::nullopt;
}

UsageError unknownRun(const Database& database, const std::string& nameOrId)
{
    std::vector<std::string> names;
    for (Statement known(database, "SELECT name FROM runs"); known.step();)
        names.push_back(known.text(0));
    const std::string near = nearest(nameOrId, names);
    if (near.empty())
        return UsageError(Message(TR("engine", "The workspace has no run \"%1\". It has %2 runs."),
                                  displayPath(nameOrId), names.size()));
    return UsageError(Message(TR("engine", "The workspace has no run \"%1\". The nearest name is \"%2\"."),
                              displayPath(nameOrId), displayPath(near)));
}

}  // namespace

void requireRun(const Database& database, std::int64_t runId)
{
    if (!Statement(database, "SELECT 1 FROM runs WHERE id = ?1", runId).step())
        throw Error(
            Message(TR("engine", "The run number %1 is no longer in the workspace: it was deleted."), runId));
}

RunRecord Store::addRun(RunRecord run)
{
    transaction([&] {
        const Database& database = m_connection->database;
        if (run.name.empty())
            run.name = freeName(database, run.model);
        else if (nameTaken(database, run.name))
            throw takenRunName(run.name);
        if (run.created.empty())
            run.created = nowIso();
        const Owner& self = m_connection->self;
        Statement(
            database,
            "INSERT INTO runs(name, created, started, ended, state, message, series, series_hash, model, "
            "settings, environment, "
            "parameters, seed, steps, total_steps, epochs, weights_sha256, note, owner_pid, owner_started, "
            "owner_boot, owner_host) "
            "VALUES(?1, ?2, '', '', ?3, '', ?4, ?5, ?6, '', '', 0, 0, 0, 0, 0, '', ?7, ?8, ?9, ?10, ?11)",
            run.name, run.created, stateName(run.state), run.series, run.seriesHash, run.model, run.note,
            self.pid, self.started, self.boot, self.host)
            .run();
        run.id = database.lastId();
        updateRun(run);
        for (const std::string& tag : run.tags)
            addTag(run.id, tag);
    });
    return run;
}

void Store::claimRun(std::int64_t runId)
{
    transaction([&] {
        requireRun(m_connection->database, runId);
        requireIdle(m_connection->database, runId, m_connection->self);
        setOwner(m_connection->database, runId, m_connection->self);
    });
}

std::vector<RunRecord> Store::runs(Detail detail) const
{
    const Database& database = m_connection->database;
    const ReadTransaction snapshot(database);
    std::vector<RunRecord> list;
    list.reserve(static_cast<std::size_t>(database.number("SELECT count(*) FROM runs")));
    for (Statement row(database, selectRuns(detail) + "ORDER BY id"); row.step();)
        list.push_back(runFrom(row, m_connection->self));
    // The rows of both tables come in the order of the runs, so one pass finds every row's run.
    const auto forEachRow = [&](std::string_view sql, const auto& take) {
        auto run = list.begin();
        for (Statement row(database, sql); row.step();) {
            const std::int64_t id = row.integer(0);
            while (run != list.end() && run->id < id)
                ++run;
            if (run != list.end() && run->id == id)
                take(*run, row);
        }
    };
    forEachRow(detail == Detail::Full ? "SELECT run_id, source, part, metric, value FROM run_metrics ORDER "
                                        "BY run_id, source, part, metric"
                                      : "SELECT id, source, part, metric, value FROM runs CROSS JOIN "
                                        "run_metrics ON run_id = id AND source = 'model' AND "
                                        "part = 'test' ORDER BY id, metric",
               [](RunRecord& run, const Statement& row) { addMetric(run, row, 1); });
    forEachRow("SELECT run_id, tag FROM tags ORDER BY run_id, tag",
               [](RunRecord& run, const Statement& row) { run.tags.push_back(row.text(1)); });
    return list;
}

RunRecord Store::run(const std::string& nameOrId) const
{
    const Database& database = m_connection->database;
    const ReadTransaction snapshot(database);
    const std::optional<std::int64_t> id = findRun(database, nameOrId);
    if (!id)
        throw unknownRun(database, nameOrId);
    Statement row(database, selectRuns(Detail::Full) + "WHERE id = ?1", *id);
    row.step();
    RunRecord run = runFrom(row, m_connection->self);
    for (Statement metric(database,
                          "SELECT source, part, metric, value FROM run_metrics WHERE run_id = ?1 ORDER BY "
                          "source, part, metric",
                          *id);
         metric.step();)
        addMetric(run, metric, 0);
    for (Statement tag(database, "SELECT tag FROM tags WHERE run_id = ?1 ORDER BY tag", *id); tag.step();)
        run.tags.push_back(tag.text(0));
    run.intervals = storedDocument(database, *id, intervalsKind).value_or("");
    return run;
}

void Store::setRunState(std::int64_t runId, RunState state, const std::string& message)
{
    transaction([&] {
        const Database& database = m_connection->database;
        requireRun(database, runId);
        const std::string now = nowIso();
        Statement(database,
                  "UPDATE runs SET state = ?2, message = ?3, ended = ?4, "
                  "started = CASE WHEN ?5 AND started = '' THEN ?6 ELSE started END WHERE id = ?1",
                  runId, stateName(state), message, isActive(state) ? "" : now, state == RunState::Running,
                  now)
            .run();
        if (isActive(state))
            setOwner(database, runId, m_connection->self);
    });
}

void Store::updateRun(const RunRecord& run)
{
    transaction([&] {
        const Database& database = m_connection->database;
        requireRun(database, run.id);
        Statement(
            database,
            "UPDATE runs SET started = ?2, ended = ?3, state = ?4, message = ?5, series = ?6, series_hash = "
            "?7, model = ?8, "
            "settings = ?9, environment = ?10, parameters = ?11, seed = ?12, steps = ?13, total_steps = ?14, "
            "epochs = ?15, "
            "seconds = ?16, best_step = ?17, best_validation_loss = ?18, weights_sha256 = ?19 WHERE id = ?1",
            run.id, run.started, run.ended, stateName(run.state), run.message, run.series, run.seriesHash,
            run.model, run.settings, run.environment, run.parameters, run.seed, run.steps, run.totalSteps,
            run.epochs, run.seconds, run.bestStep, run.bestValidationLoss, run.weightsSha256)
            .run();
        storeMetrics(database, run);
        if (!run.intervals.empty())
            storeDocument(database, run.id, intervalsKind, run.intervals);
    });
}

void Store::deleteRun(std::int64_t runId)
{
    transaction([&] {
        requireRun(m_connection->database, runId);
        requireIdle(m_connection->database, runId, m_connection->self);
        Statement(m_connection->database, "DELETE FROM runs WHERE id = ?1", runId).run();
    });
}

int Store::markInterrupted()
{
    const Database& database = m_connection->database;
    const auto dead = [&] {
        std::vector<std::pair<std::int64_t, std::int64_t>> found;
        Statement row(database,
                      "SELECT owner_pid, owner_started, owner_boot, owner_host, id, steps FROM runs "
                      "WHERE state IN ('queued', 'running', 'paused')");
        while (row.step())
            if (!isAlive(ownerFrom(row), m_connection->self))
                found.emplace_back(row.integer(4), row.integer(5));
        return found;
    };
    // Looking first keeps an opening that finds nothing from writing at all.
    if (dead().empty())
        return 0;
    int marked = 0;
    transaction([&] {
        for (const auto& [id, steps] : dead()) {
            const std::string now = nowIso();
            const std::string message = TR("engine", "The program ended without finishing this run.");
            Statement(database,
                      "UPDATE runs SET state = 'interrupted', message = ?2, ended = ?3 WHERE id = ?1", id,
                      message, now)
                .run();
            appendEvent(id, {steps, now, "interrupted", message});
            ++marked;
        }
    });
    return marked;
}

}  // namespace fc
