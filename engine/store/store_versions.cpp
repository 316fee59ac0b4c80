// SPDX-License-Identifier: GPL-3.0-or-later
// Versions of a series: a transform replaces it, the state before stays and can be brought back.
#include "engine/base/atomic_file.h"
#include "engine/store/connection.h"

namespace fc {

std::int64_t Store::replaceSeries(const Series& series, const SeriesRecord& record)
{
    std::int64_t id = 0;
    transaction([&] {
        const Database& database = m_connection->database;
        Statement(database,
                  "UPDATE series SET version_of = name, name = name || char(31) || id WHERE id = ?1",
                  seriesRecord(record.name).id)
            .run();
        id = addSeries(series, record);
    });
    return id;
}

void Store::setLineage(std::int64_t seriesId, const std::string& lineage)
{
    transaction([&] {
        Statement(m_connection->database, "UPDATE series SET lineage = ?2 WHERE id = ?1", seriesId, lineage)
            .run();
    });
}

std::vector<SeriesRecord> Store::seriesVersions(const std::string& name) const
{
    const Database& database = m_connection->database;
    const ReadTransaction snapshot(database);
    std::vector<SeriesRecord> versions;
    for (Statement row(database, "SELECT name FROM series WHERE version_of = ?1 ORDER BY id DESC", name);
         row.step();)
        versions.push_back(seriesRecord(row.text(0)));
    return versions;
}

std::string Store::seriesVersion(const std::string& name, const std::string& hash) const
{
    Statement row(m_connection->database,
                  "SELECT name FROM series WHERE hash = ?2 AND (name = ?1 OR version_of = ?1) "
                  "ORDER BY version_of, id DESC",
                  name, hash);
    return row.step() ? row.text(0) : name;
}

void Store::restoreSeries(const std::string& name)
{
    transaction([&] {
        const Database& database = m_connection->database;
        const std::vector<SeriesRecord> versions = seriesVersions(name);
        if (versions.empty())
            throw Error(
                Message(TR("engine", "The series \"%1\" has no earlier version."), displayPath(name)));
        Statement(database, "DELETE FROM series WHERE id = ?1", seriesRecord(name).id).run();
        Statement(database, "UPDATE series SET name = ?2, version_of = '' WHERE id = ?1", versions.front().id,
                  name)
            .run();
    });
}

void Store::renameSeries(const std::string& name, const std::string& newName)
{
    if (newName.empty())
        throw UsageError(Message(TR("engine", "A series needs a name. Give one.")));
    transaction([&] {
        const Database& database = m_connection->database;
        const std::int64_t id = seriesRecord(name).id;
        if (Statement(database, "SELECT 1 FROM series WHERE name = ?1", newName).step())
            throw Error(Message(TR("engine",
                                   "The workspace already has a series \"%1\". Choose another name, or "
                                   "delete that one first."),
                                displayPath(newName)));
        Statement(database,
                  "UPDATE runs SET series = ?2 WHERE series = ?1 AND series_hash IN "
                  "(SELECT hash FROM series WHERE name = ?1 OR version_of = ?1)",
                  name, newName)
            .run();
        Statement(database, "UPDATE series SET name = ?2 WHERE id = ?1", id, newName).run();
        Statement(database, "UPDATE series SET version_of = ?2 WHERE version_of = ?1", name, newName).run();
    });
}

}  // namespace fc
