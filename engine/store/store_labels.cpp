// SPDX-License-Identifier: GPL-3.0-or-later
// What people hang on a run: its name, tags, note and documents.
#include "engine/store/connection.h"
#include "engine/store/run_rows.h"

namespace fc {

void Store::renameRun(std::int64_t runId, const std::string& name)
{
    if (name.empty())
        throw UsageError(Message(TR("engine", "A run needs a name. Give one.")));
    transaction([&] {
        const Database& database = m_connection->database;
        requireRun(database, runId);
        if (Statement(database, "SELECT 1 FROM runs WHERE name = ?1 AND id <> ?2", name, runId).step())
            throw takenRunName(name);
        Statement(database, "UPDATE runs SET name = ?2 WHERE id = ?1", runId, name).run();
    });
}

void Store::addTag(std::int64_t runId, const std::string& tag)
{
    if (tag.empty())
        throw UsageError(Message(TR("engine", "A tag needs at least one character.")));
    transaction([&] {
        requireRun(m_connection->database, runId);
        Statement(m_connection->database, "INSERT OR IGNORE INTO tags(run_id, tag) VALUES(?1, ?2)", runId,
                  tag)
            .run();
    });
}

void Store::removeTag(std::int64_t runId, const std::string& tag)
{
    transaction([&] {
        requireRun(m_connection->database, runId);
        Statement(m_connection->database, "DELETE FROM tags WHERE run_id = ?1 AND tag = ?2", runId, tag)
            .run();
    });
}

void Store::setNote(std::int64_t runId, const std::string& note)
{
    transaction([&] {
        requireRun(m_connection->database, runId);
        Statement(m_connection->database, "UPDATE runs SET note = ?2 WHERE id = ?1", runId, note).run();
    });
}

void Store::saveDocument(std::int64_t runId, const std::string& kind, const std::string& json)
{
    transaction([&] {
        requireRun(m_connection->database, runId);
        storeDocument(m_connection->database, runId, kind, json);
    });
}

std::optional<std::string> Store::document(std::int64_t runId, const std::string& kind) const
{
    return storedDocument(m_connection->database, runId, kind);
}

}  // namespace fc
