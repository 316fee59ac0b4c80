// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/runs/metrics_panel.h"

#include <QFrame>
#include <QGridLayout>
#include <QLabel>
#include <QLineEdit>
#include <QVBoxLayout>
#include <cmath>

#include "ui/text/text.h"
#include "ui/theme/theme.h"

namespace fc::ui {
namespace {

constexpr int columns = 3;
constexpr int lossDigits = 4;
const QString none = QStringLiteral("–");

QFrame* card(QWidget* parent, QLabel*& name, const QString& text)
{
    auto* frame = new QFrame(parent);
    setRole(*frame, Role::Metric);
    auto* lines = new QVBoxLayout(frame);
    lines->setContentsMargins(12, 6, 12, 6);
    lines->setSpacing(1);
    name = new QLabel(text, frame);
    setRole(*name, Role::Muted);
    lines->addWidget(name);
    return frame;
}

}  // namespace

MetricsPanel::MetricsPanel(QWidget* parent) : QWidget(parent)
{
    auto* grid = new QGridLayout(this);
    grid->setContentsMargins(10, 10, 10, 10);
    grid->setSpacing(8);
    m_values[TrainLoss] =
        addCard(*grid, 0, tr("Train loss"), tr("Mean training loss since the last validation"));
    m_values[ValidationLoss] =
        addCard(*grid, 1, tr("Val loss"), tr("Loss on the validation part, in scaled units"));
    m_values[Best] = addCard(*grid, 2, tr("Best"), tr("Smallest validation loss so far"));
    m_values[Step] = addCard(*grid, 3, tr("Step"), tr("Training steps done"));
    m_values[Rate] = addCard(*grid, 4, tr("Steps / s"), tr("Training steps a second, validations left out"));
    m_values[Left] = addCard(*grid, 5, tr("Time left"), tr("At the present speed, to the last planned step"));
    addRateCard(*grid);
    for (int column = 0; column < columns; ++column)
        grid->setColumnStretch(column, 1);
    setEditable(false);
    clear();
}

QLabel* MetricsPanel::addCard(QGridLayout& grid, int place, const QString& name, const QString& help)
{
    QLabel* nameLabel = nullptr;
    QFrame* frame = card(this, nameLabel, name);
    frame->setToolTip(help);
    auto* value = new QLabel(none, frame);
    value->setTextFormat(Qt::PlainText);
    value->setAccessibleName(name);
    setRole(*value, Role::MetricValue);
    frame->layout()->addWidget(value);
    grid.addWidget(frame, place / columns, place % columns);
    return value;
}

void MetricsPanel::addRateCard(QGridLayout& grid)
{
    QLabel* name = nullptr;
    QFrame* frame = card(this, name, tr("Learning rate"));
    delete frame->layout();
    auto* line = new QGridLayout(frame);
    line->setContentsMargins(12, 4, 6, 4);
    m_rate = new QLineEdit(frame);
    m_rate->setObjectName(QStringLiteral("learningRate"));
    m_rate->setAccessibleName(tr("Learning rate"));
    m_rate->setToolTip(tr("While a run trains: type another rate and press Enter"));
    m_rate->setMaximumWidth(150);
    name->setBuddy(m_rate);
    m_rateProblem = new QLabel(frame);
    m_rateProblem->setTextFormat(Qt::PlainText);
    m_rateProblem->setWordWrap(true);
    m_rateProblem->hide();
    setRole(*m_rateProblem, Role::Bad);
    line->addWidget(name, 0, 0);
    line->addWidget(m_rate, 0, 1);
    line->addWidget(m_rateProblem, 1, 0, 1, 2);
    line->setColumnStretch(0, 1);
    grid.addWidget(frame, 2, 0, 1, columns);
    connect(m_rate, &QLineEdit::returnPressed, this, &MetricsPanel::takeRate);
}

void MetricsPanel::takeRate()
{
    bool isNumber = false;
    const double rate = m_rate->text().trimmed().toDouble(&isNumber);
    const bool good = isNumber && std::isfinite(rate) && rate > 0;
    m_rateProblem->setVisible(!good);
    if (!good) {
        m_rateProblem->setText(tr("The learning rate must be a number above 0, such as 0.0005."));
        return;
    }
    m_rate->setModified(false);
    emit learningRateRequested(rate);
}

void MetricsPanel::showRate(double rate)
{
    // What a person is typing is not overwritten.
    if (!m_rate->isModified())
        m_rate->setText(QString::number(rate, 'g', 4));
}

void MetricsPanel::clear()
{
    for (QLabel* value : m_values)
        value->setText(none);
    m_rate->setText({});  // clear() would count as typed
    m_rateProblem->hide();
    m_hasBest = false;
}

void MetricsPanel::setEditable(bool editable)
{
    m_rate->setReadOnly(!editable);
    m_rate->setModified(false);
    m_rateProblem->hide();
}

void MetricsPanel::setRun(const RunRecord& run, std::optional<double> trainLoss,
                          std::optional<double> validationLoss, std::optional<double> learningRate)
{
    clear();
    const auto show = [](const std::optional<double>& value) {
        return value ? number(*value, lossDigits) : none;
    };
    m_values[TrainLoss]->setText(show(trainLoss));
    m_values[ValidationLoss]->setText(show(validationLoss));
    m_values[Best]->setText(show(run.bestValidationLoss));
    m_values[Step]->setText(count(run.steps));
    if (run.seconds > 0)
        m_values[Rate]->setText(number(static_cast<double>(run.steps) / run.seconds, 4));
    if (learningRate)
        showRate(*learningRate);
    m_hasBest = run.bestValidationLoss.has_value();
    m_best = run.bestValidationLoss.value_or(0);
}

void MetricsPanel::setStep(const StepNews& news, double stepsPerSecond, double secondsLeft)
{
    m_values[TrainLoss]->setText(number(news.loss, lossDigits));
    m_values[Step]->setText(count(news.step));
    m_values[Rate]->setText(number(stepsPerSecond, 4));
    m_values[Left]->setText(duration(secondsLeft));
    showRate(news.learningRate);
}

void MetricsPanel::setValidation(const ValidationNews& news)
{
    m_values[ValidationLoss]->setText(number(news.validationLoss, lossDigits));
    if (!m_hasBest || news.validationLoss < m_best) {
        m_hasBest = true;
        m_best = news.validationLoss;
        m_values[Best]->setText(number(m_best, lossDigits));
    }
}

}  // namespace fc::ui
