// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <functional>
#include <optional>
#include <vector>

#include "engine/io/import.h"

namespace fc::ui {

/// One option of an import as the form shows it. Values are the text that commands take.
struct ImportField {
    struct Choice {
        QString text;
        QString value;
    };

    QString id;
    QString label;
    QString help;
    std::vector<Choice> choices;
    bool isEditable = false;  ///< a value of the person's own can be typed
    bool isPart = false;      ///< which part of the file is read: shown while there are several
    std::function<std::optional<QString>(const ImportOptions&)> get;
    std::function<void(ImportOptions&, const std::optional<QString>&)> set;

    /// How a value is shown: by its choice, else as it is.
    QString textOf(const QString& value) const;
};

/// In the order of the form.
const std::vector<ImportField>& importFields();

}  // namespace fc::ui
