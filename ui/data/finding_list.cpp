// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/data/finding_list.h"

#include <QButtonGroup>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QToolButton>
#include <QVBoxLayout>
#include <set>

#include "ui/text/text.h"
#include "ui/theme/theme.h"

namespace fc::ui {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(finding_list)
};

QString remedyText(const std::string& remedy)
{
    const std::pair<const char*, QString> known[] = {
        {"keep", Words::tr("Keep")},
        {"drop_rows", Words::tr("Drop the rows")},
        {"clip", Words::tr("Clip")},
        {"set_missing", Words::tr("Set missing")},
        {"swap", Words::tr("Swap them")},
        {"forward", Words::tr("Value before")},
        {"gaps", Words::tr("Put in rows")},
        {"drop", Words::tr("Drop the rows")},
        {"mean", Words::tr("Mean of before")},
        {"linear", Words::tr("Line (looks ahead)")},
        {"nearest", Words::tr("Nearest (looks ahead)")},
    };
    for (const auto& [id, text] : known)
        if (remedy == id)
            return text;
    return fromUtf8(remedy);
}

}  // namespace

FindingList::FindingList(QWidget* parent) : QScrollArea(parent)
{
    setObjectName(QStringLiteral("findingList"));
    setWidgetResizable(true);
    setFrameShape(QFrame::NoFrame);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setFocusPolicy(Qt::NoFocus);
}

void FindingList::setResult(const ImportResult& result, const std::map<std::string, std::string>& chosen)
{
    m_page = new QWidget(this);
    m_lines = new QVBoxLayout(m_page);
    m_lines->setContentsMargins(8, 8, 8, 8);
    m_lines->setSpacing(10);
    m_count = 0;
    std::set<std::string> shown;
    for (const std::vector<Finding>& series : result.findings) {
        for (const Finding& finding : series) {
            if (finding.remedies.size() < 2 || finding.code == "gaps" || !shown.insert(finding.code).second)
                continue;  // gaps have their policy in the form
            const auto remedy = chosen.find(finding.code);
            addFinding(finding, remedy == chosen.end() ? "keep" : remedy->second);
            ++m_count;
        }
    }
    if (m_count == 0) {
        auto* nothing = new QLabel(tr("Nothing odd in the values."), m_page);
        setRole(*nothing, Role::Muted);
        m_lines->addWidget(nothing);
    }
    m_lines->addStretch(1);
    setWidget(m_page);  // deletes the one before
}

void FindingList::addFinding(const Finding& finding, const std::string& chosen)
{
    auto* text = new QLabel(sentence(finding.text), m_page);
    text->setTextFormat(Qt::PlainText);
    text->setWordWrap(true);
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(4);
    auto* group = new QButtonGroup(m_page);
    for (const std::string& remedy : finding.remedies) {
        auto* button = new QToolButton(m_page);
        button->setText(remedyText(remedy));
        button->setCheckable(true);
        button->setChecked(remedy == chosen);
        button->setFocusPolicy(Qt::TabFocus);
        button->setObjectName(QStringLiteral("remedy_%1_%2").arg(fromUtf8(finding.code), fromUtf8(remedy)));
        group->addButton(button);
        buttons->addWidget(button);
        connect(button, &QToolButton::clicked, this,
                [this, code = finding.code, remedy] { emit remedyChosen(code, remedy); });
    }
    buttons->addStretch(1);
    if (!finding.lines.empty()) {
        auto* line = new QToolButton(m_page);
        line->setText(tr("Line %L1").arg(finding.lines.front()));
        line->setToolTip(tr("Show the line in the file"));
        line->setFocusPolicy(Qt::TabFocus);
        buttons->addWidget(line);
        connect(line, &QToolButton::clicked, this,
                [this, at = finding.lines.front()] { emit lineWanted(at); });
    }
    m_lines->addWidget(text);
    m_lines->addLayout(buttons);
}

}  // namespace fc::ui
