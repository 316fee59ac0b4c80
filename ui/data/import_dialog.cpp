// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/data/import_dialog.h"

#include <QFileInfo>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPointer>
#include <QProgressBar>
#include <QPushButton>
#include <QSplitter>
#include <QTabWidget>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>

#include "engine/runs/services.h"
#include "ui/data/column_header.h"
#include "ui/data/date_question.h"
#include "ui/data/finding_list.h"
#include "ui/data/import_form.h"
#include "ui/data/preview_table.h"
#include "ui/data/raw_view.h"
#include "ui/runs/tables.h"
#include "ui/text/text.h"
#include "ui/theme/icon.h"
#include "ui/theme/theme.h"

namespace fc::ui {
namespace {

constexpr int progressParts = 1000;
constexpr int widestColumn = 220;
constexpr std::int64_t rawCount = 400;
constexpr std::int64_t rawBefore = 20;

}  // namespace

ImportDialog::ImportDialog(Workspace& workspace, const std::vector<ImportSource>& sources, QWidget* parent)
    : QDialog(parent), m_workspace(workspace)
{
    setObjectName(QStringLiteral("importDialog"));
    setAcceptDrops(true);
    auto* split = new QSplitter(Qt::Horizontal, this);
    split->setChildrenCollapsible(false);
    split->addWidget(makeFiles());
    split->addWidget(makeLeft());
    split->addWidget(makeRight());
    split->setStretchFactor(2, 1);
    auto* all = new QVBoxLayout(this);
    all->addWidget(split, 1);
    all->addWidget(makeBottom());
    resize(1180, 720);
    connectParts();
    add(sources);
}

ImportDialog::~ImportDialog()
{
    for (const auto& file : m_files)
        if (file->cancel)
            file->cancel->cancel();
}

void ImportDialog::add(const std::vector<ImportSource>& sources)
{
    const bool isFirst = m_files.empty();
    for (const ImportSource& source : sources) {
        m_files.push_back(std::make_unique<ImportFile>());
        m_files.back()->source = source;
        read(fileCount() - 1);
    }
    showFiles();
    if (isFirst)
        showCurrent();
}

void ImportDialog::choose(int file)
{
    if (file < 0 || file == m_current)
        return;
    if (m_debounce.isActive()) {  // what was changed last is not forgotten
        m_debounce.stop();
        read(m_current);
    }
    m_current = file;
    showCurrent();
}

void ImportDialog::onChanged()
{
    current().overrides = m_form->overrides();
    m_import->setEnabled(false);
    m_debounce.start();
}

void ImportDialog::read(int file)
{
    ImportFile& wanted = at(file);
    if (wanted.cancel)
        wanted.cancel->cancel();
    wanted.cancel = std::make_shared<CancelToken>();
    wanted.progress = std::make_shared<std::atomic<int>>(0);
    if (file == m_current)
        showReading();
    m_background.ask(
        QStringLiteral("read %1").arg(file),
        [source = wanted.source, options = wanted.overrides, cancel = wanted.cancel,
         progress = wanted.progress, folder = m_workspace.path().parent_path()] {
            const ImportControl control{cancel.get(), [progress](double done) {
                                            progress->store(static_cast<int>(done * progressParts));
                                        }};
            return readSource(source, options, control, folder);
        },
        [this, file](std::shared_ptr<const StagedImport> staged) {
            if (staged->result().cancelled)
                fail(file, tr("Reading was stopped. Change a setting to read the file again."));
            else
                take(file, std::move(staged));
        },
        [this, file](const Message& message) { fail(file, sentence(message)); });
}

void ImportDialog::stopReading()
{
    if (current().cancel)
        current().cancel->cancel();
}

void ImportDialog::fail(int file, const QString& why)
{
    at(file).cancel.reset();
    at(file).failure = why;
    showFiles();
    if (file == m_current)
        showReading();
    showVerdict();
}

void ImportDialog::take(int file, std::shared_ptr<const StagedImport> staged)
{
    ImportFile& read = at(file);
    read.cancel.reset();
    read.failure.clear();
    read.staged = std::move(staged);
    read.result = std::shared_ptr<const ImportResult>(read.staged, &read.staged->result());
    if (!read.isNameTyped && read.result->detected.name)
        read.name = fromUtf8(*read.result->detected.name);
    showFiles();
    if (file == m_current)
        showResult();
    else
        showVerdict();
    applyRecipe(file);
    if (file == m_current)
        emit parsed();
}

void ImportDialog::applyRecipe(int file)
{
    const std::string key = headerKey(*at(file).result);
    if (!at(file).recipeKey.empty() || key.empty() || !m_workspace.isOpen())
        return;
    at(file).recipeKey = key;
    m_workspace.askImportRecipe(
        key, [self = QPointer<ImportDialog>(this), file](const std::optional<std::string>& json) {
            if (!self || !json || self->at(file).overrides != ImportOptions{})
                return;
            self->useRecipe(file, *json);
        });
}

void ImportDialog::useRecipe(int file, const std::string& json)
{
    try {
        const ImportOptions options = importOptionsFromJson(json);
        if (options == ImportOptions{})
            return;
        at(file).overrides = options;
    } catch (const Error&) {
        return;  // of another version of the program: everything is found out anew
    }
    at(file).isFromRecipe = true;
    if (file == m_current)
        showCurrent();
    read(file);
}

void ImportDialog::forgetRecipe()
{
    m_workspace.change([key = current().recipeKey](Store& store) { store.forgetImportRecipe(key); });
    current().overrides = {};
    current().isFromRecipe = false;
    showCurrent();
    read(m_current);
}

void ImportDialog::showCurrent()
{
    setWindowTitle(tr("Import %1").arg(current().source.title));
    m_list->setCurrentRow(m_current);
    m_form->setOverrides(current().overrides);
    showResult();
}

void ImportDialog::showResult()
{
    m_recipeNote->setVisible(current().isFromRecipe);
    if (m_name->text().trimmed() != current().name)
        m_name->setText(current().name);
    m_preview->setResult(current().result);
    if (current().result) {
        const ImportResult& result = *current().result;
        m_form->setResult(result);
        m_header->setColumns(result.preview.columns,
                             [this](const std::string& column) { return m_form->columnUse(column); });
        m_dates->setResult(result);
        m_messages->setMessages(result.messages);
        m_findings->setResult(result, current().overrides.remedies);
        m_reports->setTabText(
            1, m_findings->count() > 0 ? tr("Odd values (%1)").arg(m_findings->count()) : tr("Odd values"));
        m_previewView->resizeColumnsToContents();
        for (int column = 0; column < m_preview->columnCount(); ++column)
            m_previewView->setColumnWidth(column, std::min(m_previewView->columnWidth(column), widestColumn));
        // The table lays itself out after this; then the boxes follow.
        QMetaObject::invokeMethod(m_header, &ColumnHeader::placeBoxes, Qt::QueuedConnection);
    } else {
        m_messages->setMessages({});
        m_dates->hide();
    }
    showReading();
    showVerdict();
    showRaw(0);
}

void ImportDialog::showReading()
{
    const bool reading = isReading() || m_isStoring;
    m_progress->setVisible(reading);
    m_stop->setVisible(isReading());
    if (reading)
        m_progressTimer.start();
    else
        m_progressTimer.stop();
    if (reading)
        m_import->setEnabled(false);
}

void ImportDialog::showFiles()
{
    m_list->setVisible(fileCount() > 1);
    while (m_list->count() < fileCount())
        m_list->addItem(QString());
    for (int i = 0; i < fileCount(); ++i) {
        const ImportFile& file = at(i);
        QListWidgetItem* item = m_list->item(i);
        const bool isBad = !file.failure.isEmpty() || (file.result && !file.isReading() && !isReady(file));
        const bool isRefused =
            file.result && !file.isReading() && file.failure.isEmpty() && !file.isAccepted();
        item->setText(file.source.title + u'\n' + (isRefused ? tr("cannot be imported") : verdictOf(file)));
        item->setToolTip(plainToolTip(file.source.bytes ? file.source.title : fromPath(file.source.path)));
        item->setIcon(file.isReading() ? icon(QStringLiteral("refresh"), IconColor::Muted)
                      : file.isStored  ? icon(QStringLiteral("data"), IconColor::Muted)
                      : isBad          ? icon(QStringLiteral("warning"), IconColor::Danger)
                                       : icon(QStringLiteral("series"), IconColor::Accent));
    }
    m_list->setCurrentRow(m_current);
}

QString ImportDialog::verdictOf(const ImportFile& file) const
{
    if (file.isStored)
        return tr("Imported");
    if (file.isReading())
        return tr("Reading…");
    if (!file.failure.isEmpty())
        return file.failure;
    if (!file.result)
        return {};
    if (!file.isAccepted())
        return tr("This file cannot be imported as it stands. See the errors below; nothing is changed.");
    const auto warnings = static_cast<int>(file.result->messages.size());
    const int rows = static_cast<int>(file.result->rows());
    QString text = tr("%Ln row(s)", nullptr, rows);
    if (const std::size_t series = file.staged->shapes().size(); series > 1)
        text = tr("%Ln series", nullptr, static_cast<int>(series)) + QStringLiteral(" · ") + text;
    if (warnings > 0)
        text += QStringLiteral(" · ") + tr("%Ln warning(s)", nullptr, warnings);
    if (const QString problem = nameProblem(file); !problem.isEmpty())
        text += QStringLiteral(" · ") + problem;
    return text;
}

QString ImportDialog::nameProblem(const ImportFile& file) const
{
    if (file.name.isEmpty())
        return tr("give it a name");
    if (m_workspace.findSeries(toUtf8(file.name)))
        return tr("there is a series of this name already; choose another");
    const bool isTwice = std::ranges::any_of(m_files, [&](const auto& other) {
        return other.get() != &file && !other->isStored && other->name == file.name;
    });
    return isTwice ? tr("two files have this name; choose another") : QString();
}

bool ImportDialog::isReady(const ImportFile& file) const
{
    return file.isAccepted() && file.failure.isEmpty() && !file.isStored && nameProblem(file).isEmpty();
}

void ImportDialog::showVerdict()
{
    const ImportFile& file = current();
    const bool isBad = !file.failure.isEmpty() || (file.result && !file.isReading() && !isReady(file));
    setRole(*m_verdict, isBad && !file.isStored ? Role::Bad : Role::Heading);
    m_verdict->setText(verdictOf(file));
    const auto ready = std::ranges::count_if(m_files, [this](const auto& each) { return isReady(*each); });
    const bool anyReading = std::ranges::any_of(m_files, [](const auto& each) { return each->isReading(); });
    m_import->setText(fileCount() > 1 ? tr("Import %Ln file(s)", nullptr, static_cast<int>(ready))
                                      : tr("Import"));
    m_import->setEnabled(ready > 0 && !anyReading && !m_isStoring && !m_debounce.isActive());
}

void ImportDialog::jumpTo(int message)
{
    if (message >= 0 && m_messages->at(message).line)
        jumpToLine(*m_messages->at(message).line, m_messages->at(message).column.value_or(std::string()));
}

void ImportDialog::jumpToLine(std::int64_t line, const std::string& wanted)
{
    if (!current().result)
        return;
    const auto& preview = current().result->preview;
    showRaw(line);
    if (preview.rows.empty() || line > preview.rows.back().line) {
        m_tabs->setCurrentWidget(m_raw);  // beyond the beginning that the table shows
        return;
    }
    const int row = std::max(0, m_preview->rowOfLine(line));
    const auto column = std::ranges::find(preview.columns, wanted, &ImportColumn::name);
    const QModelIndex cell = m_preview->index(
        row, column == preview.columns.end() ? 0 : static_cast<int>(column - preview.columns.begin()));
    m_previewView->setCurrentIndex(cell);
    m_previewView->scrollTo(cell, QAbstractItemView::PositionAtCenter);
}

void ImportDialog::showRaw(std::int64_t marked)
{
    if (marked > 0 && m_raw->markLine(marked))
        return;
    m_reader.ask(
        QStringLiteral("raw"),
        [source = current().source, first = std::max<std::int64_t>(1, marked - rawBefore)] {
            return rawLinesOf(source, first, rawCount);
        },
        [this, marked](const RawLines& lines) { m_raw->setLines(lines, marked); },
        [this](const Message&) { m_raw->setLines({}); });  // the reading says why
}

void ImportDialog::store()
{
    std::vector<WantedSeries> wanted;
    std::vector<int> files;
    for (int i = 0; i < fileCount(); ++i) {
        if (!isReady(at(i)))
            continue;
        wanted.push_back({at(i).staged, at(i).overrides, toUtf8(at(i).source.title), toUtf8(at(i).name)});
        files.push_back(i);
    }
    if (files.empty())
        return;
    m_isStoring = true;
    showReading();
    m_background.ask(
        QStringLiteral("store"),
        [wanted = std::move(wanted), workspace = m_workspace.path()] {
            return storeWanted(workspace, wanted, {});
        },
        [this, files](const std::vector<SeriesRecord>& records) { onStored(files, records); });
}

void ImportDialog::onStored(const std::vector<int>& files, const std::vector<SeriesRecord>& records)
{
    m_isStoring = false;
    for (const int file : files)
        at(file).isStored = true;
    emit stored(records);
    const auto left = std::ranges::find_if(m_files, [](const auto& each) { return !each->isStored; });
    if (left == m_files.end()) {
        accept();
        return;
    }
    m_current = static_cast<int>(left - m_files.begin());
    showFiles();
    showCurrent();
}

}  // namespace fc::ui
