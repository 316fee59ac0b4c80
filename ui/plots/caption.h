// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QString>
#include <QWidget>
#include <vector>

class QPainter;

namespace fc::ui {

/// One entry of a legend or a read-out: a mark, a muted name, a value in its colour; any of them may be
/// missing.
struct Piece {
    enum class Mark { None, Line, FaintLine, Box, Dot };

    QString name;
    QString value;
    QColor color;
    Mark mark = Mark::None;
    bool important = false;  ///< left out only after all others
};

/// Pieces in a row. Those that do not fit are left out: the last ones first, the important ones last of all.
/// Draws into `area` from the left or, with Qt::AlignRight, to the right; `muted` for names.
void drawPieces(QPainter& painter, const QRectF& area, const std::vector<Piece>& pieces,
                Qt::Alignment alignment, const QColor& muted);
/// Width that all of them need.
double piecesWidth(const QFont& font, const std::vector<Piece>& pieces);

/// The same in words: "O 100.0, H 130.5, +50.00%".
QString piecesText(const std::vector<Piece>& pieces);

/// The same as a widget, in the application's colours.
class Caption : public QWidget {
    Q_OBJECT
public:
    explicit Caption(Qt::Alignment alignment, QWidget* parent = nullptr);

    void setPieces(std::vector<Piece> pieces);
    const std::vector<Piece>& pieces() const { return m_pieces; }

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    Qt::Alignment m_alignment;
    std::vector<Piece> m_pieces;
};

}  // namespace fc::ui
