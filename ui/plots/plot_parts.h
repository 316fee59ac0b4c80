// SPDX-License-Identifier: GPL-3.0-or-later
// What the plots share: drawings on layers, axis labels, tags, the calm look. Included by .cpp files and
// plots only.
#pragma once

#include <functional>
#include <qcustomplot.h>

#include "ui/plots/row_clock.h"
#include "ui/plots/shapes.h"
#include "ui/theme/colors.h"

namespace fc::ui {

/// A function as part of a plot's layer, clipped to `clip` when there is one. The plot owns it.
class Drawing : public QCPLayerable {
public:
    using Paint = std::function<void(QCPPainter&)>;
    Drawing(QCustomPlot* plot, const QString& layer, QCPAxisRect* clip, Paint paint);

protected:
    QRect clipRect() const override;
    void applyDefaultAntialiasingHint(QCPPainter*) const override {}
    void draw(QCPPainter* painter) override { m_paint(*painter); }

private:
    QCPAxisRect* m_clip;
    Paint m_paint;
};

/// Labels of rows by their time. `clock` and `axis` outlive it.
class RowTicker : public QCPAxisTicker {
public:
    RowTicker(const RowClock& clock, const QCPAxis& axis) : m_clock(clock), m_axis(axis) {}
    void generate(const QCPRange& range, const QLocale&, QChar, int, QVector<double>& ticks, QVector<double>*,
                  QVector<QString>* labels) override;

private:
    const RowClock& m_clock;
    const QCPAxis& m_axis;
};

/// Round values with as many decimals as they need, or 1-2-5 in every decade on a logarithmic axis. `axis`
/// outlives it.
class ValueTicker : public QCPAxisTicker {
public:
    enum class Style { Full, Short };
    /// One label every `pixels` or more.
    ValueTicker(const QCPAxis& axis, Style style, int pixels) : m_axis(axis), m_style(style), m_pixels(pixels)
    {
    }
    void generate(const QCPRange& range, const QLocale&, QChar, int, QVector<double>& ticks, QVector<double>*,
                  QVector<QString>* labels) override;

private:
    QVector<double> decades(const QCPRange& range) const;

    const QCPAxis& m_axis;
    Style m_style;
    int m_pixels;
};

/// No boxes, no tick marks, faint solid grid, muted labels.
void stylePlot(QCustomPlot& plot, const Colors& colors, const QFont& font);

/// Axis rectangle and ranges as the shapes need them.
Mapping mappingOf(const QCPAxis& across, const QCPAxis& up);

/// A filled label around `anchor`, moved to stay inside `bounds`. Gives the rectangle it took.
QRectF drawTag(QPainter& painter, const QPointF& anchor, Qt::Alignment alignment, const QString& text,
               const QColor& ground, const QRectF& bounds);

/// Sharp rectangles without an outline.
void fill(QPainter& painter, const QVector<QRect>& rects, const QColor& color);

/// Segment by segment: a joined line wider than a pixel is slow when it is noisy. Opaque colours only.
void stroke(QPainter& painter, const QVector<QLineF>& lines, const QColor& color, double width);

/// Whole-pixel dashed line.
void drawDashes(QPainter& painter, const QPointF& from, const QPointF& to, const QColor& color);

}  // namespace fc::ui
