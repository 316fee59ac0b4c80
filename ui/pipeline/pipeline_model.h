// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractListModel>

#include "ui/pipeline/pipeline_document.h"

namespace fc::ui {

/// The rows of a recipe: targets, features, scaler, split, window. Check state: switched on; PreviewRole:
/// shown on the chart; both can be set. Features can be dragged among each other.
class PipelineModel : public QAbstractListModel {
    Q_OBJECT

public:
    enum Role {
        KeyRole = Qt::UserRole,  ///< int
        DetailRole,              ///< second line
        ProblemRole,             ///< empty when all is well
        BadgeRole,               ///< what is known of it: target, past, known ahead
        PreviewRole,             ///< bool; invalid where nothing can be shown
        IconRole,                ///< name of a drawing, for rows that are no features
    };

    explicit PipelineModel(PipelineDocument& document, QObject* parent = nullptr);

    int rowOfKey(int key) const;
    int keyOfRow(int row) const;

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    bool setData(const QModelIndex& index, const QVariant& value, int role) override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;
    Qt::DropActions supportedDropActions() const override { return Qt::MoveAction; }
    QStringList mimeTypes() const override;
    QMimeData* mimeData(const QModelIndexList& indexes) const override;
    bool canDropMimeData(const QMimeData* data, Qt::DropAction action, int row, int column,
                         const QModelIndex& parent) const override;
    bool dropMimeData(const QMimeData* data, Qt::DropAction action, int row, int column,
                      const QModelIndex& parent) override;

private:
    std::vector<int> currentKeys() const;
    void showDocument();
    /// -1 for rows that are no features.
    int placeOfRow(int row) const;
    QVariant featureData(int place, int role) const;
    QVariant fixedData(int key, int role) const;
    QString featureDetail(const PipelineFeature& feature) const;
    QString fixedDetail(int key) const;
    QString columnsDetail() const;

    PipelineDocument& m_document;
    std::vector<int> m_keys;  ///< of the rows
};

/// "past", "known ahead".
QString knowledgeText(Knowledge knowledge);

}  // namespace fc::ui
