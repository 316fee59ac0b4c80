// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/price_plot.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "ui/plots/number_text.h"
#include "ui/plots/plot_parts.h"
#include "ui/plots/preview_panes.h"

namespace fc::ui {
namespace {

constexpr double fewestRows = 8;

bool hasVolume(const Bars& bars)
{
    return bars.isMarket() &&
           std::any_of(bars.volume.begin(), bars.volume.end(), [](double v) { return v > 0; });
}

/// Decimals in which the latest values are written, as far as six digits go.
int typicalDecimals(std::span<const double> values)
{
    int decimals = 0;
    int most = 2;
    for (const double value : values.last(std::min<std::size_t>(values.size(), 100))) {
        if (!std::isfinite(value) || value == 0)
            continue;
        most = std::clamp(5 - static_cast<int>(std::floor(std::log10(std::abs(value)))), 0, 10);
        const auto whole = [&](double scaled) {
            return std::abs(scaled - std::round(scaled)) <= std::abs(scaled) * 1e-9;
        };
        while (decimals < most && !whole(value * std::pow(10, decimals)))
            ++decimals;
    }
    return std::min(decimals, most);
}

}  // namespace

PricePlot::PricePlot(QWidget* parent) : ChartPlot(parent)
{
    buildAxes();
    new Drawing(this, QStringLiteral("main"), m_volumeRect, [this](QCPPainter& p) { drawVolume(p); });
    new Drawing(this, QStringLiteral("main"), m_priceRect, [this](QCPPainter& p) { drawPrices(p); });
    new Drawing(this, QStringLiteral("overlay"), nullptr, [this](QCPPainter& p) { drawTags(p); });
    m_preview = std::make_unique<PreviewPanes>(*this, *m_priceRect);
    connect(this, &ChartPlot::hovered, this,
            [this](std::optional<double> row) { m_preview->setCursorRow(row); });
    setBars({});
}

PricePlot::~PricePlot() = default;

void PricePlot::buildAxes()
{
    plotLayout()->clear();
    plotLayout()->setRowSpacing(0);
    m_priceRect = new QCPAxisRect(this);
    m_volumeRect = new QCPAxisRect(this);
    plotLayout()->addElement(0, 0, m_priceRect);
    plotLayout()->addElement(1, 0, m_volumeRect);
    auto* group = new QCPMarginGroup(this);
    for (QCPAxisRect* rect : {m_priceRect, m_volumeRect}) {
        rect->setMarginGroup(QCP::msLeft | QCP::msRight, group);
        rect->axis(QCPAxis::atLeft)->setVisible(false);
        rect->axis(QCPAxis::atRight)->setVisible(true);
        rect->axis(QCPAxis::atRight)->setTickLabels(true);
        rect->axis(QCPAxis::atRight)->grid()->setVisible(true);
        rect->axis(QCPAxis::atLeft)->grid()->setVisible(false);
        rect->setRangeDrag(Qt::Horizontal);
        rect->setRangeZoom(Qt::Horizontal);
        rect->setRangeZoomFactor(0.85);
        rect->setMinimumMargins({14, 0, 14, 0});
        for (QCPAxis* axis : rect->axes()) {
            axis->setLayer(QStringLiteral("axes"));
            axis->grid()->setLayer(QStringLiteral("grid"));
        }
    }
    m_priceRect->setAutoMargins(QCP::msLeft | QCP::msRight);
    m_priceRect->setMargins({14, 6, 14, 0});
    m_volumeRect->setMinimumMargins({14, 0, 14, 8});

    QCPAxis* rowAxis = m_priceRect->axis(QCPAxis::atBottom);
    m_price = m_priceRect->axis(QCPAxis::atRight);
    m_volume = m_volumeRect->axis(QCPAxis::atRight);
    QCPAxis* shared = m_volumeRect->axis(QCPAxis::atBottom);
    rowAxis->setTickLabels(false);
    const QSharedPointer<QCPAxisTicker> rows(new RowTicker(m_clock, *rowAxis));
    rowAxis->setTicker(rows);
    shared->setTicker(rows);
    m_price->setTicker(
        QSharedPointer<QCPAxisTicker>(new ValueTicker(*m_price, ValueTicker::Style::Full, 52)));
    m_volume->setTicker(
        QSharedPointer<QCPAxisTicker>(new ValueTicker(*m_volume, ValueTicker::Style::Short, 30)));
    connect(rowAxis, qOverload<const QCPRange&>(&QCPAxis::rangeChanged), shared,
            qOverload<const QCPRange&>(&QCPAxis::setRange));
    connect(shared, qOverload<const QCPRange&>(&QCPAxis::rangeChanged), rowAxis,
            qOverload<const QCPRange&>(&QCPAxis::setRange));
    setAcross(rowAxis);
}

void PricePlot::setBars(Bars bars)
{
    m_bars = std::move(bars);
    m_clock = RowClock(m_bars.time, m_bars.hasClock);
    m_forecast = {};
    m_window = {};
    dropCursor();
    m_preview->setPanes({}, m_bars.rows());
    m_candles = m_bars.isMarket()
                    ? Pyramid({m_bars.open, m_bars.high, m_bars.low, m_bars.close, m_bars.volume})
                    : Pyramid();
    m_linePyramids.clear();
    for (const NamedLine& line : m_bars.lines)
        m_linePyramids.push_back(Pyramid({line.values, line.values, line.values, line.values, {}}));
    m_decimals = typicalDecimals(values(0));

    const bool any = m_bars.rows() > 0;
    const bool volume = hasVolume(m_bars);
    m_priceRect->setVisible(any);
    m_volumeRect->setVisible(any);
    // Without volume the lower pane keeps only its labels of time.
    m_volumeRect->setMinimumSize(50, volume ? 24 : 1);
    m_volumeRect->setMaximumSize(QWIDGETSIZE_MAX, volume ? QWIDGETSIZE_MAX : 1);
    m_volume->setTickLabels(volume);
    m_volume->grid()->setVisible(volume);
    setStretches();
    showLast(160);
    replot(rpQueuedReplot);
}

void PricePlot::setStretches()
{
    const bool volume = hasVolume(m_bars);
    QList<double> stretches{volume ? 4.2 : 4.0};
    for (qsizetype pane = 0; pane < m_preview->titles().size(); ++pane)
        stretches << 1.25;
    stretches << (volume ? 1.0 : 0.01);
    plotLayout()->setRowStretchFactors(stretches);
}

void PricePlot::setPreview(std::vector<PreviewPane> panes)
{
    m_preview->setPanes(std::move(panes), m_bars.rows());
    setStretches();
    stylePlot(*this, colors(), font());
    lookChanged();
    fitValues();
    replot(rpQueuedReplot);
}

void PricePlot::lookChanged()
{
    m_preview->setLook(colors());
}

void PricePlot::setForecast(const ForecastBand& forecast)
{
    const bool wasAtEnd = endInView();
    m_forecastLine = forecast.line;
    m_forecast = fanOf(forecast, values(forecast.line));
    m_clock.setFuture(m_forecast.isEmpty() ? std::vector<double>() : forecast.time);
    keepEnd(wasAtEnd);
    fitValues();
    replot(rpQueuedReplot);
}

void PricePlot::setWindow(const WindowBand& window)
{
    m_window = fanOf(window, values(window.line), m_clock);
    fitValues();
    replot(rpQueuedReplot);
}

std::span<const double> PricePlot::values(int line) const
{
    if (m_bars.isMarket())
        return m_bars.close;
    if (m_bars.lines.empty())
        return {};
    const auto last = static_cast<int>(m_bars.lines.size()) - 1;
    return m_bars.lines[static_cast<std::size_t>(std::clamp(line, 0, last))].values;
}

double PricePlot::end() const
{
    const double known = static_cast<double>(m_bars.rows()) - 1;
    return m_forecast.isEmpty() ? known : m_forecast.end();
}

bool PricePlot::endInView() const
{
    const double last = static_cast<double>(m_bars.rows()) - 1;
    return across()->range().contains(last);
}

void PricePlot::keepEnd(bool wasAtEnd)
{
    const QCPRange range = across()->range();
    const double pad = std::max(2.0, range.size() * 0.02);
    if (wasAtEnd && range.upper < end() + pad)
        across()->setRange(range.lower, end() + pad);
}

void PricePlot::showLast(int count)
{
    const double known = static_cast<double>(m_bars.rows()) - 1;
    showRows(std::max(0.0, known - count), end());
}

void PricePlot::showRows(double from, double to)
{
    const double pad = std::max(1.0, (to - from) * 0.02);
    across()->setRange(from - pad, to + pad);
    fitValues();
    replot(rpQueuedReplot);
}

void PricePlot::showWindow()
{
    if (m_window.isEmpty())
        return;
    const double length = m_window.end() - m_window.cut;
    showRows(std::max(0.0, m_window.cut - std::max(40.0, 3 * length)),
             m_window.end() + std::max(5.0, length / 4));
}

void PricePlot::fit()
{
    showRows(0, end());
}

QCPRange PricePlot::allowed(QCPRange range) const
{
    const double widest = std::max(fewestRows, end() * 1.1 + fewestRows);
    if (range.size() < fewestRows)
        range = QCPRange(range.center() - fewestRows / 2, range.center() + fewestRows / 2);
    if (range.size() > widest)
        range = QCPRange(end() / 2 - widest / 2, end() / 2 + widest / 2);
    const double space = std::max(fewestRows, range.size() * 0.5);
    if (range.lower < -space)
        range += -space - range.lower;
    if (range.upper > end() + space)
        range -= range.upper - end() - space;
    return range;
}

Pyramid::View PricePlot::view(const Pyramid& pyramid) const
{
    // A candle needs three pixels, a line one.
    const int pixelsPerBar = m_bars.isMarket() ? 3 : 1;
    const QCPRange range = across()->range();
    return pyramid.view(range.lower, range.upper, std::max(64, m_priceRect->width() / pixelsPerBar));
}

void PricePlot::fitValues()
{
    double low = std::numeric_limits<double>::infinity();
    double high = -low;
    double volume = 0;
    const QCPRange range = across()->range();
    const auto widen = [&](double a, double b) {
        low = a < low ? a : low;
        high = b > high ? b : high;
    };
    const auto widenBars = [&](const Pyramid& pyramid) {
        const Pyramid::View shown = view(pyramid);
        const double half = static_cast<double>(shown.rowsPerBar) / 2;
        for (std::size_t i = 0; i < shown.bars.size(); ++i) {
            if (shown.middle(i) + half < range.lower || shown.middle(i) - half > range.upper)
                continue;
            widen(shown.bars[i].low, shown.bars[i].high);
            volume = shown.bars[i].volume > volume ? shown.bars[i].volume : volume;
        }
    };
    widenBars(m_candles);
    for (const Pyramid& pyramid : m_linePyramids)
        widenBars(pyramid);
    for (const Fan* fan : {&m_forecast, &m_window}) {
        for (std::size_t i = 0; i < fan->rows.size(); ++i) {
            if (!range.contains(fan->rows[i]))
                continue;
            widen(fan->middle[i], fan->middle[i]);
            if (!fan->lower.empty())
                widen(fan->lower[i], fan->upper[i]);
        }
    }
    m_preview->fitValues();
    for (const Pyramid& pyramid : m_preview->overPrices())
        widenBars(pyramid);
    if (!(low <= high))
        return;
    const double space = high > low ? (high - low) * 0.07 : std::max(std::abs(low) * 0.01, 1e-9);
    m_price->setRange(low - space, high + space);
    m_volume->setRange(0, std::max(volume * 1.12, 1e-12));

    // The tags beside the axis have decimals that its labels have not.
    const QFontMetrics metrics(font());
    const int tag =
        std::max(metrics.horizontalAdvance(tagText(low)), metrics.horizontalAdvance(tagText(high))) + 16;
    for (QCPAxisRect* rect : axisRects())
        rect->setMinimumMargins({14, 0, std::max(14, tag), rect == m_volumeRect ? 8 : 0});
    emit viewChanged();
}

void PricePlot::setAxisLabels(const QString& time, const QString& value)
{
    m_volumeRect->axis(QCPAxis::atBottom)->setLabel(time);
    m_price->setLabel(value);
}

}  // namespace fc::ui
