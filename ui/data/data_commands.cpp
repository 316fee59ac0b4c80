// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/data/data_commands.h"

#include <QClipboard>
#include <QDir>
#include <QFileInfo>
#include <QGuiApplication>
#include <QMimeData>
#include <QUrl>

#include "engine/base/atomic_file.h"
#include "engine/io/export.h"
#include "engine/runs/services.h"
#include "ui/data/import_dialog.h"
#include "ui/main/ask.h"
#include "ui/text/text.h"

namespace fc::ui {

DataCommands::DataCommands(Workspace& workspace, QWidget* window)
    : QObject(window), m_workspace(workspace), m_window(window)
{
    connect(&m_background, &Background::failed, this, &DataCommands::failed);
}

void DataCommands::chooseFiles(const QString& folder)
{
    askOpenFiles(m_window, tr("Import"), folder,
                 tr("Tables (*.csv *.tsv *.txt *.json *.jsonl *.ndjson *.xlsx *.gz *.zip *.sqlite *.db "
                    "*.wav);;All files (*)"),
                 true, [this](const QStringList& paths) {
                     emit folderUsed(QFileInfo(paths.first()).path());
                     import(paths);
                 });
}

void DataCommands::import(const QStringList& paths)
{
    std::vector<ImportSource> sources;
    for (const QString& path : paths)
        sources.push_back(sourceOf(path));
    import(sources);
}

void DataCommands::paste()
{
    const QMimeData* held = QGuiApplication::clipboard()->mimeData();
    std::vector<ImportSource> sources;
    for (const QUrl& url : held->urls())
        if (url.isLocalFile())
            sources.push_back(sourceOf(url.toLocalFile()));
    if (sources.empty() && !held->text().trimmed().isEmpty())
        sources.push_back({tr("clipboard"), {}, std::make_shared<const std::string>(toUtf8(held->text()))});
    if (sources.empty())
        emit failed(Message(
            TR("engine", "The clipboard holds no table. Copy cells of a spreadsheet, text, or files.")));
    else
        import(sources);
}

void DataCommands::import(const std::vector<ImportSource>& sources)
{
    if (sources.empty() || !m_workspace.isOpen())
        return;
    if (m_dialog) {
        m_dialog->add(sources);
        return;
    }
    m_dialog = new ImportDialog(m_workspace, sources, m_window);
    m_dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(m_dialog, &ImportDialog::stored, this, [this](const std::vector<SeriesRecord>& series) {
        m_workspace.refresh();
        emit done(series.size() == 1
                      ? tr("Imported \"%1\", %Ln row(s).", nullptr, static_cast<int>(series.front().rows))
                            .arg(fromUtf8(series.front().name))
                      : tr("Imported %Ln series.", nullptr, static_cast<int>(series.size())));
        emit stored(series.back().name);
    });
    connect(m_dialog, &QObject::destroyed, this, [this] { m_dialog = nullptr; });
    m_dialog->open();
}

void DataCommands::addSamples(std::function<void()> done)
{
    m_background.ask(
        QStringLiteral("samples"), [path = m_workspace.path()] { return fc::addSamples(path); },
        [this, done = std::move(done)](const std::vector<SeriesRecord>& series) {
            m_workspace.refresh();
            if (!series.empty())
                emit stored(series.front().name);
            if (done)
                done();
        });
}

void DataCommands::exportSeries(const std::string& name)
{
    if (name.empty())
        return;
    const QString proposal = QDir(fromPath(m_workspace.path().parent_path()))
                                 .filePath(fromUtf8(name).replace(u'/', u'_') + QStringLiteral(".csv"));
    askSaveFile(
        m_window, tr("Export series"), proposal, tr("CSV (*.csv)"), [this, name](const QString& file) {
            m_background.ask(
                QString(),
                [workspace = m_workspace.path(), name, path = toPath(file)] {
                    writeFile(path,
                              exportCsv(Store::open(workspace, Store::Mode::ReadOnly).loadSeries(name)));
                },
                [this, file] { emit this->done(tr("Written: %1").arg(QDir::toNativeSeparators(file))); });
        });
}

void DataCommands::removeSeries(const std::string& name)
{
    if (name.empty())
        return;
    const QString text = tr("Delete the series \"%1\"? Its runs stay, but can neither be resumed nor "
                            "forecast. This cannot be undone.")
                             .arg(fromUtf8(name));
    askConfirmation(m_window, tr("Delete series"), text, tr("Delete"),
                    [this, name] { m_workspace.change([name](Store& store) { store.deleteSeries(name); }); });
}

}  // namespace fc::ui
