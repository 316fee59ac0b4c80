// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/params/setup_panel.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QTabWidget>
#include <QVBoxLayout>

#include "engine/runs/services.h"
#include "ui/params/param_form.h"
#include "ui/pipeline/pipeline_document.h"
#include "ui/text/text.h"
#include "ui/theme/icon.h"
#include "ui/theme/theme.h"

namespace fc::ui {
namespace {

enum Group { Training, Model, GroupCount };

QLabel* label(QWidget* parent, Role role)
{
    auto* made = new QLabel(parent);
    made->setTextFormat(Qt::PlainText);
    made->setWordWrap(true);
    setRole(*made, role);
    return made;
}

std::vector<std::string> idsOf(const Schema& schema)
{
    std::vector<std::string> ids;
    for (const Param& param : schema)
        ids.push_back(param.spec.id);
    return ids;
}

}  // namespace

SetupPanel::SetupPanel(PipelineDocument& recipe, QWidget* parent) : QWidget(parent), m_recipe(recipe)
{
    m_training = new ParamForm(planSchema(), this);
    auto* modelHolder = new QWidget(this);
    m_modelPlace = new QVBoxLayout(modelHolder);
    m_modelPlace->setContentsMargins(0, 0, 0, 0);

    m_groups = new QTabWidget(this);
    m_groups->setObjectName(QStringLiteral("setupGroups"));
    m_groups->setAccessibleName(tr("Groups of settings"));
    m_groups->setDocumentMode(true);
    for (QWidget* content : {static_cast<QWidget*>(m_training), modelHolder})
        m_groups->addTab(makeGroup(content), QString());

    m_train = new QPushButton(icon(QStringLiteral("play"), IconColor::OnAccent), tr("Train"), this);
    m_train->setObjectName(QStringLiteral("setupTrain"));
    m_train->setToolTip(tr("Check the settings and start a run"));
    setRole(*m_train, Role::Primary);
    m_reset = new QPushButton(icon(QStringLiteral("undo")), tr("Reset all"), this);
    m_reset->setToolTip(tr("Every setting back to its default, the recipe included; that can be undone"));
    connect(m_train, &QPushButton::clicked, this, &SetupPanel::trainRequested);
    connect(m_reset, &QPushButton::clicked, this, [this] { setSettings({}); });
    connect(m_training, &ParamForm::changed, this, &SetupPanel::showTabs);

    auto* buttons = new QHBoxLayout;
    buttons->addWidget(m_reset);
    buttons->addStretch(1);
    buttons->addWidget(m_train);
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(12, 8, 12, 12);
    all->setSpacing(8);
    all->addWidget(makeHeader());
    all->addWidget(m_groups, 1);
    all->addLayout(buttons);
    setSeries(std::nullopt);
    setModel(models().front());
}

QWidget* SetupPanel::makeHeader()
{
    auto* header = new QWidget(this);
    m_seriesLabel = label(header, Role::Muted);
    m_modelLabel = label(header, Role::Heading);
    m_summary = label(header, Role::Muted);
    m_badges = new QWidget(header);
    auto* badgeLine = new QHBoxLayout(m_badges);
    badgeLine->setContentsMargins(0, 2, 0, 0);
    badgeLine->setSpacing(4);
    auto* lines = new QVBoxLayout(header);
    lines->setContentsMargins(0, 0, 0, 0);
    lines->setSpacing(2);
    for (QWidget* line : {static_cast<QWidget*>(m_seriesLabel), static_cast<QWidget*>(m_modelLabel),
                          static_cast<QWidget*>(m_summary), m_badges})
        lines->addWidget(line);
    return header;
}

QWidget* SetupPanel::makeGroup(QWidget* content)
{
    auto* area = new QScrollArea(m_groups);
    area->setWidgetResizable(true);
    area->setFrameShape(QFrame::NoFrame);
    area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    area->setFocusPolicy(Qt::NoFocus);
    auto* page = new QWidget(area);
    auto* lines = new QVBoxLayout(page);
    lines->setContentsMargins(0, 10, 6, 6);
    lines->addWidget(content);
    lines->addStretch(1);
    area->setWidget(page);
    return area;
}

void SetupPanel::setSeries(const std::optional<SeriesRecord>& series)
{
    m_seriesLabel->setText(series ? tr("%1 · %2 · %Ln row(s)", nullptr, static_cast<int>(series->rows))
                                        .arg(fromUtf8(series->name), fromUtf8(series->frequency))
                                  : tr("No series chosen. Import a file or add the sample data."));
}

void SetupPanel::setModel(const ModelEntry& model)
{
    m_modelLabel->setText(engineText(model.label));
    m_summary->setText(engineText(model.summary));
    m_summary->setToolTip(fromUtf8(model.paper));
    showBadges(model.capabilities);
    m_recipe.setModel(model);
    delete m_model;
    std::vector<std::string> known = idsOf(planSchema());
    for (const std::string& id : idsOf(recipeSchema()))
        known.push_back(id);
    m_model = new ParamForm(without(model.schema, known), this);
    m_modelPlace->addWidget(m_model);
    connect(m_model, &ParamForm::changed, this, &SetupPanel::showTabs);
    showTabs();
}

void SetupPanel::showBadges(const Capabilities& capabilities)
{
    qDeleteAll(m_badges->findChildren<QLabel*>(Qt::FindDirectChildrenOnly));
    delete m_badges->layout();
    auto* line = new QHBoxLayout(m_badges);
    line->setContentsMargins(0, 2, 0, 0);
    line->setSpacing(10);
    const auto badge = [&](bool has, const QString& text, const QString& help) {
        auto* made = label(m_badges, has ? Role::Good : Role::Muted);
        made->setText((has ? QStringLiteral("✓ ") : QStringLiteral("– ")) + text);
        made->setToolTip(help);
        made->setWordWrap(false);
        line->addWidget(made);
    };
    badge(capabilities.pastCovariates, tr("features"),
          tr("Whether the model can use computed features of the past"));
    badge(capabilities.futureCovariates, tr("calendar"), tr("Whether the model can use what is known ahead"));
    badge(capabilities.probabilistic, tr("quantiles"), tr("Whether the model can be trained on quantiles"));
    badge(capabilities.multivariate, tr("channels"), tr("Whether several targets can influence each other"));
    line->addStretch(1);
}

bool SetupPanel::hasProblems(int group) const
{
    return (group == Training ? m_training : m_model)->hasProblems();
}

void SetupPanel::showTabs()
{
    const QString names[] = {tr("Training"), tr("Model")};
    const int changes[] = {m_training->changeCount(), m_model->changeCount()};
    for (int group = 0; group < GroupCount; ++group) {
        m_groups->setTabText(group, changes[group] > 0 ? names[group] + QStringLiteral(" •") : names[group]);
        m_groups->setTabIcon(
            group, hasProblems(group) ? icon(QStringLiteral("warning"), IconColor::Danger) : QIcon());
        m_groups->setTabToolTip(group, tr("%Ln changed setting(s)", nullptr, changes[group]));
    }
}

ParamValues SetupPanel::settings() const
{
    ParamValues values = trainingRecipeOf(m_recipe.pipeline(), m_recipe.capabilities());
    for (const ParamForm* form : {m_training, m_model})
        values.merge(form->changes());
    return values;
}

void SetupPanel::setSettings(const ParamValues& settings, const QString& recipeStep)
{
    for (ParamForm* form : {m_training, m_model}) {
        form->resetAll();
        form->setValues(settings);
    }
    m_recipe.replace(settings, {}, recipeStep.isEmpty() ? tr("Reset all") : recipeStep);
    showTabs();
}

bool SetupPanel::validate()
{
    for (int group = 0; group < GroupCount; ++group) {
        if (!hasProblems(group))
            continue;
        m_groups->setCurrentIndex(group);
        (group == Training ? m_training : m_model)->focusProblem();
        return false;
    }
    return true;
}

void SetupPanel::setTraining(bool active)
{
    m_train->setEnabled(!active);
}

}  // namespace fc::ui
