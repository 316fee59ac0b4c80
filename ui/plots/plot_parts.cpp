// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/plot_parts.h"

#include <algorithm>
#include <cmath>

#include "ui/plots/number_text.h"

namespace fc::ui {

Drawing::Drawing(QCustomPlot* plot, const QString& layer, QCPAxisRect* clip, Paint paint)
    : QCPLayerable(plot, layer), m_clip(clip), m_paint(std::move(paint))
{
    setAntialiased(false);
}

QRect Drawing::clipRect() const
{
    return m_clip ? m_clip->rect() : QCPLayerable::clipRect();
}

void RowTicker::generate(const QCPRange& range, const QLocale&, QChar, int, QVector<double>& ticks,
                         QVector<double>*, QVector<QString>* labels)
{
    ticks.clear();
    if (labels)
        labels->clear();
    constexpr int pixelsPerLabel = 86;
    const int most = std::max(2, m_axis.axisRect()->width() / pixelsPerLabel);
    for (const RowClock::Tick& tick : m_clock.ticks(range.lower, range.upper, most)) {
        ticks.append(tick.row);
        if (labels)
            labels->append(tick.label);
    }
}

void ValueTicker::generate(const QCPRange& range, const QLocale&, QChar, int, QVector<double>& ticks,
                           QVector<double>*, QVector<QString>* labels)
{
    const QCPAxisRect& rect = *m_axis.axisRect();
    const int length = m_axis.orientation() == Qt::Vertical ? rect.height() : rect.width();
    setTickCount(std::clamp(length / m_pixels, 2, m_style == Style::Short ? 4 : 12));
    const double step = getTickStep(range);
    ticks = m_axis.scaleType() == QCPAxis::stLogarithmic ? decades(range) : QVector<double>();
    const bool even = ticks.size() < 3;
    if (even)
        ticks = createTickVector(step, range);
    trimTicks(range, ticks, false);
    if (!labels)
        return;
    labels->clear();
    for (const double tick : std::as_const(ticks)) {
        const double value = std::abs(tick) < step * 1e-6 ? 0 : tick;
        if (m_style == Style::Short)
            labels->append(shortNumber(value));
        else
            labels->append(even ? fixedNumber(value, decimalsFor(step)) : QLocale().toString(value, 'g', 6));
    }
}

QVector<double> ValueTicker::decades(const QCPRange& range) const
{
    QVector<double> ticks;
    if (!(range.lower > 0) || range.upper / range.lower > 1e12)
        return ticks;
    const bool wide = range.upper / range.lower > 1e3;
    for (double decade = std::pow(10, std::floor(std::log10(range.lower))); decade <= range.upper;
         decade *= 10)
        for (const double factor : {1.0, 2.0, 5.0})
            if (!wide || factor == 1.0)
                ticks.append(decade * factor);
    trimTicks(range, ticks, false);
    return ticks;
}

void stylePlot(QCustomPlot& plot, const Colors& colors, const QFont& font)
{
    plot.setBackground(QBrush(colors.panel));
    for (QCPAxisRect* rect : plot.axisRects()) {
        const QList<QCPAxis*> axes = rect->axes();
        for (QCPAxis* axis : axes) {
            axis->setBasePen(Qt::NoPen);
            // SVG shows marks of length zero as dots in the colour of the pen that draws nothing.
            axis->setTickPen(QPen(QBrush(colors.panel), 1, Qt::NoPen));
            axis->setSubTicks(false);
            axis->setTickLength(0, 0);
            axis->setTickLabelPadding(8);
            axis->setTickLabelFont(font);
            axis->setTickLabelColor(colors.muted);
            axis->setLabelFont(font);
            axis->setLabelColor(colors.muted);
            axis->grid()->setPen(QPen(colors.grid, 1));
            axis->grid()->setZeroLinePen(QPen(colors.grid, 1));
            axis->grid()->setAntialiased(false);
            axis->grid()->setAntialiasedZeroLine(false);
        }
    }
}

Mapping mappingOf(const QCPAxis& across, const QCPAxis& up)
{
    return {QRectF(up.axisRect()->rect()),
            across.range().lower,
            across.range().upper,
            up.range().lower,
            up.range().upper,
            up.scaleType() == QCPAxis::stLogarithmic};
}

QRectF drawTag(QPainter& painter, const QPointF& anchor, Qt::Alignment alignment, const QString& text,
               const QColor& ground, const QRectF& bounds)
{
    const QFontMetricsF metrics(painter.font());
    QRectF box(0, 0, std::ceil(metrics.horizontalAdvance(text)) + 12, std::ceil(metrics.height()) + 4);
    box.moveCenter(anchor);
    if (alignment & Qt::AlignLeft)
        box.moveLeft(anchor.x());
    if (alignment & Qt::AlignTop)
        box.moveTop(anchor.y());
    if (alignment & Qt::AlignBottom)
        box.moveBottom(anchor.y());
    box.moveLeft(
        std::clamp(box.left(), bounds.left(), std::max(bounds.left(), bounds.right() - box.width())));
    box.moveTop(std::clamp(box.top(), bounds.top(), std::max(bounds.top(), bounds.bottom() - box.height())));
    box.moveTopLeft(QPointF(std::round(box.left()), std::round(box.top())));

    painter.setRenderHint(QPainter::Antialiasing, true);
    painter.setPen(Qt::NoPen);
    painter.setBrush(ground);
    painter.drawRoundedRect(box, 2.5, 2.5);
    painter.setPen(inkOn(ground));
    painter.drawText(box, Qt::AlignCenter, text);
    return box;
}

void fill(QPainter& painter, const QVector<QRect>& rects, const QColor& color)
{
    painter.setRenderHint(QPainter::Antialiasing, false);
    painter.setPen(Qt::NoPen);
    painter.setBrush(color);
    painter.drawRects(rects);
}

void stroke(QPainter& painter, const QVector<QLineF>& lines, const QColor& color, double width)
{
    // The raster engine has a fast way for lines with square ends only.
    painter.setPen(QPen(color, width, Qt::SolidLine, Qt::SquareCap));
    painter.drawLines(lines);
}

void drawDashes(QPainter& painter, const QPointF& from, const QPointF& to, const QColor& color)
{
    QPen pen(color, 1);
    pen.setDashPattern({4, 3});
    pen.setCapStyle(Qt::FlatCap);
    painter.setRenderHint(QPainter::Antialiasing, false);
    painter.setPen(pen);
    painter.drawLine(QPoint(qRound(from.x()), qRound(from.y())), QPoint(qRound(to.x()), qRound(to.y())));
}

}  // namespace fc::ui
