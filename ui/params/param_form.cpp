// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/params/param_form.h"

#include <QFormLayout>
#include <QLabel>
#include <algorithm>

#include "ui/params/param_editor.h"
#include "ui/text/text.h"

namespace fc::ui {

ParamForm::ParamForm(const Schema& schema, QWidget* parent) : QWidget(parent)
{
    auto* rows = new QFormLayout(this);
    rows->setContentsMargins(0, 0, 0, 0);
    rows->setHorizontalSpacing(10);
    rows->setVerticalSpacing(6);
    rows->setLabelAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    rows->setFieldGrowthPolicy(QFormLayout::ExpandingFieldsGrow);
    for (const Param& param : schema) {
        auto* editor = new ParamEditor(param, this);
        auto* label = new QLabel(engineText(param.spec.label), this);
        label->setTextFormat(Qt::PlainText);
        label->setToolTip(paramHelp(param));
        label->setBuddy(editor->field());
        label->setMinimumHeight(editor->field()->sizeHint().height());
        rows->addRow(label, editor);
        m_editors.push_back(editor);
        connect(editor, &ParamEditor::changed, this, &ParamForm::changed);
    }
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
    for (const ParamEditor* editor : m_editors)
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
    return std::any_of(m_editors.begin(), m_editors.end(),
                       [](auto* editor) { return !editor->problem().isEmpty(); });
}

int ParamForm::changeCount() const
{
    return static_cast<int>(
        std::count_if(m_editors.begin(), m_editors.end(), [](auto* editor) { return editor->isChanged(); }));
}

bool ParamForm::focusProblem()
{
    for (ParamEditor* editor : m_editors)
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
