// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pipeline/pipeline_model.h"

#include <QIODevice>
#include <QMimeData>
#include <algorithm>

#include "ui/pipeline/pipeline_jobs.h"
#include "ui/text/text.h"

namespace fc::ui {
namespace {

const QLatin1String rowType("application/x-forecastle-feature");

QString settingText(const Pipeline& pipeline, const char* id)
{
    const auto value = pipeline.settings.find(id);
    return value == pipeline.settings.end() ? QString() : fromUtf8(valueText(value->second));
}

}  // namespace

QString knowledgeText(Knowledge knowledge)
{
    switch (knowledge) {
        case Knowledge::Past:
            return PipelineModel::tr("past");
        case Knowledge::Future:
            return PipelineModel::tr("known ahead");
    }
    return {};
}

PipelineModel::PipelineModel(PipelineDocument& document, QObject* parent)
    : QAbstractListModel(parent), m_document(document), m_keys(currentKeys())
{
    connect(&document, &PipelineDocument::changed, this, &PipelineModel::showDocument);
    const auto repaint = [this] { emit dataChanged(index(0), index(rowCount() - 1)); };
    connect(&document, &PipelineDocument::findingsChanged, this, repaint);
    connect(&document, &PipelineDocument::previewChanged, this, repaint);
}

std::vector<int> PipelineModel::currentKeys() const
{
    std::vector<int> keys{TargetsKey};
    for (const PipelineFeature& each : m_document.pipeline().features)
        keys.push_back(each.key);
    keys.insert(keys.end(), {ScalerKey, SplitKey, WindowKey});
    return keys;
}

void PipelineModel::showDocument()
{
    std::vector<int> keys = currentKeys();
    if (keys == m_keys) {
        emit dataChanged(index(0), index(rowCount() - 1));
        return;
    }
    beginResetModel();
    m_keys = std::move(keys);
    endResetModel();
}

int PipelineModel::rowOfKey(int key) const
{
    const auto found = std::ranges::find(m_keys, key);
    return found == m_keys.end() ? -1 : static_cast<int>(found - m_keys.begin());
}

int PipelineModel::keyOfRow(int row) const
{
    return row < 0 || row >= rowCount() ? 0 : m_keys[static_cast<std::size_t>(row)];
}

int PipelineModel::placeOfRow(int row) const
{
    return m_document.placeOf(keyOfRow(row));
}

int PipelineModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_keys.size());
}

QVariant PipelineModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const int key = keyOfRow(index.row());
    switch (role) {
        case KeyRole:
            return key;
        case ProblemRole:
            return m_document.problem(key);
        case Qt::ToolTipRole: {
            const QString problem = m_document.problem(key);
            return plainToolTip(problem.isEmpty() ? data(index, DetailRole).toString() : problem);
        }
        case Qt::AccessibleTextRole: {
            QStringList parts{data(index, Qt::DisplayRole).toString(), data(index, DetailRole).toString(),
                              data(index, BadgeRole).toString(), m_document.problem(key)};
            parts.removeAll(QString());
            return parts.join(QStringLiteral(", "));
        }
        default:
            break;
    }
    const int place = m_document.placeOf(key);
    return place >= 0 ? featureData(place, role) : fixedData(key, role);
}

QVariant PipelineModel::featureData(int place, int role) const
{
    const PipelineFeature& feature = m_document.feature(place);
    switch (role) {
        case Qt::DisplayRole:
            return shortTitle(feature.listed.spec);
        case DetailRole:
            return featureDetail(feature);
        case BadgeRole:
            return knowledgeText(featureEntry(feature.listed.spec.id).knowledge);
        case Qt::CheckStateRole:
            return feature.listed.isOn ? Qt::Checked : Qt::Unchecked;
        case PreviewRole:
            return m_document.isPreviewed(feature.key);
        default:
            return {};
    }
}

QString PipelineModel::featureDetail(const PipelineFeature& feature) const
{
    const FeatureSpec& spec = feature.listed.spec;
    if (!isUsable(m_document.capabilities(), spec))
        return tr("left out: %1 cannot take it").arg(m_document.modelName());
    const FeatureEntry& entry = featureEntry(spec.id);
    QStringList parts;
    for (const Param& param : entry.schema)
        if (const auto value = spec.values.find(param.spec.id); value != spec.values.end())
            parts << fromUtf8(param.spec.id + " " + valueText(value->second));
    QString text = parts.join(QStringLiteral(", "));
    int warmUp = 0;
    try {
        warmUp = spec.make()->warmUp();
    } catch (const Error&) {
        return text;  // the problem says it
    }
    const QString rows = warmUp == 0 ? tr("no warm-up") : tr("warm-up %Ln row(s)", nullptr, warmUp);
    return text.isEmpty() ? rows : rows + QStringLiteral(" · ") + text;
}

QVariant PipelineModel::fixedData(int key, int role) const
{
    struct Fixed {
        QString title;
        const char* icon;
    };
    const Fixed fixed = key == TargetsKey  ? Fixed{tr("Columns"), "target"}
                        : key == ScalerKey ? Fixed{tr("Scaler"), "scaler"}
                        : key == SplitKey  ? Fixed{tr("Split"), "split"}
                                           : Fixed{tr("Window"), "fit"};
    switch (role) {
        case Qt::DisplayRole:
            return fixed.title;
        case DetailRole:
            return fixedDetail(key);
        case BadgeRole:
            return key == TargetsKey ? tr("target") : QString();
        case IconRole:
            return QString::fromLatin1(fixed.icon);
        default:
            return {};
    }
}

QString PipelineModel::fixedDetail(int key) const
{
    const Pipeline& pipeline = m_document.pipeline();
    switch (key) {
        case TargetsKey:
            return columnsDetail();
        case ScalerKey:
            return settingText(pipeline, "scaler");
        case SplitKey:
            return settingText(pipeline, "split");
        default:
            return tr("looks back %1 rows, forecasts %2")
                .arg(settingText(pipeline, "length"), settingText(pipeline, "horizon"));
    }
}

QString PipelineModel::columnsDetail() const
{
    const auto named = [this](const char* id) { return settingText(m_document.pipeline(), id); };
    const QString targets = named("targets");
    QStringList parts{targets.isEmpty() ? tr("target: the closing price, or the first column")
                                        : tr("target: %1").arg(targets)};
    if (const QString past = named("past_covariates"); !past.isEmpty())
        parts << tr("past: %1").arg(past);
    if (const QString future = named("future_covariates"); !future.isEmpty())
        parts << tr("known ahead: %1").arg(future);
    if (const QString fixed = named("static_covariates"); !fixed.isEmpty())
        parts << tr("static: %1").arg(fixed);
    return parts.join(QStringLiteral(" · "));
}

bool PipelineModel::setData(const QModelIndex& index, const QVariant& value, int role)
{
    const int place = placeOfRow(index.row());
    if (place < 0)
        return false;
    if (role == Qt::CheckStateRole)
        m_document.setOn(place, value.toInt() == Qt::Checked);
    else if (role == PreviewRole)
        m_document.setPreviewed(keyOfRow(index.row()), value.toBool());
    else
        return false;
    return true;
}

Qt::ItemFlags PipelineModel::flags(const QModelIndex& index) const
{
    if (!index.isValid())
        return Qt::ItemIsDropEnabled;
    const Qt::ItemFlags all = Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemNeverHasChildren;
    return placeOfRow(index.row()) < 0 ? all : all | Qt::ItemIsDragEnabled | Qt::ItemIsUserCheckable;
}

QStringList PipelineModel::mimeTypes() const
{
    return {rowType};
}

QMimeData* PipelineModel::mimeData(const QModelIndexList& indexes) const
{
    auto* dragged = new QMimeData;
    dragged->setData(rowType, QByteArray::number(indexes.value(0).data(KeyRole).toInt()));
    return dragged;
}

bool PipelineModel::canDropMimeData(const QMimeData* data, Qt::DropAction action, int row, int,
                                    const QModelIndex& parent) const
{
    // Between two features, or before the first and behind the last.
    return data->hasFormat(rowType) && action == Qt::MoveAction && !parent.isValid() && row >= 1 &&
           row <= m_document.count() + 1;
}

bool PipelineModel::dropMimeData(const QMimeData* data, Qt::DropAction action, int row, int column,
                                 const QModelIndex& parent)
{
    if (!canDropMimeData(data, action, row, column, parent))
        return false;
    const int from = m_document.placeOf(data->data(rowType).toInt());
    if (from < 0)
        return false;
    const int to = row - 1;  // row 0 is the targets'
    m_document.move(from, to > from ? to - 1 : to);
    // False: the view would remove the dragged row, which has moved already.
    return false;
}

}  // namespace fc::ui
