// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/preview_panes.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "ui/plots/number_text.h"
#include "ui/plots/plot_parts.h"

namespace fc::ui {
namespace {

constexpr int leastHeight = 46;
constexpr double titleHeight = 20;

Pyramid pyramidOf(const NamedLine& line)
{
    return Pyramid({line.values, line.values, line.values, line.values, {}});
}

/// Decimals that tell the values of a range apart.
int decimalsOf(const QCPRange& range)
{
    return decimalsFor(std::pow(10, std::floor(std::log10(std::max(range.size(), 1e-12) / 200))));
}

}  // namespace

PreviewPanes::PreviewPanes(QCustomPlot& plot, QCPAxisRect& prices)
    : m_plot(plot), m_prices(prices), m_colors(currentColors())
{
    new Drawing(&plot, QStringLiteral("main"), &prices, [this](QCPPainter& painter) {
        if (!m_over.empty())
            draw(painter, m_onPrices, m_over.front().firstColor, m_prices);
    });
    // Titles hold the values under the mouse and are drawn with the cursor.
    new Drawing(&plot, QStringLiteral("cursor"), nullptr,
                [this](QCPPainter& painter) { drawTitles(painter); });
}

void PreviewPanes::setPanes(std::vector<PreviewPane> panes, std::size_t rows)
{
    removeRects();
    m_panes.clear();
    m_onPrices.clear();
    m_over.clear();
    m_rows = rows;
    std::size_t used = 0;
    for (PreviewPane& each : panes) {
        std::erase_if(each.lines, [&](const NamedLine& line) { return line.values.size() != rows; });
        if (each.lines.empty() || rows == 0)
            continue;
        // The values must not move any more: the pyramids look into them.
        std::deque<Pane>& place = each.onPrices ? m_over : m_panes;
        Pane& pane = place.emplace_back();
        pane.shown = std::move(each);
        pane.firstColor = pane.shown.onPrices ? used : 0;
        if (pane.shown.onPrices)
            used += pane.shown.lines.size();
        for (const NamedLine& line : pane.shown.lines)
            (pane.shown.onPrices ? m_onPrices : pane.pyramids).push_back(pyramidOf(line));
    }
    int row = 1;
    for (Pane& pane : m_panes)
        addRect(pane, row++);
}

void PreviewPanes::addRect(Pane& pane, int row)
{
    m_plot.plotLayout()->insertRow(row);
    pane.rect = new QCPAxisRect(&m_plot);
    m_plot.plotLayout()->addElement(row, 0, pane.rect);
    pane.rect->setMarginGroup(QCP::msLeft | QCP::msRight, m_prices.marginGroup(QCP::msLeft));
    pane.rect->setMinimumSize(50, leastHeight);
    pane.rect->setMinimumMargins({14, 0, 14, 0});
    pane.rect->setRangeDrag(Qt::Horizontal);
    pane.rect->setRangeZoom(Qt::Horizontal);
    pane.rect->setRangeZoomFactor(m_prices.rangeZoomFactor(Qt::Horizontal));
    for (QCPAxis* axis : pane.rect->axes()) {
        axis->setLayer(QStringLiteral("axes"));
        axis->grid()->setLayer(QStringLiteral("grid"));
    }
    pane.rect->axis(QCPAxis::atLeft)->setVisible(false);
    QCPAxis* value = pane.rect->axis(QCPAxis::atRight);
    value->setVisible(true);
    value->setTickLabels(true);
    value->grid()->setVisible(true);
    value->setTicker(QSharedPointer<QCPAxisTicker>(new ValueTicker(*value, ValueTicker::Style::Short, 26)));
    QCPAxis* shared = pane.rect->axis(QCPAxis::atBottom);
    QCPAxis* leading = m_prices.axis(QCPAxis::atBottom);
    shared->setTickLabels(false);
    shared->setTicker(leading->ticker());
    shared->setRange(leading->range());
    const auto changed = qOverload<const QCPRange&>(&QCPAxis::rangeChanged);
    QObject::connect(leading, changed, shared, qOverload<const QCPRange&>(&QCPAxis::setRange));
    QObject::connect(shared, changed, leading, qOverload<const QCPRange&>(&QCPAxis::setRange));
    pane.drawing =
        new Drawing(&m_plot, QStringLiteral("main"), pane.rect, [this, shown = &pane](QCPPainter& painter) {
            draw(painter, shown->pyramids, shown->firstColor, *shown->rect);
        });
}

void PreviewPanes::removeRects()
{
    for (Pane& pane : m_panes) {
        delete pane.drawing;
        m_plot.plotLayout()->remove(pane.rect);
    }
    m_plot.plotLayout()->simplify();
}

void PreviewPanes::fitValues()
{
    const QCPRange range = across().range();
    for (Pane& pane : m_panes) {
        double low = std::numeric_limits<double>::infinity();
        double high = -low;
        for (const Pyramid& pyramid : pane.pyramids) {
            const Pyramid::View shown = view(pyramid);
            const double half = static_cast<double>(shown.rowsPerBar) / 2;
            for (std::size_t i = 0; i < shown.bars.size(); ++i) {
                if (shown.middle(i) + half < range.lower || shown.middle(i) - half > range.upper)
                    continue;
                low = shown.bars[i].low < low ? shown.bars[i].low : low;
                high = shown.bars[i].high > high ? shown.bars[i].high : high;
            }
        }
        if (!(low <= high))
            continue;
        // The title takes the top of the pane.
        const double space = high > low ? (high - low) * 0.08 : std::max(std::abs(low) * 0.01, 1e-9);
        const double title = titleHeight / std::max(leastHeight, pane.rect->height()) * (high - low + space);
        pane.rect->axis(QCPAxis::atRight)->setRange(low - space, high + space + title);
    }
}

QStringList PreviewPanes::titles() const
{
    QStringList all;
    for (const Pane& pane : m_panes)
        all << pane.shown.title;
    return all;
}

QCPRange PreviewPanes::valueRange(int pane) const
{
    return m_panes[static_cast<std::size_t>(pane)].rect->axis(QCPAxis::atRight)->range();
}

Pyramid::View PreviewPanes::view(const Pyramid& pyramid) const
{
    const QCPRange range = across().range();
    return pyramid.view(range.lower, range.upper, std::max(64, m_prices.width()));
}

QColor PreviewPanes::color(std::size_t line) const
{
    const bool dark = m_colors.dark;
    const QColor all[] = {dark ? QColor(0x4f, 0xc8, 0xd8) : QColor(0x0b, 0x76, 0x85),
                          dark ? QColor(0xb8, 0x92, 0xff) : QColor(0x7a, 0x3f, 0xc9),
                          dark ? QColor(0xf2, 0xc1, 0x4e) : QColor(0x9a, 0x67, 0x00),
                          m_colors.train,
                          m_colors.validation,
                          m_colors.muted};
    return all[line % std::size(all)];
}

void PreviewPanes::draw(QCPPainter& painter, const std::deque<Pyramid>& pyramids, std::size_t firstColor,
                        const QCPAxisRect& rect)
{
    const Mapping map = mappingOf(across(), *rect.axis(QCPAxis::atRight));
    if (&rect != &m_prices)
        fill(painter, {QRect(rect.rect().left(), rect.rect().top(), rect.rect().width(), 1)},
             m_colors.border);
    painter.setRenderHint(QPainter::Antialiasing, true);
    for (std::size_t i = 0; i < pyramids.size(); ++i) {
        const Pyramid::View shown = view(pyramids[i]);
        const QVector<QLineF> lines = lineShapes(shown, map);
        stroke(painter, lines, color(firstColor + i), shown.rowsPerBar > 1 ? 1.0 : 1.4);
        m_drawnLines = lines.size();
    }
}

qint64 PreviewPanes::shownRow() const
{
    const auto last = static_cast<double>(m_rows) - 1;
    return std::llround(std::clamp(m_cursorRow.value_or(last), 0.0, last));
}

void PreviewPanes::drawTitles(QCPPainter& painter) const
{
    if (m_panes.empty() && m_over.empty())
        return;
    painter.setFont(m_plot.font());
    const qint64 row = shownRow();
    const auto draw = [&](const QCPAxisRect& rect, const std::vector<Piece>& shown) {
        const QRectF area(rect.rect().left() + 4, rect.rect().top() + 2, rect.rect().width() - 8,
                          titleHeight);
        drawPieces(painter, area, shown, Qt::AlignLeft, m_colors.muted);
    };
    if (!m_over.empty())
        draw(m_prices, readOut(-1, row));
    for (std::size_t i = 0; i < m_panes.size(); ++i)
        draw(*m_panes[i].rect, readOut(static_cast<int>(i), row));
}

std::vector<Piece> PreviewPanes::readOut(int pane, qint64 row) const
{
    if (pane >= 0)
        return pieces(m_panes[static_cast<std::size_t>(pane)], row);
    std::vector<Piece> all;
    for (const Pane& each : m_over)
        for (Piece& piece : pieces(each, row))
            all.push_back(std::move(piece));
    return all;
}

std::vector<Piece> PreviewPanes::pieces(const Pane& pane, qint64 row) const
{
    std::vector<Piece> all;
    const QCPAxis* value = (pane.rect ? pane.rect : &m_prices)->axis(QCPAxis::atRight);
    const int decimals = decimalsOf(value->range());
    const bool several = pane.shown.lines.size() > 1;
    if (several)
        all.push_back({pane.shown.title, {}, {}, Piece::Mark::None, true});
    for (std::size_t i = 0; i < pane.shown.lines.size(); ++i) {
        const NamedLine& line = pane.shown.lines[i];
        const double at = line.values[static_cast<std::size_t>(row)];
        all.push_back({several ? line.name : pane.shown.title,
                       std::isfinite(at) ? fixedNumber(at, decimals) : QStringLiteral("–"),
                       color(pane.firstColor + i), Piece::Mark::Line, !several});
    }
    return all;
}

}  // namespace fc::ui
