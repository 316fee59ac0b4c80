// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/loss_chart.h"

#include <QCheckBox>
#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QSignalBlocker>
#include <QSlider>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>

#include "ui/plots/caption.h"
#include "ui/plots/loss_plot.h"
#include "ui/theme/theme.h"

namespace fc::ui {
namespace {

// The slider counts halvings of what is new: 0 none, 10 a weight of 0.999.
constexpr int sliderSteps = 100;

int sliderOf(double weight)
{
    return static_cast<int>(std::lround(-std::log2(1 - std::min(weight, 0.999)) * 10));
}

double weightOf(int position)
{
    return std::min(0.999, 1 - std::exp2(-position / 10.0));
}

}  // namespace

LossChart::LossChart(QWidget* parent)
    : QWidget(parent),
      m_plot(new LossPlot(this)),
      m_title(new QLabel(this)),
      m_values(new Caption(Qt::AlignLeft, this)),
      m_smoothing(new QSlider(Qt::Horizontal, this)),
      m_log(new QCheckBox(tr("Log scale"), this))
{
    auto* name = new QLabel(tr("Smoothing"), this);
    setRole(*name, Role::Muted);
    name->setBuddy(m_smoothing);
    m_smoothing->setRange(0, sliderSteps);
    m_smoothing->setFixedWidth(90);
    m_smoothing->setAccessibleName(tr("Smoothing of the training loss"));

    auto* header = new QHBoxLayout;
    header->setContentsMargins(14, 7, 14, 3);
    header->setSpacing(14);
    header->addWidget(m_title);
    header->addWidget(m_values, 1);
    header->addWidget(name);
    header->addWidget(m_smoothing);
    header->addWidget(m_log);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(1, 1, 1, 1);
    layout->setSpacing(0);
    layout->addLayout(header);
    layout->addWidget(m_plot, 1);

    setRole(*m_title, Role::Heading);
    setRunName({});
    setAccessibleName(tr("Loss chart"));
    m_plot->setAccessibleName(tr("Loss chart"));
    setEmptyText(tr("No run yet. The loss appears here while a model trains."));
    setSmoothing(0.9);
    connect(m_plot, &LossPlot::hovered, this, &LossChart::readOut);
    connect(m_plot, &QCustomPlot::afterReplot, this, [this] { readOut(m_step); });
    connect(m_smoothing, &QSlider::valueChanged, this, [this](int position) {
        m_plot->setSmoothing(weightOf(position));
        emit smoothingChanged(weightOf(position));
    });
    connect(m_log, &QCheckBox::toggled, this, [this](bool on) {
        m_plot->setLogScale(on);
        emit logScaleChanged(on);
    });
    restyle();
}

void LossChart::appendSteps(const std::vector<LossPoint>& points)
{
    m_plot->appendSteps(points);
}

void LossChart::appendValidation(const std::vector<LossPoint>& points)
{
    m_plot->appendValidation(points);
}

void LossChart::setRun(const QString& name, const std::vector<LossPoint>& steps,
                       const std::vector<LossPoint>& validation)
{
    setRunName(name);
    m_plot->clear();
    m_plot->appendSteps(steps);
    m_plot->appendValidation(validation);
    m_plot->fit();
}

void LossChart::clear()
{
    m_plot->clear();
    setRunName({});
}

void LossChart::setRunName(const QString& name)
{
    m_title->setText(name);
    m_title->setVisible(!name.isEmpty());
}

void LossChart::setEmptyText(const QString& text)
{
    m_plot->setEmptyText(text);
}

void LossChart::setSmoothing(double weight)
{
    m_plot->setSmoothing(weight);
    const QSignalBlocker blocker(m_smoothing);
    m_smoothing->setValue(sliderOf(weight));
}

double LossChart::smoothing() const
{
    return m_plot->train().smoothing();
}

void LossChart::setLogScale(bool on)
{
    m_log->setChecked(on);
}

bool LossChart::logScale() const
{
    return m_plot->logScale();
}

void LossChart::fit()
{
    m_plot->fit();
}

void LossChart::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::StyleChange)
        restyle();
}

// A page that was never shown does not hear of a new look.
void LossChart::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    restyle();
}

void LossChart::restyle()
{
    m_plot->setLook(currentColors(), uiFont(8.5));
    readOut(m_step);
}

void LossChart::readOut(std::optional<double> step)
{
    m_step = step;
    std::vector<Piece> pieces = m_plot->readOut(step);
    QString text = tr("Nothing to show yet.");
    if (!pieces.empty())
        text = (m_title->text().isEmpty() ? tr("Loss") : m_title->text()) + QStringLiteral(": ") +
               piecesText(pieces);
    for (Piece& piece : pieces)
        piece.mark = piece.color == currentColors().train        ? Piece::Mark::Line
                     : piece.color == currentColors().validation ? Piece::Mark::Line
                                                                 : Piece::Mark::None;
    m_values->setPieces(std::move(pieces));
    m_plot->setAccessibleDescription(text);
    setAccessibleDescription(text);
}

}  // namespace fc::ui
