// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <qcustomplot.h>

#include "ui/theme/colors.h"

namespace fc::ui {

/// What both charts have in common: a look, a cursor on a layer of its own, and moving along one axis by
/// mouse and keyboard (Left, Right, Up or +, Down or -, Home, End, F or 0). The part shown decides the range
/// of values.
class ChartPlot : public QCustomPlot {
    Q_OBJECT
public:
    explicit ChartPlot(QWidget* parent = nullptr);

    void setLook(const Colors& colors, const QFont& font);
    /// Shown in the middle while there is nothing else.
    void setEmptyText(const QString& text);
    /// Everything there is, after a double click or the key F.
    virtual void fit() = 0;

    /// Lays everything out for a size in pixels, as a window does when it is resized. For pictures without a
    /// window.
    void layOut(const QSize& size);

signals:
    /// Position along the axis under the mouse; no value when it left.
    void hovered(std::optional<double> across);

protected:
    /// Call once in the constructor, when the axes are there.
    void setAcross(QCPAxis* axis);
    QCPAxis* across() const { return m_across; }
    const Colors& colors() const { return m_colors; }
    const std::optional<QPointF>& cursor() const { return m_cursor; }
    void dropCursor() { m_cursor.reset(); }

    virtual bool isEmpty() const = 0;
    /// Where the cursor is shown.
    virtual QRect dataArea() const = 0;
    virtual double end() const = 0;
    /// The nearest range that may be shown.
    virtual QCPRange allowed(QCPRange range) const = 0;
    /// Range of values for what is shown.
    virtual void fitValues() = 0;
    virtual void drawCursor(QCPPainter& painter, const QPointF& cursor) const = 0;
    /// The person moved the view.
    virtual void moved() {}
    virtual void lookChanged() {}

    void resizeEvent(QResizeEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

private:
    void limit(const QCPRange& range);
    void showCursor(std::optional<QPointF> cursor);
    void setKeyboardFocus(bool on);

    Colors m_colors;
    QString m_emptyText;
    QCPAxis* m_across = nullptr;
    std::optional<QPointF> m_cursor;
    bool m_keyboardFocus = false;
};

}  // namespace fc::ui
