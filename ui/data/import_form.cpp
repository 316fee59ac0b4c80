// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/data/import_form.h"

#include <QComboBox>
#include <QFormLayout>
#include <QLineEdit>
#include <algorithm>

#include "ui/data/import_fields.h"
#include "ui/text/text.h"

namespace fc::ui {
namespace {

/// Text of an editable box that stands for "automatic" is its first item.
bool isAutomatic(const QComboBox* box)
{
    return box->currentText() == box->itemText(0);
}

std::optional<QString> valueOf(const QComboBox* box)
{
    if (!box->isEditable()) {
        const QVariant value = box->currentData();
        return value.isValid() ? std::optional(value.toString()) : std::nullopt;
    }
    const QString text = box->currentText().trimmed();
    if (isAutomatic(box) || text.isEmpty())
        return std::nullopt;
    const int item = box->findText(text);
    return item < 0 ? text : box->itemData(item).toString();
}

void setValue(QComboBox* box, const std::optional<QString>& value)
{
    const int item = value ? box->findData(*value) : 0;
    if (item >= 0) {
        box->setCurrentIndex(item);
    } else if (box->isEditable()) {
        box->setEditText(*value);
    } else {
        box->addItem(*value, *value);
        box->setCurrentIndex(box->count() - 1);
    }
}

}  // namespace

ImportForm::ImportForm(QWidget* parent) : QWidget(parent)
{
    auto* rows = new QFormLayout(this);
    rows->setContentsMargins(0, 0, 0, 0);
    rows->setVerticalSpacing(6);
    rows->setFieldGrowthPolicy(QFormLayout::ExpandingFieldsGrow);
    for (const ImportField& field : importFields()) {
        QComboBox* box = addBox(*rows, field.id, field.label, field.help);
        for (const ImportField::Choice& choice : field.choices)
            box->addItem(choice.text, choice.value);
        box->setEditable(field.isEditable);
        rows->setRowVisible(box, !field.isPart);
        connect(box, &QComboBox::currentTextChanged, this, &ImportForm::changed);
        m_boxes.push_back(box);
    }
}

QComboBox* ImportForm::addBox(QFormLayout& rows, const QString& name, const QString& label,
                              const QString& help)
{
    auto* box = new QComboBox(this);
    box->setObjectName(name);
    box->setAccessibleName(label);
    box->setToolTip(help);
    box->setInsertPolicy(QComboBox::NoInsert);
    box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    box->setMinimumContentsLength(14);
    box->addItem(tr("automatic"), QVariant());
    rows.addRow(label, box);
    return box;
}

ImportOptions ImportForm::overrides() const
{
    ImportOptions options = m_columns;
    for (std::size_t i = 0; i < m_boxes.size(); ++i)
        importFields()[i].set(options, valueOf(m_boxes[i]));
    return options;
}

void ImportForm::setOverrides(const ImportOptions& options)
{
    const QSignalBlocker quiet(this);
    m_columns = {};
    m_columns.roles = options.roles;
    m_columns.types = options.types;
    m_columns.remedies = options.remedies;
    for (std::size_t i = 0; i < m_boxes.size(); ++i)
        setValue(m_boxes[i], importFields()[i].get(options));
}

std::string ImportForm::columnUse(const std::string& column) const
{
    for (const auto& [role, name] : m_columns.roles)
        if (name == column)
            return role;
    const auto type = m_columns.types.find(column);
    return type == m_columns.types.end() ? std::string() : type->second;
}

void ImportForm::setColumn(const std::string& column, const std::string& use, const std::string& found)
{
    const bool isType = use == "number" || use == "text" || use == "ignore";
    std::erase_if(m_columns.roles, [&](const auto& each) {
        return each.second == column || (use.empty() && each.second.empty());
    });
    m_columns.types.erase(column);
    if (isType)
        m_columns.types[column] = use;
    else if (!use.empty())
        m_columns.roles[use] = column;
    // A role without a column is one that nothing gets.
    if (isType && !found.empty())
        m_columns.roles.try_emplace(found, std::string());
    emit changed();
}

void ImportForm::setRemedy(const std::string& finding, const std::string& remedy)
{
    m_columns.remedies.erase(finding);
    if (remedy != "keep")
        m_columns.remedies[finding] = remedy;
    emit changed();
}

void ImportForm::setDateFormat(const std::string& format)
{
    for (std::size_t i = 0; i < m_boxes.size(); ++i)
        if (importFields()[i].id == QStringLiteral("dateFormat"))
            setValue(m_boxes[i], fromUtf8(format));
}

void ImportForm::showFound(QComboBox* box, const QString& found)
{
    const bool automatic = isAutomatic(box);
    box->setItemText(0, found.isEmpty() ? tr("automatic") : tr("automatic: %1").arg(found));
    if (automatic && box->isEditable()) {
        box->setEditText(box->itemText(0));
        box->lineEdit()->setCursorPosition(0);
    }
}

void ImportForm::showParts(int index, const ImportResult& result)
{
    QComboBox* box = m_boxes[static_cast<std::size_t>(index)];
    const std::string option = toUtf8(importFields()[static_cast<std::size_t>(index)].id);
    const auto choice = std::ranges::find(result.preview.choices, option, &ImportChoice::option);
    const bool hasSeveral = choice != result.preview.choices.end();
    const std::optional<QString> chosen = valueOf(box);
    while (box->count() > 1)
        box->removeItem(1);
    for (std::size_t i = 0; hasSeveral && i < choice->names.size(); ++i)
        box->addItem(fromUtf8(choice->names[i]), fromUtf8(choice->names[i]));
    setValue(box, chosen);
    static_cast<QFormLayout*>(layout())->setRowVisible(box, hasSeveral);
}

void ImportForm::setResult(const ImportResult& result)
{
    const QSignalBlocker quiet(this);
    for (std::size_t i = 0; i < m_boxes.size(); ++i) {
        const ImportField& field = importFields()[i];
        if (field.isPart)
            showParts(static_cast<int>(i), result);
        const std::optional<QString> found = field.get(result.detected);
        showFound(m_boxes[i], found ? field.textOf(*found) : QString());
    }
}

}  // namespace fc::ui
