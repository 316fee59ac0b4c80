// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <string>
#include <vector>

#include "ui/runs/tables.h"

class QPushButton;

namespace fc::ui {

/// All series of the workspace; the chosen one is shown in the chart.
class SeriesPage : public QWidget {
    Q_OBJECT

public:
    explicit SeriesPage(QWidget* parent = nullptr);

    void setSeries(const std::vector<SeriesRecord>& series);
    void selectSeries(const std::string& name);
    TableView* table() const { return m_view; }
    SeriesTable* model() const { return m_model; }

signals:
    void seriesSelected(const std::string& name);
    void importRequested();
    void samplesRequested();
    void exportRequested(const std::string& name);
    void deleteRequested(const std::string& name);

private:
    std::string selected() const;

    SeriesTable* m_model;
    TableView* m_view;
    QPushButton* m_export;
    QPushButton* m_delete;
};

}  // namespace fc::ui
