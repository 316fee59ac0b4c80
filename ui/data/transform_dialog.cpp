// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/data/transform_dialog.h"

#include <QDialogButtonBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

#include "ui/params/param_form.h"
#include "ui/text/text.h"

namespace fc::ui {
namespace {

/// The param "other" becomes a choice among the series there are.
Schema withChoices(Schema schema, const std::vector<std::string>& others)
{
    for (Param& param : schema)
        if (param.spec.id == "other" && !others.empty()) {
            param.spec.choices = others;
            param.defaultValue = others.front();
        }
    return schema;
}

QLabel* plainLabel(const QString& text, QWidget* parent)
{
    auto* label = new QLabel(text, parent);
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    return label;
}

}  // namespace

TransformDialog::TransformDialog(const SeriesTransform& transform, TransformRequest request,
                                 const std::vector<std::string>& others, QWidget* parent)
    : QDialog(parent), m_request(std::move(request))
{
    setObjectName(QStringLiteral("transformDialog"));
    setWindowTitle(tr("%1: %2").arg(engineText(transform.label), fromUtf8(m_request.series)));
    m_form = new ParamForm(withChoices(transform.schema, others), this);
    m_name = new QLineEdit(this);
    m_name->setObjectName(QStringLiteral("newName"));
    m_name->setPlaceholderText(tr("Empty: a new version of \"%1\"").arg(fromUtf8(m_request.series)));
    auto* nameLabel = new QLabel(tr("&Store as"), this);
    nameLabel->setBuddy(m_name);
    m_preview = plainLabel(tr("Computing…"), this);
    m_preview->setObjectName(QStringLiteral("preview"));
    m_preview->setMinimumHeight(4 * fontMetrics().lineSpacing());
    m_preview->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel, this);
    m_apply = buttons->addButton(engineText(transform.label), QDialogButtonBox::AcceptRole);
    m_apply->setEnabled(false);
    auto* lines = new QVBoxLayout(this);
    lines->addWidget(plainLabel(engineText(transform.help), this));
    lines->addWidget(m_form);
    lines->addWidget(nameLabel);
    lines->addWidget(m_name);
    lines->addWidget(m_preview);
    lines->addStretch(1);
    lines->addWidget(buttons);
    resize(520, sizeHint().height());
    connect(m_form, &ParamForm::changed, this, &TransformDialog::askPreview);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(buttons, &QDialogButtonBox::accepted, this, [this] {
        emit confirmed(this->request());
        accept();
    });
    askPreview();
}

QString TransformDialog::preview() const
{
    return m_preview->text();
}

TransformRequest TransformDialog::request() const
{
    TransformRequest out = m_request;
    out.values = m_form->values();
    out.newName = toUtf8(m_name->text().trimmed());
    return out;
}

void TransformDialog::askPreview()
{
    m_apply->setEnabled(false);
    if (m_form->hasProblems()) {
        m_background.drop(QStringLiteral("preview"));
        m_preview->setText(tr("A setting cannot be used. The field that is marked says why."));
        return;
    }
    m_background.ask(
        QStringLiteral("preview"), [request = request()] { return previewTransform(request); },
        [this](const TransformResult& result) { show(result); },
        [this](const Message& message) { m_preview->setText(sentence(message)); });
}

void TransformDialog::show(const TransformResult& result)
{
    QString text = tr("%Ln row(s)", nullptr, static_cast<int>(result.series.rows()));
    QStringList columns;
    for (const Column& column : result.series.columns)
        columns += fromUtf8(column.name);
    text += tr(", columns: %1").arg(columns.join(QStringLiteral(", ")));
    for (const Message& note : result.notes)
        text += u'\n' + sentence(note);
    m_preview->setText(text);
    m_apply->setEnabled(true);
}

}  // namespace fc::ui
