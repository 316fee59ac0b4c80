// SPDX-License-Identifier: GPL-3.0-or-later
// What belongs to the selected run: its checkpoints and its events.
#pragma once

#include <QWidget>
#include <vector>

#include "ui/runs/tables.h"

class QPushButton;

namespace fc::ui {

/// Checkpoints of one run; choosing one shows its forecast.
class CheckpointsPage : public QWidget {
    Q_OBJECT

public:
    explicit CheckpointsPage(QWidget* parent = nullptr);

    void setCheckpoints(const std::vector<CheckpointRecord>& checkpoints);
    /// Resuming waits while another training runs.
    void setTraining(bool active);
    TableView* table() const { return m_view; }
    CheckpointTable* model() const { return m_model; }

signals:
    void checkpointSelected(const fc::CheckpointRecord& checkpoint);
    void exportRequested(const fc::CheckpointRecord& checkpoint);
    void resumeRequested(const fc::CheckpointRecord& checkpoint);
    void deleteRequested(const fc::CheckpointRecord& checkpoint);

private:
    void showButtons();

    CheckpointTable* m_model;
    TableView* m_view;
    QPushButton* m_export;
    QPushButton* m_resume;
    QPushButton* m_delete;
    bool m_training = false;
};

/// Events of one run, newest last.
class EventsPage : public QWidget {
    Q_OBJECT

public:
    explicit EventsPage(QWidget* parent = nullptr);

    void setEvents(const std::vector<EventRecord>& events);
    void addEvent(const EventRecord& event);
    EventTable* model() const { return m_model; }

private:
    EventTable* m_model;
    TableView* m_view;
};

}  // namespace fc::ui
