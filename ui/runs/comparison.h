// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractTableModel>
#include <QWidget>
#include <optional>
#include <vector>

#include "engine/store/records.h"

class QTabBar;

namespace fc::ui {

class TableView;

/// Metrics of a run on one part, the naive forecasts beside the model on every row.
class ComparisonTable : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { Name, Model, Naive, SeasonalNaive, ColumnCount };

    explicit ComparisonTable(QObject* parent = nullptr);

    void setRun(const RunRecord& run, const std::string& part);
    void clear();

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    struct Row {
        std::string metric;
        std::optional<double> values[3];  // model, naive, seasonal naive
        int best = -1;                    // which of them; -1 where better has no direction
    };
    static QString headerHelp(int section);
    QString text(const Row& row, int source) const;

    std::vector<Row> m_rows;
    QString m_modelName;
};

/// The table with a choice of the part.
class ComparisonPanel : public QWidget {
    Q_OBJECT

public:
    explicit ComparisonPanel(QWidget* parent = nullptr);

    void setRun(const RunRecord& run);
    void clear();
    ComparisonTable* model() const { return m_model; }

private:
    void showPart();

    ComparisonTable* m_model;
    QTabBar* m_parts;
    TableView* m_view;
    std::optional<RunRecord> m_run;
};

}  // namespace fc::ui
