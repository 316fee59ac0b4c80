// SPDX-License-Identifier: GPL-3.0-or-later
// A stored series in pieces, chunk by chunk.
#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "engine/base/atomic_file.h"
#include "engine/base/sha256.h"
#include "engine/store/connection.h"

namespace fc {

static_assert(std::endian::native == std::endian::little, "values are stored as they lie in memory");

namespace {

/// The place of the time axis before the columns 0, 1, 2 …
constexpr int timePosition = -1;

void addWord(Sha256& hash, std::uint64_t word)
{
    std::array<char, sizeof word> bytes{};
    std::memcpy(bytes.data(), &word, sizeof word);
    hash.add({bytes.data(), bytes.size()});
}

class StoredSeries : public SeriesSource {
public:
    StoredSeries(const Database& database, const SeriesRecord& record)
        : m_database(database), m_record(record)
    {
        m_layout.name = record.versionOf.empty() ? record.name : record.versionOf;
        m_layout.hasClock = record.hasClock;
        m_layout.timeZone = record.timeZone;
        m_layout.synthetic = record.synthetic;
        Statement column(
            database,
            "SELECT position, name, role FROM series_columns WHERE series_id = ?1 ORDER BY position",
            record.id);
        while (column.step()) {
            m_positions.push_back(static_cast<int>(column.integer(0)));
            m_layout.columns.push_back({column.text(1), column.text(2), {}});
        }
    }

    const Series& layout() const override { return m_layout; }
    std::int64_t rows() const override { return m_record.rows; }

    void readTimes(const std::function<void(std::span<const Timestamp>)>& take) override
    {
        read<Timestamp>(timePosition, take);
    }
    void readColumn(std::size_t index, const std::function<void(std::span<const double>)>& take) override
    {
        read<double>(m_positions[index], take);
    }

    /// Throws Error when the values do not match their digest.
    void verify()
    {
        Sha256 hash;
        addWord(hash, m_record.hasClock ? 1 : 0);
        addWord(hash, static_cast<std::uint64_t>(m_record.rows));
        readTimes([&](std::span<const Timestamp> times) {
            hash.add({reinterpret_cast<const char*>(times.data()), times.size_bytes()});
        });
        addWord(hash, m_layout.columns.size());
        for (std::size_t i = 0; i < m_layout.columns.size(); ++i) {
            addWord(hash, m_layout.columns[i].name.size());
            hash.add(m_layout.columns[i].name);
            readColumn(i, [&](std::span<const double> values) { addValues(hash, values); });
        }
        if (hash.hex() != m_record.hash)
            fail();
    }

private:
    /// One bit pattern for all missing values, as in contentHash.
    void addValues(Sha256& hash, std::span<const double> values)
    {
        m_words.assign(values.begin(), values.end());
        for (double& x : m_words)
            x = x != x ? missing : x;
        hash.add({reinterpret_cast<const char*>(m_words.data()), m_words.size() * sizeof(double)});
    }

    [[noreturn]] void fail() const
    {
        throw Error(Message(TR("engine",
                               "The stored values of the series \"%1\" are damaged: they do not match their "
                               "digest. Import the file again under another name."),
                            displayPath(m_record.name)));
    }

    template <typename T>
    void read(int position, const std::function<void(std::span<const T>)>& take) const
    {
        Statement chunks(
            m_database,
            "SELECT data FROM series_chunks WHERE series_id = ?1 AND position = ?2 ORDER BY chunk",
            m_record.id, position);
        std::vector<T> values;  // a blob need not be aligned for T
        std::int64_t rows = 0;
        while (chunks.step()) {
            const std::string_view bytes = chunks.view(0);
            values.resize(bytes.size() / sizeof(T));
            std::memcpy(values.data(), bytes.data(), values.size() * sizeof(T));
            rows += static_cast<std::int64_t>(values.size());
            if (rows > m_record.rows)
                fail();
            take(values);
        }
        if (rows != m_record.rows)
            fail();
    }

    const Database& m_database;
    SeriesRecord m_record;
    Series m_layout;
    std::vector<int> m_positions;
    std::vector<double> m_words;
};

}  // namespace

std::unique_ptr<SeriesSource> Store::seriesSource(const std::string& name) const
{
    const Database& database = m_connection->database;
    const ReadTransaction snapshot(database);
    auto series = std::make_unique<StoredSeries>(database, seriesRecord(name));
    series->verify();
    return series;
}

}  // namespace fc
