// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/data/check_report.h"

#include <QComboBox>
#include <QDialogButtonBox>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QTableWidget>
#include <QVBoxLayout>
#include <map>

#include "ui/text/text.h"

namespace fc::ui {
namespace {

enum ReportColumn { Severity_, Where, Count, Rows, What, Remedy, ReportColumns };

QString remedyText(const std::string& id)
{
    static const std::map<std::string, const char*> names = {
        {"keep", QT_TRANSLATE_NOOP("fc::ui::CheckReport", "Keep as it is")},
        {"swap", QT_TRANSLATE_NOOP("fc::ui::CheckReport", "Swap high and low")},
        {"clip", QT_TRANSLATE_NOOP("fc::ui::CheckReport", "Clip into the range")},
        {"set_missing", QT_TRANSLATE_NOOP("fc::ui::CheckReport", "Set missing")},
        {"drop_rows", QT_TRANSLATE_NOOP("fc::ui::CheckReport", "Drop the rows")},
        {"drop", QT_TRANSLATE_NOOP("fc::ui::CheckReport", "Drop the rows")},
        {"gaps", QT_TRANSLATE_NOOP("fc::ui::CheckReport", "Put in rows without values")},
        {"forward", QT_TRANSLATE_NOOP("fc::ui::CheckReport", "Take the value before")},
        {"mean", QT_TRANSLATE_NOOP("fc::ui::CheckReport", "Take the mean of the values before")},
        {"linear", QT_TRANSLATE_NOOP("fc::ui::CheckReport", "Draw a line (looks ahead)")},
        {"nearest", QT_TRANSLATE_NOOP("fc::ui::CheckReport", "Take the nearest (looks ahead)")}};
    const auto it = names.find(id);
    return it == names.end() ? fromUtf8(id) : CheckReport::tr(it->second);
}

QTableWidgetItem* cell(const QString& text)
{
    auto* item = new QTableWidgetItem(text);
    item->setFlags(Qt::ItemIsEnabled | Qt::ItemIsSelectable);
    item->setToolTip(plainToolTip(text));
    return item;
}

}  // namespace

CheckReport::CheckReport(const SeriesReport& report, QWidget* parent)
    : QDialog(parent), m_findings(report.findings)
{
    setObjectName(QStringLiteral("checkReport"));
    setWindowTitle(tr("Check: %1").arg(fromUtf8(report.record.name)));
    auto* head = new QLabel(
        m_findings.empty()
            ? tr("Nothing odd was found. Calendar: %1.").arg(fromUtf8(report.calendar))
            : tr("Choose what is done about each finding. Calendar: %1.").arg(fromUtf8(report.calendar)),
        this);
    head->setTextFormat(Qt::PlainText);
    head->setWordWrap(true);
    m_table = new QTableWidget(static_cast<int>(m_findings.size()), ReportColumns, this);
    m_table->setObjectName(QStringLiteral("findings"));
    m_table->setAccessibleName(tr("Findings"));
    m_table->setHorizontalHeaderLabels(
        {tr("Severity"), tr("Column"), tr("Rows"), tr("First rows"), tr("Finding"), tr("Remedy")});
    m_table->verticalHeader()->hide();
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setWordWrap(true);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
    m_apply = buttons->addButton(tr("Apply remedies"), QDialogButtonBox::ActionRole);
    auto* lines = new QVBoxLayout(this);
    lines->addWidget(head);
    lines->addWidget(m_table, 1);
    lines->addWidget(buttons);
    for (int row = 0; row < m_table->rowCount(); ++row)
        addRow(m_findings[static_cast<std::size_t>(row)], row);
    m_table->resizeColumnsToContents();
    m_table->setColumnWidth(What, 380);
    m_table->resizeRowsToContents();
    resize(980, 420);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(m_apply, &QPushButton::clicked, this, [this] {
        emit applied(remedies());
        accept();
    });
    showChoice();
}

void CheckReport::addRow(const Finding& finding, int row)
{
    QStringList rows;
    for (const std::size_t place : finding.rows)
        rows += QString::number(place);
    m_table->setItem(row, Severity_,
                     cell(finding.severity == Severity::Warning ? tr("Warning") : tr("Information")));
    m_table->setItem(row, Where, cell(finding.column.empty() ? tr("time") : fromUtf8(finding.column)));
    m_table->setItem(row, Count, cell(count(finding.count)));
    m_table->setItem(row, Rows, cell(rows.join(QStringLiteral(", "))));
    m_table->setItem(row, What, cell(sentence(finding.text)));
    auto* choice = new QComboBox(m_table);
    choice->setAccessibleName(tr("Remedy"));
    for (const std::string& remedy : finding.remedies)
        choice->addItem(remedyText(remedy), fromUtf8(remedy));
    connect(choice, &QComboBox::currentIndexChanged, this, [this, row] {
        // A remedy is for a kind of finding: the rows of the same kind follow.
        const auto* changed = qobject_cast<QComboBox*>(m_table->cellWidget(row, Remedy));
        for (int other = 0; other < m_table->rowCount(); ++other)
            if (m_findings[static_cast<std::size_t>(other)].code ==
                m_findings[static_cast<std::size_t>(row)].code)
                qobject_cast<QComboBox*>(m_table->cellWidget(other, Remedy))
                    ->setCurrentIndex(changed->currentIndex());
        showChoice();
    });
    m_table->setCellWidget(row, Remedy, choice);
}

void CheckReport::choose(int row, const std::string& remedy)
{
    auto* choice = qobject_cast<QComboBox*>(m_table->cellWidget(row, Remedy));
    choice->setCurrentIndex(choice->findData(fromUtf8(remedy)));
}

std::string CheckReport::remedies() const
{
    std::map<std::string, std::string> chosen;
    for (int row = 0; row < m_table->rowCount(); ++row) {
        const auto* choice = qobject_cast<QComboBox*>(m_table->cellWidget(row, Remedy));
        if (choice != nullptr && choice->currentData().toString() != QStringLiteral("keep"))
            chosen[m_findings[static_cast<std::size_t>(row)].code] = toUtf8(choice->currentData().toString());
    }
    std::string out;
    for (const auto& [code, remedy] : chosen)
        out += (out.empty() ? "" : ", ") + code + "=" + remedy;
    return out;
}

void CheckReport::showChoice()
{
    m_apply->setEnabled(!remedies().empty());
}

}  // namespace fc::ui
