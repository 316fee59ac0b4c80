// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/runs/run_pages.h"

#include <QHBoxLayout>
#include <QPushButton>
#include <QVBoxLayout>

#include "ui/theme/icon.h"

namespace fc::ui {
CheckpointsPage::CheckpointsPage(QWidget* parent) : QWidget(parent)
{
    m_model = makeCheckpointTable(this);
    m_view = new TableView(tr("Checkpoints"), this);
    m_view->setObjectName(QStringLiteral("checkpointsTable"));
    m_view->setSelectionMode(QAbstractItemView::SingleSelection);
    m_view->setEmptyText(tr("No checkpoints. Select a run; one is written after each validation."));
    m_view->show(m_model);
    m_view->setSortingEnabled(true);
    m_view->sortByColumn(0, Qt::DescendingOrder);
    m_resume =
        tableButton(this, QStringLiteral("resume"), tr("Resume from here"),
                    tr("Continue the run from the selected checkpoint; what came after it is trained anew"));
    m_export = tableButton(this, QStringLiteral("export"), tr("Export…"),
                           tr("Write the selected checkpoint as a .safetensors file"));
    m_delete =
        tableButton(this, QStringLiteral("delete"), tr("Delete…"), tr("Remove the selected checkpoint"));
    layOutTable(this, m_view, {m_resume, m_export, m_delete});
    const auto with = [this](auto signal) {
        return [this, signal] {
            if (const int row = m_view->selectedRow(); row >= 0)
                emit(this->*signal)(m_model->at(row));
        };
    };
    connect(m_resume, &QPushButton::clicked, this, with(&CheckpointsPage::resumeRequested));
    connect(m_export, &QPushButton::clicked, this, with(&CheckpointsPage::exportRequested));
    connect(m_delete, &QPushButton::clicked, this, with(&CheckpointsPage::deleteRequested));
    connect(m_view, &TableView::chosen, this, with(&CheckpointsPage::checkpointSelected));
    connect(m_view, &TableView::chosen, this, &CheckpointsPage::showButtons);
    showButtons();
}

void CheckpointsPage::setCheckpoints(const std::vector<CheckpointRecord>& checkpoints)
{
    m_model->setRows(checkpoints);
    showButtons();
}

void CheckpointsPage::setTraining(bool active)
{
    m_training = active;
    showButtons();
}

void CheckpointsPage::showButtons()
{
    const bool chosen = m_view->selectedRow() >= 0;
    m_export->setEnabled(chosen);
    m_resume->setEnabled(chosen && !m_training);
    m_delete->setEnabled(chosen && !m_training);
}

EventsPage::EventsPage(QWidget* parent) : QWidget(parent)
{
    m_model = makeEventTable(this);
    m_view = new TableView(tr("Events"), this);
    m_view->setObjectName(QStringLiteral("eventsTable"));
    m_view->setEmptyText(tr("Nothing happened yet. Select a run to see when it started, paused and ended."));
    m_view->show(m_model);
    layOutTable(this, m_view, {});
}

void EventsPage::setEvents(const std::vector<EventRecord>& events)
{
    m_model->setRows(events);
    m_view->scrollToBottom();
}

void EventsPage::addEvent(const EventRecord& event)
{
    std::vector<EventRecord> events = m_model->rows();
    events.push_back(event);
    setEvents(events);
}

}  // namespace fc::ui
