// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDate>
#include <QFrame>

#include "engine/io/import.h"

class QLabel;
class QPushButton;

namespace fc::ui {

/// "03/04/2024" read with the day first and with the month first; a missing date where it cannot be.
struct DateReadings {
    QString text;
    QDate dayFirst;
    QDate monthFirst;
};

/// The readings of the date that a result calls ambiguous; nothing when none is.
std::optional<DateReadings> ambiguousDate(const ImportResult& result);

/// Asks which of the two readings of a date is meant, and shows both as dates. Hidden while nothing is to
/// ask.
class DateQuestion : public QFrame {
    Q_OBJECT

public:
    explicit DateQuestion(QWidget* parent = nullptr);

    void setResult(const ImportResult& result);

signals:
    /// "dmy" or "mdy".
    void answered(const std::string& format);

private:
    QLabel* m_question;
    QPushButton* m_dayFirst;
    QPushButton* m_monthFirst;
};

}  // namespace fc::ui
