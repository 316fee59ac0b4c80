// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/data/import_dialog.h"

#include <QDialogButtonBox>
#include <QFileInfo>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QScrollArea>
#include <QSplitter>
#include <QTableView>
#include <QVBoxLayout>

#include "engine/runs/import_file.h"
#include "engine/runs/services.h"
#include "ui/data/import_form.h"
#include "ui/data/preview_table.h"
#include "ui/runs/tables.h"
#include "ui/text/text.h"
#include "ui/theme/icon.h"
#include "ui/theme/theme.h"

namespace fc::ui {
namespace {

constexpr int debounceMs = 250;
constexpr int progressMs = 100;
constexpr int progressParts = 1000;
constexpr int widestColumn = 220;
constexpr int previewRow = 30;

QLabel* plainLabel(const QString& text, QWidget* parent, Role role)
{
    auto* label = new QLabel(text, parent);
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    setRole(*label, role);
    return label;
}

/// What other files with the same columns have in common, too: not which part of this one was read.
ImportOptions layoutOnly(ImportOptions options)
{
    options.member.reset();
    options.sheet.reset();
    options.table.reset();
    return options;
}

/// Gives the series of one file the name a person typed; those of a long file keep their ids behind it.
void rename(Series& series, const std::string& proposed, const std::string& wanted)
{
    if (series.name.compare(0, proposed.size(), proposed) == 0)
        series.name = wanted + series.name.substr(proposed.size());
}

}  // namespace

std::string headerKey(const ImportResult& result)
{
    std::string key;
    for (const ImportColumn& column : result.preview.columns)
        key += column.name + '\x1f';
    return key;
}

ImportDialog::ImportDialog(Workspace& workspace, const QString& file, QWidget* parent)
    : QDialog(parent), m_workspace(workspace), m_file(file)
{
    setObjectName(QStringLiteral("importDialog"));
    setWindowTitle(tr("Import %1").arg(QFileInfo(file).fileName()));
    auto* split = new QSplitter(Qt::Horizontal, this);
    split->setChildrenCollapsible(false);
    split->addWidget(makeLeft());
    split->addWidget(makeRight());
    split->setStretchFactor(1, 1);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel, this);
    m_import = buttons->addButton(tr("Import"), QDialogButtonBox::AcceptRole);
    m_import->setObjectName(QStringLiteral("importButton"));
    m_import->setIcon(icon(QStringLiteral("import"), IconColor::OnAccent));
    m_import->setToolTip(tr("Store the series in the workspace"));
    setRole(*m_import, Role::Primary);
    m_progress = new QProgressBar(this);
    m_progress->setAccessibleName(tr("Reading the file"));
    m_progress->setTextVisible(false);
    m_progress->setRange(0, progressParts);
    m_progress->setFixedWidth(160);
    auto* bottom = new QHBoxLayout;
    bottom->addWidget(m_progress);
    bottom->addWidget(buttons, 1);
    auto* all = new QVBoxLayout(this);
    all->addWidget(split, 1);
    all->addLayout(bottom);
    resize(1060, 680);

    m_debounce.setSingleShot(true);
    m_debounce.setInterval(debounceMs);
    connect(&m_debounce, &QTimer::timeout, this, &ImportDialog::read);
    m_progressTimer.setInterval(progressMs);
    connect(&m_progressTimer, &QTimer::timeout, this,
            [this] { m_progress->setValue(m_progressValue->load()); });
    connect(m_form, &ImportForm::changed, this, [this] {
        m_import->setEnabled(false);
        m_debounce.start();
    });
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(m_import, &QPushButton::clicked, this, &ImportDialog::store);
    connect(&m_background, &Background::failed, this, [this](const Message& message) {
        setReading(false);
        setRole(*m_verdict, Role::Bad);
        m_verdict->setText(sentence(message));
    });
    read();
}

ImportDialog::~ImportDialog()
{
    if (m_cancel)
        m_cancel->cancel();
}

QWidget* ImportDialog::makeLeft()
{
    auto* area = new QScrollArea(this);
    area->setWidgetResizable(true);
    area->setFrameShape(QFrame::NoFrame);
    area->setFocusPolicy(Qt::NoFocus);
    area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto* page = new QWidget(area);
    m_name = new QLineEdit(page);
    m_name->setObjectName(QStringLiteral("seriesName"));
    m_name->setAccessibleName(tr("Name of the series"));
    m_name->setToolTip(tr("What the series is called in the workspace"));
    auto* nameLabel = new QLabel(tr("Name"), page);
    nameLabel->setBuddy(m_name);
    m_recipeNote = plainLabel(tr("Read as the last file with these columns."), page, Role::Muted);
    m_recipeNote->hide();
    m_form = new ImportForm(page);
    auto* lines = new QVBoxLayout(page);
    lines->setContentsMargins(2, 2, 10, 2);
    lines->addWidget(nameLabel);
    lines->addWidget(m_name);
    lines->addWidget(m_recipeNote);
    lines->addSpacing(8);
    lines->addWidget(m_form);
    lines->addStretch(1);
    area->setWidget(page);
    area->setMinimumWidth(330);
    connect(m_name, &QLineEdit::textEdited, this, [this] { m_nameTyped = true; });
    connect(m_name, &QLineEdit::textChanged, this, &ImportDialog::showVerdict);
    return area;
}

QWidget* ImportDialog::makeRight()
{
    auto* right = new QWidget(this);
    m_verdict = plainLabel(tr("Reading…"), right, Role::Heading);
    m_verdict->setObjectName(QStringLiteral("verdict"));
    m_preview = new PreviewTable(this);
    m_previewView = new QTableView(right);
    m_previewView->setObjectName(QStringLiteral("previewTable"));
    m_previewView->setAccessibleName(tr("Beginning of the file"));
    m_previewView->setModel(m_preview);
    m_previewView->setTabKeyNavigation(false);
    m_previewView->setWordWrap(false);
    m_previewView->verticalHeader()->setDefaultSectionSize(previewRow);
    m_previewView->verticalHeader()->setToolTip(tr("Line of the file"));
    m_previewView->horizontalHeader()->setMinimumSectionSize(60);
    m_messages = new ImportMessageTable(this);
    m_messageView = new TableView(tr("What was found in the file"), right);
    m_messageView->setObjectName(QStringLiteral("importMessages"));
    m_messageView->setEmptyText(tr("Nothing to remark: every record can be imported as it is."));
    m_messageView->show(m_messages);
    m_messageView->setSelectionMode(QAbstractItemView::SingleSelection);
    auto* split = new QSplitter(Qt::Vertical, right);
    split->addWidget(m_previewView);
    split->addWidget(m_messageView);
    split->setStretchFactor(0, 3);
    split->setStretchFactor(1, 2);
    auto* lines = new QVBoxLayout(right);
    lines->setContentsMargins(6, 2, 2, 2);
    lines->addWidget(m_verdict);
    lines->addWidget(split, 1);
    connect(m_messageView, &TableView::chosen, this, [this] { jumpTo(m_messageView->selectedRow()); });
    return right;
}

void ImportDialog::setReading(bool reading)
{
    m_reading = reading;
    m_progress->setVisible(reading);
    if (reading)
        m_progressTimer.start();
    else
        m_progressTimer.stop();
}

void ImportDialog::read()
{
    if (m_cancel)
        m_cancel->cancel();
    m_cancel = std::make_shared<CancelToken>();
    m_progressValue = std::make_shared<std::atomic<int>>(0);
    m_import->setEnabled(false);
    setReading(true);
    m_background.ask(
        QStringLiteral("read"),
        [path = toPath(m_file), options = m_form->overrides(), cancel = m_cancel,
         progress = m_progressValue] {
            const ImportControl control{cancel.get(), [progress](double done) {
                                            progress->store(static_cast<int>(done * progressParts));
                                        }};
            return std::make_shared<const ImportResult>(importFile(path, options, control));
        },
        [this](std::shared_ptr<const ImportResult> result) {
            if (!result->cancelled)
                take(std::move(result));
        });
}

void ImportDialog::take(std::shared_ptr<const ImportResult> result)
{
    setReading(false);
    m_result = std::move(result);
    m_form->setResult(*m_result);
    m_preview->setResult(m_result);
    m_previewView->resizeColumnsToContents();
    for (int column = 0; column < m_preview->columnCount(); ++column)
        m_previewView->setColumnWidth(column, std::min(m_previewView->columnWidth(column) + 8, widestColumn));
    m_messages->setMessages(m_result->messages);
    if (!m_nameTyped && m_result->detected.name)
        m_name->setText(fromUtf8(*m_result->detected.name));
    showVerdict();
    applyRecipe(*m_result);
    emit parsed();
}

void ImportDialog::applyRecipe(const ImportResult& result)
{
    const std::string key = headerKey(result);
    if (!m_recipeKey.isEmpty() || key.empty() || !m_workspace.isOpen())
        return;
    m_recipeKey = fromUtf8(key);
    m_workspace.askImportRecipe(
        key, [self = QPointer<ImportDialog>(this)](const std::optional<std::string>& json) {
            if (!self || !json || self->m_form->overrides() != ImportOptions{})
                return;
            const ImportOptions options = importOptionsFromJson(*json);
            if (options == ImportOptions{})
                return;
            self->m_form->setOverrides(options);
            self->m_recipeNote->show();
            self->read();
        });
}

void ImportDialog::showVerdict()
{
    if (!m_result)
        return;
    const bool isAccepted = m_result->verdict != ImportVerdict::Reject;
    const auto errors = std::count_if(m_result->messages.begin(), m_result->messages.end(),
                                      [](const ImportMessage& message) { return message.isError; });
    const auto warnings = static_cast<int>(m_result->messages.size()) - static_cast<int>(errors);
    QString text;
    if (!isAccepted)
        text = tr("This file cannot be imported as it stands. See the errors below; nothing is changed.");
    else if (m_result->series.size() > 1)
        text = tr("%Ln series", nullptr, static_cast<int>(m_result->series.size())) + QStringLiteral(" · ") +
               tr("%Ln row(s)", nullptr, static_cast<int>(m_result->rows()));
    else
        text = tr("%Ln row(s)", nullptr, static_cast<int>(m_result->rows()));
    if (isAccepted && warnings > 0)
        text += QStringLiteral(" · ") + tr("%Ln warning(s)", nullptr, warnings);
    const QString name = m_name->text().trimmed();
    const bool isTaken = isAccepted && m_workspace.findSeries(toUtf8(name)) != nullptr;
    if (isTaken)
        text += QStringLiteral(" · ") + tr("there is a series of this name already; choose another");
    setRole(*m_verdict, !isAccepted || isTaken ? Role::Bad : Role::Heading);
    m_verdict->setText(text);
    m_import->setEnabled(isAccepted && !isTaken && !name.isEmpty() && !m_reading);
}

void ImportDialog::jumpTo(int message)
{
    if (message < 0 || !m_messages->at(message).line)
        return;
    const int row = m_preview->rowOfLine(*m_messages->at(message).line);
    if (row < 0)
        return;
    int column = 0;
    const auto& columns = m_result->preview.columns;
    for (std::size_t i = 0; i < columns.size(); ++i)
        if (m_messages->at(message).column == columns[i].name)
            column = static_cast<int>(i);
    m_previewView->setCurrentIndex(m_preview->index(row, column));
    m_previewView->scrollTo(m_preview->index(row, column), QAbstractItemView::PositionAtCenter);
}

void ImportDialog::store()
{
    m_import->setEnabled(false);
    setReading(true);
    m_background.ask(
        QStringLiteral("store"),
        [result = m_result, workspace = m_workspace.path(), file = toUtf8(QFileInfo(m_file).fileName()),
         overrides = m_form->overrides(), name = toUtf8(m_name->text().trimmed())] {
            std::vector<std::pair<Series, SeriesRecord>> all;
            for (const Series& each : result->series) {
                Series series = each;
                rename(series, result->detected.name.value_or(each.name), name);
                SeriesRecord record = describeSeries(series, file, toJson(result->detected));
                all.emplace_back(std::move(series), std::move(record));
            }
            std::vector<SeriesRecord> records = storeSeries(workspace, all);
            Store::open(workspace).rememberImportRecipe(headerKey(*result), toJson(layoutOnly(overrides)));
            return records;
        },
        [this](const std::vector<SeriesRecord>& records) {
            emit stored(records);
            accept();
        });
}

}  // namespace fc::ui
