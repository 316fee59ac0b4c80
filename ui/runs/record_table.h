// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractTableModel>
#include <algorithm>
#include <functional>
#include <unordered_map>
#include <vector>

namespace fc::ui {

/// One column of a RecordTable.
template <typename Row>
struct TableColumn {
    QString title;
    QString help;  ///< tool tip of the header
    std::function<QString(const Row&)> text;
    std::function<QVariant(const Row&)> key = {};    ///< to sort by; the text when empty
    std::function<QVariant(const Row&)> color = {};  ///< QColor of the text, if any
    bool isNumber = false;                           ///< aligned right
};

/// A read-only table of records with an id each. New rows are told as insertions, changes and removals, so
/// that selection and scroll position of a view stay.
template <typename Row>
class RecordTable : public QAbstractTableModel {
public:
    /// Role of the value to sort by, and of the row's id.
    enum Role { SortRole = Qt::UserRole, IdRole };

    RecordTable(std::vector<TableColumn<Row>> columns, std::function<std::int64_t(const Row&)> id,
                QObject* parent = nullptr)
        : QAbstractTableModel(parent), m_columns(std::move(columns)), m_id(std::move(id))
    {
    }

    const std::vector<Row>& rows() const { return m_rows; }
    const Row& at(int row) const { return m_rows.at(static_cast<std::size_t>(row)); }
    std::int64_t idAt(int row) const { return m_id(at(row)); }
    /// -1 when there is none.
    int rowOf(std::int64_t id) const
    {
        const auto found =
            std::find_if(m_rows.begin(), m_rows.end(), [&](const Row& row) { return m_id(row) == id; });
        return found == m_rows.end() ? -1 : static_cast<int>(found - m_rows.begin());
    }

    void setRows(std::vector<Row> rows)
    {
        removeMissing(rows);
        if (!isPrefixOf(rows)) {
            beginResetModel();
            m_rows = std::move(rows);
            endResetModel();
            return;
        }
        const int known = rowCount();
        const int all = static_cast<int>(rows.size());
        if (all > known)
            beginInsertRows({}, known, all - 1);
        m_rows = std::move(rows);
        if (all > known)
            endInsertRows();
        if (known > 0)
            emit dataChanged(index(0, 0), index(known - 1, columnCount() - 1));
    }
    /// Replaces the row with the same id, if there is one.
    void update(const Row& row)
    {
        const int place = rowOf(m_id(row));
        if (place < 0)
            return;
        m_rows[static_cast<std::size_t>(place)] = row;
        emit dataChanged(index(place, 0), index(place, columnCount() - 1));
    }

    int rowCount(const QModelIndex& parent = {}) const override
    {
        return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
    }
    int columnCount(const QModelIndex& parent = {}) const override
    {
        return parent.isValid() ? 0 : static_cast<int>(m_columns.size());
    }
    QVariant data(const QModelIndex& index, int role) const override
    {
        if (!checkIndex(index, CheckIndexOption::IndexIsValid))
            return {};
        const Row& row = at(index.row());
        const TableColumn<Row>& column = m_columns[static_cast<std::size_t>(index.column())];
        switch (role) {
            case Qt::DisplayRole:
            case Qt::AccessibleTextRole:
                return column.text(row);
            case Qt::TextAlignmentRole:
                return QVariant((column.isNumber ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
            case Qt::ForegroundRole:
                return column.color ? column.color(row) : QVariant();
            case SortRole:
                return column.key ? column.key(row) : QVariant(column.text(row));
            case IdRole:
                return QVariant::fromValue<qlonglong>(m_id(row));
            default:
                return {};
        }
    }
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override
    {
        if (orientation != Qt::Horizontal || section < 0 || section >= columnCount())
            return {};
        const TableColumn<Row>& column = m_columns[static_cast<std::size_t>(section)];
        if (role == Qt::DisplayRole)
            return column.title;
        if (role == Qt::ToolTipRole)
            return column.help;
        if (role == Qt::TextAlignmentRole)
            return QVariant((column.isNumber ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
        return {};
    }

private:
    void removeMissing(const std::vector<Row>& rows)
    {
        std::unordered_map<std::int64_t, bool> kept;
        for (const Row& row : rows)
            kept[m_id(row)] = true;
        for (int row = rowCount() - 1; row >= 0; --row) {
            if (kept.count(idAt(row)))
                continue;
            beginRemoveRows({}, row, row);
            m_rows.erase(m_rows.begin() + row);
            endRemoveRows();
        }
    }
    bool isPrefixOf(const std::vector<Row>& rows) const
    {
        return m_rows.size() <= rows.size() &&
               std::equal(m_rows.begin(), m_rows.end(), rows.begin(),
                          [&](const Row& a, const Row& b) { return m_id(a) == m_id(b); });
    }

    std::vector<TableColumn<Row>> m_columns;
    std::function<std::int64_t(const Row&)> m_id;
    std::vector<Row> m_rows;
};

}  // namespace fc::ui
