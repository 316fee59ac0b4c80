// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/data/raw_view.h"

#include <QEvent>
#include <QFontDatabase>
#include <QTextBlock>

#include "ui/text/text.h"
#include "ui/theme/colors.h"

namespace fc::ui {

RawView::RawView(QWidget* parent) : QPlainTextEdit(parent)
{
    setObjectName(QStringLiteral("rawView"));
    setAccessibleName(tr("Text of the file"));
    setReadOnly(true);
    setLineWrapMode(NoWrap);
    setFrameShape(QFrame::NoFrame);
    setTabChangesFocus(true);
    setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
}

void RawView::setLines(const RawLines& lines, std::int64_t marked)
{
    m_first = lines.first;
    m_count = static_cast<std::int64_t>(lines.lines.size());
    m_marked = 0;
    if (!lines.container.empty()) {
        setPlainText(tr("This file is %1; its text cannot be shown.").arg(fromUtf8(lines.container)));
        setExtraSelections({});
        return;
    }
    const auto width = QString::number(m_first + m_count).size();
    QStringList all;
    for (std::size_t i = 0; i < lines.lines.size(); ++i)
        all << QString::number(m_first + static_cast<std::int64_t>(i)).rightJustified(width) +
                   QStringLiteral("  ") + fromUtf8(lines.lines[i]);
    if (lines.more)
        all << QString(width, u' ') + QStringLiteral("  …");
    setPlainText(all.join(u'\n'));
    if (!markLine(marked))
        showMark();
}

bool RawView::markLine(std::int64_t line)
{
    if (line < m_first || line >= m_first + m_count)
        return false;
    m_marked = line;
    showMark();
    QTextCursor cursor(document()->findBlockByNumber(static_cast<int>(line - m_first)));
    setTextCursor(cursor);
    centerCursor();
    return true;
}

void RawView::showMark()
{
    QList<QTextEdit::ExtraSelection> selections;
    if (m_marked > 0) {
        QTextEdit::ExtraSelection selection;
        selection.cursor = QTextCursor(document()->findBlockByNumber(static_cast<int>(m_marked - m_first)));
        selection.format.setBackground(currentColors().selection);
        selection.format.setProperty(QTextFormat::FullWidthSelection, true);
        selections << selection;
    }
    setExtraSelections(selections);
}

void RawView::changeEvent(QEvent* event)
{
    QPlainTextEdit::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        showMark();
}

}  // namespace fc::ui
