// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pipeline/pipeline_panel.h"

#include <QAction>
#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QSplitter>
#include <QToolButton>
#include <QTreeView>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/params/param_form.h"
#include "ui/pipeline/feature_catalogue.h"
#include "ui/pipeline/pipeline_delegate.h"
#include "ui/pipeline/pipeline_details.h"
#include "ui/pipeline/pipeline_model.h"
#include "ui/text/text.h"
#include "ui/theme/icon.h"
#include "ui/theme/theme.h"

namespace fc::ui {
namespace {

constexpr int listShare = 300;  // of the height, to begin with
constexpr int detailsShare = 230;

QLabel* wrapped(QWidget* parent, Role role)
{
    auto* label = new QLabel(parent);
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    setRole(*label, role);
    return label;
}

QToolButton* buttonOf(QAction* action, QWidget* parent)
{
    auto* button = new QToolButton(parent);
    button->setDefaultAction(action);
    button->setToolButtonStyle(Qt::ToolButtonIconOnly);
    button->setFocusPolicy(Qt::TabFocus);
    button->setAccessibleName(action->text());
    return button;
}

}  // namespace

PipelinePanel::PipelinePanel(PipelineDocument& document, PipelineJobs& jobs, QWidget* parent)
    : QWidget(parent),
      m_document(document),
      m_jobs(jobs),
      m_model(new PipelineModel(document, this)),
      m_catalogue(new FeatureCatalogue(this))
{
    m_list = new QTreeView(this);
    m_list->setObjectName(QStringLiteral("pipelineList"));
    m_list->setAccessibleName(tr("Recipe"));
    m_list->setHeaderHidden(true);
    m_list->setRootIsDecorated(false);
    m_list->setIndentation(0);
    m_list->setItemsExpandable(false);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_list->setDragDropMode(QAbstractItemView::InternalMove);
    m_list->setDefaultDropAction(Qt::MoveAction);
    m_list->setDropIndicatorShown(true);
    m_list->setMouseTracking(true);
    m_list->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_list->setContextMenuPolicy(Qt::ActionsContextMenu);
    m_list->setItemDelegate(new PipelineDelegate(m_list));
    m_list->setModel(m_model);

    m_details = new PipelineDetails(m_document, this);
    m_summary = wrapped(this, Role::Muted);
    m_summary->setObjectName(QStringLiteral("pipelineSummary"));
    m_verdict = wrapped(this, Role::Muted);
    m_verdict->setObjectName(QStringLiteral("auditVerdict"));
    m_verdict->hide();
    auto* split = new QSplitter(Qt::Vertical, this);
    split->setChildrenCollapsible(false);
    split->addWidget(m_list);
    split->addWidget(m_details);
    split->setStretchFactor(0, 3);
    split->setStretchFactor(1, 2);
    split->setSizes({listShare, detailsShare});
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(12, 8, 12, 12);
    all->setSpacing(8);
    all->addWidget(makeHeader());
    all->addWidget(makeButtons());
    all->addWidget(split, 1);
    all->addWidget(m_summary);
    all->addWidget(m_verdict);
    connectActions();
    connectDocument();
    connectAudit();
    select(TargetsKey);
    showName();
    showSummary();
}

QWidget* PipelinePanel::makeHeader()
{
    auto* header = new QWidget(this);
    m_name = new QLabel(header);
    m_name->setObjectName(QStringLiteral("recipeName"));
    m_name->setTextFormat(Qt::PlainText);
    m_name->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    setRole(*m_name, Role::Heading);
    m_recipe = new QToolButton(header);
    m_recipe->setText(tr("Recipe"));
    m_recipe->setAccessibleName(tr("Recipe: open, save, share, apply"));
    m_recipe->setToolTip(m_recipe->accessibleName());
    m_recipe->setPopupMode(QToolButton::InstantPopup);
    m_recipe->setFocusPolicy(Qt::TabFocus);
    m_recipe->hide();
    auto* line = new QHBoxLayout(header);
    line->setContentsMargins(0, 0, 0, 0);
    line->addWidget(m_name, 1);
    line->addWidget(m_recipe);
    return header;
}

QAction* PipelinePanel::addRowAction(const QString& iconName, const QString& text, const QKeySequence& key)
{
    auto* action = new QAction(icon(iconName), text, this);
    action->setShortcut(key);
    action->setShortcutContext(Qt::WidgetShortcut);
    action->setToolTip(tr("%1 (%2)").arg(text, key.toString(QKeySequence::NativeText)));
    m_list->addAction(action);
    return action;
}

QWidget* PipelinePanel::makeButtons()
{
    auto* buttons = new QWidget(this);
    m_addAction = addRowAction(QStringLiteral("new"), tr("Add a feature"), Qt::Key_Insert);
    m_preview = addRowAction(QStringLiteral("eye"), tr("Show on the chart"), Qt::Key_V);
    m_toggle = addRowAction(QStringLiteral("stop"), tr("Switch on or off"), Qt::Key_Space);
    m_up = addRowAction(QStringLiteral("up"), tr("Move up"), QKeySequence(Qt::ALT | Qt::Key_Up));
    m_down = addRowAction(QStringLiteral("down"), tr("Move down"), QKeySequence(Qt::ALT | Qt::Key_Down));
    m_duplicate = addRowAction(QStringLiteral("copy"), tr("Duplicate"), QKeySequence(Qt::CTRL | Qt::Key_D));
    m_remove = addRowAction(QStringLiteral("delete"), tr("Delete"), QKeySequence::Delete);
    m_toggle->setIcon(QIcon());
    m_add = new QToolButton(buttons);
    m_add->setObjectName(QStringLiteral("addFeature"));
    m_add->setIcon(icon(QStringLiteral("new")));
    m_add->setText(tr("Add"));
    m_add->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_add->setFocusPolicy(Qt::TabFocus);
    m_add->setAccessibleName(m_addAction->text());
    m_add->setToolTip(m_addAction->toolTip());
    m_auditButton = new QToolButton(buttons);
    m_auditButton->setObjectName(QStringLiteral("auditRecipe"));
    m_auditButton->setIcon(icon(QStringLiteral("audit")));
    m_auditButton->setText(tr("Audit"));
    m_auditButton->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_auditButton->setFocusPolicy(Qt::TabFocus);
    m_auditButton->setAccessibleName(tr("Audit for look-ahead"));
    m_auditButton->setToolTip(
        tr("Replaces the data after random rows by noise and looks whether anything before changes"));
    auto* line = new QHBoxLayout(buttons);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(2);
    line->addWidget(m_add);
    line->addWidget(m_auditButton);
    line->addStretch(1);
    for (QAction* action : {m_up, m_down, m_duplicate, m_remove})
        line->addWidget(buttonOf(action, buttons));
    return buttons;
}

void PipelinePanel::connectActions()
{
    connect(m_catalogue, &FeatureCatalogue::chosen, this, &PipelinePanel::addFeature);
    const auto openCatalogue = [this] { m_catalogue->openAt(*m_add); };
    connect(m_add, &QToolButton::clicked, this, openCatalogue);
    connect(m_addAction, &QAction::triggered, this, openCatalogue);
    connect(m_up, &QAction::triggered, this, [this] { m_document.move(currentPlace(), currentPlace() - 1); });
    connect(m_down, &QAction::triggered, this,
            [this] { m_document.move(currentPlace(), currentPlace() + 1); });
    connect(m_duplicate, &QAction::triggered, this, [this] { select(m_document.duplicate(currentPlace())); });
    connect(m_remove, &QAction::triggered, this, [this] {
        const int row = m_list->currentIndex().row();
        m_document.remove(currentPlace());
        select(m_model->keyOfRow(std::min(row, std::max(0, m_document.count()))));
    });
    connect(m_toggle, &QAction::triggered, this, [this] {
        const int place = currentPlace();
        m_document.setOn(place, !m_document.feature(place).listed.isOn);
    });
    connect(m_preview, &QAction::triggered, this,
            [this] { m_document.setPreviewed(currentKey(), !m_document.isPreviewed(currentKey())); });
    connect(m_auditButton, &QToolButton::clicked, &m_jobs, &PipelineJobs::audit);
    connect(m_list->selectionModel(), &QItemSelectionModel::currentChanged, this,
            [this](const QModelIndex& current) {
                if (!current.isValid())
                    return;  // the rows are being replaced
                m_selectedKey = m_model->keyOfRow(current.row());
                m_details->setKey(m_selectedKey);
                showActions();
            });
}

void PipelinePanel::connectDocument()
{
    // The model heard of it first and has its new rows.
    connect(&m_document, &PipelineDocument::changed, this, &PipelinePanel::onChanged);
    connect(&m_document, &PipelineDocument::findingsChanged, this, [this] {
        m_list->doItemsLayout();
        showSummary();
    });
    connect(m_details, &PipelineDetails::problemsChanged, this, &PipelinePanel::showSummary);
}

void PipelinePanel::connectAudit()
{
    const auto show = [this](const QString& text, Role role) {
        setRole(*m_verdict, role);
        m_verdict->setText(text);
        m_verdict->show();
        m_auditButton->setEnabled(m_jobs.hasSeries() && !m_jobs.isAuditing());
    };
    connect(&m_jobs, &PipelineJobs::auditStarted, this, [show] { show(tr("Auditing…"), Role::Muted); });
    connect(&m_jobs, &PipelineJobs::audited, this, [show](const AuditReport& report) {
        show(sentence(verdict(report)), report.isClean() ? Role::Good : Role::Bad);
    });
    connect(&m_jobs, &PipelineJobs::auditFailed, this,
            [show](const Message& message) { show(sentence(message), Role::Bad); });
}

void PipelinePanel::setRecipeMenu(QMenu* menu)
{
    m_recipe->setMenu(menu);
    m_recipe->show();
}

ParamForm* PipelinePanel::form() const
{
    return m_details->form();
}

int PipelinePanel::currentKey() const
{
    return m_model->keyOfRow(m_list->currentIndex().row());
}

int PipelinePanel::currentPlace() const
{
    return m_document.placeOf(currentKey());
}

void PipelinePanel::select(int key)
{
    const int row = m_model->rowOfKey(key);
    m_list->setCurrentIndex(m_model->index(std::max(row, 0)));
}

void PipelinePanel::addFeature(const std::string& id)
{
    select(m_document.add(id));
    m_list->scrollTo(m_list->currentIndex());
    m_list->setFocus();
}

void PipelinePanel::onChanged()
{
    m_catalogue->setModel(m_document.capabilities(), m_document.modelName());
    if (!m_list->currentIndex().isValid())
        select(m_selectedKey);
    m_verdict->hide();  // it was about what the recipe was before
    m_list->doItemsLayout();
    showActions();
    showName();
    showSummary();
}

void PipelinePanel::showActions()
{
    const int place = currentPlace();
    for (QAction* action : {m_duplicate, m_remove, m_toggle, m_preview})
        action->setEnabled(place >= 0);
    m_up->setEnabled(place > 0);
    m_down->setEnabled(place >= 0 && place + 1 < m_document.count());
    m_auditButton->setEnabled(m_jobs.hasSeries() && !m_jobs.isAuditing());
}

void PipelinePanel::showName()
{
    const QString name = m_document.name().isEmpty() ? tr("Recipe without a name") : m_document.name();
    m_name->setText(m_document.isModified() ? name + QStringLiteral(" •") : name);
    m_name->setToolTip(m_document.isModified() ? tr("There are changes that are not saved.") : QString());
}

void PipelinePanel::showSummary()
{
    const auto& findings = m_document.findings();
    m_auditButton->setEnabled(m_jobs.hasSeries() && !m_jobs.isAuditing());
    setRole(*m_summary, hasProblems() ? Role::Bad : Role::Muted);
    if (m_details->hasProblems())
        m_summary->setText(tr("A setting cannot be used. The field that is marked says why."));
    else if (m_document.hasProblems())
        m_summary->setText(tr("The recipe cannot be used yet. The rows that are marked say why."));
    else if (!findings)
        m_summary->setText(tr("No series chosen. Import a file or add the sample data."));
    else
        m_summary->setText(tr("%Ln row(s) after warm-up", nullptr, static_cast<int>(findings->rows)) +
                           QStringLiteral(" · ") +
                           tr("windows %L1 / %L2 / %L3")
                               .arg(findings->trainWindows)
                               .arg(findings->validationWindows)
                               .arg(findings->testWindows));
    m_summary->setToolTip(tr("Windows of the training, validation and test part"));
}

bool PipelinePanel::hasProblems() const
{
    return m_details->hasProblems() || m_document.hasProblems();
}

QString PipelinePanel::firstProblem() const
{
    for (int row = 0; row < m_model->rowCount() && m_document.hasProblems(); ++row)
        if (const QString problem = m_document.problem(m_model->keyOfRow(row)); !problem.isEmpty())
            return problem;
    return {};
}

bool PipelinePanel::validate()
{
    if (m_details->hasProblems() && m_details->form()->focusProblem())
        return false;
    if (!m_document.hasProblems())
        return true;
    for (int row = 0; row < m_model->rowCount(); ++row) {
        if (m_document.problem(m_model->keyOfRow(row)).isEmpty())
            continue;
        select(m_model->keyOfRow(row));
        break;
    }
    return false;
}

void PipelinePanel::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::StyleChange)
        m_catalogue->setModel(m_document.capabilities(), m_document.modelName());
}

void PipelinePanel::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    m_list->doItemsLayout();  // problems wrap at another width
}

}  // namespace fc::ui
