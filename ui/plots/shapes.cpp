// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/shapes.h"

#include <algorithm>
#include <cmath>

namespace fc::ui {
namespace {

double place(double value, double from, double to, double low, double high)
{
    const double span = std::abs(to - from) * 4 + 100;
    const double position = from + (to - from) * (value - low) / (high - low);
    return std::clamp(position, std::min(from, to) - span, std::max(from, to) + span);
}

/// Adds what of the line lies inside `area`. // Liang & Barsky, 1984
void append(QVector<QLineF>& lines, const QLineF& line, const QRectF& area)
{
    double enter = 0;
    double leave = 1;
    const auto cut = [&](double speed, double room) {
        if (speed < 0)
            enter = std::max(enter, room / speed);
        else if (speed > 0)
            leave = std::min(leave, room / speed);
        else if (room < 0)
            leave = -1;
    };
    cut(-line.dx(), line.x1() - area.left());
    cut(line.dx(), area.right() - line.x1());
    cut(-line.dy(), line.y1() - area.top());
    cut(line.dy(), area.bottom() - line.y1());
    if (enter <= leave)
        lines.append(QLineF(line.pointAt(enter), line.pointAt(leave)));
}

void append(QVector<QRect>& rects, const QRect& rect, const QRect& area)
{
    const QRect inside = rect & area;
    if (!inside.isEmpty())
        rects.append(inside);
}

double spacing(const Pyramid::View& view, const Mapping& map)
{
    return map.area.width() / (map.right - map.left) * static_cast<double>(view.rowsPerBar);
}

}  // namespace

double Mapping::x(double across) const
{
    return place(across, area.left(), area.right(), left, right);
}

double Mapping::y(double value) const
{
    if (logarithmic)
        return place(std::log(value), area.bottom(), area.top(), std::log(bottom), std::log(top));
    return place(value, area.bottom(), area.top(), bottom, top);
}

int bodyWidth(double spacing)
{
    const int width = std::max(1, static_cast<int>(spacing * 0.75));
    return width % 2 == 1 ? width : width - 1;
}

RiseAndFall candleShapes(const Pyramid::View& view, const Mapping& map)
{
    RiseAndFall shapes;
    const int width = bodyWidth(spacing(view, map));
    const QRect area = map.area.toAlignedRect();
    for (std::size_t i = 0; i < view.bars.size(); ++i) {
        const Bar& bar = view.bars[i];
        if (!std::isfinite(bar.open + bar.high + bar.low + bar.close))
            continue;
        QVector<QRect>& shape = bar.close >= bar.open ? shapes.up : shapes.down;
        const int x = qRound(map.x(view.middle(i)));
        const int high = qRound(map.y(bar.high));
        const int low = qRound(map.y(bar.low));
        const int top = qRound(map.y(std::max(bar.open, bar.close)));
        const int bottom = qRound(map.y(std::min(bar.open, bar.close)));
        append(shape, QRect(x, high, 1, std::max(1, low - high)), area);
        if (width > 1)
            append(shape, QRect(x - width / 2, top, width, std::max(1, bottom - top)), area);
    }
    return shapes;
}

RiseAndFall volumeShapes(const Pyramid::View& view, const Mapping& map)
{
    RiseAndFall shapes;
    const int width = bodyWidth(spacing(view, map));
    const QRect area = map.area.toAlignedRect();
    const int ground = qRound(map.y(0));
    for (std::size_t i = 0; i < view.bars.size(); ++i) {
        const Bar& bar = view.bars[i];
        if (!(bar.volume > 0))
            continue;
        const int x = qRound(map.x(view.middle(i)));
        const int top = std::min(qRound(map.y(bar.volume)), ground - 1);
        append(bar.close >= bar.open ? shapes.up : shapes.down,
               QRect(x - width / 2, top, width, ground - top), area);
    }
    return shapes;
}

QVector<QLineF> lineShapes(const Pyramid::View& view, const Mapping& map)
{
    QVector<QLineF> lines;
    bool joined = false;
    QPointF last;
    for (std::size_t i = 0; i < view.bars.size(); ++i) {
        const Bar& bar = view.bars[i];
        if (!std::isfinite(bar.open + bar.close)) {
            joined = false;
            continue;
        }
        const double x = map.x(view.middle(i));
        if (joined)
            append(lines, QLineF(last, QPointF(x, map.y(bar.open))), map.area);
        if (view.rowsPerBar > 1)
            append(lines, QLineF(x, map.y(bar.high), x, map.y(bar.low)), map.area);
        last = QPointF(x, map.y(bar.close));
        joined = true;
    }
    return lines;
}

QVector<QLineF> segments(const std::vector<double>& across, const std::vector<double>& values,
                         const Mapping& map)
{
    QVector<QLineF> lines;
    bool joined = false;
    QPointF last;
    for (std::size_t i = 0; i < std::min(across.size(), values.size()); ++i) {
        if (!std::isfinite(values[i]) || (map.logarithmic && values[i] <= 0)) {
            joined = false;
            continue;
        }
        const QPointF point(map.x(across[i]), map.y(values[i]));
        if (joined)
            append(lines, QLineF(last, point), map.area);
        last = point;
        joined = true;
    }
    return lines;
}

QVector<QRect> columnShapes(const std::vector<double>& across, const std::vector<double>& values,
                            const Mapping& map)
{
    QVector<QRect> columns;
    int last = 0;
    for (std::size_t i = 0; i < std::min(across.size(), values.size()); ++i) {
        if (!std::isfinite(values[i]) || (map.logarithmic && values[i] <= 0))
            continue;
        const int x = static_cast<int>(std::floor(map.x(across[i])));
        const int y = qRound(map.y(values[i]));
        if (columns.isEmpty())
            last = y;
        if (columns.isEmpty() || columns.back().left() != x)
            columns.append(QRect(QPoint(x, std::min(y, last)), QPoint(x, std::max(y, last))));
        else
            columns.back() |= QRect(x, y, 1, 1);
        last = y;
    }
    for (QRect& column : columns)
        column &= map.area.toAlignedRect();
    return columns;
}

}  // namespace fc::ui
