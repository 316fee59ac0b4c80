// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "ui/plots/bars.h"

class QLabel;

namespace fc::ui {

class Caption;
class PricePlot;

/// Candles and volume, or lines, with forecasts over them. Rows are spaced evenly, so that weekends and gaps
/// take no room; the axis is labelled with their UTC times. A million rows redraw in a few milliseconds.
/// Mouse: drag moves, wheel zooms, double click shows all. Keys: Left, Right, Up or +, Down or -, Home, End,
/// F or 0.
class PriceChart : public QWidget {
    Q_OBJECT
public:
    explicit PriceChart(QWidget* parent = nullptr);

    /// Shows another series, its last bars in view; forecasts of the series before are gone.
    void setBars(Bars bars);
    void clear();
    const Bars& bars() const;
    /// Shown in the middle while there are no bars.
    void setEmptyText(const QString& text);

    /// Computed lines over the prices and in panes below; they are gone with the next setBars().
    void setPreview(std::vector<PreviewPane> panes);
    /// Titles of the panes below the prices, top down.
    QStringList paneTitles() const;

    /// Median line from the last value on, with the 80% band around it.
    void setForecast(const ForecastBand& forecast);
    void clearForecast();

    /// Forecast against what came true, with the cut-off marked. The view stays where it is.
    void setWindowForecast(const WindowBand& window);
    void clearWindowForecast();
    /// Brings the window forecast into view with some bars before it.
    void showWindowForecast();

    /// The last `count` bars and the forecast.
    void showLast(int count);
    /// Rows between two times (seconds), ends included.
    void showRange(double from, double to);
    void fit();

    QSize sizeHint() const override { return {900, 480}; }
    QSize minimumSizeHint() const override { return {280, 180}; }

signals:
    /// Row under the mouse, or -1 when it left.
    void barHovered(qint64 row);
    /// Other bars are shown.
    void barsChanged();

protected:
    void changeEvent(QEvent* event) override;
    void showEvent(QShowEvent* event) override;

private:
    void restyle();
    void readOut(qint64 row);
    void describe();

    PricePlot* m_plot;
    QLabel* m_title;
    Caption* m_values;
    Caption* m_key;
    qint64 m_row = -1;  ///< under the mouse
};

}  // namespace fc::ui
