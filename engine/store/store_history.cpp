// SPDX-License-Identifier: GPL-3.0-or-later
// What a training leaves step by step.
#include "engine/store/connection.h"

namespace fc {

void Store::appendSteps(std::int64_t runId, const std::vector<StepRecord>& steps)
{
    if (steps.empty())
        return;
    transaction([&] {
        const Database& database = m_connection->database;
        requireRun(database, runId);
        Statement insert(database,
                         "INSERT OR REPLACE INTO steps(run_id, step, loss, learning_rate, gradient_norm) "
                         "VALUES(?1, ?2, ?3, ?4, ?5)");
        for (const StepRecord& step : steps)
            insert.run(runId, step.step, step.loss, step.learningRate, step.gradientNorm);
        Statement(database, "UPDATE runs SET steps = max(steps, ?2) WHERE id = ?1", runId, steps.back().step)
            .run();
    });
}

void Store::appendValidation(std::int64_t runId, const ValidationRecord& validation)
{
    transaction([&] {
        const Database& database = m_connection->database;
        requireRun(database, runId);
        Statement(database,
                  "INSERT OR REPLACE INTO validations(run_id, step, epoch, train_loss, validation_loss, "
                  "seconds) VALUES(?1, ?2, ?3, ?4, ?5, ?6)",
                  runId, validation.step, validation.epoch, validation.trainLoss, validation.validationLoss,
                  validation.seconds)
            .run();
    });
}

void Store::appendLayers(std::int64_t runId, const std::vector<LayerRecord>& layers)
{
    if (layers.empty())
        return;
    transaction([&] {
        const Database& database = m_connection->database;
        requireRun(database, runId);
        Statement insert(
            database,
            "INSERT OR REPLACE INTO layer_metrics(run_id, step, metric, value) VALUES(?1, ?2, ?3, ?4)");
        for (const LayerRecord& layer : layers)
            insert.run(runId, layer.step, layer.metric, layer.value);
    });
}

void Store::appendEvent(std::int64_t runId, const EventRecord& event)
{
    transaction([&] {
        const Database& database = m_connection->database;
        requireRun(database, runId);
        Statement(database, "INSERT INTO events(run_id, step, time, kind, text) VALUES(?1, ?2, ?3, ?4, ?5)",
                  runId, event.step, event.time.empty() ? nowIso() : event.time, event.kind, event.text)
            .run();
    });
}

std::vector<StepRecord> Store::steps(std::int64_t runId, std::int64_t after, std::int64_t limit) const
{
    std::vector<StepRecord> list;
    Statement row(m_connection->database,
                  "SELECT step, loss, learning_rate, gradient_norm FROM steps WHERE run_id = ?1 AND step > "
                  "?2 ORDER BY step LIMIT ?3",
                  runId, after, limit > 0 ? limit : -1);
    while (row.step())
        list.push_back({row.integer(0), row.real(1), row.real(2), row.real(3)});
    return list;
}

std::vector<ValidationRecord> Store::validations(std::int64_t runId) const
{
    std::vector<ValidationRecord> list;
    Statement row(m_connection->database,
                  "SELECT step, epoch, train_loss, validation_loss, seconds FROM validations WHERE run_id = "
                  "?1 ORDER BY step",
                  runId);
    while (row.step())
        list.push_back({row.integer(0), row.integer(1), row.real(2), row.real(3), row.real(4)});
    return list;
}

std::vector<LayerRecord> Store::layers(std::int64_t runId) const
{
    std::vector<LayerRecord> list;
    Statement row(m_connection->database,
                  "SELECT step, metric, value FROM layer_metrics WHERE run_id = ?1 ORDER BY step, metric",
                  runId);
    while (row.step())
        list.push_back({row.integer(0), row.text(1), row.real(2)});
    return list;
}

std::vector<EventRecord> Store::events(std::int64_t runId) const
{
    std::vector<EventRecord> list;
    Statement row(m_connection->database,
                  "SELECT step, time, kind, text FROM events WHERE run_id = ?1 ORDER BY id", runId);
    while (row.step())
        list.push_back({row.integer(0), row.text(1), row.text(2), row.text(3)});
    return list;
}

void Store::truncateRun(std::int64_t runId, std::int64_t step)
{
    transaction([&] {
        const Database& database = m_connection->database;
        requireRun(database, runId);
        Statement(database, "DELETE FROM steps WHERE run_id = ?1 AND step > ?2", runId, step).run();
        Statement(database, "DELETE FROM validations WHERE run_id = ?1 AND step > ?2", runId, step).run();
        Statement(database, "DELETE FROM layer_metrics WHERE run_id = ?1 AND step > ?2", runId, step).run();
        Statement(database, "DELETE FROM checkpoints WHERE run_id = ?1 AND step > ?2", runId, step).run();
        electBest(database, runId);
        Statement(database, "UPDATE runs SET steps = min(steps, ?2) WHERE id = ?1", runId, step).run();
        // The best validation so far: the first of the lowest.
        Statement(database,
                  "UPDATE runs SET (best_step, best_validation_loss) = (SELECT step, validation_loss FROM "
                  "validations WHERE run_id = ?1 "
                  "AND validation_loss IS NOT NULL ORDER BY validation_loss, step LIMIT 1) WHERE id = ?1 AND "
                  "best_step > ?2",
                  runId, step)
            .run();
    });
}

}  // namespace fc
