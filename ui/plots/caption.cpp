// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/caption.h"

#include <QPainter>
#include <QStringList>
#include <algorithm>
#include <cmath>
#include <iterator>

#include "ui/theme/colors.h"

namespace fc::ui {
namespace {

constexpr double markWidth = 16;
constexpr double markGap = 6;
constexpr double nameGap = 5;
constexpr double pieceGap = 14;

double pieceWidth(const QFontMetricsF& metrics, const Piece& piece)
{
    double width = metrics.horizontalAdvance(piece.name) + metrics.horizontalAdvance(piece.value);
    if (!piece.name.isEmpty() && !piece.value.isEmpty())
        width += nameGap;
    if (piece.mark != Piece::Mark::None)
        width += markWidth + markGap;
    return width;
}

void drawMark(QPainter& painter, const QPointF& left, const Piece& piece)
{
    const QRectF box(left.x(), left.y() - 5, markWidth, 10);
    painter.setRenderHint(QPainter::Antialiasing, true);
    painter.setPen(Qt::NoPen);
    painter.setBrush(piece.color);
    switch (piece.mark) {
        case Piece::Mark::None:
            break;
        case Piece::Mark::Line:
            painter.drawRoundedRect(QRectF(box.left(), left.y() - 1, markWidth, 2), 1, 1);
            break;
        case Piece::Mark::FaintLine:
            painter.drawRect(QRectF(box.left(), left.y() - 0.5, markWidth, 1));
            break;
        case Piece::Mark::Box:
            painter.drawRoundedRect(box, 2, 2);
            break;
        case Piece::Mark::Dot:
            painter.drawEllipse(QPointF(box.center().x(), left.y()), 3.5, 3.5);
            break;
    }
}

}  // namespace

double piecesWidth(const QFont& font, const std::vector<Piece>& pieces)
{
    const QFontMetricsF metrics(font);
    double width = 0;
    for (const Piece& piece : pieces)
        width += pieceWidth(metrics, piece) + pieceGap;
    return pieces.empty() ? 0 : width - pieceGap;
}

QString piecesText(const std::vector<Piece>& pieces)
{
    QStringList all;
    for (const Piece& piece : pieces)
        all.append(QString(piece.name + QStringLiteral(" ") + piece.value).trimmed());
    return all.join(QStringLiteral(", "));
}

void drawPieces(QPainter& painter, const QRectF& area, const std::vector<Piece>& pieces,
                Qt::Alignment alignment, const QColor& muted)
{
    std::vector<Piece> shown = pieces;
    while (!shown.empty() && piecesWidth(painter.font(), shown) > area.width() + 0.5) {
        const auto last =
            std::find_if(shown.rbegin(), shown.rend(), [](const Piece& each) { return !each.important; });
        shown.erase(last == shown.rend() ? std::prev(shown.end()) : std::prev(last.base()));
    }

    const QFontMetricsF metrics(painter.font());
    double x = alignment & Qt::AlignRight ? area.right() - piecesWidth(painter.font(), shown) : area.left();
    const double middle = std::round(area.center().y());
    const double base = std::round(area.center().y() + (metrics.ascent() - metrics.descent()) / 2);
    for (const Piece& piece : shown) {
        const double next = x + pieceWidth(metrics, piece) + pieceGap;
        if (piece.mark != Piece::Mark::None) {
            drawMark(painter, {std::round(x), middle}, piece);
            x += markWidth + markGap;
        }
        if (!piece.name.isEmpty()) {
            painter.setPen(muted);
            painter.drawText(QPointF(x, base), piece.name);
            x += metrics.horizontalAdvance(piece.name) + nameGap;
        }
        painter.setPen(piece.color);
        painter.drawText(QPointF(x, base), piece.value);
        x = next;
    }
}

Caption::Caption(Qt::Alignment alignment, QWidget* parent) : QWidget(parent), m_alignment(alignment)
{
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
}

void Caption::setPieces(std::vector<Piece> pieces)
{
    m_pieces = std::move(pieces);
    updateGeometry();
    update();
}

QSize Caption::sizeHint() const
{
    return {static_cast<int>(std::ceil(piecesWidth(font(), m_pieces))) + 1, fontMetrics().height() + 4};
}

QSize Caption::minimumSizeHint() const
{
    return {0, fontMetrics().height() + 4};
}

void Caption::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    drawPieces(painter, rect(), m_pieces, m_alignment, currentColors().muted);
}

}  // namespace fc::ui
