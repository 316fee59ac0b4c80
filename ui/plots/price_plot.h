// SPDX-License-Identifier: GPL-3.0-or-later
// The plot inside PriceChart and forecast pictures: axes, drawing, moving about. Included by ui/plots and its
// tests.
#pragma once

#include <memory>
#include <qcustomplot.h>
#include <vector>

#include "ui/plots/bars.h"
#include "ui/plots/caption.h"
#include "ui/plots/chart_plot.h"
#include "ui/plots/fan.h"
#include "ui/plots/pyramid.h"
#include "ui/plots/row_clock.h"
#include "ui/plots/shapes.h"

namespace fc::ui {

/// What the last drawing of the main layers put on the screen, in shapes.
struct DrawnCount {
    qsizetype candles = 0;  ///< rectangles, wicks and bodies counted alone
    qsizetype volumes = 0;
    qsizetype lines = 0;
};

class PreviewPanes;

class PricePlot : public ChartPlot {
    Q_OBJECT
public:
    explicit PricePlot(QWidget* parent = nullptr);
    ~PricePlot() override;

    void setBars(Bars bars);
    const Bars& bars() const { return m_bars; }
    void setForecast(const ForecastBand& forecast);
    void setWindow(const WindowBand& window);
    /// Computed lines over the prices and in panes below; they go with the bars. Lines of another length than
    /// the bars are left out.
    void setPreview(std::vector<PreviewPane> panes);
    const PreviewPanes& preview() const { return *m_preview; }
    const Fan& forecast() const { return m_forecast; }
    const Fan& window() const { return m_window; }

    void showLast(int count);
    void showRows(double from, double to);
    void showWindow();
    void fit() override;

    const RowClock& clock() const { return m_clock; }
    QCPRange rowRange() const { return across()->range(); }
    QCPRange valueRange() const { return m_price->range(); }
    const DrawnCount& drawn() const { return m_drawn; }

    /// Legend of what is in view.
    std::vector<Piece> key() const;
    /// Names and colours of the lines, for a legend where there is no read-out.
    std::vector<Piece> lineKey() const;
    /// Words under and beside the axes, for pictures.
    void setAxisLabels(const QString& time, const QString& value);
    /// Values of one row, known or forecast.
    std::vector<Piece> readOut(qint64 row) const;
    /// Decimals that values of this series take in read-outs.
    int decimals() const { return m_decimals; }

signals:
    /// The legend may have changed.
    void viewChanged();

protected:
    bool isEmpty() const override { return m_bars.rows() == 0; }
    QRect dataArea() const override { return m_priceRect->rect() | m_volumeRect->rect(); }
    void lookChanged() override;
    /// Last row, known or forecast.
    double end() const override;
    QCPRange allowed(QCPRange range) const override;
    void fitValues() override;
    void drawCursor(QCPPainter& painter, const QPointF& cursor) const override;

private:
    void buildAxes();
    void setStretches();
    /// Keeps the end of the series in view after something was put beyond it.
    void keepEnd(bool wasAtEnd);
    bool endInView() const;
    /// Close, or the chosen line.
    std::span<const double> values(int line) const;
    /// Finest level for the width of the plot.
    Pyramid::View view(const Pyramid& pyramid) const;

    void drawPrices(QCPPainter& painter);
    void drawVolume(QCPPainter& painter);
    void drawFan(QCPPainter& painter, const Fan& fan, const Mapping& map) const;
    void drawTags(QCPPainter& painter) const;
    QRectF tagColumn() const;
    QString tagText(double value) const;
    QColor lineColor(std::size_t line) const;

    Bars m_bars;
    RowClock m_clock;
    Pyramid m_candles;
    std::vector<Pyramid> m_linePyramids;
    Fan m_forecast;
    Fan m_window;
    int m_decimals = 2;
    int m_forecastLine = 0;
    DrawnCount m_drawn;

    // The axis across belongs to the price pane; that of the volume pane follows.
    QCPAxisRect* m_priceRect = nullptr;
    QCPAxisRect* m_volumeRect = nullptr;
    QCPAxis* m_price = nullptr;
    QCPAxis* m_volume = nullptr;
    std::unique_ptr<PreviewPanes> m_preview;
};

}  // namespace fc::ui
