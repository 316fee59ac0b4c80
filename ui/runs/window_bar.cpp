// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/runs/window_bar.h"

#include <QButtonGroup>
#include <QHBoxLayout>
#include <QLabel>
#include <QSlider>
#include <QSpinBox>
#include <QToolButton>

#include "ui/text/text.h"
#include "ui/theme/icon.h"
#include "ui/theme/theme.h"

namespace fc::ui {
namespace {

QToolButton* toolButton(QWidget* parent, const QString& iconName, const QString& text, const QString& help)
{
    auto* made = new QToolButton(parent);
    made->setIcon(icon(iconName));
    made->setText(text);
    made->setAccessibleName(text);
    made->setToolTip(help);
    made->setFocusPolicy(Qt::TabFocus);
    made->setAutoRaise(true);
    return made;
}

}  // namespace

WindowBar::WindowBar(QWidget* parent) : QWidget(parent)
{
    m_forecast = toolButton(this, QStringLiteral("forecast"), tr("Forecast"),
                            tr("Show the forecast from the end of the data with its 80% interval"));
    m_validation = toolButton(this, QStringLiteral("checkpoint"), tr("Validation"),
                              tr("Show the forecast of one validation window beside what came true"));
    auto* modes = new QButtonGroup(this);
    for (QToolButton* each : {m_forecast, m_validation}) {
        each->setCheckable(true);
        each->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
        modes->addButton(each);
    }
    m_forecast->setChecked(true);
    m_slider = new QSlider(Qt::Horizontal, this);
    m_slider->setAccessibleName(tr("Validation window"));
    m_slider->setToolTip(tr("Which validation window is forecast"));
    m_slider->setMaximumWidth(260);
    m_spin = new QSpinBox(this);
    m_spin->setAccessibleName(tr("Number of the validation window"));
    m_spin->setKeyboardTracking(false);
    m_of = new QLabel(this);
    m_note = new QLabel(this);
    m_note->setTextFormat(Qt::PlainText);
    setRole(*m_of, Role::Muted);
    setRole(*m_note, Role::Muted);
    m_export = toolButton(this, QStringLiteral("export"), tr("Export forecast as CSV"),
                          tr("Export forecast as CSV…"));
    m_picture = toolButton(this, QStringLiteral("save"), tr("Save picture"),
                           tr("Save the chart as PNG, SVG or PDF…"));

    auto* line = new QHBoxLayout(this);
    line->setContentsMargins(8, 2, 8, 4);
    line->setSpacing(6);
    for (QWidget* each :
         {static_cast<QWidget*>(m_forecast), static_cast<QWidget*>(m_validation),
          static_cast<QWidget*>(m_slider), static_cast<QWidget*>(m_spin), static_cast<QWidget*>(m_of)})
        line->addWidget(each);
    line->addWidget(m_note, 1);
    line->addWidget(m_export);
    line->addWidget(m_picture);
    connect(m_slider, &QSlider::valueChanged, m_spin, [this](int index) { m_spin->setValue(index + 1); });
    connect(m_spin, &QSpinBox::valueChanged, this, [this](int number) {
        m_slider->setValue(number - 1);
        emit windowChanged(number - 1);
    });
    connect(m_forecast, &QToolButton::toggled, this, [this] {
        showState();
        emit modeChanged(mode());
    });
    connect(m_export, &QToolButton::clicked, this, &WindowBar::exportRequested);
    connect(m_picture, &QToolButton::clicked, this, &WindowBar::pictureRequested);
    setForecastAvailable(false);
    setWindowCount(0);
}

WindowBar::Mode WindowBar::mode() const
{
    return m_forecast->isChecked() ? Mode::Forecast : Mode::Window;
}

void WindowBar::setMode(Mode mode)
{
    (mode == Mode::Forecast ? m_forecast : m_validation)->setChecked(true);
}

void WindowBar::setWindowCount(qint64 count)
{
    m_count = count;
    const int last = static_cast<int>(std::max<qint64>(count, 1));
    const QSignalBlocker quietSpin(m_spin);
    const QSignalBlocker quietSlider(m_slider);
    m_spin->setRange(1, last);
    m_slider->setRange(0, last - 1);
    m_of->setText(tr("of %1").arg(fc::ui::count(count)));
    setWindow(count - 1);
    showState();
}

qint64 WindowBar::window() const
{
    return m_count == 0 ? -1 : m_spin->value() - 1;
}

void WindowBar::setWindow(qint64 index)
{
    const QSignalBlocker quietSpin(m_spin);
    const QSignalBlocker quietSlider(m_slider);
    m_spin->setValue(static_cast<int>(index) + 1);
    m_slider->setValue(static_cast<int>(index));
}

void WindowBar::setForecastAvailable(bool available)
{
    m_export->setEnabled(available);
}

void WindowBar::setNote(const QString& text)
{
    m_note->setText(text);
    m_note->setToolTip(plainToolTip(text));
}

void WindowBar::showState()
{
    const bool choosing = mode() == Mode::Window && m_count > 0;
    for (QWidget* each :
         {static_cast<QWidget*>(m_slider), static_cast<QWidget*>(m_spin), static_cast<QWidget*>(m_of)})
        each->setVisible(choosing);
}

}  // namespace fc::ui
