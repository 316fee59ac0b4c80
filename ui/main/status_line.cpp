// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/main/status_line.h"

#include <QLabel>
#include <QProgressBar>
#include <QStatusBar>

#include "ui/text/text.h"
#include "ui/theme/theme.h"

namespace fc::ui {
namespace {

constexpr int progressParts = 1000;

}  // namespace

StatusLine::StatusLine(QStatusBar& bar) : QObject(&bar)
{
    m_message = new QLabel(&bar);
    m_message->setObjectName(QStringLiteral("statusMessage"));
    m_message->setTextFormat(Qt::PlainText);
    m_busy = new QLabel(tr("Working…"), &bar);
    setRole(*m_busy, Role::Muted);
    m_busy->hide();
    m_step = new QLabel(&bar);
    m_step->setObjectName(QStringLiteral("statusStep"));
    m_progress = new QProgressBar(&bar);
    m_progress->setAccessibleName(tr("Progress of the training"));
    m_progress->setFixedWidth(180);
    m_progress->setTextVisible(false);
    m_progress->setRange(0, progressParts);
    bar.setSizeGripEnabled(false);
    bar.addWidget(m_message, 1);
    for (QWidget* each :
         {static_cast<QWidget*>(m_busy), static_cast<QWidget*>(m_step), static_cast<QWidget*>(m_progress)})
        bar.addPermanentWidget(each);
    clearProgress();
}

void StatusLine::setMessage(const QString& text)
{
    m_message->setText(text);
}

void StatusLine::setBusy(bool busy)
{
    m_busy->setVisible(busy);
}

void StatusLine::setStep(const StepNews& news, double stepsPerSecond, double secondsLeft)
{
    m_step->setText(
        tr("step %1 of %2 · %3 steps/s · %4 left")
            .arg(count(news.step), count(news.totalSteps), number(stepsPerSecond, 3), duration(secondsLeft)));
    m_progress->setVisible(true);
    if (news.totalSteps > 0)
        m_progress->setValue(static_cast<int>(progressParts * news.step / news.totalSteps));
}

void StatusLine::clearProgress()
{
    m_step->clear();
    m_progress->hide();
    m_progress->setValue(0);
}

}  // namespace fc::ui
