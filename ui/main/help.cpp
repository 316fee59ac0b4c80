// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/main/help.h"

#include <QDialog>
#include <QDialogButtonBox>
#include <QHeaderView>
#include <QMessageBox>
#include <QTableWidget>
#include <QVBoxLayout>

#include "engine/runs/services.h"
#include "ui/text/text.h"
#include "ui/theme/icon.h"

namespace fc::ui {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(help)
};

using Line = std::pair<QString, QString>;

std::vector<Line> shortcutLines(const std::vector<QAction*>& actions)
{
    std::vector<Line> lines;
    for (const QAction* action : actions)
        if (!action->shortcut().isEmpty())
            lines.emplace_back(action->shortcut().toString(QKeySequence::NativeText), action->statusTip());
    const Line charts[] = {
        {Words::tr("Mouse wheel"), Words::tr("Zoom the chart under the mouse")},
        {Words::tr("Drag"), Words::tr("Move the chart")},
        {Words::tr("Double click"), Words::tr("Show the whole chart")},
        {Words::tr("Left, Right, Home, End"), Words::tr("Move the price chart")},
        {Words::tr("Up, Down, F"), Words::tr("Zoom the price chart, show all of it")},
    };
    lines.insert(lines.end(), std::begin(charts), std::end(charts));
    return lines;
}

}  // namespace

void showShortcuts(QWidget* parent, const std::vector<QAction*>& actions)
{
    auto* dialog = new QDialog(parent);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(Words::tr("Keyboard shortcuts"));
    const std::vector<Line> lines = shortcutLines(actions);
    auto* table = new QTableWidget(static_cast<int>(lines.size()), 2, dialog);
    table->setAccessibleName(Words::tr("Keyboard shortcuts"));
    table->setHorizontalHeaderLabels({Words::tr("Keys"), Words::tr("What they do")});
    table->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    table->horizontalHeader()->setStretchLastSection(true);
    table->verticalHeader()->hide();
    table->setShowGrid(false);
    table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    table->setTabKeyNavigation(false);
    int row = 0;
    for (const auto& [keys, help] : lines) {
        table->setItem(row, 0, new QTableWidgetItem(keys));
        table->setItem(row++, 1, new QTableWidgetItem(help));
    }
    table->resizeColumnToContents(0);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close, dialog);
    auto* all = new QVBoxLayout(dialog);
    all->addWidget(table);
    all->addWidget(buttons);
    QObject::connect(buttons, &QDialogButtonBox::rejected, dialog, &QDialog::close);
    dialog->resize(560, 620);
    dialog->open();
}

void showAbout(QWidget* parent)
{
    auto* box = new QMessageBox(parent);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setWindowTitle(Words::tr("About Forecastle"));
    box->setIconPixmap(applicationIcon().pixmap(64, 64));
    box->setTextFormat(Qt::PlainText);
    box->setText(Words::tr("Forecastle %1").arg(fromUtf8(programVersion())));
    box->setInformativeText(Words::tr(
        "A workbench for training time-series forecasting models.\n\nFree software under the GNU General "
        "Public "
        "License, version 3 or later. It comes with no warranty. Forecasts are estimates, not advice."));
    box->open();
}

}  // namespace fc::ui
