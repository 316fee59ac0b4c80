// SPDX-License-Identifier: GPL-3.0-or-later
#include <QHBoxLayout>
#include <QHeaderView>
#include <QPainter>
#include <QPushButton>
#include <QSortFilterProxyModel>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/runs/tables.h"
#include "ui/theme/colors.h"
#include "ui/theme/icon.h"

namespace fc::ui {
namespace {

constexpr int lineHeight = 28;
constexpr int widestColumn = 260;

}  // namespace

TableView::TableView(const QString& name, QWidget* parent)
    : QTableView(parent), m_proxy(new QSortFilterProxyModel(this))
{
    setAccessibleName(name);
    m_proxy->setSortRole(RunTable::SortRole);
    m_proxy->setSortCaseSensitivity(Qt::CaseInsensitive);
    m_proxy->setFilterKeyColumn(-1);
    m_proxy->setFilterCaseSensitivity(Qt::CaseInsensitive);
    setShowGrid(false);
    setFrameShape(QFrame::NoFrame);
    setSelectionBehavior(SelectRows);
    setSelectionMode(ExtendedSelection);
    setEditTriggers(NoEditTriggers);
    setTabKeyNavigation(false);
    setWordWrap(false);
    setHorizontalScrollMode(ScrollPerPixel);
    setContextMenuPolicy(Qt::CustomContextMenu);
    verticalHeader()->hide();
    verticalHeader()->setDefaultSectionSize(lineHeight);
    verticalHeader()->setMinimumSectionSize(lineHeight);
    horizontalHeader()->setHighlightSections(false);
    horizontalHeader()->setSectionsMovable(true);
    horizontalHeader()->setStretchLastSection(true);
    horizontalHeader()->setMaximumSectionSize(4 * widestColumn);
    horizontalHeader()->setFocusPolicy(Qt::NoFocus);
}

void TableView::show(QAbstractItemModel* model)
{
    m_proxy->setSourceModel(model);
    setModel(m_proxy);
    connect(m_proxy, &QAbstractItemModel::rowsInserted, this, &TableView::widenColumns);
    connect(m_proxy, &QAbstractItemModel::modelReset, this, &TableView::widenColumns);
    connect(selectionModel(), &QItemSelectionModel::selectionChanged, this, &TableView::chosen);
    const auto repaint = [this] { viewport()->update(); };
    connect(m_proxy, &QAbstractItemModel::rowsInserted, this, repaint);
    connect(m_proxy, &QAbstractItemModel::rowsRemoved, this, repaint);
    connect(m_proxy, &QAbstractItemModel::modelReset, this, repaint);
}

void TableView::showEvent(QShowEvent* event)
{
    QTableView::showEvent(event);
    widenColumns();
}

void TableView::widenColumns()
{
    if (!isVisible())
        return;
    for (int column = 0; column < m_proxy->columnCount(); ++column) {
        const int wanted =
            10 + std::max(sizeHintForColumn(column), horizontalHeader()->sectionSizeHint(column));
        if (wanted > columnWidth(column) || !m_isSized)
            setColumnWidth(column, std::min(wanted, widestColumn));
    }
    m_isSized = true;
}

void TableView::setEmptyText(const QString& text)
{
    m_emptyText = text;
    viewport()->update();
}

void TableView::setFilter(const QString& text)
{
    m_proxy->setFilterFixedString(text);
}

std::vector<int> TableView::selectedRows() const
{
    std::vector<int> rows;
    if (!selectionModel())
        return rows;
    for (const QModelIndex& index : selectionModel()->selectedRows())
        rows.push_back(m_proxy->mapToSource(index).row());
    std::sort(rows.begin(), rows.end());
    return rows;
}

int TableView::selectedRow() const
{
    const std::vector<int> rows = selectedRows();
    return rows.empty() ? -1 : rows.front();
}

void TableView::selectRow(int sourceRow)
{
    const QModelIndex index = m_proxy->mapFromSource(m_proxy->sourceModel()->index(sourceRow, 0));
    if (!index.isValid()) {
        clearSelection();
        return;
    }
    QTableView::selectRow(index.row());
    scrollTo(index);
}

void TableView::paintEvent(QPaintEvent* event)
{
    QTableView::paintEvent(event);
    if (!model() || model()->rowCount() > 0)
        return;
    QPainter painter(viewport());
    painter.setPen(currentColors().muted);
    const bool isFiltered = m_proxy->sourceModel()->rowCount() > 0;
    painter.drawText(viewport()->rect().adjusted(16, 16, -16, -16), Qt::AlignCenter | Qt::TextWordWrap,
                     isFiltered ? tr("Nothing matches the filter.") : m_emptyText);
}

QPushButton* tableButton(QWidget* parent, const QString& iconName, const QString& text, const QString& help)
{
    auto* made = new QPushButton(icon(iconName), text, parent);
    made->setToolTip(help);
    return made;
}

void layOutTable(QWidget* page, TableView* view, const std::vector<QPushButton*>& buttons)
{
    auto* all = new QVBoxLayout(page);
    all->setContentsMargins(0, 0, 0, 0);
    all->setSpacing(0);
    if (!buttons.empty()) {
        auto* top = new QHBoxLayout;
        top->setContentsMargins(8, 8, 8, 4);
        top->setSpacing(6);
        for (QPushButton* each : buttons)
            top->addWidget(each);
        top->addStretch(1);
        all->addLayout(top);
    }
    all->addWidget(view, 1);
}

}  // namespace fc::ui
