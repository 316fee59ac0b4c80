// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/runs/runs_page.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QVBoxLayout>

#include "ui/theme/icon.h"
#include "ui/theme/theme.h"

namespace fc::ui {

RunsPage::RunsPage(QWidget* parent) : QWidget(parent)
{
    m_model = makeRunTable(this);
    m_view = new TableView(tr("Runs"), this);
    m_view->setObjectName(QStringLiteral("runsTable"));
    m_view->setEmptyText(tr("No runs yet. Choose a series and a model, then press Train."));
    m_view->show(m_model);
    m_view->setSortingEnabled(true);
    m_view->sortByColumn(m_model->columnCount() - 1, Qt::DescendingOrder);
    m_filter = new QLineEdit(this);
    m_filter->setObjectName(QStringLiteral("runsFilter"));
    m_filter->setPlaceholderText(tr("Filter runs"));
    m_filter->setAccessibleName(tr("Filter runs"));
    m_filter->setToolTip(tr("Shows the runs with this text in any column"));
    m_filter->setClearButtonEnabled(true);
    m_filter->addAction(icon(QStringLiteral("search"), IconColor::Muted), QLineEdit::LeadingPosition);
    m_count = new QLabel(this);
    setRole(*m_count, Role::Muted);

    auto* top = new QHBoxLayout;
    top->setContentsMargins(8, 8, 10, 4);
    top->setSpacing(10);
    top->addWidget(m_filter, 1);
    top->addWidget(m_count);
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->setSpacing(0);
    all->addLayout(top);
    all->addWidget(m_view, 1);
    connect(m_filter, &QLineEdit::textChanged, m_view, &TableView::setFilter);
    connect(m_view, &TableView::chosen, this, &RunsPage::tellSelection);
    connect(m_view, &QTableView::doubleClicked, this, [this] { emit forecastRequested(selectedRun()); });
    connect(m_view, &QWidget::customContextMenuRequested, this, [this](const QPoint& place) {
        auto* menu = new QMenu(this);
        menu->setAttribute(Qt::WA_DeleteOnClose);
        fillMenu(*menu);
        menu->popup(m_view->viewport()->mapToGlobal(place));
    });
    showCount();
}

void RunsPage::setRuns(const std::vector<RunRecord>& runs)
{
    m_model->setRows(runs);
    if (m_wanted != 0)
        selectRun(m_wanted);
    showCount();
    tellSelection();
}

void RunsPage::updateRun(const RunRecord& run)
{
    m_model->update(run);
}

void RunsPage::selectRun(std::int64_t id)
{
    const int row = m_model->rowOf(id);
    m_wanted = row < 0 ? id : 0;
    if (row >= 0)
        m_view->selectRow(row);
}

void RunsPage::focusFilter()
{
    m_filter->setFocus(Qt::ShortcutFocusReason);
    m_filter->selectAll();
}

std::int64_t RunsPage::selectedRun() const
{
    const int row = m_view->selectedRow();
    return row < 0 ? 0 : m_model->idAt(row);
}

std::vector<std::int64_t> RunsPage::selectedRuns() const
{
    std::vector<std::int64_t> ids;
    for (const int row : m_view->selectedRows())
        ids.push_back(m_model->idAt(row));
    return ids;
}

void RunsPage::tellSelection()
{
    if (selectedRun() == m_told)
        return;
    m_told = selectedRun();
    emit runSelected(m_told);
}

void RunsPage::showCount()
{
    m_count->setText(tr("%Ln run(s)", nullptr, m_model->rowCount()));
}

void RunsPage::fillMenu(QMenu& menu)
{
    const std::vector<std::int64_t> ids = selectedRuns();
    const auto add = [&](const QString& iconName, const QString& text, bool enabled, auto act) {
        QAction* action = menu.addAction(icon(iconName), text);
        action->setEnabled(enabled);
        connect(action, &QAction::triggered, this, act);
    };
    const bool one = ids.size() == 1;
    const std::int64_t id = ids.empty() ? 0 : ids.front();
    const int row = m_model->rowOf(id);
    const bool active = row >= 0 && (m_model->at(row).state == RunState::Running ||
                                     m_model->at(row).state == RunState::Paused);
    add(QStringLiteral("forecast"), tr("Show forecast"), one, [this, id] { emit forecastRequested(id); });
    add(QStringLiteral("resume"), tr("Resume"), one && !active, [this, id] { emit resumeRequested(id); });
    add(QStringLiteral("settings"), tr("Use these settings"), one,
        [this, id] { emit settingsRequested(id); });
    menu.addSeparator();
    add(QStringLiteral("note"), tr("Rename…"), one, [this, id] { emit renameRequested(id); });
    add(QStringLiteral("tag"), tr("Tag…"), one, [this, id] { emit tagRequested(id); });
    add(QStringLiteral("note"), tr("Note…"), one, [this, id] { emit noteRequested(id); });
    menu.addSeparator();
    add(QStringLiteral("export"), tr("Export as CSV…"), !ids.empty(),
        [this, ids] { emit exportRequested(ids); });
    add(QStringLiteral("delete"), tr("Delete…"), !ids.empty() && !active,
        [this, ids] { emit deleteRequested(ids); });
}

}  // namespace fc::ui
