// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStyledItemDelegate>

namespace fc::ui {

/// Draws a row of PipelineModel: mark, title and badge, a muted second line, what is wrong below, and the eye
/// at the right. A click on the mark switches a feature on or off, one on the eye shows or hides its preview.
class PipelineDelegate : public QStyledItemDelegate {
    Q_OBJECT

public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    bool editorEvent(QEvent* event, QAbstractItemModel* model, const QStyleOptionViewItem& option,
                     const QModelIndex& index) override;

    /// Where the mark and the eye are in a row.
    static QRect markArea(const QRect& row);
    static QRect eyeArea(const QRect& row);
};

}  // namespace fc::ui
