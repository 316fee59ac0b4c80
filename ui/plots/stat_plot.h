// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>
#include <qcustomplot.h>
#include <vector>

#include "ui/theme/colors.h"

namespace fc::ui {

/// A small picture of one statistic: bars, stems with a band, lines below each other, a map of shares, or
/// named bars. Each setter replaces what was there. Follows the theme.
class StatPlot : public QCustomPlot {
    Q_OBJECT
public:
    explicit StatPlot(QWidget* parent = nullptr);

    /// Bars of equal width next to each other, the first one beginning at `first`.
    void setHistogram(double first, double width, const std::vector<double>& counts);
    /// One stem for each whole number from `firstLag` on, between -1 and 1; `halfWidths` (as many, or none)
    /// is a band around 0.
    void setStems(int firstLag, const std::vector<double>& values, const std::vector<double>& halfWidths,
                  const QString& acrossLabel);
    /// Panes below each other over the same rows, thinned to what the screen can show.
    void setPanes(const QStringList& names, const std::vector<std::vector<double>>& values);
    /// One row for each name, shares from 0 to 1 side by side; `rowsPerBin` scales the axis.
    void setMap(const QStringList& names, const std::vector<std::vector<double>>& shares, double rowsPerBin);
    /// Horizontal bars, the first one at the top.
    void setNamedBars(const QStringList& names, const std::vector<double>& values);
    /// Shown in the middle instead of a picture.
    void setEmptyText(const QString& text);

    /// What is drawn, for tests: values of the first graph or bars.
    int drawnValues() const { return m_drawnValues; }

    QSize sizeHint() const override { return {360, 200}; }
    QSize minimumSizeHint() const override { return {200, 120}; }

protected:
    void changeEvent(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

private:
    void restart();
    void finish();
    void restyle();
    QCPAxisRect* addPane(const QString& name);

    Colors m_colors;
    QString m_emptyText;
    int m_drawnValues = 0;
    bool m_empty = true;
};

}  // namespace fc::ui
