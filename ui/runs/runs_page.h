// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <vector>

#include "ui/runs/tables.h"

class QLabel;
class QLineEdit;
class QMenu;

namespace fc::ui {

/// All runs of the workspace with a filter and what can be done with them.
class RunsPage : public QWidget {
    Q_OBJECT

public:
    explicit RunsPage(QWidget* parent = nullptr);

    /// Selection and sorting stay.
    void setRuns(const std::vector<RunRecord>& runs);
    /// Shows newer numbers of one run without reading the list anew.
    void updateRun(const RunRecord& run);
    /// Selects it as soon as it is in the list.
    void selectRun(std::int64_t id);
    /// 0 when none is selected.
    std::int64_t selectedRun() const;
    std::vector<std::int64_t> selectedRuns() const;
    void focusFilter();
    TableView* table() const { return m_view; }
    RunTable* model() const { return m_model; }

signals:
    /// 0 when nothing is selected.
    void runSelected(std::int64_t id);
    void forecastRequested(std::int64_t id);
    void resumeRequested(std::int64_t id);
    void settingsRequested(std::int64_t id);
    void renameRequested(std::int64_t id);
    void tagRequested(std::int64_t id);
    void noteRequested(std::int64_t id);
    void exportRequested(const std::vector<std::int64_t>& ids);
    void deleteRequested(const std::vector<std::int64_t>& ids);

private:
    void tellSelection();
    void fillMenu(QMenu& menu);
    void showCount();

    RunTable* m_model;
    TableView* m_view;
    QLineEdit* m_filter;
    QLabel* m_count;
    std::int64_t m_told = 0;
    std::int64_t m_wanted = 0;
};

}  // namespace fc::ui
