// SPDX-License-Identifier: GPL-3.0-or-later
// Series as pictures: one line a row, the stamp first, "." for a missing value.
#pragma once

#include <QString>
#include <QStringList>
#include <cmath>

#include "engine/data/series.h"

namespace fc {

/// "2024-01-02 09:30" or "2024-01-02", in UTC.
inline Timestamp stampOf(const QString& text)
{
    const QString iso = text.size() > 10 ? QString(text).replace(' ', 'T') + ":00Z" : text;
    return *parseTimestamp(iso.toStdString());
}

/// "time a b" in the first line; then lines such as "2024-01-02 1 .". Times of day are joined by T. Columns
/// named open, high, low, close, volume have those roles.
inline Series seriesOf(const char* picture, const char* zone = "UTC")
{
    Series series;
    series.name = "s";
    series.timeZone = zone;
    const QStringList lines = QString(picture).split('\n', Qt::SkipEmptyParts);
    const QStringList names = lines.front().split(' ', Qt::SkipEmptyParts);
    series.hasClock = names.front() != "row";
    for (const QString& name : names.mid(1)) {
        const bool isRole = QStringList{"open", "high", "low", "close", "volume"}.contains(name);
        series.columns.push_back({name.toStdString(), isRole ? name.toStdString() : "", {}});
    }
    for (const QString& line : lines.mid(1)) {
        const QStringList cells = line.split(' ', Qt::SkipEmptyParts);
        series.times.push_back(series.hasClock ? stampOf(cells.front()) : cells.front().toLongLong());
        for (std::size_t c = 0; c < series.columns.size(); ++c) {
            const QString cell = cells[static_cast<int>(c) + 1];
            series.columns[c].values.push_back(cell == "." ? missing : cell.toDouble());
        }
    }
    return series;
}

inline QString pictureOf(const Series& series)
{
    QStringList lines{series.hasClock ? "time" : "row"};
    for (const Column& column : series.columns)
        lines.front() += " " + QString::fromStdString(column.name);
    for (std::size_t row = 0; row < series.rows(); ++row) {
        QString line = series.hasClock ? QString::fromStdString(formatTimestamp(series.times[row], false))
                                       : QString::number(series.times[row]);
        if (line.endsWith(":00Z"))
            line.chop(4);
        for (const Column& column : series.columns) {
            const double x = column.values[row];
            line += std::isnan(x) ? " ." : " " + QString::number(x, 'g', 10);
        }
        lines += line;
    }
    return lines.join('\n');
}

}  // namespace fc
