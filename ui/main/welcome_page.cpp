// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/main/welcome_page.h"

#include <QFileInfo>
#include <QFrame>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include "ui/text/text.h"
#include "ui/theme/icon.h"
#include "ui/theme/theme.h"

namespace fc::ui {
namespace {

constexpr int signSize = 72;
constexpr int cardWidth = 460;
constexpr int shownRecent = 5;

}  // namespace

WelcomePage::WelcomePage(QWidget* parent) : QWidget(parent)
{
    auto* card = new QFrame(this);
    card->setFixedWidth(cardWidth);
    setRole(*card, Role::Card);
    auto* sign = new QLabel(card);
    sign->setPixmap(applicationIcon().pixmap(signSize, signSize));
    sign->setAlignment(Qt::AlignCenter);
    auto* title = new QLabel(tr("Forecastle"), card);
    title->setFont(uiFont(20, QFont::Bold));
    title->setAlignment(Qt::AlignCenter);
    auto* text =
        new QLabel(tr("Train forecasting models on your time series. A workspace is one file that keeps the "
                      "series, the runs and their checkpoints."),
                   card);
    text->setWordWrap(true);
    text->setAlignment(Qt::AlignCenter);
    setRole(*text, Role::Muted);

    auto* lines = new QVBoxLayout(card);
    lines->setContentsMargins(36, 28, 36, 28);
    lines->setSpacing(10);
    lines->addWidget(sign);
    lines->addWidget(title);
    lines->addWidget(text);
    lines->addSpacing(10);
    auto* samples = addChoice(*lines, QStringLiteral("play"), tr("Try the sample data"),
                              tr("Opens a workspace with synthetic series, ready to train"));
    samples->setIcon(icon(QStringLiteral("play"), IconColor::OnAccent));
    setRole(*samples, Role::Primary);
    auto* fresh =
        addChoice(*lines, QStringLiteral("new"), tr("New workspace…"), tr("Makes an empty workspace file"));
    auto* open =
        addChoice(*lines, QStringLiteral("folder"), tr("Open workspace…"), tr("Opens a .forecastle file"));
    m_recentTitle = new QLabel(tr("Recent workspaces"), card);
    setRole(*m_recentTitle, Role::Muted);
    lines->addSpacing(6);
    lines->addWidget(m_recentTitle);
    m_recent = new QVBoxLayout;
    m_recent->setSpacing(4);
    lines->addLayout(m_recent);
    auto* all = new QVBoxLayout(this);
    all->addStretch(2);
    all->addWidget(card, 0, Qt::AlignHCenter);
    all->addStretch(3);
    connect(samples, &QPushButton::clicked, this, &WelcomePage::samplesRequested);
    connect(fresh, &QPushButton::clicked, this, &WelcomePage::newRequested);
    connect(open, &QPushButton::clicked, this, &WelcomePage::openRequested);
    setRecent({});
}

QPushButton* WelcomePage::addChoice(QVBoxLayout& lines, const QString& iconName, const QString& text,
                                    const QString& help)
{
    auto* made = new QPushButton(icon(iconName), text, this);
    made->setToolTip(help);
    made->setMinimumHeight(36);
    lines.addWidget(made);
    return made;
}

void WelcomePage::setRecent(const QStringList& paths)
{
    while (QLayoutItem* item = m_recent->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    m_recentTitle->setVisible(!paths.isEmpty());
    for (const QString& path : paths.mid(0, shownRecent)) {
        QString label = QFileInfo(path).completeBaseName();
        QPushButton* made = addChoice(*m_recent, QStringLiteral("folder"),
                                      label.replace(u'&', QStringLiteral("&&")), plainToolTip(path));
        made->setIcon(icon(QStringLiteral("folder"), IconColor::Muted));
        made->setFlat(true);
        connect(made, &QPushButton::clicked, this, [this, path] { emit recentRequested(path); });
    }
}

}  // namespace fc::ui
