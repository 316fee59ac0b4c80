// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/runs/comparison.h"

#include <QFont>
#include <QHeaderView>
#include <QTabBar>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>

#include "ui/runs/tables.h"
#include "ui/text/text.h"
#include "ui/theme/colors.h"

namespace fc::ui {
namespace {

constexpr int rowHeight = 24;
constexpr const char* partNames[] = {"train", "validation", "test"};
constexpr const char* order[] = {
    "mae", "rmse", "mse", "mase", "smape", "mape", "wape", "r2", "directional_accuracy",
    "bias", "crps", "pinball", "coverage_80"};

std::optional<double> value(const MetricsByPart& metrics, const std::string& part, const std::string& name)
{
    const auto found = metrics.find(part);
    if (found == metrics.end())
        return std::nullopt;
    const auto metric = found->second.find(name);
    return metric == found->second.end() ? std::nullopt : std::optional(metric->second);
}

MetricsByPart baseline(const RunRecord& run, const std::string& name)
{
    const auto found = run.baselines.find(name);
    return found == run.baselines.end() ? MetricsByPart{} : found->second;
}

bool isFraction(const std::string& metric)
{
    return metric == "mape" || metric == "smape" || metric == "wape" || metric == "directional_accuracy" ||
           metric == "coverage_80";
}

/// Larger is better for these; the bias is better near 0, a coverage near what it should be.
double badness(const std::string& metric, double x)
{
    if (metric == "r2" || metric == "directional_accuracy")
        return -x;
    if (metric == "coverage_80")
        return std::abs(x - 0.8);
    return metric == "bias" ? std::abs(x) : x;
}

/// Metrics in the usual order, then those that are not known here.
std::vector<std::string> metricNames(const MetricsByPart& metrics, const std::string& part)
{
    std::vector<std::string> names;
    const auto found = metrics.find(part);
    if (found == metrics.end())
        return names;
    for (const char* name : order)
        if (found->second.count(name))
            names.emplace_back(name);
    for (const auto& [name, unused] : found->second)
        if (std::find(names.begin(), names.end(), name) == names.end())
            names.push_back(name);
    return names;
}

}  // namespace

ComparisonTable::ComparisonTable(QObject* parent) : QAbstractTableModel(parent) {}

void ComparisonTable::setRun(const RunRecord& run, const std::string& part)
{
    beginResetModel();
    m_modelName = modelText(run.model);
    m_rows.clear();
    const MetricsByPart naive = baseline(run, "naive");
    const MetricsByPart seasonal = baseline(run, "seasonal_naive");
    for (const std::string& name : metricNames(run.metrics, part)) {
        Row row{name,
                {value(run.metrics, part, name), value(naive, part, name), value(seasonal, part, name)}};
        for (int source = 0; source < 3; ++source) {
            const auto& candidate = row.values[source];
            if (candidate &&
                (row.best < 0 || badness(name, *candidate) < badness(name, *row.values[row.best])))
                row.best = source;
        }
        m_rows.push_back(std::move(row));
    }
    endResetModel();
}

void ComparisonTable::clear()
{
    beginResetModel();
    m_rows.clear();
    endResetModel();
}

int ComparisonTable::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int ComparisonTable::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QString ComparisonTable::text(const Row& row, int source) const
{
    const std::optional<double>& x = row.values[source];
    if (!x)
        return QStringLiteral("–");
    return isFraction(row.metric) ? percent(*x) : number(*x);
}

QVariant ComparisonTable::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const Row& row = m_rows[static_cast<std::size_t>(index.row())];
    const bool isBest = index.column() != Name && row.best == index.column() - 1;
    switch (role) {
        case Qt::DisplayRole:
            return index.column() == Name ? metricText(row.metric) : text(row, index.column() - 1);
        case Qt::AccessibleTextRole:
            if (index.column() == Name)
                return metricText(row.metric);
            return isBest ? tr("%1, the best").arg(text(row, index.column() - 1))
                          : text(row, index.column() - 1);
        case Qt::ToolTipRole:
            return isBest ? tr("The best of the three") : QVariant();
        case Qt::FontRole: {
            QFont font;
            font.setBold(isBest);
            return font;
        }
        case Qt::ForegroundRole:
            return isBest || index.column() == Name ? QVariant() : QVariant(currentColors().muted);
        case Qt::TextAlignmentRole:
            return QVariant((index.column() == Name ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
        default:
            return {};
    }
}

QString ComparisonTable::headerHelp(int section)
{
    switch (section) {
        case Model:
            return tr("The trained model with its best weights");
        case Naive:
            return tr("Repeats the last value");
        case SeasonalNaive:
            return tr("Seasonal naive: repeats the last season");
        default:
            return {};
    }
}

QVariant ComparisonTable::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant((section == Name ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    if (role == Qt::ToolTipRole)
        return headerHelp(section);
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
        case Name:
            return tr("Metric");
        case Model:
            return m_modelName.isEmpty() ? tr("Model") : m_modelName;
        case Naive:
            return tr("Naive");
        case SeasonalNaive:
            return tr("Seasonal");
        default:
            return {};
    }
}

ComparisonPanel::ComparisonPanel(QWidget* parent) : QWidget(parent), m_model(new ComparisonTable(this))
{
    m_parts = new QTabBar(this);
    m_parts->setObjectName(QStringLiteral("parts"));
    m_parts->setAccessibleName(tr("Part of the data"));
    m_parts->setDrawBase(false);
    m_parts->setExpanding(false);
    for (const char* part : partNames)
        m_parts->addTab(partText(part));
    m_parts->setCurrentIndex(2);
    m_view = new TableView(tr("Metrics beside the naive forecasts"), this);
    m_view->setObjectName(QStringLiteral("comparisonTable"));
    m_view->show(m_model);
    m_view->verticalHeader()->setDefaultSectionSize(rowHeight);
    m_view->verticalHeader()->setMinimumSectionSize(rowHeight);
    m_view->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_view->horizontalHeader()->setStretchLastSection(false);
    m_view->horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
    clear();
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 4);
    all->setSpacing(0);
    all->addWidget(m_parts);
    all->addWidget(m_view, 1);
    connect(m_parts, &QTabBar::currentChanged, this, &ComparisonPanel::showPart);
}

void ComparisonPanel::setRun(const RunRecord& run)
{
    m_run = run;
    m_view->setEmptyText(tr("The errors are measured when the run ends."));
    showPart();
}

void ComparisonPanel::clear()
{
    m_run.reset();
    m_model->clear();
    m_view->setEmptyText(tr("Select a run to see its errors beside those of the naive forecasts."));
}

void ComparisonPanel::showPart()
{
    if (m_run)
        m_model->setRun(*m_run, partNames[m_parts->currentIndex()]);
}

}  // namespace fc::ui
