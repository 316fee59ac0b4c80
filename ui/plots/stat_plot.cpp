// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/stat_plot.h"

#include <QEvent>
#include <QPainter>
#include <algorithm>
#include <cmath>

#include "ui/plots/plot_parts.h"
#include "ui/theme/theme.h"

namespace fc::ui {

namespace {

constexpr std::size_t mostPoints = 2000;

QVector<double> counting(double first, double step, std::size_t count)
{
    QVector<double> out;
    for (std::size_t i = 0; i < count; ++i)
        out.append(first + step * static_cast<double>(i));
    return out;
}

/// Lowest and highest value of each of at most `mostPoints` / 2 stretches, so that no peak is lost.
void thinned(const std::vector<double>& values, QVector<double>& rows, QVector<double>& shown)
{
    const std::size_t stretch = std::max<std::size_t>(1, values.size() * 2 / mostPoints);
    for (std::size_t begin = 0; begin < values.size(); begin += stretch) {
        const auto from = values.begin() + static_cast<std::ptrdiff_t>(begin);
        const auto to =
            values.begin() + static_cast<std::ptrdiff_t>(std::min(begin + stretch, values.size()));
        const auto known = [](double a, double b) { return std::isnan(b) || a < b; };
        const auto low = std::min_element(from, to, known);
        const auto high = std::max_element(
            from, to, [](double a, double b) { return !std::isnan(b) && (std::isnan(a) || a < b); });
        for (const auto at : {std::min(low, high), std::max(low, high)}) {
            rows.append(static_cast<double>(at - values.begin()));
            shown.append(*at);
            if (low == high)
                break;
        }
    }
}

}  // namespace

StatPlot::StatPlot(QWidget* parent) : QCustomPlot(parent)
{
    setInteractions(QCP::Interactions());
    legend->setVisible(false);
    restart();
    finish();
}

void StatPlot::setEmptyText(const QString& text)
{
    restart();
    m_emptyText = text;
    finish();
}

void StatPlot::restart()
{
    clearPlottables();
    clearItems();
    plotLayout()->clear();
    m_emptyText.clear();
    m_drawnValues = 0;
    m_empty = true;
}

QCPAxisRect* StatPlot::addPane(const QString& name)
{
    auto* rect = new QCPAxisRect(this, true);
    plotLayout()->addElement(plotLayout()->rowCount(), 0, rect);
    rect->setMinimumMargins({10, 6, 12, 4});
    rect->axis(QCPAxis::atBottom)
        ->setTicker(QSharedPointer<QCPAxisTicker>(
            new ValueTicker(*rect->axis(QCPAxis::atBottom), ValueTicker::Style::Full, 90)));
    rect->axis(QCPAxis::atLeft)
        ->setTicker(QSharedPointer<QCPAxisTicker>(
            new ValueTicker(*rect->axis(QCPAxis::atLeft), ValueTicker::Style::Short, 40)));
    rect->axis(QCPAxis::atLeft)->setLabel(name);
    m_empty = false;
    return rect;
}

void StatPlot::finish()
{
    restyle();
    replot(rpQueuedReplot);
}

void StatPlot::setHistogram(double first, double width, const std::vector<double>& counts)
{
    restart();
    QCPAxisRect* rect = addPane({});
    auto* bars = new QCPBars(rect->axis(QCPAxis::atBottom), rect->axis(QCPAxis::atLeft));
    const double shown = width > 0 ? width : 1;
    bars->setWidth(shown);
    const QVector<double> heights(counts.begin(), counts.end());
    bars->setData(counting(first + (width > 0 ? width / 2 : 0), shown, counts.size()), heights, true);
    m_drawnValues = static_cast<int>(counts.size());
    rect->axis(QCPAxis::atBottom)
        ->setRange(first - shown / 2, first + shown * (static_cast<double>(counts.size()) + 0.5));
    const double top = counts.empty() ? 1 : *std::ranges::max_element(counts);
    rect->axis(QCPAxis::atLeft)->setRange(0, std::max(1.0, top) * 1.05);
    finish();
}

void StatPlot::setStems(int firstLag, const std::vector<double>& values,
                        const std::vector<double>& halfWidths, const QString& acrossLabel)
{
    restart();
    QCPAxisRect* rect = addPane({});
    QCPAxis* across = rect->axis(QCPAxis::atBottom);
    QCPAxis* up = rect->axis(QCPAxis::atLeft);
    const QVector<double> lags = counting(firstLag, 1, values.size());
    if (halfWidths.size() == values.size()) {
        QVector<double> above(halfWidths.begin(), halfWidths.end());
        QVector<double> below = above;
        for (double& value : below)
            value = -value;
        auto* high = new QCPGraph(across, up);
        auto* low = new QCPGraph(across, up);
        high->setName(QStringLiteral("band"));
        low->setName(QStringLiteral("band"));
        high->setData(lags, above, true);
        low->setData(lags, below, true);
        high->setChannelFillGraph(low);
    }
    auto* stems = new QCPGraph(across, up);
    stems->setName(QStringLiteral("stems"));
    stems->setLineStyle(QCPGraph::lsImpulse);
    stems->setData(lags, QVector<double>(values.begin(), values.end()), true);
    m_drawnValues = static_cast<int>(values.size());
    across->setRange(firstLag - 0.8, firstLag + static_cast<double>(values.size()) - 0.2);
    across->setLabel(acrossLabel);
    double least = 0;
    double most = 0;
    for (const double value : values) {
        least = std::min(least, std::isnan(value) ? 0 : value);
        most = std::max(most, std::isnan(value) ? 0 : value);
    }
    up->setRange(std::min(-0.15, least * 1.1), std::max(0.15, most * 1.1));
    finish();
}

void StatPlot::setPanes(const QStringList& names, const std::vector<std::vector<double>>& values)
{
    restart();
    for (std::size_t i = 0; i < values.size(); ++i) {
        QCPAxisRect* rect = addPane(names.value(static_cast<int>(i)));
        auto* line = new QCPGraph(rect->axis(QCPAxis::atBottom), rect->axis(QCPAxis::atLeft));
        line->setName(QStringLiteral("line"));
        QVector<double> rows;
        QVector<double> shown;
        thinned(values[i], rows, shown);
        line->setData(rows, shown, true);
        line->rescaleValueAxis();
        rect->axis(QCPAxis::atLeft)->scaleRange(1.1);
        rect->axis(QCPAxis::atBottom)->setRange(0, static_cast<double>(values[i].size()));
        rect->axis(QCPAxis::atBottom)->setTickLabels(i + 1 == values.size());
        m_drawnValues += static_cast<int>(shown.size());
    }
    finish();
}

void StatPlot::setMap(const QStringList& names, const std::vector<std::vector<double>>& shares,
                      double rowsPerBin)
{
    restart();
    if (shares.empty() || shares.front().empty())
        return finish();
    QCPAxisRect* rect = addPane({});
    QCPAxis* across = rect->axis(QCPAxis::atBottom);
    QCPAxis* up = rect->axis(QCPAxis::atLeft);
    const auto bins = static_cast<int>(shares.front().size());
    const auto rows = static_cast<int>(shares.size());
    auto* map = new QCPColorMap(across, up);
    map->data()->setSize(bins, rows);
    map->data()->setRange({rowsPerBin / 2, rowsPerBin * (bins - 0.5)},
                          {0, static_cast<double>(std::max(1, rows - 1))});
    for (int row = 0; row < rows; ++row)
        for (int bin = 0; bin < bins; ++bin)
            map->data()->setCell(bin, rows - 1 - row,
                                 shares[static_cast<std::size_t>(row)][static_cast<std::size_t>(bin)]);
    map->setInterpolate(false);
    map->setDataRange({0, 1});
    m_drawnValues = bins * rows;
    auto ticker = QSharedPointer<QCPAxisTickerText>::create();
    for (int row = 0; row < rows; ++row)
        ticker->addTick(rows - 1 - row, names.value(row));
    up->setTicker(ticker);
    up->setRange(-0.6, rows - 0.4);
    across->setRange(0, rowsPerBin * bins);
    across->setLabel(tr("row"));
    finish();
}

void StatPlot::setNamedBars(const QStringList& names, const std::vector<double>& values)
{
    restart();
    QCPAxisRect* rect = addPane({});
    QCPAxis* across = rect->axis(QCPAxis::atBottom);
    QCPAxis* up = rect->axis(QCPAxis::atLeft);
    auto* bars = new QCPBars(up, across);
    bars->setWidth(0.7);
    QVector<double> lengths;
    for (const double value : values)
        lengths.append(std::isnan(value) ? 0 : value);
    bars->setData(counting(0, 1, values.size()), lengths, true);
    m_drawnValues = static_cast<int>(values.size());
    auto ticker = QSharedPointer<QCPAxisTickerText>::create();
    for (int i = 0; i < names.size(); ++i)
        ticker->addTick(i, names[i]);
    up->setTicker(ticker);
    up->setRange(-0.6, static_cast<double>(values.size()) - 0.4);
    up->setRangeReversed(true);
    const double most = lengths.isEmpty() ? 0 : *std::ranges::max_element(lengths);
    across->setRange(0, std::max(most * 1.05, 1e-3));
    finish();
}

void StatPlot::restyle()
{
    m_colors = currentColors();
    stylePlot(*this, m_colors, uiFont(8.5));
    for (int i = 0; i < plottableCount(); ++i) {
        QCPAbstractPlottable* each = plottable(i);
        if (auto* bars = qobject_cast<QCPBars*>(each)) {
            bars->setPen(Qt::NoPen);
            bars->setBrush(blend(m_colors.accent, m_colors.panel, 0.85));
        } else if (auto* map = qobject_cast<QCPColorMap*>(each)) {
            QCPColorGradient gradient;
            gradient.clearColorStops();
            gradient.setColorStopAt(0, m_colors.raised);
            gradient.setColorStopAt(0.001, blend(m_colors.warning, m_colors.raised, 0.45));
            gradient.setColorStopAt(1, m_colors.warning);
            map->setGradient(gradient);
        } else if (each->name() == QStringLiteral("band")) {
            each->setPen(QPen(blend(m_colors.muted, m_colors.panel, 0.6), 1));
            each->setBrush(blend(m_colors.muted, m_colors.panel, 0.18));
        } else {
            each->setPen(QPen(m_colors.accent, each->name() == QStringLiteral("stems") ? 2 : 1));
        }
    }
}

void StatPlot::changeEvent(QEvent* event)
{
    QCustomPlot::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::StyleChange)
        finish();
}

void StatPlot::paintEvent(QPaintEvent* event)
{
    QCustomPlot::paintEvent(event);
    if (!m_empty || m_emptyText.isEmpty())
        return;
    QPainter painter(this);
    painter.setFont(uiFont());
    painter.setPen(m_colors.muted);
    painter.drawText(rect().adjusted(12, 12, -12, -12), Qt::AlignCenter | Qt::TextWordWrap, m_emptyText);
}

}  // namespace fc::ui
