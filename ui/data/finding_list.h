// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QScrollArea>
#include <map>
#include <string>

#include "engine/io/import.h"

class QVBoxLayout;

namespace fc::ui {

/// What the values of a file show, with a button for each thing that can be done about it. Findings of one
/// kind share their remedy.
class FindingList : public QScrollArea {
    Q_OBJECT

public:
    explicit FindingList(QWidget* parent = nullptr);

    /// `chosen`: remedies by kind; what is not named is kept.
    void setResult(const ImportResult& result, const std::map<std::string, std::string>& chosen);
    /// Kinds of findings something can be done about.
    int count() const { return m_count; }

signals:
    void remedyChosen(const std::string& finding, const std::string& remedy);
    /// A line of the file to look at.
    void lineWanted(qint64 line);

private:
    void addFinding(const Finding& finding, const std::string& chosen);

    QWidget* m_page = nullptr;
    QVBoxLayout* m_lines = nullptr;
    int m_count = 0;
};

}  // namespace fc::ui
