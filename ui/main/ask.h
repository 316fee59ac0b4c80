// SPDX-License-Identifier: GPL-3.0-or-later
// Small questions to the person. They open over the window and answer later, so that no event loop is nested.
#pragma once

#include <QString>
#include <functional>

class QWidget;

namespace fc::ui {

/// One line of text; `answer` is called when it was confirmed. Texts are shown as plain text.
void askText(QWidget* parent, const QString& title, const QString& label, const QString& initial,
             std::function<void(const QString&)> answer);

/// One of several texts, the first of which is marked.
void askChoice(QWidget* parent, const QString& title, const QString& label, const QStringList& choices,
               std::function<void(const QString&)> answer);

/// A choice between `action` and leaving everything as it is.
void askConfirmation(QWidget* parent, const QString& title, const QString& text, const QString& action,
                     std::function<void()> confirmed);

/// Where to write a file; `filters` as in QFileDialog. The ending of the chosen filter is added when there is
/// none.
void askSaveFile(QWidget* parent, const QString& title, const QString& proposal, const QString& filters,
                 std::function<void(const QString& path)> answer);

/// One or more files to read.
void askOpenFiles(QWidget* parent, const QString& title, const QString& folder, const QString& filters,
                  bool several, std::function<void(const QStringList& paths)> answer);

}  // namespace fc::ui
