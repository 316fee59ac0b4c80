// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <vector>

#include "engine/io/import.h"

class QComboBox;
class QFormLayout;
class QLabel;

namespace fc::ui {

/// How a file is read: what was found out, each point of which can be set by hand.
class ImportForm : public QWidget {
    Q_OBJECT

public:
    explicit ImportForm(QWidget* parent = nullptr);

    /// Only what was set by hand.
    ImportOptions overrides() const;
    void setOverrides(const ImportOptions& options);
    /// Shows what was found beside "automatic", and offers the file's columns for the roles.
    void setResult(const ImportResult& result);

signals:
    /// A person set something else.
    void changed();

private:
    QComboBox* addChoice(QFormLayout& rows, const QString& name, const QString& label, const QString& help);
    void addRoles(QFormLayout& rows);
    void addParts(QFormLayout& rows);
    void showFound(QComboBox* box, const QString& found);
    void fillRoles(const ImportResult& result);
    void fillParts(const ImportResult& result);

    QComboBox* m_delimiter;
    QComboBox* m_decimal;
    QComboBox* m_header;
    QComboBox* m_dateFormat;
    QComboBox* m_timeZone;
    QComboBox* m_duplicates;
    QComboBox* m_encoding;
    std::vector<std::pair<std::string, QComboBox*>> m_parts;  ///< by the name of the option
    std::vector<std::pair<std::string, QComboBox*>> m_roles;
    QStringList m_columns;
};

}  // namespace fc::ui
