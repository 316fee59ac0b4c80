// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pipeline/pipeline_delegate.h"

#include <QAbstractItemView>
#include <QMouseEvent>
#include <QPainter>

#include "ui/pipeline/pipeline_model.h"
#include "ui/theme/colors.h"
#include "ui/theme/icon.h"

namespace fc::ui {
namespace {

constexpr int side = 28;      // of mark and eye
constexpr int padding = 6;    // above and below the text
constexpr int lineSpace = 2;  // between its lines
constexpr int iconSize = 16;

QFont titleFont(const QStyleOptionViewItem& option)
{
    QFont font = option.font;
    font.setWeight(QFont::Medium);
    return font;
}

QFont smallFont(const QStyleOptionViewItem& option)
{
    QFont font = option.font;
    font.setPointSizeF(font.pointSizeF() * 0.9);
    return font;
}

QRect textArea(const QRect& row)
{
    return row.adjusted(side + 4, padding, -side - 4, -padding);
}

/// What is wrong takes as many lines as it needs: it is there to be read.
int problemHeight(const QStyleOptionViewItem& option, const QString& problem, int width)
{
    if (problem.isEmpty())
        return 0;
    const QRect space(0, 0, width, 1000);
    return QFontMetrics(smallFont(option)).boundingRect(space, Qt::TextWordWrap, problem).height();
}

void drawIcon(QPainter* painter, const QRect& area, const QString& name, IconColor color)
{
    QRect place(0, 0, iconSize, iconSize);
    place.moveCenter(area.center());
    icon(name, color).paint(painter, place);
}

void drawMark(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index)
{
    const QRect area = PipelineDelegate::markArea(option.rect);
    const QVariant checked = index.data(Qt::CheckStateRole);
    if (!checked.isValid()) {
        drawIcon(painter, area, index.data(PipelineModel::IconRole).toString(), IconColor::Muted);
        return;
    }
    const Colors colors = currentColors();
    const bool isOn = checked.toInt() == Qt::Checked;
    QRectF box(0, 0, 14, 14);
    box.moveCenter(QRectF(area).center());
    painter->setPen(isOn ? colors.accent : colors.muted);
    painter->setBrush(isOn ? colors.accent : colors.raised);
    painter->drawRoundedRect(box, 3, 3);
    if (!isOn)
        return;
    painter->setPen(QPen(colors.onAccent, 1.8, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter->setBrush(Qt::NoBrush);
    painter->drawPolyline(QPolygonF{box.topLeft() + QPointF(3.2, 7.2), box.topLeft() + QPointF(6, 10),
                                    box.topLeft() + QPointF(10.8, 4.4)});
}

void drawBadge(QPainter* painter, const QStyleOptionViewItem& option, const QRect& line, const QString& text,
               int& width)
{
    width = 0;
    if (text.isEmpty())
        return;
    const Colors colors = currentColors();
    painter->setFont(smallFont(option));
    const QFontMetrics metrics(painter->font());
    width = metrics.horizontalAdvance(text) + 12;
    QRect box(0, 0, width, metrics.height() + 2);
    box.moveCenter(line.center());
    box.moveRight(line.right());
    painter->setPen(Qt::NoPen);
    painter->setBrush(blend(colors.accent, colors.panel, colors.dark ? 0.28 : 0.16));
    painter->drawRoundedRect(box, 4, 4);
    painter->setPen(colors.text);
    painter->drawText(box, Qt::AlignCenter, text);
}

}  // namespace

QRect PipelineDelegate::markArea(const QRect& row)
{
    return {row.left() + 2, row.top() + padding, side,
            row.height() < 2 * side ? row.height() - 2 * padding : side};
}

QRect PipelineDelegate::eyeArea(const QRect& row)
{
    QRect area = markArea(row);
    area.moveRight(row.right() - 2);
    return area;
}

void PipelineDelegate::paint(QPainter* painter, const QStyleOptionViewItem& given,
                             const QModelIndex& index) const
{
    QStyleOptionViewItem option = given;
    initStyleOption(&option, index);
    const Colors colors = currentColors();
    const bool isOff =
        index.data(Qt::CheckStateRole).isValid() && index.data(Qt::CheckStateRole).toInt() != Qt::Checked;
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing, true);
    if (option.state & QStyle::State_Selected)
        painter->fillRect(option.rect, colors.selection);
    else if (option.state & QStyle::State_MouseOver)
        painter->fillRect(option.rect, blend(colors.raised, colors.panel, 0.6));
    painter->fillRect(QRect(option.rect.left(), option.rect.bottom(), option.rect.width(), 1), colors.grid);
    if (option.state & QStyle::State_HasFocus) {
        painter->setPen(colors.accent);
        painter->setBrush(Qt::NoBrush);
        painter->drawRect(QRectF(option.rect).adjusted(0.5, 0.5, -0.5, -0.5));
    }
    drawMark(painter, option, index);
    if (index.data(PipelineModel::PreviewRole).isValid()) {
        const bool shown = index.data(PipelineModel::PreviewRole).toBool();
        drawIcon(painter, eyeArea(option.rect), shown ? QStringLiteral("eye") : QStringLiteral("eye-off"),
                 shown ? IconColor::Accent : IconColor::Muted);
    }

    const QRect area = textArea(option.rect);
    const QFontMetrics title(titleFont(option));
    const QFontMetrics small(smallFont(option));
    const QRect titleLine(area.left(), area.top(), area.width(), title.height());
    int badge = 0;
    drawBadge(painter, option, titleLine, index.data(PipelineModel::BadgeRole).toString(), badge);
    const QColor muted =
        option.state & QStyle::State_Selected ? blend(colors.text, colors.selection, 0.8) : colors.muted;
    painter->setFont(titleFont(option));
    painter->setPen(isOff ? muted : colors.text);
    painter->drawText(titleLine, Qt::AlignLeft | Qt::AlignVCenter,
                      title.elidedText(index.data().toString(), Qt::ElideRight, area.width() - badge - 6));
    const QRect detailLine(area.left(), titleLine.bottom() + lineSpace, area.width(), small.height());
    painter->setFont(smallFont(option));
    painter->setPen(muted);
    painter->drawText(
        detailLine, Qt::AlignLeft | Qt::AlignVCenter,
        small.elidedText(index.data(PipelineModel::DetailRole).toString(), Qt::ElideRight, area.width()));
    if (const QString problem = index.data(PipelineModel::ProblemRole).toString(); !problem.isEmpty()) {
        painter->setPen(isOff ? muted : colors.danger);
        painter->drawText(QRect(area.left(), detailLine.bottom() + lineSpace, area.width(),
                                area.bottom() - detailLine.bottom()),
                          Qt::AlignLeft | Qt::TextWordWrap, problem);
    }
    painter->restore();
}

QSize PipelineDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    int width = option.rect.width();
    if (const auto* view = qobject_cast<const QAbstractItemView*>(option.widget))
        width = view->viewport()->width();
    int height = 2 * padding + QFontMetrics(titleFont(option)).height() + lineSpace +
                 QFontMetrics(smallFont(option)).height();
    const int problem = problemHeight(option, index.data(PipelineModel::ProblemRole).toString(),
                                      textArea(QRect(0, 0, width, 100)).width());
    if (problem > 0)
        height += lineSpace + problem;
    return {120, height + 1};
}

bool PipelineDelegate::editorEvent(QEvent* event, QAbstractItemModel* model,
                                   const QStyleOptionViewItem& option, const QModelIndex& index)
{
    if (event->type() != QEvent::MouseButtonRelease && event->type() != QEvent::MouseButtonDblClick)
        return false;
    const auto* mouse = static_cast<QMouseEvent*>(event);
    if (mouse->button() != Qt::LeftButton)
        return false;
    const QPoint at = mouse->position().toPoint();
    const QVariant checked = index.data(Qt::CheckStateRole);
    if (checked.isValid() && markArea(option.rect).contains(at)) {
        const bool isOn = checked.toInt() == Qt::Checked;
        return model->setData(index, isOn ? Qt::Unchecked : Qt::Checked, Qt::CheckStateRole);
    }
    const QVariant previewed = index.data(PipelineModel::PreviewRole);
    if (previewed.isValid() && eyeArea(option.rect).contains(at))
        return model->setData(index, !previewed.toBool(), PipelineModel::PreviewRole);
    return false;
}

}  // namespace fc::ui
