// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/data/series_hash.h"

#include <algorithm>
#include <array>
#include <bit>

namespace fc {

static_assert(std::endian::native == std::endian::little, "numbers are hashed as they lie in memory");

SeriesHash::SeriesHash(bool hasClock, std::size_t rows, std::size_t columns) : m_columns(columns)
{
    addInteger(hasClock ? 1 : 0);
    addInteger(rows);
}

void SeriesHash::addInteger(std::uint64_t value)
{
    m_hash.add(&value, sizeof value);
}

void SeriesHash::addTimes(std::span<const Timestamp> next)
{
    m_hash.add(next.data(), next.size_bytes());
}

void SeriesHash::beginColumn(const std::string& name)
{
    if (!m_inColumns)
        addInteger(m_columns);
    m_inColumns = true;
    addInteger(name.size());
    m_hash.add(name);
}

void SeriesHash::addValues(std::span<const double> next)
{
    std::array<double, 512> piece;
    while (!next.empty()) {
        const std::size_t count = std::min(piece.size(), next.size());
        for (std::size_t i = 0; i < count; ++i)
            piece[i] = next[i] == next[i] ? next[i] : missing;  // one bit pattern for all NaN
        m_hash.add(piece.data(), count * sizeof(double));
        next = next.subspan(count);
    }
}

std::string SeriesHash::hex()
{
    if (!m_inColumns)
        addInteger(m_columns);
    return m_hash.hex();
}

std::string contentHash(const Series& series)
{
    SeriesHash hash(series.hasClock, series.rows(), series.columns.size());
    hash.addTimes(series.times);
    for (const Column& column : series.columns) {
        hash.beginColumn(column.name);
        hash.addValues(column.values);
    }
    return hash.hex();
}

}  // namespace fc
