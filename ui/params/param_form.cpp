// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/params/param_form.h"

#include <QFormLayout>
#include <QLabel>
#include <algorithm>
#include <iterator>

#include "ui/params/param_editor.h"
#include "ui/text/text.h"

namespace fc::ui {

ParamForm::ParamForm(const Schema& schema, QWidget* parent)
    : QWidget(parent), m_schema(schema), m_rows(new QFormLayout(this))
{
    m_rows->setContentsMargins(0, 0, 0, 0);
    m_rows->setHorizontalSpacing(10);
    m_rows->setVerticalSpacing(6);
    m_rows->setLabelAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_rows->setFieldGrowthPolicy(QFormLayout::ExpandingFieldsGrow);
    for (const Param& param : schema) {
        auto* editor = new ParamEditor(param, this);
        auto* label = new QLabel(engineText(param.spec.label), this);
        label->setTextFormat(Qt::PlainText);
        label->setToolTip(paramHelp(param));
        label->setBuddy(editor->field());
        label->setMinimumHeight(editor->field()->sizeHint().height());
        m_rows->addRow(label, editor);
        m_editors.push_back(editor);
        connect(editor, &ParamEditor::changed, this, [this] {
            showUsed();
            emit changed();
        });
    }
    showUsed();
}

std::vector<ParamEditor*> ParamForm::usedEditors() const
{
    const ParamValues all = values();
    std::vector<ParamEditor*> used;
    std::ranges::copy_if(m_editors, std::back_inserter(used), [&](const ParamEditor* editor) {
        return !unusedBecauseOf(m_schema, all, editor->param());
    });
    return used;
}

void ParamForm::showUsed()
{
    const std::vector<ParamEditor*> used = usedEditors();
    for (ParamEditor* editor : m_editors)
        m_rows->setRowVisible(editor, std::ranges::find(used, editor) != used.end());
}

ParamValues ParamForm::values() const
{
    ParamValues values;
    for (const ParamEditor* editor : m_editors)
        values[editor->param().spec.id] = editor->value();
    return values;
}

ParamValues ParamForm::changes() const
{
    ParamValues values;
    for (const ParamEditor* editor : usedEditors())
        if (editor->isChanged())
            values[editor->param().spec.id] = editor->value();
    return values;
}

void ParamForm::setValues(const ParamValues& values)
{
    for (ParamEditor* editor : m_editors)
        if (const auto found = values.find(editor->param().spec.id); found != values.end())
            editor->setValue(found->second);
}

void ParamForm::resetAll()
{
    for (ParamEditor* editor : m_editors)
        editor->reset();
}

bool ParamForm::hasProblems() const
{
    return std::ranges::any_of(usedEditors(), [](auto* editor) { return !editor->problem().isEmpty(); });
}

int ParamForm::changeCount() const
{
    return static_cast<int>(changes().size());
}

bool ParamForm::focusProblem()
{
    for (ParamEditor* editor : usedEditors())
        if (!editor->problem().isEmpty()) {
            editor->field()->setFocus();
            return true;
        }
    return false;
}

ParamEditor* ParamForm::editor(const std::string& id) const
{
    for (ParamEditor* editor : m_editors)
        if (editor->param().spec.id == id)
            return editor;
    return nullptr;
}

Schema without(const Schema& schema, const std::vector<std::string>& left)
{
    Schema rest;
    std::copy_if(schema.begin(), schema.end(), std::back_inserter(rest), [&](const Param& param) {
        return std::find(left.begin(), left.end(), param.spec.id) == left.end();
    });
    return rest;
}

}  // namespace fc::ui
