// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>

#include "engine/data/transforms.h"
#include "engine/runs/transform_series.h"
#include "ui/jobs/background.h"

class QLabel;
class QLineEdit;
class QPushButton;

namespace fc::ui {

class ParamForm;

/// The params of one transform, made from its schema, and what it would give: computed in the background
/// whenever a param changes. Stores nothing; the request is for whoever opened it.
class TransformDialog : public QDialog {
    Q_OBJECT

public:
    /// `request` names workspace, series and transform; `others` are the series that can be joined.
    TransformDialog(const SeriesTransform& transform, TransformRequest request,
                    const std::vector<std::string>& others, QWidget* parent);

    ParamForm& form() const { return *m_form; }
    /// What the preview says: rows and notes, or what is wrong.
    QString preview() const;

signals:
    void confirmed(const fc::TransformRequest& request);

private:
    void askPreview();
    void show(const TransformResult& result);
    TransformRequest request() const;

    TransformRequest m_request;
    ParamForm* m_form;
    QLineEdit* m_name;
    QLabel* m_preview;
    QPushButton* m_apply;
    Background m_background{QStringLiteral("transform")};
};

}  // namespace fc::ui
