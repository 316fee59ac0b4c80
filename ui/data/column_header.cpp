// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/data/column_header.h"

#include <QComboBox>
#include <QPainter>
#include <QScrollBar>
#include <QTableView>
#include <algorithm>

#include "ui/text/text.h"
#include "ui/theme/colors.h"

namespace fc::ui {
namespace {

constexpr int nameHeight = 26;
constexpr int boxHeight = 30;
constexpr int leastWidth = 140;

struct Words {
    Q_DECLARE_TR_FUNCTIONS(column_header)
};

/// Value and text of everything a column can be; an empty value is a line between them.
std::vector<std::pair<const char*, QString>> uses()
{
    return {{"time", Words::tr("Time")},
            {"clock", Words::tr("Time of day")},
            {"open", Words::tr("Open")},
            {"high", Words::tr("High")},
            {"low", Words::tr("Low")},
            {"close", Words::tr("Close")},
            {"volume", Words::tr("Volume")},
            {"id", Words::tr("Series id")},
            {"", {}},
            {"number", Words::tr("Number")},
            {"text", Words::tr("Text")},
            {"ignore", Words::tr("Leave out")}};
}

QString useText(const std::string& use)
{
    for (const auto& [value, text] : uses())
        if (use == value)
            return text;
    return fromUtf8(use);
}

/// What a column was taken for.
QString foundText(const ImportColumn& column)
{
    if (!column.role.empty())
        return useText(column.role);
    switch (column.type) {
        case ImportColumnType::Time:
            return Words::tr("Time");
        case ImportColumnType::Number:
            return Words::tr("Number");
        case ImportColumnType::Text:
            return Words::tr("Text");
        case ImportColumnType::Ignored:
            break;
    }
    return Words::tr("Left out");
}

}  // namespace

ColumnHeader::ColumnHeader(QWidget* parent) : QHeaderView(Qt::Horizontal, parent)
{
    setSectionsClickable(false);
    setHighlightSections(false);
    setMinimumSectionSize(leastWidth);
    connect(this, &QHeaderView::sectionResized, this, &ColumnHeader::placeBoxes);
    connect(this, &QHeaderView::geometriesChanged, this, &ColumnHeader::placeBoxes);
    connect(this, &QHeaderView::sectionCountChanged, this, &ColumnHeader::placeBoxes);
    if (auto* table = qobject_cast<QTableView*>(parent))
        // The header follows the bar; then the boxes follow the header.
        connect(table->horizontalScrollBar(), &QScrollBar::valueChanged, this, &ColumnHeader::placeBoxes,
                Qt::QueuedConnection);
}

void ColumnHeader::setColumns(const std::vector<ImportColumn>& columns,
                              const std::function<std::string(const std::string&)>& use)
{
    m_columns = columns;
    m_uses.clear();
    for (const ImportColumn& column : columns)
        m_uses.push_back(use(column.name));
    for (const auto& [section, box] : m_boxes)
        if (box)
            showBox(box, section);
    placeBoxes();
}

QComboBox* ColumnHeader::box(int section) const
{
    const auto found = m_boxes.find(section);
    return found == m_boxes.end() ? nullptr : found->second;
}

QComboBox* ColumnHeader::makeBox(int section)
{
    auto* box = new QComboBox(viewport());
    box->setObjectName(QStringLiteral("column_%1").arg(section));
    box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    box->setMinimumContentsLength(6);
    box->addItem(QString(), QString());
    for (const auto& [value, text] : uses())
        if (text.isEmpty())
            box->insertSeparator(box->count());
        else
            box->addItem(text, QString::fromLatin1(value));
    showBox(box, section);
    connect(box, &QComboBox::activated, this, [this, section, box] {
        emit chosen(m_columns[static_cast<std::size_t>(section)].name, toUtf8(box->currentData().toString()));
    });
    return box;
}

void ColumnHeader::showBox(QComboBox* box, int section) const
{
    const auto place = static_cast<std::size_t>(section);
    if (place >= m_columns.size())
        return;
    const ImportColumn& column = m_columns[place];
    box->setAccessibleName(Words::tr("What the column %1 is").arg(fromUtf8(column.name)));
    box->setToolTip(plainToolTip(box->accessibleName()));
    box->setItemText(0, Words::tr("auto: %1").arg(foundText(column)));
    const int item = m_uses[place].empty() ? 0 : box->findData(fromUtf8(m_uses[place]));
    box->setCurrentIndex(std::max(0, item));
}

void ColumnHeader::placeBoxes()
{
    const int last = std::min(count(), static_cast<int>(m_columns.size()));
    for (int section = 0; section < last; ++section) {
        const int left = sectionViewportPosition(section);
        const bool inView = left + sectionSize(section) > 0 && left < viewport()->width();
        QComboBox*& box = m_boxes[section];
        if (!inView) {
            if (box)
                box->hide();
            continue;
        }
        if (!box)
            box = makeBox(section);
        box->setGeometry(left + 3, nameHeight, sectionSize(section) - 6, boxHeight - 4);
        box->show();
    }
    for (const auto& [section, box] : m_boxes)
        if (box && section >= last)
            box->hide();
}

void ColumnHeader::paintSection(QPainter* painter, const QRect& rect, int section) const
{
    const Colors colors = currentColors();
    painter->save();
    painter->fillRect(rect, colors.panel);
    painter->fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), colors.border);
    const auto place = static_cast<std::size_t>(section);
    const QString name =
        place < m_columns.size() ? fromUtf8(m_columns[place].name) : QString::number(section + 1);
    QFont strong = font();
    strong.setWeight(QFont::Medium);
    painter->setFont(strong);
    painter->setPen(colors.text);
    const QRect line(rect.left() + 8, rect.top(), rect.width() - 12, nameHeight);
    painter->drawText(line, Qt::AlignLeft | Qt::AlignVCenter,
                      QFontMetrics(strong).elidedText(name, Qt::ElideRight, line.width()));
    painter->restore();
}

QSize ColumnHeader::sectionSizeFromContents(int section) const
{
    const auto place = static_cast<std::size_t>(section);
    const QString name = place < m_columns.size() ? fromUtf8(m_columns[place].name) : QString();
    return {std::max(leastWidth, fontMetrics().horizontalAdvance(name) + 28), nameHeight + boxHeight};
}

QSize ColumnHeader::sizeHint() const
{
    return {QHeaderView::sizeHint().width(), nameHeight + boxHeight};
}

void ColumnHeader::resizeEvent(QResizeEvent* event)
{
    QHeaderView::resizeEvent(event);
    placeBoxes();
}

}  // namespace fc::ui
