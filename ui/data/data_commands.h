// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QStringList>

#include "ui/jobs/workspace.h"

class QWidget;

namespace fc::ui {

class ImportDialog;

/// What a person can ask of series: import, samples, export, delete.
class DataCommands : public QObject {
    Q_OBJECT

public:
    DataCommands(Workspace& workspace, QWidget* window);

    /// Asks for files, beginning in `folder`.
    void chooseFiles(const QString& folder);
    /// One dialog after the other.
    void import(const QStringList& paths);
    /// Adds the sample series, then calls `done`.
    void addSamples(std::function<void()> done = {});
    void exportSeries(const std::string& name);
    void removeSeries(const std::string& name);
    /// The open import dialog, or nullptr.
    ImportDialog* dialog() const { return m_dialog; }

signals:
    /// The last of the series just stored.
    void stored(const std::string& name);
    void folderUsed(const QString& folder);
    void done(const QString& sentence);
    void failed(const fc::Message& message);

private:
    void importNext();

    Workspace& m_workspace;
    QWidget* m_window;
    QStringList m_waiting;
    ImportDialog* m_dialog = nullptr;
    Background m_background{QStringLiteral("data")};
};

}  // namespace fc::ui
