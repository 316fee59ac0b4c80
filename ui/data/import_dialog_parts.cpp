// SPDX-License-Identifier: GPL-3.0-or-later
// The parts of the import dialog and how they hear of each other.
#include <QDialogButtonBox>
#include <QDragEnterEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QMimeData>
#include <QProgressBar>
#include <QPushButton>
#include <QScrollArea>
#include <QSplitter>
#include <QTabWidget>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>

#include "ui/data/column_header.h"
#include "ui/data/date_question.h"
#include "ui/data/finding_list.h"
#include "ui/data/import_dialog.h"
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
constexpr int previewRow = 28;

QLabel* plainLabel(const QString& text, QWidget* parent, Role role)
{
    auto* label = new QLabel(text, parent);
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    setRole(*label, role);
    return label;
}

}  // namespace

QWidget* ImportDialog::makeFiles()
{
    m_list = new QListWidget(this);
    m_list->setObjectName(QStringLiteral("importFiles"));
    m_list->setAccessibleName(tr("Files"));
    m_list->setTextElideMode(Qt::ElideMiddle);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setMinimumWidth(170);
    m_list->hide();
    connect(m_list, &QListWidget::currentRowChanged, this, &ImportDialog::choose);
    return m_list;
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
    m_recipeNote = new QWidget(page);
    m_recipeNote->setObjectName(QStringLiteral("recipeNote"));
    auto* forget = new QPushButton(tr("Forget"), m_recipeNote);
    forget->setObjectName(QStringLiteral("forgetRecipe"));
    forget->setToolTip(tr("Find everything out anew, now and for the next file with these columns"));
    auto* inNote = new QHBoxLayout(m_recipeNote);
    inNote->setContentsMargins(0, 0, 0, 0);
    inNote->addWidget(plainLabel(tr("Read as the last file with these columns."), m_recipeNote, Role::Muted),
                      1);
    inNote->addWidget(forget);
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
    area->setMinimumWidth(350);
    connect(forget, &QPushButton::clicked, this, &ImportDialog::forgetRecipe);
    connect(m_name, &QLineEdit::textEdited, this, [this](const QString& text) {
        current().name = text.trimmed();
        current().isNameTyped = true;
        showFiles();
        showVerdict();
    });
    return area;
}

QWidget* ImportDialog::makeTabs()
{
    m_preview = new PreviewTable(this);
    m_tabs = new QTabWidget(this);
    m_tabs->setObjectName(QStringLiteral("previewTabs"));
    m_tabs->setAccessibleName(tr("Preview"));
    m_tabs->setDocumentMode(true);
    m_previewView = new QTableView(m_tabs);
    m_previewView->setObjectName(QStringLiteral("previewTable"));
    m_previewView->setAccessibleName(tr("Beginning of the file"));
    m_header = new ColumnHeader(m_previewView);
    m_previewView->setHorizontalHeader(m_header);
    m_previewView->setModel(m_preview);
    m_previewView->setTabKeyNavigation(false);
    m_previewView->setWordWrap(false);
    m_previewView->setShowGrid(false);
    m_previewView->verticalHeader()->setDefaultSectionSize(previewRow);
    m_previewView->verticalHeader()->setToolTip(tr("Line of the file"));
    m_raw = new RawView(m_tabs);
    m_tabs->addTab(m_previewView, tr("Table"));
    m_tabs->addTab(m_raw, tr("Text of the file"));
    return m_tabs;
}

QWidget* ImportDialog::makeRight()
{
    auto* right = new QWidget(this);
    m_verdict = plainLabel({}, right, Role::Heading);
    m_verdict->setObjectName(QStringLiteral("verdict"));
    m_dates = new DateQuestion(right);
    m_messages = new ImportMessageTable(this);
    m_messageView = new TableView(tr("What was found in the file"), right);
    m_messageView->setObjectName(QStringLiteral("importMessages"));
    m_messageView->setEmptyText(tr("Nothing to remark: every record can be imported as it is."));
    m_messageView->show(m_messages);
    m_messageView->setSelectionMode(QAbstractItemView::SingleSelection);
    m_findings = new FindingList(right);
    m_reports = new QTabWidget(right);
    m_reports->setObjectName(QStringLiteral("importReports"));
    m_reports->setAccessibleName(tr("What was found in the file"));
    m_reports->setDocumentMode(true);
    m_reports->addTab(m_messageView, tr("Messages"));
    m_reports->addTab(m_findings, tr("Odd values"));
    auto* split = new QSplitter(Qt::Vertical, right);
    split->setChildrenCollapsible(false);
    split->addWidget(makeTabs());
    split->addWidget(m_reports);
    split->setStretchFactor(0, 3);
    split->setStretchFactor(1, 2);
    auto* lines = new QVBoxLayout(right);
    lines->setContentsMargins(6, 2, 2, 2);
    lines->addWidget(m_verdict);
    lines->addWidget(m_dates);
    lines->addWidget(split, 1);
    return right;
}

QWidget* ImportDialog::makeBottom()
{
    auto* bottom = new QWidget(this);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel, bottom);
    m_import = buttons->addButton(tr("Import"), QDialogButtonBox::AcceptRole);
    m_import->setObjectName(QStringLiteral("importButton"));
    m_import->setIcon(icon(QStringLiteral("import"), IconColor::OnAccent));
    m_import->setToolTip(tr("Store the series in the workspace"));
    setRole(*m_import, Role::Primary);
    m_progress = new QProgressBar(bottom);
    m_progress->setAccessibleName(tr("Reading the file"));
    m_progress->setTextVisible(false);
    m_progress->setRange(0, progressParts);
    m_progress->setFixedWidth(160);
    m_stop = new QToolButton(bottom);
    m_stop->setObjectName(QStringLiteral("stopReading"));
    m_stop->setIcon(icon(QStringLiteral("stop")));
    m_stop->setAccessibleName(tr("Stop reading"));
    m_stop->setToolTip(tr("Stop reading; everything that was set stays"));
    auto* line = new QHBoxLayout(bottom);
    line->setContentsMargins(0, 0, 0, 0);
    line->addWidget(m_progress);
    line->addWidget(m_stop);
    line->addWidget(buttons, 1);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    return bottom;
}

void ImportDialog::connectParts()
{
    m_debounce.setSingleShot(true);
    m_debounce.setInterval(250);
    connect(&m_debounce, &QTimer::timeout, this, [this] { read(m_current); });
    m_progressTimer.setInterval(100);
    connect(&m_progressTimer, &QTimer::timeout, this, [this] {
        if (current().progress)
            m_progress->setValue(current().progress->load());
    });
    connect(m_form, &ImportForm::changed, this, &ImportDialog::onChanged);
    connect(m_header, &ColumnHeader::chosen, this, [this](const std::string& column, const std::string& use) {
        std::string found;
        for (const ImportColumn& each : current().result->preview.columns)
            if (each.name == column)
                found = each.role;
        m_form->setColumn(column, use, found);
    });
    connect(m_dates, &DateQuestion::answered, m_form, &ImportForm::setDateFormat);
    connect(m_findings, &FindingList::remedyChosen, m_form, &ImportForm::setRemedy);
    connect(m_findings, &FindingList::lineWanted, this, [this](qint64 line) { jumpToLine(line, {}); });
    connect(m_stop, &QToolButton::clicked, this, &ImportDialog::stopReading);
    connect(m_import, &QPushButton::clicked, this, &ImportDialog::store);
    connect(m_messageView, &TableView::chosen, this, [this] { jumpTo(m_messageView->selectedRow()); });
    connect(m_messageView, &QAbstractItemView::clicked, this,
            [this] { jumpTo(m_messageView->selectedRow()); });
    connect(&m_background, &Background::failed, this, [this](const Message& message) {
        m_isStoring = false;
        fail(m_current, sentence(message));
    });
}

void ImportDialog::dragEnterEvent(QDragEnterEvent* event)
{
    if (event->mimeData()->hasUrls())
        event->acceptProposedAction();
}

void ImportDialog::dropEvent(QDropEvent* event)
{
    std::vector<ImportSource> dropped;
    for (const QUrl& url : event->mimeData()->urls())
        if (url.isLocalFile())
            dropped.push_back(sourceOf(url.toLocalFile()));
    event->acceptProposedAction();
    add(dropped);
}

}  // namespace fc::ui
