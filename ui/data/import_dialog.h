// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>
#include <QTimer>
#include <memory>
#include <vector>

#include "ui/data/import_file.h"
#include "ui/jobs/workspace.h"

class QDialogButtonBox;
class QLabel;
class QLineEdit;
class QListWidget;
class QProgressBar;
class QPushButton;
class QTabWidget;
class QTableView;
class QToolButton;

namespace fc::ui {

class ColumnHeader;
class DateQuestion;
class FindingList;
class ImportForm;
class ImportMessageTable;
class PreviewTable;
class RawView;
class TableView;

/// Shows how files will be read before anything is stored; every change reads its file anew in the
/// background. What cannot be accepted changes nothing, and nothing that was entered is ever lost to an
/// error.
class ImportDialog : public QDialog {
    Q_OBJECT

public:
    ImportDialog(Workspace& workspace, const std::vector<ImportSource>& sources, QWidget* parent = nullptr);
    ~ImportDialog() override;

    void add(const std::vector<ImportSource>& sources);

    /// The last reading of the file shown; nullptr while the first one is at work.
    const ImportResult* result() const { return shown().result.get(); }
    const ImportFile& shown() const { return *m_files[static_cast<std::size_t>(m_current)]; }
    int fileCount() const { return static_cast<int>(m_files.size()); }
    ImportForm& form() { return *m_form; }
    ColumnHeader& header() { return *m_header; }
    QPushButton& importButton() { return *m_import; }
    bool isReading() const { return shown().isReading(); }

signals:
    /// A reading of the file shown is on the screen.
    void parsed();
    void stored(const std::vector<fc::SeriesRecord>& series);

protected:
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;

private:
    QWidget* makeFiles();
    QWidget* makeLeft();
    QWidget* makeRight();
    QWidget* makeTabs();
    QWidget* makeBottom();
    void connectParts();

    ImportFile& current() { return *m_files[static_cast<std::size_t>(m_current)]; }
    ImportFile& at(int file) { return *m_files[static_cast<std::size_t>(file)]; }
    void choose(int file);
    void onChanged();
    void read(int file);
    void take(int file, std::shared_ptr<const StagedImport> staged);
    void fail(int file, const QString& why);
    void applyRecipe(int file);
    void useRecipe(int file, const std::string& json);
    void forgetRecipe();
    void stopReading();
    void showCurrent();
    void showResult();
    void showReading();
    void showFiles();
    void showVerdict();
    QString verdictOf(const ImportFile& file) const;
    /// Why the file cannot be stored under its name; empty when it can.
    QString nameProblem(const ImportFile& file) const;
    bool isReady(const ImportFile& file) const;
    void jumpTo(int message);
    void jumpToLine(std::int64_t line, const std::string& column);
    void showRaw(std::int64_t marked);
    void store();
    void onStored(const std::vector<int>& files, const std::vector<SeriesRecord>& records);

    Workspace& m_workspace;
    std::vector<std::unique_ptr<ImportFile>> m_files;
    int m_current = 0;
    bool m_isStoring = false;
    QTimer m_debounce;
    QTimer m_progressTimer;

    QListWidget* m_list = nullptr;
    ImportForm* m_form = nullptr;
    QLineEdit* m_name = nullptr;
    QLabel* m_verdict = nullptr;
    QWidget* m_recipeNote = nullptr;
    DateQuestion* m_dates = nullptr;
    QProgressBar* m_progress = nullptr;
    QToolButton* m_stop = nullptr;
    PreviewTable* m_preview = nullptr;
    QTableView* m_previewView = nullptr;
    ColumnHeader* m_header = nullptr;
    RawView* m_raw = nullptr;
    QTabWidget* m_tabs = nullptr;
    ImportMessageTable* m_messages = nullptr;
    TableView* m_messageView = nullptr;
    FindingList* m_findings = nullptr;
    QTabWidget* m_reports = nullptr;
    QPushButton* m_import = nullptr;
    Background m_reader{QStringLiteral("raw")};
    Background m_background{QStringLiteral("import")};  // last: ends before what its answers use
};

}  // namespace fc::ui
