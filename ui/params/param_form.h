// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <vector>

#include "engine/params/params.h"

class QFormLayout;

namespace fc::ui {

class ParamEditor;

/// A form from any schema: one labelled editor per parameter, in schema order. A parameter is shown only
/// while it counts (ParamSpec::when); hidden, it keeps its value.
class ParamForm : public QWidget {
    Q_OBJECT

public:
    explicit ParamForm(const Schema& schema, QWidget* parent = nullptr);

    /// Every parameter, shown or not.
    ParamValues values() const;
    /// Those shown that differ from their defaults.
    ParamValues changes() const;
    /// Ids that the form does not have are left aside.
    void setValues(const ParamValues& values);
    void resetAll();

    /// Among those shown.
    bool hasProblems() const;
    int changeCount() const;
    /// Gives the first field with a problem the focus; false when there is none.
    bool focusProblem();
    /// nullptr when there is none of that id.
    ParamEditor* editor(const std::string& id) const;

signals:
    void changed();

private:
    /// Whose parameters count beside the other values.
    std::vector<ParamEditor*> usedEditors() const;
    void showUsed();

    Schema m_schema;
    QFormLayout* m_rows = nullptr;
    std::vector<ParamEditor*> m_editors;
};

/// `schema` without the parameters named in `left`.
Schema without(const Schema& schema, const std::vector<std::string>& left);

}  // namespace fc::ui
