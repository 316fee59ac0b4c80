// SPDX-License-Identifier: GPL-3.0-or-later
// Checkpoints: one row each, and their bytes in rows of 1 MiB.
#include <algorithm>

#include "engine/base/sha256.h"
#include "engine/store/connection.h"

namespace fc {

namespace {

constexpr std::size_t chunkBytes = 1 << 20;

constexpr const char* recordColumns =
    "SELECT id, run_id, step, epoch, created, train_loss, validation_loss, best, bytes, sha256, "
    "id = (SELECT max(id) FROM checkpoints AS others WHERE others.run_id = checkpoints.run_id) FROM "
    "checkpoints ";

CheckpointRecord recordFrom(const Statement& row)
{
    CheckpointRecord record;
    record.id = row.integer(0);
    record.runId = row.integer(1);
    record.step = row.integer(2);
    record.epoch = row.integer(3);
    record.created = row.text(4);
    record.trainLoss = row.real(5);
    if (!row.isNull(6))
        record.validationLoss = row.real(6);
    record.best = row.integer(7) != 0;
    record.bytes = row.integer(8);
    record.sha256 = row.text(9);
    record.last = row.integer(10) != 0;
    return record;
}

/// Deletes the oldest until `keep` are left; the best and the newest stay.
void prune(const Database& database, std::int64_t runId, int keep)
{
    Statement(database,
              "DELETE FROM checkpoints WHERE id IN (SELECT id FROM checkpoints WHERE run_id = ?1 AND NOT "
              "best AND id <> (SELECT max(id) FROM "
              "checkpoints WHERE run_id = ?1) ORDER BY id LIMIT max(0, (SELECT count(*) FROM checkpoints "
              "WHERE run_id = ?1) - ?2))",
              runId, keep)
        .run();
}

}  // namespace

void electBest(const Database& database, std::int64_t runId)
{
    Statement(database,
              "UPDATE checkpoints SET best = 1 WHERE id = (SELECT id FROM checkpoints WHERE run_id = ?1 AND "
              "validation_loss IS NOT NULL "
              "ORDER BY validation_loss, id LIMIT 1) AND NOT EXISTS (SELECT 1 FROM checkpoints WHERE run_id "
              "= ?1 AND best)",
              runId)
        .run();
}

std::int64_t Store::addCheckpoint(const CheckpointRecord& record, std::string_view bytes, int keep)
{
    const std::string digest = sha256(bytes);
    std::int64_t id = 0;
    transaction([&] {
        const Database& database = m_connection->database;
        requireRun(database, record.runId);
        if (record.best)
            Statement(database, "UPDATE checkpoints SET best = 0 WHERE run_id = ?1", record.runId).run();
        Statement(database,
                  "INSERT INTO checkpoints(run_id, step, epoch, created, train_loss, validation_loss, best, "
                  "bytes, sha256) "
                  "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                  record.runId, record.step, record.epoch, record.created.empty() ? nowIso() : record.created,
                  record.trainLoss, record.validationLoss, record.best, bytes.size(), digest)
            .run();
        id = database.lastId();
        Statement insert(database,
                         "INSERT INTO checkpoint_chunks(checkpoint_id, chunk, data) VALUES(?1, ?2, ?3)");
        for (std::size_t begin = 0, chunk = 0; begin < bytes.size(); begin += chunkBytes, ++chunk)
            insert.run(id, chunk, Blob{bytes.substr(begin, chunkBytes)});
        prune(database, record.runId, keep);
    });
    return id;
}

std::vector<CheckpointRecord> Store::checkpoints(std::int64_t runId) const
{
    std::vector<CheckpointRecord> list;
    for (Statement row(m_connection->database, std::string(recordColumns) + "WHERE run_id = ?1 ORDER BY id",
                       runId);
         row.step();)
        list.push_back(recordFrom(row));
    return list;
}

CheckpointRecord Store::checkpoint(std::int64_t id) const
{
    Statement row(m_connection->database, std::string(recordColumns) + "WHERE id = ?1", id);
    if (!row.step())
        throw UsageError(Message(TR("engine", "The workspace has no checkpoint with the number %1."), id));
    return recordFrom(row);
}

std::string Store::checkpointBytes(std::int64_t id) const
{
    const Database& database = m_connection->database;
    const ReadTransaction snapshot(database);
    const CheckpointRecord record = checkpoint(id);
    std::string bytes;
    // The size in the row may be damaged, so it is not trusted with an allocation.
    for (Statement chunk(database,
                         "SELECT data FROM checkpoint_chunks WHERE checkpoint_id = ?1 ORDER BY chunk", id);
         chunk.step();)
        bytes += chunk.view(0);
    if (static_cast<std::int64_t>(bytes.size()) != record.bytes || sha256(bytes) != record.sha256)
        throw Error(Message(TR("engine",
                               "The checkpoint number %1 (step %2) is damaged: its bytes do not match their "
                               "digest. Choose another "
                               "checkpoint of the run."),
                            id, record.step));
    return bytes;
}

void Store::deleteCheckpoint(std::int64_t id)
{
    transaction([&] {
        const Database& database = m_connection->database;
        const std::int64_t runId = checkpoint(id).runId;
        Statement(database, "DELETE FROM checkpoints WHERE id = ?1", id).run();
        electBest(database, runId);
    });
}

}  // namespace fc
