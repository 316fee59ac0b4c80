// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QLabel;
class QPushButton;
class QVBoxLayout;

namespace fc::ui {

/// What the window shows while no workspace is open.
class WelcomePage : public QWidget {
    Q_OBJECT

public:
    explicit WelcomePage(QWidget* parent = nullptr);

    void setRecent(const QStringList& paths);

signals:
    void newRequested();
    void openRequested();
    void samplesRequested();
    void recentRequested(const QString& path);

private:
    QPushButton* addChoice(QVBoxLayout& lines, const QString& iconName, const QString& text,
                           const QString& help);

    QLabel* m_recentTitle;
    QVBoxLayout* m_recent;
};

}  // namespace fc::ui
