// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/data/import_form.h"

#include <QComboBox>
#include <QFormLayout>
#include <QLabel>
#include <QTimeZone>

#include "ui/text/text.h"
#include "ui/theme/theme.h"

namespace fc::ui {
namespace {

constexpr int headerLines = 20;

struct Words {
    Q_DECLARE_TR_FUNCTIONS(import_form)
};

QString delimiterText(char delimiter)
{
    switch (delimiter) {
        case ',':
            return Words::tr("comma");
        case ';':
            return Words::tr("semicolon");
        case '\t':
            return Words::tr("tab");
        case '|':
            return Words::tr("bar |");
        case ' ':
            return Words::tr("blanks");
        default:
            return QString(QLatin1Char(delimiter));
    }
}

QString headerText(std::int64_t line)
{
    return line == 0 ? Words::tr("no header") : Words::tr("line %1").arg(line);
}

QString dateText(const std::string& format)
{
    const std::pair<const char*, QString> known[] = {
        {"ymd", Words::tr("year month day")},
        {"dmy", Words::tr("day month year")},
        {"mdy", Words::tr("month day year")},
        {"epoch_s", Words::tr("epoch, seconds")},
        {"epoch_ms", Words::tr("epoch, milliseconds")},
        {"epoch_us", Words::tr("epoch, microseconds")},
        {"epoch_ns", Words::tr("epoch, nanoseconds")},
        {"spreadsheet_days", Words::tr("spreadsheet days")},
        {"year", Words::tr("year")},
        {"index", Words::tr("row number")},
    };
    for (const auto& [name, text] : known)
        if (format == name)
            return text;
    return fromUtf8(format);
}

QString duplicateText(const std::string& choice)
{
    if (choice == "first")
        return Words::tr("keep the first");
    return choice == "error" ? Words::tr("refuse the file") : Words::tr("keep the last");
}

/// Text of an editable box that stands for "automatic" is its first item.
bool isAutomatic(const QComboBox* box)
{
    return box->currentText() == box->itemText(0);
}

}  // namespace

ImportForm::ImportForm(QWidget* parent) : QWidget(parent)
{
    auto* rows = new QFormLayout(this);
    rows->setContentsMargins(0, 0, 0, 0);
    rows->setVerticalSpacing(6);
    addParts(*rows);
    m_delimiter =
        addChoice(*rows, QStringLiteral("delimiter"), tr("Delimiter"), tr("What stands between two cells"));
    for (const char delimiter : {',', ';', '\t', '|', ' '})
        m_delimiter->addItem(delimiterText(delimiter), QString(QLatin1Char(delimiter)));
    m_decimal = addChoice(*rows, QStringLiteral("decimal"), tr("Decimal mark"),
                          tr("What stands before the fraction of a number"));
    m_decimal->addItem(tr("point"), QStringLiteral("."));
    m_decimal->addItem(tr("comma"), QStringLiteral(","));
    m_header = addChoice(*rows, QStringLiteral("header"), tr("Column names"),
                         tr("Which line of the file names the columns"));
    for (int line = 0; line <= headerLines; ++line)
        m_header->addItem(headerText(line), line);
    m_dateFormat = addChoice(*rows, QStringLiteral("dateFormat"), tr("Date format"),
                             tr("How times are written; a pattern such as %d.%m.%Y %H:%M can be typed"));
    for (const char* format : {"ymd", "dmy", "mdy", "epoch_s", "epoch_ms", "epoch_us", "epoch_ns",
                               "spreadsheet_days", "year", "index"})
        m_dateFormat->addItem(dateText(format), QLatin1String(format));
    m_dateFormat->setEditable(true);
    m_timeZone =
        addChoice(*rows, QStringLiteral("timeZone"), tr("Time zone"),
                  tr("Of times without an offset of their own; such as UTC, +02:00 or Europe/Berlin"));
    m_timeZone->addItem(QStringLiteral("UTC"), QStringLiteral("UTC"));
    for (const QByteArray& zone : QTimeZone::availableTimeZoneIds())
        if (zone.contains('/') && !zone.startsWith("Etc/"))
            m_timeZone->addItem(QString::fromLatin1(zone), QString::fromLatin1(zone));
    m_timeZone->setEditable(true);
    m_duplicates = addChoice(*rows, QStringLiteral("duplicates"), tr("Same time twice"),
                             tr("Which of the rows is kept"));
    for (const char* choice : {"last", "first", "error"})
        m_duplicates->addItem(duplicateText(choice), QLatin1String(choice));
    m_encoding = addChoice(*rows, QStringLiteral("encoding"), tr("Encoding"),
                           tr("How the letters of a text are stored"));
    for (const char* encoding : {"utf-8", "utf-16le", "utf-16be", "windows-1252"})
        m_encoding->addItem(QLatin1String(encoding), QLatin1String(encoding));
    addRoles(*rows);
}

QComboBox* ImportForm::addChoice(QFormLayout& rows, const QString& name, const QString& label,
                                 const QString& help)
{
    auto* box = new QComboBox(this);
    box->setObjectName(name);
    box->setAccessibleName(label);
    box->setToolTip(help);
    box->setInsertPolicy(QComboBox::NoInsert);
    box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    box->setMinimumContentsLength(16);
    box->addItem(tr("automatic"), QVariant());
    rows.addRow(label, box);
    connect(box, &QComboBox::currentTextChanged, this, &ImportForm::changed);
    return box;
}

void ImportForm::addRoles(QFormLayout& rows)
{
    auto* title = new QLabel(tr("Columns"), this);
    setRole(*title, Role::Heading);
    rows.addRow(title);
    const std::pair<const char*, QString> roles[] = {
        {"time", tr("Time")}, {"clock", tr("Time of day")}, {"open", tr("Open")},     {"high", tr("High")},
        {"low", tr("Low")},   {"close", tr("Close")},       {"volume", tr("Volume")}, {"id", tr("Series id")},
    };
    for (const auto& [role, label] : roles)
        m_roles.emplace_back(role, addChoice(rows, QStringLiteral("role_") + QLatin1String(role), label,
                                             tr("Which column has this role")));
}

void ImportForm::addParts(QFormLayout& rows)
{
    const std::tuple<const char*, QString, QString> parts[] = {
        {"member", tr("File"), tr("Which file of the archive is read")},
        {"sheet", tr("Sheet"), tr("Which sheet of the spreadsheet is read")},
        {"table", tr("Table"), tr("Which of the tables is read")},
    };
    for (const auto& [option, label, help] : parts) {
        m_parts.emplace_back(option, addChoice(rows, QLatin1String(option), label, help));
        rows.setRowVisible(m_parts.back().second, false);
    }
}

ImportOptions ImportForm::overrides() const
{
    const auto chosen = [](const QComboBox* box) -> std::optional<std::string> {
        const QVariant value = box->currentData();
        return value.isValid() ? std::optional(toUtf8(value.toString())) : std::nullopt;
    };
    // An editable box may hold a text of the person's own, which is no item.
    const auto typed = [&](const QComboBox* box) -> std::optional<std::string> {
        if (isAutomatic(box) || box->currentText().trimmed().isEmpty())
            return std::nullopt;
        const int item = box->findText(box->currentText());
        return toUtf8(item < 0 ? box->currentText().trimmed() : box->itemData(item).toString());
    };
    ImportOptions options;
    if (const auto delimiter = chosen(m_delimiter))
        options.delimiter = delimiter->front();
    if (const auto decimal = chosen(m_decimal))
        options.decimal = decimal->front();
    if (m_header->currentData().isValid())
        options.headerLine = m_header->currentData().toInt();
    options.dateFormat = typed(m_dateFormat);
    options.timeZone = typed(m_timeZone);
    options.onDuplicate = chosen(m_duplicates);
    options.encoding = chosen(m_encoding);
    for (const auto& [option, box] : m_parts)
        if (const auto part = chosen(box))
            (option == "member" ? options.member : option == "sheet" ? options.sheet : options.table) = part;
    for (const auto& [role, box] : m_roles)
        if (const auto column = chosen(box))
            options.roles[role] = *column;
    return options;
}

void ImportForm::setOverrides(const ImportOptions& options)
{
    const QSignalBlocker quiet(this);
    const auto choose = [](QComboBox* box, const QVariant& value) {
        const int item = box->findData(value);
        if (item >= 0)
            box->setCurrentIndex(item);
        else if (box->isEditable())
            box->setEditText(value.toString());
    };
    if (options.delimiter)
        choose(m_delimiter, QString(QLatin1Char(*options.delimiter)));
    if (options.decimal)
        choose(m_decimal, QString(QLatin1Char(*options.decimal)));
    if (options.headerLine)
        choose(m_header, static_cast<int>(*options.headerLine));
    if (options.dateFormat)
        choose(m_dateFormat, fromUtf8(*options.dateFormat));
    if (options.timeZone)
        choose(m_timeZone, fromUtf8(*options.timeZone));
    if (options.onDuplicate)
        choose(m_duplicates, fromUtf8(*options.onDuplicate));
    if (options.encoding)
        choose(m_encoding, fromUtf8(*options.encoding));
    for (const auto& [role, box] : m_roles)
        if (const auto column = options.roles.find(role); column != options.roles.end())
            choose(box, fromUtf8(column->second));
}

void ImportForm::showFound(QComboBox* box, const QString& found)
{
    const bool automatic = isAutomatic(box);
    box->setItemText(0, found.isEmpty() ? tr("automatic") : tr("automatic: %1").arg(found));
    if (automatic && box->isEditable())
        box->setEditText(box->itemText(0));
}

void ImportForm::setResult(const ImportResult& result)
{
    const QSignalBlocker quiet(this);
    const ImportOptions& found = result.detected;
    showFound(m_delimiter, found.delimiter ? delimiterText(*found.delimiter) : QString());
    showFound(m_decimal, !found.decimal ? QString() : *found.decimal == ',' ? tr("comma") : tr("point"));
    showFound(m_header, found.headerLine ? headerText(*found.headerLine) : QString());
    showFound(m_dateFormat, found.dateFormat ? dateText(*found.dateFormat) : QString());
    showFound(m_timeZone, found.timeZone ? fromUtf8(*found.timeZone) : QString());
    showFound(m_duplicates, found.onDuplicate ? duplicateText(*found.onDuplicate) : QString());
    showFound(m_encoding, found.encoding ? fromUtf8(*found.encoding) : QString());
    fillRoles(result);
    fillParts(result);
}

/// Only what there is to choose from is shown.
void ImportForm::fillParts(const ImportResult& result)
{
    auto* rows = static_cast<QFormLayout*>(layout());
    const ImportOptions& found = result.detected;
    for (const auto& [option, box] : m_parts) {
        const auto choice =
            std::find_if(result.preview.choices.begin(), result.preview.choices.end(),
                         [&name = option](const ImportChoice& each) { return each.option == name; });
        const bool has = choice != result.preview.choices.end();
        const QVariant chosen = box->currentData();
        box->clear();
        box->addItem(tr("automatic"), QVariant());
        for (std::size_t i = 0; has && i < choice->names.size(); ++i)
            box->addItem(fromUtf8(choice->names[i]), fromUtf8(choice->names[i]));
        box->setCurrentIndex(chosen.isValid() ? std::max(0, box->findData(chosen)) : 0);
        const auto& part = option == "member" ? found.member : option == "sheet" ? found.sheet : found.table;
        showFound(box, has && part ? fromUtf8(*part) : QString());
        rows->setRowVisible(box, has);
    }
}

void ImportForm::fillRoles(const ImportResult& result)
{
    QStringList columns;
    for (const ImportColumn& column : result.preview.columns)
        columns << fromUtf8(column.name);
    for (const auto& [role, box] : m_roles) {
        if (columns != m_columns) {
            const QVariant chosen = box->currentData();
            box->clear();
            box->addItem(tr("automatic"), QVariant());
            box->addItem(tr("none"), QString());
            for (const QString& column : columns)
                box->addItem(column, column);
            box->setCurrentIndex(chosen.isValid() ? std::max(0, box->findData(chosen)) : 0);
        }
        const auto found = result.detected.roles.find(role);
        const bool has = found != result.detected.roles.end() && !found->second.empty();
        showFound(box, has ? fromUtf8(found->second) : tr("none"));
    }
    m_columns = columns;
}

}  // namespace fc::ui
