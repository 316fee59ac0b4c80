// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/data/date_question.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QRegularExpression>
#include <algorithm>

#include "ui/text/text.h"
#include "ui/theme/theme.h"

namespace fc::ui {
namespace {

/// Two-digit years are those of this and the last century, as everywhere.
int fullYear(int year)
{
    if (year >= 100)
        return year;
    return year < 70 ? 2000 + year : 1900 + year;
}

QString cellAt(const ImportResult& result, std::int64_t line, const std::string& column)
{
    const auto& columns = result.preview.columns;
    const auto place = std::ranges::find(columns, column, &ImportColumn::name);
    const auto row = std::ranges::find(result.preview.rows, line, &ImportPreview::Row::line);
    const auto cell = static_cast<std::size_t>(place - columns.begin());
    if (place == columns.end() || row == result.preview.rows.end() || cell >= row->cells.size())
        return {};
    return fromUtf8(row->cells[cell]);
}

}  // namespace

std::optional<DateReadings> ambiguousDate(const ImportResult& result)
{
    const auto message =
        std::ranges::find(result.messages, std::string("ambiguous_date"), &ImportMessage::code);
    if (message == result.messages.end())
        return std::nullopt;
    DateReadings readings;
    if (message->line && message->column)
        readings.text = cellAt(result, *message->line, *message->column);
    static const QRegularExpression parts(QStringLiteral("^\\s*(\\d{1,2})\\D+(\\d{1,2})\\D+(\\d{2,4})"));
    if (const QRegularExpressionMatch match = parts.match(readings.text); match.hasMatch()) {
        const int first = match.captured(1).toInt();
        const int second = match.captured(2).toInt();
        const int year = fullYear(match.captured(3).toInt());
        readings.text = match.captured(0).trimmed();
        readings.dayFirst = QDate(year, second, first);
        readings.monthFirst = QDate(year, first, second);
    }
    return readings;
}

DateQuestion::DateQuestion(QWidget* parent) : QFrame(parent)
{
    setObjectName(QStringLiteral("dateQuestion"));
    setRole(*this, Role::Metric);
    m_question = new QLabel(this);
    m_question->setTextFormat(Qt::PlainText);
    m_dayFirst = new QPushButton(this);
    m_dayFirst->setObjectName(QStringLiteral("dayFirst"));
    m_monthFirst = new QPushButton(this);
    m_monthFirst->setObjectName(QStringLiteral("monthFirst"));
    auto* line = new QHBoxLayout(this);
    line->setContentsMargins(10, 6, 10, 6);
    line->addWidget(m_question);
    line->addWidget(m_dayFirst);
    line->addWidget(m_monthFirst);
    line->addStretch(1);
    connect(m_dayFirst, &QPushButton::clicked, this, [this] { emit answered("dmy"); });
    connect(m_monthFirst, &QPushButton::clicked, this, [this] { emit answered("mdy"); });
    hide();
}

void DateQuestion::setResult(const ImportResult& result)
{
    const std::optional<DateReadings> readings = ambiguousDate(result);
    setVisible(readings.has_value());
    if (!readings)
        return;
    const bool isDayFirst = result.detected.dateFormat.value_or("") != "mdy";
    const auto text = [](const QDate& date, const QString& otherwise) {
        return date.isValid() ? QLocale().toString(date, QStringLiteral("d MMMM yyyy")) : otherwise;
    };
    m_question->setText(readings->text.isEmpty() ? tr("Dates start with")
                                                 : tr("Is \"%1\" meant as").arg(readings->text));
    m_dayFirst->setText(text(readings->dayFirst, tr("the day")));
    m_monthFirst->setText(text(readings->monthFirst, tr("the month")));
    const QString taken = tr("This reading is used until you choose.");
    m_dayFirst->setToolTip(isDayFirst ? taken : QString());
    m_monthFirst->setToolTip(isDayFirst ? QString() : taken);
    m_dayFirst->setDefault(false);
    m_monthFirst->setDefault(false);
}

}  // namespace fc::ui
