// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/data/import_fields.h"

#include <QCoreApplication>
#include <QTimeZone>

#include "ui/text/text.h"

namespace fc::ui {
namespace {

constexpr int headerLines = 20;

struct Words {
    Q_DECLARE_TR_FUNCTIONS(import_form)
};

using Choices = std::vector<ImportField::Choice>;

Choices delimiters()
{
    return {{Words::tr("comma"), QStringLiteral(",")},
            {Words::tr("semicolon"), QStringLiteral(";")},
            {Words::tr("tab"), QStringLiteral("\t")},
            {Words::tr("bar |"), QStringLiteral("|")},
            {Words::tr("blanks"), QStringLiteral(" ")}};
}

Choices headers()
{
    Choices all{{Words::tr("no header"), QStringLiteral("0")}};
    for (int line = 1; line <= headerLines; ++line)
        all.push_back({Words::tr("line %1").arg(line), QString::number(line)});
    return all;
}

Choices dateFormats()
{
    return {{Words::tr("year month day"), QStringLiteral("ymd")},
            {Words::tr("day month year"), QStringLiteral("dmy")},
            {Words::tr("month day year"), QStringLiteral("mdy")},
            {Words::tr("epoch, seconds"), QStringLiteral("epoch_s")},
            {Words::tr("epoch, milliseconds"), QStringLiteral("epoch_ms")},
            {Words::tr("epoch, microseconds"), QStringLiteral("epoch_us")},
            {Words::tr("epoch, nanoseconds"), QStringLiteral("epoch_ns")},
            {Words::tr("spreadsheet days"), QStringLiteral("spreadsheet_days")},
            {Words::tr("year"), QStringLiteral("year")},
            {Words::tr("row number"), QStringLiteral("index")}};
}

Choices timeZones()
{
    Choices all{{QStringLiteral("UTC"), QStringLiteral("UTC")}};
    for (const QByteArray& zone : QTimeZone::availableTimeZoneIds())
        if (zone.contains('/') && !zone.startsWith("Etc/"))
            all.push_back({QString::fromLatin1(zone), QString::fromLatin1(zone)});
    return all;
}

Choices duplicates()
{
    return {{Words::tr("keep the last"), QStringLiteral("last")},
            {Words::tr("keep the first"), QStringLiteral("first")},
            {Words::tr("refuse the file"), QStringLiteral("error")}};
}

Choices encodings()
{
    Choices all;
    for (const char* encoding : {"utf-8", "utf-16le", "utf-16be", "windows-1252"})
        all.push_back({QLatin1String(encoding), QLatin1String(encoding)});
    return all;
}

Choices calendars()
{
    return {{Words::tr("by row: whenever they come"), QStringLiteral("by_row")},
            {Words::tr("around the clock"), QStringLiteral("24/7")},
            {Words::tr("business days"), QStringLiteral("business_days")}};
}

Choices policies()
{
    return {{Words::tr("keep as it is"), QStringLiteral("keep")},
            {Words::tr("put in empty rows"), QStringLiteral("gaps")},
            {Words::tr("the value before"), QStringLiteral("forward")},
            {Words::tr("mean of all before"), QStringLiteral("mean")},
            {Words::tr("in between (looks ahead)"), QStringLiteral("linear")},
            {Words::tr("the nearest (looks ahead)"), QStringLiteral("nearest")},
            {Words::tr("drop rows that lack any"), QStringLiteral("drop")}};
}

// A member of ImportOptions as text and back, by its type.

void assign(std::optional<char>& to, const std::optional<QString>& value)
{
    to = value && !value->isEmpty() ? std::optional(value->at(0).toLatin1()) : std::nullopt;
}

void assign(std::optional<std::string>& to, const std::optional<QString>& value)
{
    to = value ? std::optional(toUtf8(*value)) : std::nullopt;
}

void assign(std::optional<std::int64_t>& to, const std::optional<QString>& value)
{
    to = value ? std::optional<std::int64_t>(value->toLongLong()) : std::nullopt;
}

QString textOf(char value)
{
    return QString(QLatin1Char(value));
}

QString textOf(const std::string& value)
{
    return fromUtf8(value);
}

QString textOf(std::int64_t value)
{
    return QString::number(value);
}

template <typename Value>
ImportField field(std::optional<Value> ImportOptions::*member, const char* id, const QString& label,
                  const QString& help, Choices choices, bool isEditable = false)
{
    return {QLatin1String(id),
            label,
            help,
            std::move(choices),
            isEditable,
            false,
            [member](const ImportOptions& options) {
                const std::optional<Value>& value = options.*member;
                return value ? std::optional(textOf(*value)) : std::nullopt;
            },
            [member](ImportOptions& options, const std::optional<QString>& value) {
                assign(options.*member, value);
            }};
}

ImportField part(std::optional<std::string> ImportOptions::*member, const char* id, const QString& label,
                 const QString& help)
{
    ImportField made = field(member, id, label, help, {});
    made.isPart = true;
    return made;
}

}  // namespace

QString ImportField::textOf(const QString& value) const
{
    for (const Choice& choice : choices)
        if (choice.value == value)
            return choice.text;
    return value;
}

const std::vector<ImportField>& importFields()
{
    using O = ImportOptions;
    static const std::vector<ImportField> all = {
        part(&O::member, "member", Words::tr("File"), Words::tr("Which file of the archive is read")),
        part(&O::sheet, "sheet", Words::tr("Sheet"), Words::tr("Which sheet of the spreadsheet is read")),
        part(&O::table, "table", Words::tr("Table"), Words::tr("Which of the tables is read")),
        field(&O::encoding, "encoding", Words::tr("Encoding"),
              Words::tr("How the letters of a text are stored"), encodings()),
        field(&O::delimiter, "delimiter", Words::tr("Delimiter"), Words::tr("What stands between two cells"),
              delimiters()),
        field(&O::decimal, "decimal", Words::tr("Decimal mark"),
              Words::tr("What stands before the fraction of a number"),
              {{Words::tr("point"), QStringLiteral(".")}, {Words::tr("comma"), QStringLiteral(",")}}),
        field(&O::headerLine, "header", Words::tr("Column names"),
              Words::tr("Which line of the file names the columns"), headers()),
        field(&O::dateFormat, "dateFormat", Words::tr("Date format"),
              Words::tr("How times are written; a pattern such as %d.%m.%Y %H:%M can be typed"),
              dateFormats(), true),
        field(&O::timeZone, "timeZone", Words::tr("Time zone"),
              Words::tr("Of times without an offset of their own; such as UTC, +02:00 or Europe/Berlin"),
              timeZones(), true),
        field(&O::onRepeatedHour, "repeatedHour", Words::tr("Hour shown twice"),
              Words::tr("Which of the two is meant when clocks go back"),
              {{Words::tr("by the order of rows"), QStringLiteral("order")},
               {Words::tr("the earlier"), QStringLiteral("earlier")},
               {Words::tr("the later"), QStringLiteral("later")}}),
        field(&O::onSkippedHour, "skippedHour", Words::tr("Hour never shown"),
              Words::tr("What is done with times that clocks skip when they go forward"),
              {{Words::tr("refuse the file"), QStringLiteral("error")},
               {Words::tr("shift forward"), QStringLiteral("shift")}}),
        field(&O::onDuplicate, "duplicates", Words::tr("Same time twice"),
              Words::tr("Which of the rows is kept"), duplicates()),
        field(&O::calendar, "calendar", Words::tr("Calendar"),
              Words::tr("Which stamps are due; sessions such as mon-fri 09:30-16:00 can be typed"),
              calendars(), true),
        field(&O::missing, "missing", Words::tr("Missing stamps"),
              Words::tr("What is done about stamps that are due and cells without a value"), policies()),
    };
    return all;
}

}  // namespace fc::ui
