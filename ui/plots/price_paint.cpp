// SPDX-License-Identifier: GPL-3.0-or-later
// What PricePlot draws and says.
#include <algorithm>
#include <cmath>

#include "ui/plots/number_text.h"
#include "ui/plots/plot_parts.h"
#include "ui/plots/price_plot.h"

namespace fc::ui {
QColor PricePlot::lineColor(std::size_t line) const
{
    const QColor all[] = {colors().train,
                          colors().up,
                          colors().down,
                          colors().dark ? QColor(0xb8, 0x92, 0xff) : QColor(0x7a, 0x3f, 0xc9),
                          colors().dark ? QColor(0x4f, 0xc8, 0xd8) : QColor(0x0b, 0x76, 0x85),
                          colors().muted};
    return all[line % std::size(all)];
}

void PricePlot::drawPrices(QCPPainter& painter)
{
    const Mapping map = mappingOf(*across(), *m_price);
    const RiseAndFall candles = candleShapes(view(m_candles), map);
    fill(painter, candles.up, colors().up);
    fill(painter, candles.down, colors().down);
    m_drawn.candles = candles.up.size() + candles.down.size();

    m_drawn.lines = 0;
    for (std::size_t i = 0; i < m_linePyramids.size(); ++i) {
        const Pyramid::View shown = view(m_linePyramids[i]);
        const QVector<QLineF> lines = lineShapes(shown, map);
        painter.setRenderHint(QPainter::Antialiasing, true);
        stroke(painter, lines, lineColor(i), shown.rowsPerBar > 1 ? 1.0 : 1.6);
        m_drawn.lines += lines.size();
    }
    drawFan(painter, m_window, map);
    drawFan(painter, m_forecast, map);
}

void PricePlot::drawVolume(QCPPainter& painter)
{
    const RiseAndFall bars = volumeShapes(view(m_candles), mappingOf(*across(), *m_volume));
    fill(painter, bars.up, blend(colors().up, colors().panel, 0.45));
    fill(painter, bars.down, blend(colors().down, colors().panel, 0.45));
    m_drawn.volumes = bars.up.size() + bars.down.size();
}

void PricePlot::drawFan(QCPPainter& painter, const Fan& fan, const Mapping& map) const
{
    if (fan.isEmpty() || fan.end() < map.left || fan.cut > map.right)
        return;
    if (!fan.lower.empty()) {
        QPolygonF band;
        for (std::size_t i = 0; i < fan.rows.size(); ++i)
            if (std::isfinite(fan.upper[i]))
                band.append({map.x(fan.rows[i]), map.y(fan.upper[i])});
        for (std::size_t i = fan.rows.size(); i-- > 0;)
            if (std::isfinite(fan.lower[i]))
                band.append({map.x(fan.rows[i]), map.y(fan.lower[i])});
        QColor ground = colors().forecast;
        ground.setAlphaF(colors().dark ? 0.20F : 0.16F);
        painter.setRenderHint(QPainter::Antialiasing, true);
        painter.setPen(Qt::NoPen);
        painter.setBrush(ground);
        painter.drawPolygon(band.intersected(QPolygonF(map.area)));
        const QColor edge = blend(colors().forecast, colors().panel, 0.55);
        stroke(painter, segments(fan.rows, fan.lower, map), edge, 1);
        stroke(painter, segments(fan.rows, fan.upper, map), edge, 1);
    }
    const double cut = map.x(fan.cut);
    drawDashes(painter, {cut, map.area.top()}, {cut, map.area.bottom()},
               blend(colors().forecast, colors().panel, 0.6));
    painter.setRenderHint(QPainter::Antialiasing, true);
    if (!fan.actual.empty())
        stroke(painter, segments(fan.rows, fan.actual, map), colors().text, 1.4);
    stroke(painter, segments(fan.rows, fan.middle, map), colors().forecast, 2);
}

void PricePlot::drawTags(QCPPainter& painter) const
{
    if (isEmpty())
        return;
    painter.setFont(font());
    struct Tag {
        double y;
        double value;
        QColor color;
    };
    std::vector<Tag> tags;
    const Mapping map = mappingOf(*across(), *m_price);
    const std::span<const double> known = values(m_forecastLine);
    const double last = known.empty() ? missing : known.back();
    if (m_price->range().contains(last)) {
        const bool fell = m_bars.isMarket() && last < m_bars.open.back();
        const QColor color = !m_bars.isMarket() ? lineColor(static_cast<std::size_t>(m_forecastLine))
                             : fell             ? colors().down
                                                : colors().up;
        const double y = map.y(last);
        drawDashes(painter, {map.area.left(), y}, {map.area.right(), y}, blend(color, colors().panel, 0.45));
        tags.push_back({y, last, color});
    }
    const double textHeight = QFontMetricsF(painter.font()).height();
    if (!m_forecast.isEmpty() && m_price->range().contains(m_forecast.middle.back())) {
        double y = map.y(m_forecast.middle.back());
        // The two tags never cover one another.
        const double gap = std::ceil(textHeight) + 5;
        if (!tags.empty() && std::abs(y - tags.front().y) < gap)
            y = tags.front().y + (y <= tags.front().y ? -gap : gap);
        tags.push_back({y, m_forecast.middle.back(), colors().forecast});
    }

    // A label of the axis that a tag would half cover goes altogether.
    const QVector<double> ticks = m_price->tickVector();
    for (const double tick : ticks) {
        const double y = map.y(tick);
        const auto covers = [&](const Tag& tag) { return std::abs(y - tag.y) < textHeight + 2; };
        if (std::any_of(tags.begin(), tags.end(), covers))
            painter.fillRect(QRectF(tagColumn().left(), y - textHeight / 2, tagColumn().width(), textHeight),
                             colors().panel);
    }
    for (const Tag& tag : tags)
        drawTag(painter, {tagColumn().left(), tag.y}, Qt::AlignLeft, tagText(tag.value), tag.color,
                tagColumn());
}

QRectF PricePlot::tagColumn() const
{
    const QRectF area = m_priceRect->rect();
    return {area.right() + 2, area.top(), viewport().width() - area.right() - 2, area.height()};
}

QString PricePlot::tagText(double value) const
{
    const double step = std::pow(10, std::floor(std::log10(m_price->range().size() / 200)));
    return fixedNumber(value, decimalsFor(step));
}

void PricePlot::drawCursor(QCPPainter& painter, const QPointF& cursor) const
{
    const Mapping map = mappingOf(*across(), *m_price);
    const QRectF below = m_volumeRect->rect();
    const QColor line = blend(colors().text, colors().panel, 0.4);
    const double row = std::round(across()->pixelToCoord(cursor.x()));
    const double x = map.x(row);
    drawDashes(painter, {x, map.area.top()}, {x, below.bottom()}, line);
    drawTag(painter, {x, below.bottom() + 3}, Qt::AlignTop, m_clock.stamp(row), colors().border, viewport());
    if (!map.area.contains(cursor))
        return;
    drawDashes(painter, {map.area.left(), cursor.y()}, {map.area.right(), cursor.y()}, line);
    drawTag(painter, {tagColumn().left(), cursor.y()}, Qt::AlignLeft,
            tagText(m_price->pixelToCoord(cursor.y())), colors().border, tagColumn());
}

std::vector<Piece> PricePlot::key() const
{
    std::vector<Piece> pieces;
    const bool forecast = !m_forecast.isEmpty();
    const bool window = !m_window.isEmpty();
    if (forecast)
        pieces.push_back({tr("Forecast"), {}, colors().forecast, Piece::Mark::Line});
    else if (window)
        pieces.push_back({tr("Window forecast"), {}, colors().forecast, Piece::Mark::Line});
    if ((forecast && !m_forecast.lower.empty()) || (window && !m_window.lower.empty()))
        pieces.push_back(
            {tr("80% interval"), {}, blend(colors().forecast, colors().panel, 0.3), Piece::Mark::Box});
    if (window)
        pieces.push_back({tr("Actual"), {}, colors().text, Piece::Mark::Line});
    const qint64 rowsPerBar = view(m_candles).rowsPerBar;
    if (rowsPerBar > 1)
        pieces.push_back({tr("1 candle = %L1 rows").arg(rowsPerBar), {}, colors().muted, Piece::Mark::None});
    return pieces;
}

std::vector<Piece> PricePlot::lineKey() const
{
    std::vector<Piece> pieces;
    for (std::size_t i = 0; i < m_bars.lines.size(); ++i)
        pieces.push_back({m_bars.lines[i].name, {}, lineColor(i), Piece::Mark::Line});
    return pieces;
}

std::vector<Piece> PricePlot::readOut(qint64 row) const
{
    std::vector<Piece> pieces;
    const auto known = static_cast<qint64>(m_bars.rows());
    if (row < 0 || known == 0)
        return pieces;
    if (row >= known) {
        const auto step = static_cast<std::size_t>(row - known + 1);
        if (step >= m_forecast.rows.size())
            return pieces;
        pieces.push_back(
            {tr("Forecast"), fixedNumber(m_forecast.middle[step], m_decimals), colors().forecast});
        if (!m_forecast.lower.empty())
            pieces.push_back({tr("80%"),
                              tr("%1 to %2")
                                  .arg(fixedNumber(m_forecast.lower[step], m_decimals),
                                       fixedNumber(m_forecast.upper[step], m_decimals)),
                              colors().text});
        pieces.push_back({tr("Step"), QLocale().toString(static_cast<qlonglong>(step)), colors().text});
        return pieces;
    }
    if (!m_bars.isMarket()) {
        for (std::size_t i = 0; i < m_bars.lines.size(); ++i)
            pieces.push_back({m_bars.lines[i].name,
                              fixedNumber(m_bars.lines[i].values[static_cast<std::size_t>(row)], m_decimals),
                              lineColor(i), m_bars.lines.size() > 1 ? Piece::Mark::Dot : Piece::Mark::None});
        return pieces;
    }
    const Bar bar = m_candles.row(row);
    const QColor color = bar.close >= bar.open ? colors().up : colors().down;
    pieces.push_back({tr("O", "open"), fixedNumber(bar.open, m_decimals), color});
    pieces.push_back({tr("H", "high"), fixedNumber(bar.high, m_decimals), color});
    pieces.push_back({tr("L", "low"), fixedNumber(bar.low, m_decimals), color});
    pieces.push_back({tr("C", "close"), fixedNumber(bar.close, m_decimals), color, Piece::Mark::None, true});
    if (std::isfinite(bar.volume))
        pieces.push_back({tr("Vol"), shortNumber(bar.volume), colors().text});
    const double before = row > 0 ? m_candles.row(row - 1).close : bar.open;
    const double change = 100 * (bar.close / before - 1);
    if (std::isfinite(change))
        pieces.push_back(
            {{},
             (change >= 0 ? QStringLiteral("+") : QString()) + fixedNumber(change, 2) + QStringLiteral("%"),
             change >= 0 ? colors().up : colors().down});
    return pieces;
}

}  // namespace fc::ui
