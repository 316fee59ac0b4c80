// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>
#include <string>

#include "engine/runs/transform_series.h"

class QPushButton;
class QTableWidget;

namespace fc::ui {

/// What the check of a series found, one row a finding, with the remedies to choose from. Nothing is done
/// unless the person chooses and applies.
class CheckReport : public QDialog {
    Q_OBJECT

public:
    CheckReport(const SeriesReport& report, QWidget* parent);

    QTableWidget* table() const { return m_table; }
    /// "spike=set_missing, gaps=forward"; empty when everything is kept.
    std::string remedies() const;
    /// For tests and keyboards: the choice of one row by the remedy's id.
    void choose(int row, const std::string& remedy);

signals:
    void applied(const std::string& remedies);

private:
    void addRow(const Finding& finding, int row);
    void showChoice();

    std::vector<Finding> m_findings;
    QTableWidget* m_table;
    QPushButton* m_apply;
};

}  // namespace fc::ui
