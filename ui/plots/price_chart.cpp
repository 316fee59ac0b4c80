// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/price_chart.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>

#include "ui/plots/caption.h"
#include "ui/plots/number_text.h"
#include "ui/plots/preview_panes.h"
#include "ui/plots/price_plot.h"
#include "ui/theme/theme.h"

namespace fc::ui {

PriceChart::PriceChart(QWidget* parent)
    : QWidget(parent),
      m_plot(new PricePlot(this)),
      m_title(new QLabel(this)),
      m_values(new Caption(Qt::AlignLeft, this)),
      m_key(new Caption(Qt::AlignRight, this))
{
    auto* header = new QHBoxLayout;
    header->setContentsMargins(14, 9, 14, 5);
    header->setSpacing(16);
    header->addWidget(m_title);
    header->addWidget(m_values, 1);
    header->addWidget(m_key);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(1, 1, 1, 1);
    layout->setSpacing(0);
    layout->addLayout(header);
    layout->addWidget(m_plot, 1);

    m_title->setFont(uiFont(12, QFont::Bold));
    setAccessibleName(tr("Price chart"));
    m_plot->setAccessibleName(tr("Price chart"));
    setEmptyText(tr("Nothing to show yet. Import a file or add the sample series to begin."));
    connect(m_plot, &PricePlot::hovered, this, [this](std::optional<double> row) {
        readOut(row ? std::llround(std::max(0.0, *row)) : -1);
        emit barHovered(m_row);
    });
    connect(m_plot, &PricePlot::viewChanged, this, [this] { m_key->setPieces(m_plot->key()); });
    restyle();
    describe();
}

void PriceChart::setBars(Bars bars)
{
    m_plot->setBars(std::move(bars));
    QString title = m_plot->bars().title;
    if (m_plot->bars().synthetic)
        title += QStringLiteral(" · ") + tr("synthetic");
    m_title->setText(title);
    readOut(-1);
    describe();
    emit barsChanged();
}

void PriceChart::setPreview(std::vector<PreviewPane> panes)
{
    m_plot->setPreview(std::move(panes));
    describe();
}

QStringList PriceChart::paneTitles() const
{
    return m_plot->preview().titles();
}

void PriceChart::clear()
{
    setBars({});
}

const Bars& PriceChart::bars() const
{
    return m_plot->bars();
}

void PriceChart::setEmptyText(const QString& text)
{
    m_plot->setEmptyText(text);
}

void PriceChart::setForecast(const ForecastBand& forecast)
{
    m_plot->setForecast(forecast);
    describe();
}

void PriceChart::clearForecast()
{
    setForecast({});
}

void PriceChart::setWindowForecast(const WindowBand& window)
{
    m_plot->setWindow(window);
    describe();
}

void PriceChart::clearWindowForecast()
{
    setWindowForecast({});
}

void PriceChart::showWindowForecast()
{
    m_plot->showWindow();
}

void PriceChart::showLast(int count)
{
    m_plot->showLast(count);
}

void PriceChart::showRange(double from, double to)
{
    m_plot->showRows(m_plot->clock().rowOf(from), m_plot->clock().rowOf(to));
}

void PriceChart::fit()
{
    m_plot->fit();
}

void PriceChart::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::StyleChange)
        restyle();
}

// A page that was never shown does not hear of a new look.
void PriceChart::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    restyle();
}

void PriceChart::restyle()
{
    m_plot->setLook(currentColors(), uiFont(8.5));
    readOut(m_row);
    m_key->setPieces(m_plot->key());
}

void PriceChart::readOut(qint64 row)
{
    m_row = row;
    const auto last = static_cast<qint64>(m_plot->bars().rows()) - 1;
    m_values->setPieces(m_plot->readOut(row < 0 ? last : row));
}

void PriceChart::describe()
{
    m_key->setPieces(m_plot->key());
    const Bars& bars = m_plot->bars();
    QString text = tr("Nothing to show yet.");
    if (bars.rows() > 0) {
        const RowClock& clock = m_plot->clock();
        const auto last = static_cast<double>(bars.rows()) - 1;
        text = tr("%1: %L2 rows from %3 to %4.")
                   .arg(m_title->text())
                   .arg(static_cast<qlonglong>(bars.rows()))
                   .arg(clock.stamp(0), clock.stamp(last));
        text += QStringLiteral(" ") + piecesText(m_plot->readOut(static_cast<qint64>(bars.rows()) - 1)) +
                QStringLiteral(".");
    }
    const Fan& fan = m_plot->forecast();
    if (!fan.isEmpty()) {
        const auto value = [this](double v) { return fixedNumber(v, m_plot->decimals()); };
        text += QStringLiteral(" ") + tr("Forecast after %L1 steps: %2.")
                                          .arg(static_cast<qlonglong>(fan.rows.size()) - 1)
                                          .arg(value(fan.middle.back()));
        if (!fan.lower.empty())
            text += QStringLiteral(" ") +
                    tr("80% interval: %1 to %2.").arg(value(fan.lower.back()), value(fan.upper.back()));
    }
    if (const QStringList below = paneTitles(); !below.isEmpty())
        text += QStringLiteral(" ") + tr("Below the prices: %1.").arg(below.join(QStringLiteral(", ")));
    m_plot->setAccessibleDescription(text);
    setAccessibleDescription(text);
}

}  // namespace fc::ui
