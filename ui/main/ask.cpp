// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/main/ask.h"

#include <QFileDialog>
#include <QFileInfo>
#include <QInputDialog>
#include <QLabel>
#include <QMessageBox>
#include <QPushButton>

namespace fc::ui {
namespace {

QFileDialog* fileDialog(QWidget* parent, const QString& title, const QString& place, const QString& filters)
{
    auto* dialog = new QFileDialog(parent, title, place, filters);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    return dialog;
}

/// "CSV (*.csv)" -> "csv"; the dialog adds it to a name without an ending.
QString endingOf(const QString& filter)
{
    const qsizetype dot = filter.indexOf(QStringLiteral("*."));
    if (dot < 0)
        return {};
    QString ending;
    for (qsizetype i = dot + 2; i < filter.size() && filter.at(i).isLetterOrNumber(); ++i)
        ending += filter.at(i);
    return ending;
}

}  // namespace

void askText(QWidget* parent, const QString& title, const QString& label, const QString& initial,
             std::function<void(const QString&)> answer)
{
    auto* dialog = new QInputDialog(parent);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(title);
    dialog->setLabelText(label);
    for (QLabel* each : dialog->findChildren<QLabel*>())
        each->setTextFormat(Qt::PlainText);  // a name may look like markup
    dialog->setTextValue(initial);
    dialog->resize(420, dialog->sizeHint().height());
    QObject::connect(dialog, &QInputDialog::textValueSelected, parent, std::move(answer));
    dialog->open();
}

void askChoice(QWidget* parent, const QString& title, const QString& label, const QStringList& choices,
               std::function<void(const QString&)> answer)
{
    auto* dialog = new QInputDialog(parent);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(title);
    dialog->setLabelText(label);
    dialog->setOption(QInputDialog::UseListViewForComboBoxItems);
    dialog->setComboBoxItems(choices);
    for (QLabel* each : dialog->findChildren<QLabel*>())
        each->setTextFormat(Qt::PlainText);
    dialog->resize(420, 320);
    QObject::connect(dialog, &QInputDialog::textValueSelected, parent, std::move(answer));
    dialog->open();
}

void askConfirmation(QWidget* parent, const QString& title, const QString& text, const QString& action,
                     std::function<void()> confirmed)
{
    auto* box = new QMessageBox(QMessageBox::Warning, title, text, QMessageBox::Cancel, parent);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setTextFormat(Qt::PlainText);
    QPushButton* act = box->addButton(action, QMessageBox::DestructiveRole);
    box->setDefaultButton(QMessageBox::Cancel);
    QObject::connect(act, &QPushButton::clicked, parent, std::move(confirmed));
    box->open();
}

void askSaveFile(QWidget* parent, const QString& title, const QString& proposal, const QString& filters,
                 std::function<void(const QString& path)> answer)
{
    QFileDialog* dialog = fileDialog(parent, title, QFileInfo(proposal).path(), filters);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->selectFile(QFileInfo(proposal).fileName());
    dialog->setDefaultSuffix(endingOf(dialog->selectedNameFilter()));
    QObject::connect(dialog, &QFileDialog::filterSelected, dialog,
                     [dialog](const QString& filter) { dialog->setDefaultSuffix(endingOf(filter)); });
    QObject::connect(dialog, &QFileDialog::fileSelected, parent, std::move(answer));
    dialog->open();
}

void askOpenFiles(QWidget* parent, const QString& title, const QString& folder, const QString& filters,
                  bool several, std::function<void(const QStringList& paths)> answer)
{
    QFileDialog* dialog = fileDialog(parent, title, folder, filters);
    dialog->setFileMode(several ? QFileDialog::ExistingFiles : QFileDialog::ExistingFile);
    QObject::connect(dialog, &QFileDialog::filesSelected, parent, std::move(answer));
    dialog->open();
}

}  // namespace fc::ui
