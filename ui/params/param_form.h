// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <vector>

#include "engine/params/params.h"

namespace fc::ui {

class ParamEditor;

/// A form from any schema: one labelled editor per parameter, in schema order.
class ParamForm : public QWidget {
    Q_OBJECT

public:
    explicit ParamForm(const Schema& schema, QWidget* parent = nullptr);

    /// Every parameter.
    ParamValues values() const;
    /// Those that differ from their defaults.
    ParamValues changes() const;
    /// Ids that the form does not have are left aside.
    void setValues(const ParamValues& values);
    void resetAll();

    bool hasProblems() const;
    int changeCount() const;
    /// Gives the first field with a problem the focus; false when there is none.
    bool focusProblem();
    /// nullptr when there is none of that id.
    ParamEditor* editor(const std::string& id) const;

signals:
    void changed();

private:
    std::vector<ParamEditor*> m_editors;
};

/// `schema` without the parameters named in `left`.
Schema without(const Schema& schema, const std::vector<std::string>& left);

}  // namespace fc::ui
