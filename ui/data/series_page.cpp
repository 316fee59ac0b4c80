// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/data/series_page.h"

#include <QPushButton>

namespace fc::ui {

SeriesPage::SeriesPage(QWidget* parent) : QWidget(parent)
{
    m_model = makeSeriesTable(this);
    m_view = new TableView(tr("Series"), this);
    m_view->setObjectName(QStringLiteral("seriesTable"));
    m_view->setSelectionMode(QAbstractItemView::SingleSelection);
    m_view->setEmptyText(
        tr("No series yet. Import a CSV file, drop one on the window, or add the sample data."));
    m_view->show(m_model);
    m_view->setSortingEnabled(true);
    m_view->sortByColumn(0, Qt::AscendingOrder);
    auto* import =
        tableButton(this, QStringLiteral("import"), tr("Import…"), tr("Read a CSV file into the workspace"));
    auto* samples =
        tableButton(this, QStringLiteral("data"), tr("Add samples"), tr("Add the synthetic sample series"));
    m_export =
        tableButton(this, QStringLiteral("export"), tr("Export…"), tr("Write the selected series as CSV"));
    m_delete = tableButton(this, QStringLiteral("delete"), tr("Delete…"), tr("Remove the selected series"));
    layOutTable(this, m_view, {import, samples, m_export, m_delete});
    connect(import, &QPushButton::clicked, this, &SeriesPage::importRequested);
    connect(samples, &QPushButton::clicked, this, &SeriesPage::samplesRequested);
    connect(m_export, &QPushButton::clicked, this, [this] { emit exportRequested(selected()); });
    connect(m_delete, &QPushButton::clicked, this, [this] { emit deleteRequested(selected()); });
    const auto showChoice = [this] {
        m_export->setEnabled(m_view->selectedRow() >= 0);
        m_delete->setEnabled(m_view->selectedRow() >= 0);
    };
    connect(m_view, &TableView::chosen, this, [this, showChoice] {
        showChoice();
        if (m_view->selectedRow() >= 0)
            emit seriesSelected(selected());
    });
    showChoice();
}

std::string SeriesPage::selected() const
{
    const int row = m_view->selectedRow();
    return row < 0 ? std::string() : m_model->at(row).name;
}

void SeriesPage::setSeries(const std::vector<SeriesRecord>& series)
{
    m_model->setRows(series);
}

void SeriesPage::selectSeries(const std::string& name)
{
    if (name == selected())
        return;
    for (int row = 0; row < m_model->rowCount(); ++row)
        if (m_model->at(row).name == name)
            m_view->selectRow(row);
}

}  // namespace fc::ui
