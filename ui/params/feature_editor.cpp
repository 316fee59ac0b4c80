// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/params/feature_editor.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QListWidget>
#include <QMenu>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/params/param_form.h"
#include "ui/text/text.h"
#include "ui/theme/icon.h"
#include "ui/theme/theme.h"

namespace fc::ui {
namespace {

constexpr int listHeight = 150;

QToolButton* button(const QString& iconName, const QString& text, const QString& name, QWidget* parent)
{
    auto* made = new QToolButton(parent);
    made->setIcon(icon(iconName));
    made->setText(text);
    made->setToolButtonStyle(text.isEmpty() ? Qt::ToolButtonIconOnly : Qt::ToolButtonTextBesideIcon);
    made->setFocusPolicy(Qt::TabFocus);
    made->setAccessibleName(name);
    made->setToolTip(name);
    return made;
}

QLabel* wrapped(QWidget* parent)
{
    auto* label = new QLabel(parent);
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    setRole(*label, Role::Muted);
    return label;
}

}  // namespace

FeatureEditor::FeatureEditor(QWidget* parent) : QWidget(parent)
{
    m_list = new QListWidget(this);
    m_list->setObjectName(QStringLiteral("featureList"));
    m_list->setAccessibleName(tr("Features"));
    m_list->setToolTip(
        tr("Computed columns that the model sees beside the series. All of them look back only."));
    m_list->setMaximumHeight(listHeight);
    m_add = button(QStringLiteral("new"), tr("Add"), tr("Add a feature"), this);
    m_remove = button(QStringLiteral("delete"), {}, tr("Remove the selected feature"), this);
    m_up = button(QStringLiteral("up"), {}, tr("Move the selected feature up"), this);
    m_down = button(QStringLiteral("down"), {}, tr("Move the selected feature down"), this);
    auto* menu = new QMenu(m_add);
    buildMenu(*menu);
    m_add->setMenu(menu);
    m_add->setPopupMode(QToolButton::InstantPopup);
    m_note = wrapped(this);
    m_help = wrapped(this);

    auto* buttons = new QHBoxLayout;
    buttons->addWidget(m_add);
    buttons->addStretch(1);
    for (QToolButton* small : {m_up, m_down, m_remove})
        buttons->addWidget(small);
    m_formPlace = new QVBoxLayout;
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->addWidget(m_note);
    all->addLayout(buttons);
    all->addWidget(m_list);
    all->addWidget(m_help);
    all->addLayout(m_formPlace);
    all->addStretch(1);
    connect(m_remove, &QToolButton::clicked, this, &FeatureEditor::removeCurrent);
    connect(m_up, &QToolButton::clicked, this, [this] { move(-1); });
    connect(m_down, &QToolButton::clicked, this, [this] { move(1); });
    connect(m_list, &QListWidget::currentRowChanged, this, &FeatureEditor::showCurrent);
    showSpecs(-1);
}

void FeatureEditor::buildMenu(QMenu& menu)
{
    menu.setToolTipsVisible(true);
    for (const FeatureEntry& entry : featureCatalogue()) {
        QAction* action = menu.addAction(engineText(entry.label), this, [this, id = entry.id] { add(id); });
        action->setData(fromUtf8(entry.id));
        action->setToolTip(engineText(entry.help));
    }
    // What the model cannot take stays visible, so that its absence is explained.
    connect(&menu, &QMenu::aboutToShow, this, [this, &menu] {
        for (QAction* action : menu.actions())
            action->setEnabled(isUsable({toUtf8(action->data().toString()), {}}));
    });
}

bool FeatureEditor::isUsable(const FeatureSpec& spec) const
{
    return featureEntry(spec.id).knowledge == Knowledge::Future ? m_capabilities.futureCovariates
                                                                : m_capabilities.pastCovariates;
}

std::string FeatureEditor::text() const
{
    std::string joined;
    for (const FeatureSpec& spec : m_specs)
        if (isUsable(spec))
            joined += (joined.empty() ? "" : ", ") + spec.text();
    return joined;
}

void FeatureEditor::setText(const std::string& text)
{
    m_specs = parseFeatures(text);
    showSpecs(m_specs.empty() ? -1 : 0);
    emit changed();
}

void FeatureEditor::setModel(const ModelEntry& model)
{
    m_capabilities = model.capabilities;
    m_modelName = fromUtf8(model.label);
    showSpecs(m_list->currentRow());
}

bool FeatureEditor::hasProblems() const
{
    return (m_form && m_form->hasProblems()) || !m_problem.isEmpty();
}

void FeatureEditor::add(const std::string& id)
{
    m_specs.push_back({id, defaults(featureEntry(id).schema)});
    showSpecs(count() - 1);
    emit changed();
}

void FeatureEditor::removeCurrent()
{
    const int row = m_list->currentRow();
    if (row < 0)
        return;
    m_specs.erase(m_specs.begin() + row);
    showSpecs(std::min(row, count() - 1));
    emit changed();
}

void FeatureEditor::move(int by)
{
    const int row = m_list->currentRow();
    const int target = row + by;
    if (row < 0 || target < 0 || target >= count())
        return;
    std::swap(m_specs[static_cast<std::size_t>(row)], m_specs[static_cast<std::size_t>(target)]);
    showSpecs(target);
    emit changed();
}

QString FeatureEditor::rowText(const FeatureSpec& spec) const
{
    const QString text = fromUtf8(spec.text());
    if (!isUsable(spec))
        return tr("%1 — left out: %2 cannot take it").arg(text, m_modelName);
    return featureEntry(spec.id).knowledge == Knowledge::Future ? tr("%1 — known ahead").arg(text) : text;
}

void FeatureEditor::showSpecs(int current)
{
    const QSignalBlocker quiet(m_list);
    m_list->clear();
    for (const FeatureSpec& spec : m_specs)
        m_list->addItem(rowText(spec));
    m_list->setCurrentRow(current);
    showCurrent();
}

void FeatureEditor::showCurrent()
{
    const int row = m_list->currentRow();
    delete m_form;
    m_form = nullptr;
    m_help->setVisible(row >= 0);
    for (QToolButton* each : {m_remove, m_up, m_down})
        each->setEnabled(row >= 0);
    m_up->setEnabled(row > 0);
    m_down->setEnabled(row >= 0 && row + 1 < count());
    if (row >= 0) {
        const FeatureSpec& spec = m_specs[static_cast<std::size_t>(row)];
        const FeatureEntry& entry = featureEntry(spec.id);
        m_help->setText(engineText(entry.help) + u'\n' + fromUtf8(entry.formula));
        m_form = new ParamForm(entry.schema, this);
        m_form->setValues(spec.values);
        m_formPlace->addWidget(m_form);
        connect(m_form, &ParamForm::changed, this, &FeatureEditor::takeValues);
    }
    showNote();
}

void FeatureEditor::takeValues()
{
    const int row = m_list->currentRow();
    if (row < 0 || m_form->hasProblems()) {
        emit changed();
        return;
    }
    FeatureSpec& spec = m_specs[static_cast<std::size_t>(row)];
    spec.values = m_form->values();
    m_list->item(row)->setText(rowText(spec));
    showNote();
    emit changed();
}

void FeatureEditor::showNote()
{
    m_problem.clear();
    setRole(*m_note, Role::Muted);
    const bool takesSome = m_capabilities.pastCovariates || m_capabilities.futureCovariates;
    m_add->setEnabled(takesSome);
    m_list->setEnabled(takesSome);
    if (!takesSome) {
        m_note->setText(tr("%1 looks at the series alone and takes no features.").arg(m_modelName));
        return;
    }
    if (m_specs.empty()) {
        m_note->setText(tr("No features: the model sees the target alone. Add one from the catalogue."));
        return;
    }
    int warmUp = 0;
    try {
        for (const FeatureSpec& spec : m_specs)
            if (isUsable(spec))
                warmUp = std::max(warmUp, spec.make()->warmUp());
    } catch (const Error& error) {
        m_problem = sentence(error.message());
        setRole(*m_note, Role::Bad);
        m_note->setText(m_problem);
        return;
    }
    m_note->setText(
        warmUp == 0 ? tr("No warm-up: every row can be used.")
                    : tr("Warm-up: the first %Ln row(s) have no value and are left out.", nullptr, warmUp));
}

}  // namespace fc::ui
