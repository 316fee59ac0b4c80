// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QStringList>

#include "ui/data/import_file.h"
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
    /// In one dialog; files added while it is open join the others.
    void import(const QStringList& paths);
    /// The files or the text that the clipboard holds.
    void paste();
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
    void import(const std::vector<ImportSource>& sources);

    Workspace& m_workspace;
    QWidget* m_window;
    ImportDialog* m_dialog = nullptr;
    Background m_background{QStringLiteral("data")};
};

}  // namespace fc::ui
