// SPDX-License-Identifier: GPL-3.0-or-later
// Everything that can be wrong inside a workspace, found without changing it.
#include "engine/base/atomic_file.h"
#include "engine/store/connection.h"

namespace fc {

namespace {

using Problems = std::vector<StoreProblem>;

constexpr int mostMessages = 100;

/// Runs one check; a failure to read is a finding too, and the checks after it still run.
void attempt(Problems& problems, const std::string& where, const std::function<void()>& check)
{
    try {
        check();
    } catch (const Error& error) {
        problems.push_back({where, error.what()});
    }
}

void checkPages(const Database& database, Problems& problems)
{
    Statement row(database, "PRAGMA integrity_check(100)");
    while (row.step())
        if (row.view(0) != "ok")
            problems.push_back({"database", displayPath(row.text(0))});
}

void checkReferences(const Database& database, Problems& problems)
{
    Statement row(database, "PRAGMA foreign_key_check");
    for (int n = 0; n < mostMessages && row.step(); ++n)
        problems.push_back(
            {row.text(0) + " row " + std::to_string(row.integer(1)),
             Message(TR("engine", "This row belongs to a row of \"%1\" that is not there."), row.text(2))
                 .english()});
}

void checkJson(const Database& database, Problems& problems)
{
    Statement row(
        database,
        "SELECT 'run ' || id || ', settings' FROM runs WHERE settings <> '' AND NOT json_valid(settings) "
        "UNION ALL SELECT 'run ' || id || ', environment' FROM runs WHERE environment <> '' AND NOT "
        "json_valid(environment) "
        "UNION ALL SELECT 'run ' || run_id || ', document ' || kind FROM documents WHERE NOT "
        "json_valid(document)");
    for (int n = 0; n < mostMessages && row.step(); ++n)
        problems.push_back(
            {displayPath(row.text(0)), Message(TR("engine", "The text is not JSON.")).english()});
}

/// The first column of every row.
std::vector<std::string> texts(const Database& database, const char* sql)
{
    std::vector<std::string> found;
    for (Statement row(database, sql); row.step();)
        found.push_back(row.text(0));
    return found;
}

}  // namespace

std::vector<StoreProblem> Store::checkIntegrity() const
{
    Problems problems;
    const Database& database = m_connection->database;
    attempt(problems, "database", [&] {
        const ReadTransaction snapshot(database);
        attempt(problems, "database", [&] { checkPages(database, problems); });
        attempt(problems, "database", [&] { checkReferences(database, problems); });
        attempt(problems, "runs", [&] { checkJson(database, problems); });
        for (const std::string& name : texts(database, "SELECT name FROM series ORDER BY id"))
            attempt(problems, "series " + displayPath(name), [&] { loadSeries(name); });
        for (const std::string& id : texts(database, "SELECT id FROM checkpoints ORDER BY id"))
            attempt(problems, "checkpoint " + id, [&] { checkpointBytes(std::stoll(id)); });
    });
    return problems;
}

}  // namespace fc
