// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pipeline/pipeline_details.h"

#include <QLabel>
#include <QVBoxLayout>

#include "ui/params/param_form.h"
#include "ui/text/text.h"
#include "ui/theme/theme.h"

namespace fc::ui {
namespace {

constexpr int leastHeight = 110;

}  // namespace

PipelineDetails::PipelineDetails(PipelineDocument& document, QWidget* parent)
    : QScrollArea(parent), m_document(document)
{
    setWidgetResizable(true);
    setFrameShape(QFrame::NoFrame);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setFocusPolicy(Qt::NoFocus);
    setMinimumHeight(leastHeight);
    auto* page = new QWidget(this);
    m_help = new QLabel(page);
    m_help->setTextFormat(Qt::PlainText);
    m_help->setWordWrap(true);
    setRole(*m_help, Role::Muted);
    m_formPlace = new QVBoxLayout;
    auto* lines = new QVBoxLayout(page);
    lines->setContentsMargins(0, 6, 6, 6);
    lines->setSpacing(8);
    lines->addLayout(m_formPlace);
    lines->addWidget(m_help);
    lines->addStretch(1);
    setWidget(page);
    connect(&m_document, &PipelineDocument::changed, this, &PipelineDetails::fill);
}

void PipelineDetails::setKey(int key)
{
    if (key == m_key && m_form)
        return;
    const bool hadProblems = hasProblems();
    delete m_form;
    m_key = key;
    if (const int place = m_document.placeOf(key); place >= 0) {
        const FeatureEntry& entry = featureEntry(m_document.feature(place).listed.spec.id);
        m_help->setText(engineText(entry.help) + u'\n' + fromUtf8(entry.formula));
        m_form = new ParamForm(entry.schema, this);
    } else {
        const Schema schema = schemaOfRow(static_cast<FixedKey>(key));
        m_help->setText(key == WindowKey ? tr("How many rows a forecast sees, and how many it makes.")
                                         : engineText(schema.front().spec.help));
        m_form = new ParamForm(schema, this);
    }
    m_formPlace->addWidget(m_form);
    fill();
    connect(m_form, &ParamForm::changed, this, &PipelineDetails::take);
    if (hadProblems)
        emit problemsChanged();
}

void PipelineDetails::fill()
{
    const int place = m_document.placeOf(m_key);
    if (!m_form || (m_key > 0 && place < 0) || m_form->hasProblems())
        return;  // what a person is typing is not written over
    const QSignalBlocker quiet(m_form);
    const ParamValues& values =
        place >= 0 ? m_document.feature(place).listed.spec.values : m_document.pipeline().settings;
    ParamValues shown = m_form->values();
    for (auto& [id, value] : shown)
        if (const auto found = values.find(id); found != values.end())
            value = found->second;
    if (shown != m_form->values())
        m_form->setValues(shown);
}

void PipelineDetails::take()
{
    emit problemsChanged();
    if (m_form->hasProblems())
        return;
    if (const int place = m_document.placeOf(m_key); place >= 0)
        m_document.setFeatureValues(place, m_form->values());
    else
        m_document.setSettings(static_cast<FixedKey>(m_key), m_form->values());
}

bool PipelineDetails::hasProblems() const
{
    return m_form && m_form->hasProblems();
}

}  // namespace fc::ui
