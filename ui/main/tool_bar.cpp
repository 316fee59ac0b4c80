// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/main/tool_bar.h"

#include <QComboBox>
#include <QToolButton>

#include "engine/models/model.h"
#include "ui/main/actions.h"
#include "ui/text/text.h"
#include "ui/theme/icon.h"
#include "ui/theme/theme.h"

namespace fc::ui {
namespace {

constexpr int iconPixels = 17;
constexpr int narrowestChooser = 130;

}  // namespace

ToolBar::ToolBar(Actions& actions, QWidget* parent) : QToolBar(tr("Main tool bar"), parent)
{
    setObjectName(QStringLiteral("mainToolBar"));
    setMovable(false);
    setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    setIconSize({iconPixels, iconPixels});
    addAction(actions.import);
    addSeparator();
    m_series = addChooser(QStringLiteral("seriesChooser"), tr("Series"),
                          tr("The series that is shown and trained on"));
    m_series->setPlaceholderText(tr("No series"));
    m_model = addChooser(QStringLiteral("modelChooser"), tr("Model"), tr("The model that Train uses"));
    for (const ModelEntry& entry : models())
        m_model->addItem(engineText(entry.label), fromUtf8(entry.id));
    addSeparator();
    for (QAction* action : {actions.train, actions.pause, actions.stop, actions.cancel})
        addAction(action);
    actions.train->setIcon(icon(QStringLiteral("play"), IconColor::OnAccent));
    setRole(*widgetForAction(actions.train), Role::Primary);
    auto* space = new QWidget(this);
    space->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    addWidget(space);
    addAction(actions.forecast);
    addIconAction(actions.fit);
    addIconAction(actions.toggleTheme);
    for (QToolButton* button : findChildren<QToolButton*>())
        button->setFocusPolicy(Qt::TabFocus);
    connect(m_series, &QComboBox::currentIndexChanged, this, [this] { emit seriesChosen(series()); });
    connect(m_model, &QComboBox::currentIndexChanged, this, [this] { emit modelChosen(model()); });
}

QComboBox* ToolBar::addChooser(const QString& name, const QString& label, const QString& help)
{
    auto* chooser = new QComboBox(this);
    chooser->setObjectName(name);
    chooser->setAccessibleName(label);
    chooser->setToolTip(help);
    chooser->setMinimumWidth(narrowestChooser);
    chooser->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    addWidget(chooser);
    return chooser;
}

void ToolBar::addIconAction(QAction* action)
{
    addAction(action);
    qobject_cast<QToolButton*>(widgetForAction(action))->setToolButtonStyle(Qt::ToolButtonIconOnly);
}

void ToolBar::setSeries(const std::vector<SeriesRecord>& series)
{
    const QSignalBlocker quiet(m_series);
    const std::string chosen = this->series();
    m_series->clear();
    for (const SeriesRecord& each : series)
        m_series->addItem(fromUtf8(each.name), fromUtf8(each.name));
    m_series->setEnabled(!series.empty());
    chooseSeries(chosen);
}

std::string ToolBar::series() const
{
    return toUtf8(m_series->currentData().toString());
}

void ToolBar::chooseSeries(const std::string& name)
{
    const QSignalBlocker quiet(m_series);
    m_series->setCurrentIndex(m_series->findData(fromUtf8(name)));
}

std::string ToolBar::model() const
{
    return toUtf8(m_model->currentData().toString());
}

void ToolBar::chooseModel(const std::string& id)
{
    if (const int item = m_model->findData(fromUtf8(id)); item >= 0)
        m_model->setCurrentIndex(item);
}

}  // namespace fc::ui
