// SPDX-License-Identifier: GPL-3.0-or-later
// Small series and curves to draw, and a look at what was drawn.
#pragma once

#include <QImage>
#include <algorithm>
#include <cmath>

#include "ui/plots/bars.h"

namespace fc::ui {

inline constexpr double hour = 3600;
inline constexpr double day = 86400;
inline constexpr double start = 1712361600;  // Saturday 2024-04-06 00:00:00

/// A wave with candles of both kinds; prices with one decimal.
inline Bars wave(int rows, double step = hour)
{
    Bars bars;
    bars.title = QStringLiteral("TEST · 1h");
    for (int i = 0; i < rows; ++i) {
        const double open = std::round(10000 + 5000 * std::sin(i / 40.0)) / 10;
        const double close = std::round(10000 + 5000 * std::sin((i + 1) / 40.0)) / 10;
        bars.time.push_back(start + i * step);
        bars.open.push_back(open);
        bars.high.push_back(std::max(open, close) + 3);
        bars.low.push_back(std::min(open, close) - 3);
        bars.close.push_back(close);
        bars.volume.push_back(100 + i % 17);
    }
    return bars;
}

inline ForecastBand forecastAfter(const Bars& bars, int steps)
{
    ForecastBand band;
    for (int i = 1; i <= steps; ++i) {
        band.time.push_back(bars.time.back() + i * hour);
        band.median.push_back(bars.close.back() + i);
        band.lower.push_back(bars.close.back() + i - 10 * std::sqrt(i));
        band.upper.push_back(bars.close.back() + i + 10 * std::sqrt(i));
    }
    return band;
}

/// Falls from 10 towards 1 within some 200 steps, one up, one down.
inline std::vector<LossPoint> descent(int steps)
{
    std::vector<LossPoint> points;
    for (int i = 1; i <= steps; ++i)
        points.push_back({static_cast<double>(i), 1 + 9 * std::exp(-i / 50.0) + (i % 2 == 0 ? 0.1 : -0.1)});
    return points;
}

/// Pixels of exactly this colour.
inline qsizetype countOf(const QImage& image, const QColor& color)
{
    const QImage plain = image.convertToFormat(QImage::Format_RGB32);
    qsizetype count = 0;
    for (int y = 0; y < plain.height(); ++y) {
        const auto* line = reinterpret_cast<const QRgb*>(plain.constScanLine(y));
        count += std::count(line, line + plain.width(), color.rgb());
    }
    return count;
}

}  // namespace fc::ui
