// SPDX-License-Identifier: GPL-3.0-or-later
// Series that come in pieces, into the workspace.
#include <bit>
#include <cstring>
#include <map>
#include <memory>
#include <utility>

#include "engine/base/atomic_file.h"
#include "engine/data/series_hash.h"
#include "engine/store/connection.h"

namespace fc {

static_assert(std::endian::native == std::endian::little, "values are stored as they lie in memory");

namespace {

constexpr std::size_t chunkValues = 4096;
/// The place of the time axis before the columns 0, 1, 2 ...
constexpr int timePosition = -1;

/// Writes chunks as they become full. Lives within one transaction.
class SeriesWriter : public SeriesSink {
public:
    SeriesWriter(const Database& database, const std::function<SeriesRecord(const SeriesShape&)>& describe)
        : m_database(database),
          m_describe(describe),
          m_column(database, "INSERT INTO series_columns(series_id, position, name, role) VALUES(?1, ?2, ?3, ?4)"),
          m_chunk(database, "INSERT INTO series_chunks(series_id, position, chunk, data) VALUES(?1, ?2, ?3, ?4)")
    {
    }

    void begin(std::size_t series, const SeriesShape& shape) override
    {
        auto open = std::make_unique<Open>(m_describe(shape), shape);
        SeriesRecord& record = open->record;
        record.rows = static_cast<std::int64_t>(shape.rows);
        record.hasClock = shape.hasClock;
        record.timeZone = shape.timeZone;
        requireName(record.name);
        Statement(m_database,
                  "INSERT INTO series(name, hash, row_count, first_time, last_time, frequency, time_zone, "
                  "has_clock, synthetic, source, "
                  "import_recipe, created) VALUES(?1, '', ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
                  record.name, record.rows, record.first, record.last, record.frequency, record.timeZone,
                  record.hasClock, record.synthetic, record.source, record.importRecipe,
                  record.created.empty() ? nowIso() : record.created)
            .run();
        record.id = m_database.lastId();
        record.columns.clear();
        for (std::size_t c = 0; c < shape.columns.size(); ++c) {
            m_column.run(record.id, c, shape.columns[c].name, shape.columns[c].role);
            record.columns.push_back(shape.columns[c].name);
        }
        m_open.insert_or_assign(series, std::move(open));
    }

    void addTimes(std::size_t series, std::span<const Timestamp> next) override
    {
        Open& open = *m_open.at(series);
        open.hash.addTimes(next);
        store(open, timePosition, next);
    }

    void addValues(std::size_t series, std::size_t column, std::span<const double> next) override
    {
        Open& open = *m_open.at(series);
        if (open.position != static_cast<int>(column))
            open.hash.beginColumn(open.columns[column].name);
        open.hash.addValues(next);
        store(open, static_cast<int>(column), next);
    }

    void end(std::size_t series) override
    {
        Open& open = *m_open.at(series);
        // Columns without values are part of the content too.
        for (int c = open.position + 1; c < static_cast<int>(open.columns.size()); ++c)
            open.hash.beginColumn(open.columns[static_cast<std::size_t>(c)].name);
        open.record.hash = open.hash.hex();
        Statement(m_database, "UPDATE series SET hash = ?2 WHERE id = ?1", open.record.id, open.record.hash).run();
        m_records.push_back(std::move(open.record));
        m_open.erase(series);
    }

    std::vector<SeriesRecord> take() { return std::move(m_records); }

private:
    struct Open {
        Open(SeriesRecord described, const SeriesShape& shape)
            : record(std::move(described)), columns(shape.columns),
              hash(shape.hasClock, shape.rows, shape.columns.size())
        {
        }

        SeriesRecord record;
        std::vector<Column> columns;
        SeriesHash hash;
        int position = timePosition;  ///< what is being written
        std::size_t chunk = 0;
        std::size_t values = 0;              ///< of this position, so far
        std::vector<std::uint64_t> waiting;  ///< less than a chunk
    };

    void requireName(const std::string& name) const
    {
        if (name.empty())
            throw UsageError(Message(TR("engine", "A series needs a name. Give one.")));
        if (Statement(m_database, "SELECT 1 FROM series WHERE name = ?1", name).step())
            throw Error(Message(TR("engine",
                                   "The workspace already has a series \"%1\". Choose another name, or "
                                   "delete that one first."),
                                displayPath(name)));
    }

    /// T is an 8-byte number.
    template <typename T>
    void store(Open& open, int position, std::span<const T> next)
    {
        static_assert(sizeof(T) == sizeof(std::uint64_t));
        if (open.position != position) {
            open.position = position;
            open.chunk = 0;
            open.values = 0;
        }
        while (!next.empty()) {
            const std::size_t before = open.waiting.size();
            const std::size_t n = std::min(chunkValues - before, next.size());
            open.waiting.resize(before + n);
            std::memcpy(open.waiting.data() + before, next.data(), n * sizeof(T));
            next = next.subspan(n);
            open.values += n;
            if (open.waiting.size() == chunkValues || open.values == static_cast<std::size_t>(open.record.rows))
                writeChunk(open);
        }
    }

    void writeChunk(Open& open)
    {
        m_chunk.run(open.record.id, open.position, open.chunk++,
                    Blob{{reinterpret_cast<const char*>(open.waiting.data()),
                          open.waiting.size() * sizeof(std::uint64_t)}});
        open.waiting = {};  // of thousands of series that take turns, each would hold a chunk
    }

    const Database& m_database;
    const std::function<SeriesRecord(const SeriesShape&)>& m_describe;
    Statement m_column;
    Statement m_chunk;
    std::map<std::size_t, std::unique_ptr<Open>> m_open;
    std::vector<SeriesRecord> m_records;
};

}  // namespace

std::vector<SeriesRecord> Store::addSeries(const std::function<SeriesRecord(const SeriesShape&)>& describe,
                                           const std::function<void(SeriesSink&)>& give)
{
    std::vector<SeriesRecord> records;
    transaction([&] {
        SeriesWriter writer(m_connection->database, describe);
        give(writer);
        records = writer.take();
    });
    return records;
}

std::int64_t Store::addSeries(const Series& series, const SeriesRecord& record)
{
    const auto describe = [&](const SeriesShape&) {
        SeriesRecord own = record;
        own.synthetic = series.synthetic;
        return own;
    };
    return addSeries(describe, [&](SeriesSink& sink) { give(series, 0, sink); }).front().id;
}

}  // namespace fc
