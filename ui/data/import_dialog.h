// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>
#include <QTimer>
#include <atomic>
#include <memory>

#include "engine/io/import.h"
#include "ui/jobs/workspace.h"

class QLabel;
class QLineEdit;
class QProgressBar;
class QPushButton;
class QTableView;

namespace fc::ui {

class ImportForm;
class ImportMessageTable;
class PreviewTable;
class TableView;

/// Shows how a file will be read before anything is stored; every change reads it anew in the background. A
/// file that cannot be accepted changes nothing.
class ImportDialog : public QDialog {
    Q_OBJECT

public:
    ImportDialog(Workspace& workspace, const QString& file, QWidget* parent = nullptr);
    ~ImportDialog() override;

    /// The last reading; nullptr while the first one is at work.
    const ImportResult* result() const { return m_result.get(); }
    ImportForm& form() { return *m_form; }
    QPushButton& importButton() { return *m_import; }
    bool isReading() const { return m_reading; }

signals:
    /// A reading is shown.
    void parsed();
    void stored(const std::vector<fc::SeriesRecord>& series);

private:
    QWidget* makeLeft();
    QWidget* makeRight();
    void read();
    void take(std::shared_ptr<const ImportResult> result);
    void applyRecipe(const ImportResult& result);
    void showVerdict();
    void jumpTo(int message);
    void store();
    void setReading(bool reading);

    Workspace& m_workspace;
    QString m_file;
    std::shared_ptr<const ImportResult> m_result;
    std::shared_ptr<CancelToken> m_cancel;
    std::shared_ptr<std::atomic<int>> m_progressValue;
    QString m_recipeKey;
    bool m_reading = false;
    bool m_nameTyped = false;
    QTimer m_debounce;
    QTimer m_progressTimer;

    ImportForm* m_form;
    QLineEdit* m_name;
    QLabel* m_verdict;
    QLabel* m_recipeNote;
    QProgressBar* m_progress;
    PreviewTable* m_preview;
    QTableView* m_previewView;
    ImportMessageTable* m_messages;
    TableView* m_messageView;
    QPushButton* m_import;
    Background m_background{QStringLiteral("import")};  // last: ends before what its answers use
};

/// What files of the same layout have in common: their column names.
std::string headerKey(const ImportResult& result);

}  // namespace fc::ui
