// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/store/run_rows.h"

#include "engine/base/atomic_file.h"

namespace fc {

std::string selectRuns(Store::Detail detail)
{
    return std::string(
               "SELECT owner_pid, owner_started, owner_boot, owner_host, id, name, created, started, ended, "
               "state, "
               "message, series, series_hash, model, ") +
           (detail == Store::Detail::Full ? "settings, environment, " : "'', '', ") +
           "parameters, seed, steps, total_steps, epochs, seconds, best_step, best_validation_loss, "
           "weights_sha256, note FROM runs ";
}

/// The first four columns.
Owner ownerFrom(const Statement& row)
{
    return {row.integer(0), row.text(1), row.text(2), row.text(3)};
}

RunRecord runFrom(const Statement& row, const Owner& self)
{
    RunRecord run;
    run.id = row.integer(4);
    run.name = row.text(5);
    run.created = row.text(6);
    run.started = row.text(7);
    run.ended = row.text(8);
    run.state = stateFromName(row.text(9)).value_or(RunState::Interrupted);
    // A program that is gone could not write its end itself.
    if (isActive(run.state) && !isAlive(ownerFrom(row), self))
        run.state = RunState::Interrupted;
    run.message = row.text(10);
    run.series = row.text(11);
    run.seriesHash = row.text(12);
    run.model = row.text(13);
    run.settings = row.text(14);
    run.environment = row.text(15);
    run.parameters = row.integer(16);
    run.seed = row.integer(17);
    run.steps = row.integer(18);
    run.totalSteps = row.integer(19);
    run.epochs = row.integer(20);
    run.seconds = row.real(21);
    if (!row.isNull(22))
        run.bestStep = row.integer(22);
    if (!row.isNull(23))
        run.bestValidationLoss = row.real(23);
    run.weightsSha256 = row.text(24);
    run.note = row.text(25);
    return run;
}

/// Columns source, part, metric, value; in the order of the key.
void addMetric(RunRecord& run, const Statement& row, int firstColumn)
{
    const std::string_view source = row.view(firstColumn);
    MetricsByPart& byPart = source == modelSource ? run.metrics : run.baselines[std::string(source)];
    Metrics& metrics = byPart[row.text(firstColumn + 1)];
    metrics.emplace_hint(metrics.end(), row.text(firstColumn + 2), row.real(firstColumn + 3));
}

void storeMetrics(const Database& database, const RunRecord& run)
{
    Statement(database, "DELETE FROM run_metrics WHERE run_id = ?1", run.id).run();
    Statement insert(
        database, "INSERT INTO run_metrics(run_id, source, part, metric, value) VALUES(?1, ?2, ?3, ?4, ?5)");
    const auto store = [&](std::string_view source, const MetricsByPart& byPart) {
        for (const auto& [part, metrics] : byPart)
            for (const auto& [metric, value] : metrics)
                insert.run(run.id, source, part, metric, value);
    };
    store(modelSource, run.metrics);
    for (const auto& [source, byPart] : run.baselines)
        store(source, byPart);
}

void storeDocument(const Database& database, std::int64_t runId, std::string_view kind,
                   const std::string& json)
{
    Statement(database,
              "INSERT OR REPLACE INTO documents(run_id, kind, document, updated) VALUES(?1, ?2, ?3, ?4)",
              runId, kind, json, nowIso())
        .run();
}

std::optional<std::string> storedDocument(const Database& database, std::int64_t runId, std::string_view kind)
{
    Statement row(database, "SELECT document FROM documents WHERE run_id = ?1 AND kind = ?2", runId, kind);
    return row.step() ? std::optional(row.text(0)) : std::nullopt;
}

Error takenRunName(const std::string& name)
{
    return Error(Message(TR("engine", "The workspace already has a run \"%1\". Choose another name."),
                         displayPath(name)));
}

}  // namespace fc
