// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/io/import_records.h"

#include <algorithm>
#include <bit>
#include <numeric>

namespace fc {

namespace {

constexpr std::size_t pieceRows = 16 * 4096;

/// Where the records of one series stand.
struct Part {
    std::size_t begin;
    std::size_t end;
};

Part partOf(const ImportedRecords& records, std::size_t series)
{
    return records.id ? Part{records.firstOfId[series], records.firstOfId[series + 1]} : Part{0, records.count()};
}

std::size_t seriesCount(const ImportedRecords& records)
{
    return records.id ? records.firstOfId.size() - 1 : 1;
}

/// One column in the order in which it is wanted, in pieces; holds all of it in memory only where that is not
/// the order of the file.
template <typename T>
class OrderedColumn {
public:
    OrderedColumn(const ImportedRecords& records, std::size_t column) : m_records(records), m_column(column)
    {
        if (!records.inPlace)
            m_all = wholeColumn(records, column);
    }

    template <typename Use>
    void forEachPiece(const Part& part, const Use& use) const
    {
        std::vector<T> piece;
        const std::vector<std::uint32_t>& rows = m_records.id ? m_records.rowsById : m_records.rows;
        for (std::size_t begin = part.begin; begin < part.end; begin += pieceRows) {
            piece.resize(std::min(pieceRows, part.end - begin));
            if (m_records.inPlace)
                m_records.values->read(m_column, begin,
                                       std::span(reinterpret_cast<std::uint64_t*>(piece.data()), piece.size()));
            else
                for (std::size_t i = 0; i < piece.size(); ++i)
                    piece[i] = std::bit_cast<T>(m_all[rows[begin + i]]);
            use(std::span<const T>(piece));
        }
    }

private:
    const ImportedRecords& m_records;
    std::size_t m_column;
    std::vector<std::uint64_t> m_all;
};

/// The stamps of one series; without a clock they are counted.
template <typename Use>
void forEachTimes(const ImportedRecords& records, const OrderedColumn<Timestamp>& times, const Part& part,
                  const Use& use)
{
    if (records.hasClock)
        return times.forEachPiece(part, use);
    std::vector<Timestamp> piece;
    const std::size_t count = part.end - part.begin;
    for (std::size_t begin = 0; begin < count; begin += pieceRows) {
        piece.resize(std::min(pieceRows, count - begin));
        std::iota(piece.begin(), piece.end(), static_cast<Timestamp>(begin));
        use(std::span<const Timestamp>(piece));
    }
}

SeriesShape shapeOf(const ImportedRecords& records, const OrderedColumn<Timestamp>& times, std::size_t series)
{
    const Part part = partOf(records, series);
    SeriesShape shape{.name = records.name, .hasClock = records.hasClock, .timeZone = records.timeZone,
                      .rows = part.end - part.begin, .first = {}, .last = {}, .frequency = {}, .columns = {}};
    for (const ImportColumn& column : records.columns)
        if (column.type == ImportColumnType::Number)
            shape.columns.push_back({column.name, column.role, {}});
    forEachTimes(records, times, part, [&](std::span<const Timestamp> piece) {
        shape.first = shape.first.value_or(piece.front());
        shape.last = piece.back();
    });
    if (records.hasClock)
        shape.frequency = detectFrequency([&](const std::function<void(std::span<const Timestamp>)>& take) {
            times.forEachPiece(part, take);
        });
    if (!records.id)
        return shape;
    std::uint64_t place = 0;
    records.values->read(*records.id + 1, records.rowsById[part.begin], std::span(&place, 1));
    shape.name += " " + records.texts[*records.id].at(std::bit_cast<double>(place));
    return shape;
}

}  // namespace

std::vector<std::uint64_t> wholeColumn(const ImportedRecords& records, std::size_t column)
{
    std::vector<std::uint64_t> out(records.values->rows());
    records.values->read(column, 0, out);
    return out;
}

void splitById(ImportedRecords& records)
{
    std::vector<std::uint32_t> series(records.count());  // of each record, in the order of time
    std::vector<std::size_t> sizes;
    {
        const std::vector<std::uint64_t> places = wholeColumn(records, *records.id + 1);
        constexpr std::uint32_t none = ~std::uint32_t(0);
        std::vector<std::uint32_t> seriesOf(records.texts[*records.id].size(), none);
        for (std::size_t i = 0; i < series.size(); ++i) {
            auto& number = seriesOf[static_cast<std::size_t>(std::bit_cast<double>(places[records.row(i)]))];
            if (number == none) {
                number = static_cast<std::uint32_t>(sizes.size());
                sizes.push_back(0);
            }
            series[i] = number;
            ++sizes[number];
        }
    }
    records.firstOfId.assign(sizes.size() + 1, 0);
    std::partial_sum(sizes.begin(), sizes.end(), records.firstOfId.begin() + 1);
    std::vector<std::size_t> next(records.firstOfId.begin(), records.firstOfId.end() - 1);
    records.rowsById.resize(series.size());
    for (std::size_t i = 0; i < series.size(); ++i)
        records.rowsById[next[series[i]]++] = records.row(i);
}

std::vector<SeriesShape> shapesOf(const ImportedRecords& records)
{
    const OrderedColumn<Timestamp> times(records, 0);
    std::vector<SeriesShape> out;
    for (std::size_t series = 0; series < seriesCount(records); ++series)
        out.push_back(shapeOf(records, times, series));
    return out;
}

PickedRecords pickRecords(const ImportedRecords& records, const std::vector<std::size_t>& places)
{
    PickedRecords out;
    out.series.name = records.name;
    out.series.hasClock = records.hasClock;
    out.series.timeZone = records.timeZone;
    // Many are cheaper to take out of the whole column than to look up one by one.
    const bool isMost = places.size() * 8 > records.values->rows();
    const auto pick = [&](std::size_t column, const auto& use) {
        const std::vector<std::uint64_t> all = isMost ? wholeColumn(records, column) : std::vector<std::uint64_t>();
        for (const std::size_t place : places) {
            std::uint64_t value = 0;
            if (isMost)
                value = all[records.row(place)];
            else
                records.values->read(column, records.row(place), std::span(&value, 1));
            use(value);
        }
    };
    if (records.hasClock)
        pick(0, [&](std::uint64_t value) { out.series.times.push_back(static_cast<Timestamp>(value)); });
    else
        for (const std::size_t place : places)
            out.series.times.push_back(static_cast<Timestamp>(place));
    for (std::size_t c = 0; c < records.columns.size(); ++c) {
        const ImportColumn& info = records.columns[c];
        if (info.type == ImportColumnType::Number) {
            Column& column = out.series.columns.emplace_back(Column{info.name, info.role, {}});
            column.values.reserve(places.size());
            pick(c + 1, [&](std::uint64_t value) { column.values.push_back(std::bit_cast<double>(value)); });
        } else if (!records.texts[c].isGivenUp()) {
            TextColumn& column = out.texts.emplace_back(TextColumn{info.name, {}});
            pick(c + 1, [&](std::uint64_t value) {
                column.values.push_back(records.texts[c].at(std::bit_cast<double>(value)));
            });
        }
    }
    return out;
}

bool giveSeries(const ImportedRecords& records, const std::vector<SeriesShape>& shapes, SeriesSink& sink,
                const std::function<bool(double)>& goOn)
{
    std::size_t numbers = 1;
    for (const ImportColumn& column : records.columns)
        numbers += column.type == ImportColumnType::Number;
    const double all = static_cast<double>(numbers) * static_cast<double>(records.count());
    double done = 0;
    bool going = true;
    const auto give = [&](const auto& use) {
        return [&, use](const auto& piece) {
            going = going && goOn(done / all);
            if (going)
                use(piece);
            done += static_cast<double>(piece.size());
        };
    };
    for (std::size_t k = 0; k < shapes.size(); ++k)
        sink.begin(k, shapes[k]);
    {
        const OrderedColumn<Timestamp> times(records, 0);
        for (std::size_t k = 0; k < shapes.size() && going; ++k)
            forEachTimes(records, times, partOf(records, k),
                         give([&](std::span<const Timestamp> piece) { sink.addTimes(k, piece); }));
    }
    for (std::size_t c = 0, number = 0; c < records.columns.size() && going; ++c) {
        if (records.columns[c].type != ImportColumnType::Number)
            continue;
        const OrderedColumn<double> column(records, c + 1);
        for (std::size_t k = 0; k < shapes.size() && going; ++k)
            column.forEachPiece(partOf(records, k), give([&](std::span<const double> piece) {
                                    sink.addValues(k, number, piece);
                                }));
        ++number;
    }
    for (std::size_t k = 0; k < shapes.size() && going; ++k)
        sink.end(k);
    return going;
}

}  // namespace fc
