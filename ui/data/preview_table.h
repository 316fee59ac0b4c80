// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractTableModel>
#include <memory>

#include "engine/io/import.h"

namespace fc::ui {

/// The first records of a file as they were cut into cells, with what each column is taken for.
class PreviewTable : public QAbstractTableModel {
    Q_OBJECT

public:
    explicit PreviewTable(QObject* parent = nullptr);

    void setResult(std::shared_ptr<const ImportResult> result);
    /// The row of a physical line, or the last one before it; -1 when there is none.
    int rowOfLine(std::int64_t line) const;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    const ImportPreview::Row& row(int index) const;
    bool isAboveData(const ImportPreview::Row& row) const;
    QString columnTitle(int section) const;

    std::shared_ptr<const ImportResult> m_result;
    int m_columns = 0;
};

/// What the reader has to say about the file.
class ImportMessageTable : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { Kind, Line, Place, Text, ColumnCount };

    explicit ImportMessageTable(QObject* parent = nullptr);

    void setMessages(std::vector<ImportMessage> messages);
    const ImportMessage& at(int row) const { return m_messages.at(static_cast<std::size_t>(row)); }

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    std::vector<ImportMessage> m_messages;
};

}  // namespace fc::ui
