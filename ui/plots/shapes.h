// SPDX-License-Identifier: GPL-3.0-or-later
// Where candles, volume bars and lines lie on the screen: plain geometry, no plot library. All of it is cut
// to the area, because pictures in SVG know no clipping.
#pragma once

#include <QLineF>
#include <QPolygonF>
#include <QRect>
#include <QVector>

#include "ui/plots/pyramid.h"

namespace fc::ui {

/// A rectangle of the screen and the rows or steps (across) and values (up) it shows.
struct Mapping {
    QRectF area;
    double left = 0;
    double right = 1;
    double bottom = 0;
    double top = 1;
    bool logarithmic = false;  ///< up

    /// Clamped to a few screens around `area`, so that far values stay drawable.
    double x(double across) const;
    double y(double value) const;
};

struct RiseAndFall {
    QVector<QRect> up;
    QVector<QRect> down;
};

/// Width of a candle's body for bars `spacing` pixels apart: odd, so that the wick is in the middle, with a
/// gap.
int bodyWidth(double spacing);

/// Wicks and bodies on whole pixels. Bars with a missing price are left out.
RiseAndFall candleShapes(const Pyramid::View& view, const Mapping& map);
/// Bars from zero up, of the candles' width.
RiseAndFall volumeShapes(const Pyramid::View& view, const Mapping& map);
/// One segment a row, or the way from lowest to highest where a bar stands for several rows; open at missing
/// values.
QVector<QLineF> lineShapes(const Pyramid::View& view, const Mapping& map);

/// Segments through (across[i], values[i]); open at values that are not finite (or <= 0 on a logarithmic
/// map).
QVector<QLineF> segments(const std::vector<double>& across, const std::vector<double>& values,
                         const Mapping& map);

/// The same as one bar a pixel column, from the lowest to the highest point in it and on to the column
/// before: what a dense line looks like, at a fraction of the cost.
QVector<QRect> columnShapes(const std::vector<double>& across, const std::vector<double>& values,
                            const Mapping& map);

}  // namespace fc::ui
