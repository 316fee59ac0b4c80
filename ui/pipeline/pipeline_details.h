// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QScrollArea>

#include "ui/pipeline/pipeline_document.h"

class QLabel;
class QVBoxLayout;

namespace fc::ui {

class ParamForm;

/// What the marked row of the recipe is, and its settings as a form.
class PipelineDetails : public QScrollArea {
    Q_OBJECT

public:
    explicit PipelineDetails(PipelineDocument& document, QWidget* parent = nullptr);

    /// Shows the row of that key.
    void setKey(int key);
    /// nullptr before the first row.
    ParamForm* form() const { return m_form; }
    bool hasProblems() const;

signals:
    /// Something was entered that cannot be used, or no longer is there.
    void problemsChanged();

private:
    void fill();
    void take();

    PipelineDocument& m_document;
    int m_key = 0;
    QLabel* m_help = nullptr;
    QVBoxLayout* m_formPlace = nullptr;
    ParamForm* m_form = nullptr;
};

}  // namespace fc::ui
