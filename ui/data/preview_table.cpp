// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/data/preview_table.h"

#include <QFont>
#include <algorithm>

#include "ui/text/text.h"
#include "ui/theme/colors.h"
#include "ui/theme/icon.h"

namespace fc::ui {

PreviewTable::PreviewTable(QObject* parent) : QAbstractTableModel(parent) {}

void PreviewTable::setResult(std::shared_ptr<const ImportResult> result)
{
    beginResetModel();
    m_result = std::move(result);
    m_columns = 0;
    if (m_result) {
        m_columns = static_cast<int>(m_result->preview.columns.size());
        for (const ImportPreview::Row& each : m_result->preview.rows)
            m_columns = std::max(m_columns, static_cast<int>(each.cells.size()));
    }
    endResetModel();
}

const ImportPreview::Row& PreviewTable::row(int index) const
{
    return m_result->preview.rows[static_cast<std::size_t>(index)];
}

int PreviewTable::rowOfLine(std::int64_t line) const
{
    int found = -1;
    for (int index = 0; index < rowCount(); ++index)
        if (row(index).line <= line)
            found = index;
    return found;
}

bool PreviewTable::isAboveData(const ImportPreview::Row& row) const
{
    return row.line <= m_result->detected.headerLine.value_or(0);
}

int PreviewTable::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() || !m_result ? 0 : static_cast<int>(m_result->preview.rows.size());
}

int PreviewTable::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : m_columns;
}

QVariant PreviewTable::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const ImportPreview::Row& record = row(index.row());
    const auto column = static_cast<std::size_t>(index.column());
    switch (role) {
        case Qt::DisplayRole:
            return column < record.cells.size() ? fromUtf8(record.cells[column]) : QString();
        case Qt::ForegroundRole:
            return isAboveData(record) ? QVariant(currentColors().muted) : QVariant();
        case Qt::TextAlignmentRole: {
            const bool isNumber = column < m_result->preview.columns.size() &&
                                  m_result->preview.columns[column].type == ImportColumnType::Number;
            return QVariant((isNumber ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
        }
        default:
            return {};
    }
}

QString PreviewTable::columnTitle(int section) const
{
    const auto& columns = m_result->preview.columns;
    if (static_cast<std::size_t>(section) >= columns.size())
        return QString::number(section + 1);
    const ImportColumn& column = columns[static_cast<std::size_t>(section)];
    const QString name = fromUtf8(column.name);
    if (!column.role.empty())
        return name + u'\n' + fromUtf8(column.role);
    switch (column.type) {
        case ImportColumnType::Time:
            return name + u'\n' + tr("time");
        case ImportColumnType::Number:
            return name + u'\n' + tr("number");
        case ImportColumnType::Text:
            return name + u'\n' + tr("text");
        case ImportColumnType::Ignored:
            break;
    }
    return name + u'\n' + tr("left out");
}

QVariant PreviewTable::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (!m_result || section < 0)
        return {};
    if (orientation == Qt::Vertical)
        return role == Qt::DisplayRole && section < rowCount() ? QVariant(count(row(section).line))
                                                               : QVariant();
    if (role == Qt::DisplayRole && section < m_columns)
        return columnTitle(section);
    return role == Qt::TextAlignmentRole ? QVariant(Qt::AlignLeft | Qt::AlignVCenter) : QVariant();
}

ImportMessageTable::ImportMessageTable(QObject* parent) : QAbstractTableModel(parent) {}

void ImportMessageTable::setMessages(std::vector<ImportMessage> messages)
{
    beginResetModel();
    m_messages = std::move(messages);
    std::stable_partition(m_messages.begin(), m_messages.end(),
                          [](const ImportMessage& each) { return each.isError; });
    endResetModel();
}

int ImportMessageTable::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_messages.size());
}

int ImportMessageTable::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant ImportMessageTable::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const ImportMessage& message = at(index.row());
    if (role == Qt::DecorationRole && index.column() == Kind)
        return icon(message.isError ? QStringLiteral("cancel") : QStringLiteral("warning"),
                    message.isError ? IconColor::Danger : IconColor::Muted);
    if (role != Qt::DisplayRole)
        return {};
    switch (index.column()) {
        case Kind:
            return message.isError ? tr("Error") : tr("Warning");
        case Line:
            return message.line ? count(*message.line) : QString();
        case Place:
            return message.column ? fromUtf8(*message.column) : QString();
        default:
            return sentence(message.text);
    }
}

QVariant ImportMessageTable::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant(Qt::AlignLeft | Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
        case Kind:
            return tr("Kind");
        case Line:
            return tr("Line");
        case Place:
            return tr("Column");
        default:
            return tr("What was found");
    }
}

}  // namespace fc::ui
