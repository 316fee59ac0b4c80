// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/chart_plot.h"

#include "ui/plots/plot_parts.h"

namespace fc::ui {
namespace {

const QLatin1String cursorLayer("cursor");

}  // namespace

ChartPlot::ChartPlot(QWidget* parent) : QCustomPlot(parent), m_colors(currentColors())
{
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setInteractions(QCP::iRangeDrag | QCP::iRangeZoom);
    addLayer(cursorLayer, layer(QStringLiteral("overlay")), QCustomPlot::limAbove);
    layer(cursorLayer)->setMode(QCPLayer::lmBuffered);  // redrawn alone while the mouse moves
    new Drawing(this, QStringLiteral("overlay"), nullptr, [this](QCPPainter& painter) {
        if (!isEmpty())
            return;
        QFont larger = font();
        larger.setPointSizeF(larger.pointSizeF() * 1.2);
        painter.setFont(larger);
        painter.setPen(m_colors.muted);
        painter.drawText(viewport().adjusted(16, 16, -16, -16), Qt::AlignCenter | Qt::TextWordWrap,
                         m_emptyText);
    });
    new Drawing(this, cursorLayer, nullptr, [this](QCPPainter& painter) {
        painter.setFont(font());
        if (m_keyboardFocus) {
            painter.setPen(QPen(m_colors.accent, 1));
            painter.drawRect(viewport().adjusted(0, 0, -1, -1));
        }
        if (m_cursor && !isEmpty())
            drawCursor(painter, *m_cursor);
    });
}

void ChartPlot::setAcross(QCPAxis* axis)
{
    m_across = axis;
    connect(axis, qOverload<const QCPRange&>(&QCPAxis::rangeChanged), this, &ChartPlot::limit);
}

void ChartPlot::setLook(const Colors& colors, const QFont& font)
{
    m_colors = colors;
    setFont(font);
    stylePlot(*this, colors, font);
    lookChanged();
    replot(rpQueuedReplot);
}

void ChartPlot::setEmptyText(const QString& text)
{
    m_emptyText = text;
    replot(rpQueuedReplot);
}

void ChartPlot::layOut(const QSize& size)
{
    setViewport(QRect(QPoint(), size));
    // Labels are chosen by the size of the axes, which only the layout knows, and take part in it themselves.
    updateLayout();
    fitValues();
    updateLayout();
}

void ChartPlot::limit(const QCPRange& range)
{
    const QCPRange wanted = isEmpty() ? range : allowed(range);
    if (wanted != range)
        m_across->setRange(wanted);
    else
        fitValues();
}

void ChartPlot::resizeEvent(QResizeEvent* event)
{
    layOut(size());
    QCustomPlot::resizeEvent(event);
}

void ChartPlot::showCursor(std::optional<QPointF> cursor)
{
    m_cursor = cursor;
    emit hovered(cursor ? std::optional<double>(m_across->pixelToCoord(cursor->x())) : std::nullopt);
    layer(cursorLayer)->replot();
}

void ChartPlot::mouseMoveEvent(QMouseEvent* event)
{
    QCustomPlot::mouseMoveEvent(event);
    if (event->buttons() & Qt::LeftButton)
        moved();
    const bool inside = !isEmpty() && dataArea().contains(event->pos());
    showCursor(inside ? std::optional<QPointF>(event->position()) : std::nullopt);
}

void ChartPlot::leaveEvent(QEvent* event)
{
    QCustomPlot::leaveEvent(event);
    showCursor(std::nullopt);
}

void ChartPlot::mouseDoubleClickEvent(QMouseEvent* event)
{
    QCustomPlot::mouseDoubleClickEvent(event);
    fit();
}

void ChartPlot::wheelEvent(QWheelEvent* event)
{
    moved();
    QCustomPlot::wheelEvent(event);
}

void ChartPlot::keyPressEvent(QKeyEvent* event)
{
    const QCPRange range = m_across->range();
    const double size = range.size();
    const auto show = [this](const QCPRange& wanted) {
        moved();
        m_across->setRange(wanted);
        replot(rpQueuedReplot);
    };
    switch (event->key()) {
        case Qt::Key_Left:
            return show(range - size * 0.1);
        case Qt::Key_Right:
            return show(range + size * 0.1);
        case Qt::Key_Up:
        case Qt::Key_Plus:
        case Qt::Key_Equal:
            return show(QCPRange(range.lower + size * 0.2, range.upper));
        case Qt::Key_Down:
        case Qt::Key_Minus:
            return show(QCPRange(range.lower - size * 0.25, range.upper));
        case Qt::Key_Home:
            return show(QCPRange(0, size));
        case Qt::Key_End:
            return show(QCPRange(end() - size * 0.98, end() + size * 0.02));
        case Qt::Key_F:
        case Qt::Key_0:
            return fit();
        default:
            QCustomPlot::keyPressEvent(event);
    }
}

void ChartPlot::setKeyboardFocus(bool on)
{
    m_keyboardFocus = on;
    layer(cursorLayer)->replot();
}

void ChartPlot::focusInEvent(QFocusEvent* event)
{
    QCustomPlot::focusInEvent(event);
    setKeyboardFocus(event->reason() == Qt::TabFocusReason || event->reason() == Qt::BacktabFocusReason);
}

void ChartPlot::focusOutEvent(QFocusEvent* event)
{
    QCustomPlot::focusOutEvent(event);
    setKeyboardFocus(false);
}

}  // namespace fc::ui
