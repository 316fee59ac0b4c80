// SPDX-License-Identifier: GPL-3.0-or-later
// The columns of every table of records, and the view that shows them.
#pragma once

#include <QTableView>
#include <memory>

#include "engine/store/records.h"
#include "ui/runs/record_table.h"

class QPushButton;
class QSortFilterProxyModel;

namespace fc::ui {

using RunTable = RecordTable<RunRecord>;
using CheckpointTable = RecordTable<CheckpointRecord>;
using EventTable = RecordTable<EventRecord>;
using SeriesTable = RecordTable<SeriesRecord>;

/// Newest first is a matter of the view; rows are in the store's order.
RunTable* makeRunTable(QObject* parent);
CheckpointTable* makeCheckpointTable(QObject* parent);
EventTable* makeEventTable(QObject* parent);
SeriesTable* makeSeriesTable(QObject* parent);

/// How much smaller (negative) or larger the run's error on its last measured part is than the naive
/// forecast's, as a fraction of it; NaN when either is not known.
double againstNaive(const RunRecord& run);
/// MAE on the test part, else on the validation part; NaN when neither is there.
double meanAbsoluteError(const RunRecord& run);

/// A table of whole rows that can be sorted and filtered and says what to do while it is empty.
class TableView : public QTableView {
    Q_OBJECT

public:
    explicit TableView(const QString& name, QWidget* parent = nullptr);

    /// Shows the model through a sorting and filtering proxy of its own.
    void show(QAbstractItemModel* model);
    void setEmptyText(const QString& text);
    /// Rows with this text in any column.
    void setFilter(const QString& text);
    /// Rows of the shown model that are selected, in order.
    std::vector<int> selectedRows() const;
    /// The first selected row, or -1.
    int selectedRow() const;
    void selectRow(int sourceRow);

signals:
    /// A person or selectRow() chose other rows.
    void chosen();

protected:
    void paintEvent(QPaintEvent* event) override;
    void showEvent(QShowEvent* event) override;

private:
    /// To what the visible rows need; never narrower than a person left them.
    void widenColumns();

    QSortFilterProxyModel* m_proxy;
    QString m_emptyText;
    bool m_isSized = false;
};

/// A button above a table.
QPushButton* tableButton(QWidget* parent, const QString& iconName, const QString& text, const QString& help);
/// Fills `page` with a line of buttons, if any, and the table below.
void layOutTable(QWidget* page, TableView* view, const std::vector<QPushButton*>& buttons);

}  // namespace fc::ui
