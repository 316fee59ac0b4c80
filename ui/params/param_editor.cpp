// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/params/param_editor.h"

#include <QCheckBox>
#include <QComboBox>
#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QToolButton>
#include <QVBoxLayout>

#include "ui/text/text.h"
#include "ui/theme/icon.h"
#include "ui/theme/theme.h"

namespace fc::ui {
namespace {

constexpr int resetSize = 24;
constexpr int narrowestField = 70;

}  // namespace

QString paramHelp(const Param& param)
{
    QStringList lines{engineText(param.spec.help)};
    const auto range = [](double bound) { return fromUtf8(formatNumber(bound)); };
    if (param.spec.min && param.spec.max)
        lines << ParamEditor::tr("Range: %1 to %2.").arg(range(*param.spec.min), range(*param.spec.max));
    else if (param.spec.min)
        lines << ParamEditor::tr("At least %1.").arg(range(*param.spec.min));
    else if (param.spec.max)
        lines << ParamEditor::tr("At most %1.").arg(range(*param.spec.max));
    if (!param.spec.when.id.empty())
        lines << sentence(sentenceOf(param.spec.when));
    const QString standard = fromUtf8(valueText(param.defaultValue));
    if (!standard.isEmpty())
        lines << ParamEditor::tr("Default: %1.").arg(standard);
    lines << ParamEditor::tr("Name in commands: %1").arg(fromUtf8(param.spec.id));
    return lines.join(u'\n');
}

ParamEditor::ParamEditor(const Param& param, QWidget* parent)
    : QWidget(parent), m_param(param), m_value(param.defaultValue)
{
    setObjectName(fromUtf8(param.spec.id));
    m_field = makeField();
    m_field->setAccessibleName(engineText(param.spec.label));
    m_field->setAccessibleDescription(paramHelp(param));
    m_field->setToolTip(paramHelp(param));

    m_reset = new QToolButton;
    m_reset->setObjectName(QStringLiteral("reset"));
    m_reset->setIcon(icon(QStringLiteral("undo"), IconColor::Muted));
    m_reset->setAutoRaise(true);
    m_reset->setFixedSize(resetSize, resetSize);
    // Smaller than the buttons of the look, whose padding would hide the icon.
    m_reset->setStyleSheet(QStringLiteral("padding: 0px; margin: 0px;"));
    m_reset->setFocusPolicy(Qt::TabFocus);
    m_reset->setAccessibleName(tr("Reset %1").arg(engineText(param.spec.label)));
    m_reset->setToolTip(tr("Changed. Back to the default, %1.").arg(fromUtf8(valueText(param.defaultValue))));
    QSizePolicy keepRoom = m_reset->sizePolicy();
    keepRoom.setRetainSizeWhenHidden(true);
    m_reset->setSizePolicy(keepRoom);
    connect(m_reset, &QToolButton::clicked, this, &ParamEditor::reset);

    m_problemLabel = new QLabel;
    m_problemLabel->setObjectName(QStringLiteral("problem"));
    m_problemLabel->setTextFormat(Qt::PlainText);
    m_problemLabel->setWordWrap(true);
    setRole(*m_problemLabel, Role::Bad);

    auto* line = new QHBoxLayout;
    line->setSpacing(2);
    line->addWidget(m_field, 1);
    line->addWidget(m_reset, 0, Qt::AlignVCenter);
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->setSpacing(2);
    all->addLayout(line);
    all->addWidget(m_problemLabel);
    setFocusProxy(m_field);
    showValue();
    showState();
}

QWidget* ParamEditor::makeField()
{
    const std::string type = m_param.type();
    if (type == "boolean") {
        auto* box = new QCheckBox(this);
        connect(box, &QCheckBox::toggled, this, [this](bool on) { take(on); });
        return box;
    }
    if (type == "choice") {
        auto* box = new QComboBox(this);
        for (const std::string& choice : m_param.spec.choices)
            box->addItem(fromUtf8(choice));
        box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
        box->setMinimumWidth(narrowestField);
        // The wheel scrolls the form; it must not change a setting on its way.
        box->setFocusPolicy(Qt::StrongFocus);
        box->installEventFilter(this);
        connect(box, &QComboBox::currentTextChanged, this,
                [this](const QString& text) { take(toUtf8(text)); });
        return box;
    }
    return makeText();
}

QWidget* ParamEditor::makeText()
{
    auto* edit = new QLineEdit(this);
    edit->setPlaceholderText(m_param.type() == "text" ? tr("automatic") : QString());
    edit->setMinimumWidth(narrowestField);
    connect(edit, &QLineEdit::textEdited, this, &ParamEditor::takeText);
    if (m_param.spec.unit.empty())
        return edit;
    auto* unit = new QLabel(engineText(m_param.spec.unit), edit);
    setRole(*unit, Role::Muted);
    unit->setAttribute(Qt::WA_TransparentForMouseEvents);
    auto* inside = new QHBoxLayout(edit);
    inside->setContentsMargins(0, 0, 8, 0);
    inside->addWidget(unit, 0, Qt::AlignRight);
    edit->setTextMargins(0, 0, unit->sizeHint().width() + 8, 0);
    return edit;
}

bool ParamEditor::eventFilter(QObject* watched, QEvent* event)
{
    if (event->type() == QEvent::Wheel && watched == m_field && !m_field->hasFocus()) {
        event->ignore();
        return true;
    }
    return QWidget::eventFilter(watched, event);
}

void ParamEditor::setValue(const ParamValue& value)
{
    m_value = value;
    showValue();
    check();
    emit changed();
}

void ParamEditor::showValue()
{
    m_showing = true;
    if (auto* box = qobject_cast<QCheckBox*>(m_field))
        box->setChecked(std::holds_alternative<bool>(m_value) && std::get<bool>(m_value));
    else if (auto* list = qobject_cast<QComboBox*>(m_field))
        list->setCurrentText(fromUtf8(valueText(m_value)));
    else if (auto* edit = qobject_cast<QLineEdit*>(m_field))
        edit->setText(fromUtf8(valueText(m_value)));
    m_showing = false;
}

void ParamEditor::takeText(const QString& text)
{
    try {
        take(parseValue(m_param, toUtf8(text.trimmed())));
    } catch (const Error& error) {
        m_value = m_param.defaultValue;
        m_problem = sentence(error.message());
        showState();
        emit changed();
    }
}

void ParamEditor::take(const ParamValue& value)
{
    if (m_showing)
        return;
    m_value = value;
    check();
    emit changed();
}

void ParamEditor::check()
{
    const std::vector<Message> wrong = problems({m_param}, {{m_param.spec.id, m_value}});
    m_problem = wrong.empty() ? QString() : sentence(wrong.front());
    showState();
}

void ParamEditor::showState()
{
    m_reset->setVisible(isChanged() || !m_problem.isEmpty());
    m_problemLabel->setText(m_problem);
    m_problemLabel->setVisible(!m_problem.isEmpty());
}

}  // namespace fc::ui
