// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/main/notice_bar.h"

#include <QAccessible>
#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QToolButton>

#include "ui/theme/icon.h"
#include "ui/theme/theme.h"

namespace fc::ui {
namespace {

constexpr int iconSize = 18;

QToolButton* toolButton(QWidget* parent, const QString& iconName, const QString& name)
{
    auto* made = new QToolButton(parent);
    made->setIcon(icon(iconName, IconColor::Muted));
    made->setAutoRaise(true);
    made->setFocusPolicy(Qt::TabFocus);
    made->setAccessibleName(name);
    made->setToolTip(name);
    return made;
}

}  // namespace

NoticeBar::NoticeBar(QWidget* parent) : QFrame(parent)
{
    setRole(*this, Role::Card);
    auto* sign = new QLabel(this);
    sign->setPixmap(icon(QStringLiteral("warning"), IconColor::Danger).pixmap(iconSize, iconSize));
    sign->setAccessibleName(tr("Problem"));
    m_text = new QLabel(this);
    m_text->setObjectName(QStringLiteral("noticeText"));
    m_text->setTextFormat(Qt::PlainText);
    m_text->setWordWrap(true);
    m_copy = toolButton(this, QStringLiteral("copy"), tr("Copy this message"));
    m_close = toolButton(this, QStringLiteral("close"), tr("Close this message"));
    auto* line = new QHBoxLayout(this);
    line->setContentsMargins(12, 6, 6, 6);
    line->setSpacing(8);
    line->addWidget(sign);
    line->addWidget(m_text, 1);
    line->addWidget(m_copy);
    line->addWidget(m_close);
    connect(m_close, &QToolButton::clicked, this, &NoticeBar::clear);
    connect(m_copy, &QToolButton::clicked, this,
            [this] { QGuiApplication::clipboard()->setText(m_text->text()); });
    hide();
}

void NoticeBar::showProblem(const QString& text)
{
    m_text->setText(text);
    setVisible(true);
    QAccessibleEvent told(m_text, QAccessible::Alert);
    QAccessible::updateAccessibility(&told);
}

void NoticeBar::clear()
{
    m_text->clear();
    hide();
}

QString NoticeBar::text() const
{
    return m_text->text();
}

}  // namespace fc::ui
