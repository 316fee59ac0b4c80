// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/loss_plot.h"

#include <algorithm>
#include <cmath>

#include "ui/plots/number_text.h"
#include "ui/plots/plot_parts.h"

namespace fc::ui {
namespace {

constexpr int frameMs = 33;
constexpr double fewestSteps = 4;

}  // namespace

LossPlot::LossPlot(QWidget* parent) : ChartPlot(parent), m_loss(yAxis)
{
    m_validation.setSmoothing(0);
    legend->setVisible(false);
    QCPAxisRect* rect = axisRect();
    rect->setMinimumMargins({14, 6, 18, 8});
    rect->setRangeDrag(Qt::Horizontal);
    rect->setRangeZoom(Qt::Horizontal);
    rect->setRangeZoomFactor(0.85);
    xAxis->setTicker(QSharedPointer<QCPAxisTicker>(new ValueTicker(*xAxis, ValueTicker::Style::Full, 110)));
    m_loss->setTicker(QSharedPointer<QCPAxisTicker>(new ValueTicker(*m_loss, ValueTicker::Style::Full, 36)));
    setAcross(xAxis);
    new Drawing(this, QStringLiteral("main"), rect, [this](QCPPainter& p) { drawCurves(p); });
    new Drawing(this, QStringLiteral("overlay"), nullptr, [this](QCPPainter& p) { drawBest(p); });

    m_timer.setSingleShot(true);
    m_timer.setInterval(frameMs);
    connect(&m_timer, &QTimer::timeout, this, &LossPlot::refresh);
    refresh();
}

void LossPlot::appendSteps(const std::vector<LossPoint>& points)
{
    m_train.append(points);
    refreshSoon();
}

void LossPlot::appendValidation(const std::vector<LossPoint>& points)
{
    m_validation.append(points);
    refreshSoon();
}

void LossPlot::clear()
{
    m_train.clear();
    m_validation.clear();
    dropCursor();
    fit();
}

void LossPlot::setSmoothing(double weight)
{
    m_train.setSmoothing(weight);
    refreshSoon();
}

void LossPlot::setLogScale(bool on)
{
    m_logScale = on;
    refreshSoon();
}

void LossPlot::fit()
{
    m_following = true;
    refresh();
}

void LossPlot::refreshSoon()
{
    if (!m_timer.isActive())
        m_timer.start();
}

void LossPlot::refresh()
{
    m_timer.stop();
    axisRect()->setVisible(!isEmpty());
    if (m_following)
        across()->setRange(0, std::max(fewestSteps, end() * 1.01));
    fitValues();
    replot(rpQueuedReplot);
}

double LossPlot::end() const
{
    const double train = m_train.size() > 0 ? m_train.steps().back() : 0;
    const double validation = m_validation.size() > 0 ? m_validation.steps().back() : 0;
    return std::max(train, validation);
}

QCPRange LossPlot::allowed(QCPRange range) const
{
    const double widest = std::max(fewestSteps, end() * 1.2);
    if (range.size() < fewestSteps)
        range = QCPRange(range.center() - fewestSteps / 2, range.center() + fewestSteps / 2);
    if (range.size() > widest)
        range = QCPRange(0, widest);
    if (range.upper > widest)
        range -= range.upper - widest;
    if (range.lower < 0)
        range -= range.lower;
    return range;
}

bool LossPlot::drawsLogarithmic() const
{
    const auto positive = [](double value) { return value > 0 && std::isfinite(value); };
    return m_logScale &&
           (std::any_of(m_train.raw().values().begin(), m_train.raw().values().end(), positive) ||
            std::any_of(m_validation.raw().values().begin(), m_validation.raw().values().end(), positive));
}

void LossPlot::fitValues()
{
    const QCPRange range = across()->range();
    constexpr int enough = 300;  // columns: what the eye needs of a range
    ThinCurve raw = thin(m_train.steps(), m_train.raw(), range.lower, range.upper, enough);
    const ThinCurve smooth = thin(m_train.steps(), m_train.smoothed(), range.lower, range.upper, enough);
    const ThinCurve validation =
        thin(m_validation.steps(), m_validation.raw(), range.lower, range.upper, enough);
    const bool logarithmic = drawsLogarithmic();

    // The first tenth of a descent may leave the picture at the top; what came later may not.
    std::vector<double> always(smooth.values.begin() + std::ssize(smooth.values) / 10, smooth.values.end());
    always.insert(always.end(), validation.values.begin() + std::ssize(validation.values) / 10,
                  validation.values.end());
    if (logarithmic) {
        std::erase_if(raw.values, [](double value) { return value <= 0; });
        std::erase_if(always, [](double value) { return value <= 0; });
    }
    const std::optional<ValueRange> shown = fc::ui::lossRange(std::move(raw.values), always);
    const ValueRange values = shown.value_or(ValueRange{});
    m_loss->setScaleType(logarithmic ? QCPAxis::stLogarithmic : QCPAxis::stLinear);
    if (logarithmic) {
        const double low = std::max(values.low, 1e-12);
        const double space = std::pow(std::max(values.high / low, 1.01), 0.06);
        m_loss->setRange(low / space, std::max(values.high, low) * space);
        return;
    }
    const double space = (values.high - values.low) * 0.08;
    m_loss->setRange(values.low - space, values.high + space);
}

void LossPlot::drawCurves(QCPPainter& painter)
{
    const Mapping map = mappingOf(*across(), *m_loss);
    const int columns = std::max(64, static_cast<int>(map.area.width()));
    const auto lines = [&](const std::vector<double>& steps, const Track& track) {
        const ThinCurve curve = thin(steps, track, map.left, map.right, columns / 2);
        return segments(curve.steps, curve.values, map);
    };
    const bool smoothed = m_train.smoothing() > 0;
    const QColor faint = blend(colors().train, colors().panel, colors().dark ? 0.34 : 0.28);
    const QColor rawColor = smoothed ? faint : colors().train;
    const ThinCurve raw = thin(m_train.steps(), m_train.raw(), map.left, map.right, columns);
    if (raw.steps.size() > static_cast<std::size_t>(columns)) {
        const QVector<QRect> bars = columnShapes(raw.steps, raw.values, map);
        m_drawnShapes = bars.size();
        fill(painter, bars, rawColor);
        painter.setRenderHint(QPainter::Antialiasing, true);
    } else {
        const QVector<QLineF> joined = segments(raw.steps, raw.values, map);
        m_drawnShapes = joined.size();
        painter.setRenderHint(QPainter::Antialiasing, true);
        stroke(painter, joined, rawColor, 1);
    }
    const QVector<QLineF> smooth = smoothed ? lines(m_train.steps(), m_train.smoothed()) : QVector<QLineF>();
    const QVector<QLineF> validation = lines(m_validation.steps(), m_validation.raw());
    m_drawnShapes += smooth.size() + validation.size();
    stroke(painter, smooth, colors().train, 2);
    stroke(painter, validation, colors().validation, 2);

    const ThinCurve points = thin(m_validation.steps(), m_validation.raw(), map.left, map.right, columns);
    if (points.steps.size() > static_cast<std::size_t>(columns) / 12)
        return;
    painter.setPen(Qt::NoPen);
    painter.setBrush(colors().validation);
    for (std::size_t i = 0; i < points.steps.size(); ++i)
        if (!map.logarithmic || points.values[i] > 0)
            painter.drawEllipse(QPointF(map.x(points.steps[i]), map.y(points.values[i])), 2.6, 2.6);
}

void LossPlot::drawBest(QCPPainter& painter) const
{
    const Mapping map = mappingOf(*across(), *m_loss);
    const std::optional<std::size_t> best = m_validation.lowest();
    if (!best)
        return;
    const double step = m_validation.steps()[*best];
    const double value = m_validation.raw().values()[*best];
    if (step < map.left || step > map.right || (map.logarithmic && value <= 0))
        return;
    const QPointF point(map.x(step), map.y(value));
    painter.setFont(font());
    painter.setRenderHint(QPainter::Antialiasing, true);
    painter.setPen(QPen(colors().panel, 1.6));
    painter.setBrush(colors().validation);
    painter.drawEllipse(point, 4.6, 4.6);
    drawTag(painter, point + QPointF(0, 9), Qt::AlignTop, tr("best %1").arg(lossNumber(value)),
            colors().border, map.area);
}

void LossPlot::drawCursor(QCPPainter& painter, const QPointF& cursor) const
{
    const Mapping map = mappingOf(*across(), *m_loss);
    drawDashes(painter, {cursor.x(), map.area.top()}, {cursor.x(), map.area.bottom()},
               blend(colors().text, colors().panel, 0.4));
    const double step = std::max(0.0, std::round(across()->pixelToCoord(cursor.x())));
    drawTag(painter, {cursor.x(), map.area.bottom() + 3}, Qt::AlignTop, fixedNumber(step, 0), colors().border,
            viewport());
}

std::vector<Piece> LossPlot::key() const
{
    std::vector<Piece> pieces;
    if (m_train.size() > 0)
        pieces.push_back({tr("Train"), {}, colors().train, Piece::Mark::Line});
    if (m_validation.size() > 0)
        pieces.push_back({tr("Validation"), {}, colors().validation, Piece::Mark::Line});
    return pieces;
}

std::vector<Piece> LossPlot::readOut(std::optional<double> step) const
{
    std::vector<Piece> pieces;
    const double at = step.value_or(end());
    if (const auto i = m_train.nearest(at)) {
        pieces.push_back({tr("Step"), fixedNumber(m_train.steps()[*i], 0), colors().text});
        pieces.push_back({tr("Train"), lossNumber(m_train.smoothed().values()[*i]), colors().train});
        if (m_train.smoothing() > 0)
            pieces.push_back({tr("Raw"), lossNumber(m_train.raw().values()[*i]), colors().muted});
    }
    if (const auto i = m_validation.nearest(at))
        pieces.push_back(
            {tr("Validation"), lossNumber(m_validation.raw().values()[*i]), colors().validation});
    return pieces;
}

}  // namespace fc::ui
