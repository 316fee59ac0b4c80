// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFrame>

class QLabel;
class QToolButton;

namespace fc::ui {

/// One line above the pages that says what went wrong; stays until closed or replaced.
class NoticeBar : public QFrame {
    Q_OBJECT

public:
    explicit NoticeBar(QWidget* parent = nullptr);

    void showProblem(const QString& text);
    void clear();
    /// Empty while nothing is shown.
    QString text() const;

private:
    QLabel* m_text;
    QToolButton* m_copy;
    QToolButton* m_close;
};

}  // namespace fc::ui
