// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/data/series_sink.h"

#include <algorithm>

namespace fc {

SeriesShape shapeOf(const Series& series)
{
    SeriesShape shape{.name = series.name, .hasClock = series.hasClock, .timeZone = series.timeZone,
                      .rows = series.rows(), .first = {}, .last = {}, .frequency = detectFrequency(series),
                      .columns = {}};
    if (!series.times.empty()) {
        shape.first = series.times.front();
        shape.last = series.times.back();
    }
    for (const Column& column : series.columns)
        shape.columns.push_back({column.name, column.role, {}});
    return shape;
}

void give(const Series& series, std::size_t number, SeriesSink& sink)
{
    sink.begin(number, shapeOf(series));
    sink.addTimes(number, series.times);
    for (std::size_t c = 0; c < series.columns.size(); ++c)
        sink.addValues(number, c, series.columns[c].values);
    sink.end(number);
}

void SeriesCollector::begin(std::size_t series, const SeriesShape& shape)
{
    m_series.resize(std::max(m_series.size(), series + 1));
    Series& one = m_series[series];
    one.name = shape.name;
    one.hasClock = shape.hasClock;
    one.timeZone = shape.timeZone;
    one.columns = shape.columns;
}

void SeriesCollector::addTimes(std::size_t series, std::span<const Timestamp> next)
{
    std::vector<Timestamp>& times = m_series[series].times;
    times.insert(times.end(), next.begin(), next.end());
}

void SeriesCollector::addValues(std::size_t series, std::size_t column, std::span<const double> next)
{
    std::vector<double>& values = m_series[series].columns[column].values;
    values.insert(values.end(), next.begin(), next.end());
}

}  // namespace fc
