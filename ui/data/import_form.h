// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <functional>
#include <vector>

#include "engine/io/import.h"

class QComboBox;
class QFormLayout;

namespace fc::ui {

/// How a file is read: what was found out, each point of which can be set by hand. One line in
/// import_fields.cpp is one field.
class ImportForm : public QWidget {
    Q_OBJECT

public:
    explicit ImportForm(QWidget* parent = nullptr);

    /// Only what was set by hand, what other parts of the dialog set included.
    ImportOptions overrides() const;
    /// Everything else goes back to automatic.
    void setOverrides(const ImportOptions& options);
    /// What a column is: a role, "number", "text" or "ignore"; empty is automatic. `found` is the role that
    /// was found for it, which a type takes away.
    void setColumn(const std::string& column, const std::string& use, const std::string& found);
    std::string columnUse(const std::string& column) const;
    /// What is done about findings of a kind; "keep" is nothing.
    void setRemedy(const std::string& finding, const std::string& remedy);
    void setDateFormat(const std::string& format);
    /// Shows what was found beside "automatic".
    void setResult(const ImportResult& result);

signals:
    /// A person set something else.
    void changed();

private:
    QComboBox* addBox(QFormLayout& rows, const QString& name, const QString& label, const QString& help);
    /// Only what there is to choose from is shown.
    void showParts(int index, const ImportResult& result);
    void showFound(QComboBox* box, const QString& found);

    std::vector<QComboBox*> m_boxes;  ///< as importFields()
    ImportOptions m_columns;          ///< roles, types and remedies alone
};

}  // namespace fc::ui
