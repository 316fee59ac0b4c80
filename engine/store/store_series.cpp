// SPDX-License-Identifier: GPL-3.0-or-later
// Series in the workspace: one row each, and their values in column chunks.
#include <bit>
#include <cstring>
#include <map>

#include "engine/base/atomic_file.h"
#include "engine/params/params.h"
#include "engine/store/connection.h"

namespace fc {

static_assert(std::endian::native == std::endian::little, "values are stored as they lie in memory");

namespace {

/// The place of the time axis before the columns 0, 1, 2 …
constexpr int timePosition = -1;

constexpr const char* recordColumns =
    "SELECT id, name, hash, row_count, first_time, last_time, frequency, time_zone, has_clock, synthetic, "
    "source, "
    "import_recipe, created, lineage, version_of FROM series ";

SeriesRecord recordFrom(const Statement& row)
{
    SeriesRecord record;
    record.id = row.integer(0);
    record.name = row.text(1);
    record.hash = row.text(2);
    record.rows = row.integer(3);
    record.first = row.text(4);
    record.last = row.text(5);
    record.frequency = row.text(6);
    record.timeZone = row.text(7);
    record.hasClock = row.integer(8) != 0;
    record.synthetic = row.integer(9) != 0;
    record.source = row.text(10);
    record.importRecipe = row.text(11);
    record.created = row.text(12);
    record.lineage = row.text(13);
    record.versionOf = row.text(14);
    return record;
}

Error damagedSeries(const std::string& name)
{
    return Error(Message(TR("engine",
                            "The stored values of the series \"%1\" are damaged: they do not match their "
                            "digest. Import the file "
                            "again under another name."),
                         displayPath(name)));
}

template <typename T>
std::vector<T> loadChunks(const Database& database, const SeriesRecord& record, int position)
{
    std::vector<T> values;
    Statement chunks(database,
                     "SELECT data FROM series_chunks WHERE series_id = ?1 AND position = ?2 ORDER BY chunk",
                     record.id, position);
    while (chunks.step()) {
        const std::string_view bytes = chunks.view(0);
        const std::size_t begin = values.size();
        values.resize(begin + bytes.size() / sizeof(T));
        std::memcpy(values.data() + begin, bytes.data(), bytes.size() / sizeof(T) * sizeof(T));
    }
    if (static_cast<std::int64_t>(values.size()) != record.rows)
        throw damagedSeries(record.name);
    return values;
}

}  // namespace

std::vector<SeriesRecord> Store::seriesList() const
{
    const Database& database = m_connection->database;
    const ReadTransaction snapshot(database);
    std::vector<SeriesRecord> list;
    std::map<std::int64_t, std::size_t> places;
    for (Statement row(database, std::string(recordColumns) + "WHERE version_of = '' ORDER BY id"); row.step();) {
        list.push_back(recordFrom(row));
        places[list.back().id] = list.size() - 1;
    }
    for (Statement row(database, "SELECT series_id, name FROM series_columns ORDER BY series_id, position");
         row.step();)
        if (const auto place = places.find(row.integer(0)); place != places.end())
            list[place->second].columns.push_back(row.text(1));
    return list;
}

SeriesRecord Store::seriesRecord(const std::string& name) const
{
    const Database& database = m_connection->database;
    const ReadTransaction snapshot(database);
    Statement row(database, std::string(recordColumns) + "WHERE name = ?1", name);
    if (!row.step()) {
        std::vector<std::string> names;
        for (Statement known(database, "SELECT name FROM series WHERE version_of = ''"); known.step();)
            names.push_back(known.text(0));
        const std::string near = nearest(name, names);
        if (near.empty())
            throw UsageError(Message(TR("engine", "The workspace has no series \"%1\". It has %2 series."),
                                     displayPath(name), names.size()));
        throw UsageError(
            Message(TR("engine", "The workspace has no series \"%1\". The nearest name is \"%2\"."),
                    displayPath(name), displayPath(near)));
    }
    SeriesRecord record = recordFrom(row);
    for (Statement column(database, "SELECT name FROM series_columns WHERE series_id = ?1 ORDER BY position",
                          record.id);
         column.step();)
        record.columns.push_back(column.text(0));
    return record;
}

Series Store::loadSeries(const std::string& name) const
{
    const Database& database = m_connection->database;
    const ReadTransaction snapshot(database);
    const SeriesRecord record = seriesRecord(name);
    Series series;
    series.name = record.versionOf.empty() ? record.name : record.versionOf;
    series.hasClock = record.hasClock;
    series.timeZone = record.timeZone;
    series.synthetic = record.synthetic;
    series.times = loadChunks<Timestamp>(database, record, timePosition);
    Statement column(database,
                     "SELECT position, name, role FROM series_columns WHERE series_id = ?1 ORDER BY position",
                     record.id);
    while (column.step())
        series.columns.push_back({column.text(1), column.text(2),
                                  loadChunks<double>(database, record, static_cast<int>(column.integer(0)))});
    if (contentHash(series) != record.hash)
        throw damagedSeries(record.name);
    return series;
}

void Store::deleteSeries(const std::string& name)
{
    transaction([&] {
        Statement(m_connection->database, "DELETE FROM series WHERE id = ?1 OR version_of = ?2",
                  seriesRecord(name).id, name)
            .run();
    });
}

std::optional<std::string> Store::importRecipeFor(const std::string& headerKey) const
{
    Statement row(m_connection->database, "SELECT recipe FROM import_recipes WHERE header_key = ?1",
                  headerKey);
    return row.step() ? std::optional(row.text(0)) : std::nullopt;
}

void Store::rememberImportRecipe(const std::string& headerKey, const std::string& recipeJson)
{
    transaction([&] {
        Statement(m_connection->database,
                  "INSERT OR REPLACE INTO import_recipes(header_key, recipe, updated) VALUES(?1, ?2, ?3)",
                  headerKey, recipeJson, nowIso())
            .run();
    });
}

void Store::forgetImportRecipe(const std::string& headerKey)
{
    transaction([&] {
        Statement(m_connection->database, "DELETE FROM import_recipes WHERE header_key = ?1", headerKey)
            .run();
    });
}

void Store::saveRecipe(const std::string& name, const std::string& json)
{
    if (name.empty())
        throw UsageError(Message(TR("engine", "A recipe needs a name. Give one.")));
    transaction([&] {
        Statement(m_connection->database,
                  "INSERT OR REPLACE INTO recipes(name, recipe, updated) VALUES(?1, ?2, ?3)", name, json,
                  nowIso())
            .run();
    });
}

std::vector<std::pair<std::string, std::string>> Store::recipes() const
{
    std::vector<std::pair<std::string, std::string>> list;
    for (Statement row(m_connection->database, "SELECT name, recipe FROM recipes ORDER BY name"); row.step();)
        list.emplace_back(row.text(0), row.text(1));
    return list;
}

std::string Store::recipe(const std::string& name) const
{
    std::vector<std::string> known;
    for (auto& [each, json] : recipes()) {
        if (each == name)
            return json;
        known.push_back(each);
    }
    if (const std::string near = nearest(name, known); !near.empty()) {
        throw UsageError(
            Message(TR("engine", "There is no recipe \"%1\". The nearest is \"%2\"."), name, near));
    }
    throw UsageError(Message(
        TR("engine", "There is no recipe \"%1\". \"recipes WORKSPACE list\" shows those there are."), name));
}

void Store::deleteRecipe(const std::string& name)
{
    transaction([&] {
        recipe(name);
        Statement(m_connection->database, "DELETE FROM recipes WHERE name = ?1", name).run();
    });
}

}  // namespace fc
