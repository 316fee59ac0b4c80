// SPDX-License-Identifier: GPL-3.0-or-later
// Computed lines over the prices and in panes below them. Included by ui/plots and its tests.
#pragma once

#include <deque>
#include <optional>
#include <qcustomplot.h>
#include <vector>

#include "ui/plots/bars.h"
#include "ui/plots/caption.h"
#include "ui/plots/pyramid.h"
#include "ui/theme/colors.h"

namespace fc::ui {

class Drawing;

/// The preview of one plot. The panes stand between the prices and whatever is in the last row of the plot's
/// layout, and move along the axis across the prices.
class PreviewPanes {
public:
    /// Both outlive it.
    PreviewPanes(QCustomPlot& plot, QCPAxisRect& prices);

    /// Lines that are not `rows` long are left out, and panes without any line.
    void setPanes(std::vector<PreviewPane> panes, std::size_t rows);
    /// The row whose values are read out; without one, the last.
    void setCursorRow(std::optional<double> row) { m_cursorRow = row; }
    void setLook(const Colors& colors) { m_colors = colors; }
    /// Ranges of the panes for what is in view.
    void fitValues();

    /// Of the panes below the prices, top down.
    QStringList titles() const;
    /// The lines over the prices, for the range of their axis.
    const std::deque<Pyramid>& overPrices() const { return m_onPrices; }
    /// Name and value of each line at a row, for pane `pane` as titles() counts them; -1: over the prices.
    std::vector<Piece> readOut(int pane, qint64 row) const;
    QCPRange valueRange(int pane) const;
    /// Shapes of the last line that was drawn.
    qsizetype drawnLines() const { return m_drawnLines; }

private:
    struct Pane {
        PreviewPane shown;
        std::deque<Pyramid> pyramids;  ///< of shown.lines
        QCPAxisRect* rect = nullptr;
        Drawing* drawing = nullptr;
        std::size_t firstColor = 0;
    };

    void addRect(Pane& pane, int row);
    void removeRects();
    void draw(QCPPainter& painter, const std::deque<Pyramid>& lines, std::size_t firstColor,
              const QCPAxisRect& rect);
    void drawTitles(QCPPainter& painter) const;
    std::vector<Piece> pieces(const Pane& pane, qint64 row) const;
    qint64 shownRow() const;
    Pyramid::View view(const Pyramid& pyramid) const;
    QColor color(std::size_t line) const;
    const QCPAxis& across() const { return *m_prices.axis(QCPAxis::atBottom); }

    QCustomPlot& m_plot;
    QCPAxisRect& m_prices;
    Colors m_colors;
    std::size_t m_rows = 0;
    qsizetype m_drawnLines = 0;
    std::optional<double> m_cursorRow;
    std::deque<Pane> m_panes;        ///< below the prices
    std::deque<Pane> m_over;         ///< over them
    std::deque<Pyramid> m_onPrices;  ///< of all lines of m_over
};

}  // namespace fc::ui
