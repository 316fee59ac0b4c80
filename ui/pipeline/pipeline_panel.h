// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "ui/pipeline/pipeline_document.h"
#include "ui/pipeline/pipeline_jobs.h"

class QAction;
class QLabel;
class QMenu;
class QToolButton;
class QTreeView;

namespace fc::ui {

class FeatureCatalogue;
class ParamForm;
class PipelineDetails;
class PipelineModel;

/// The recipe as a list: what is forecast, from which features, how it is scaled, split and cut into windows.
/// Everything can be changed with mouse or keys, and everything can be undone.
class PipelinePanel : public QWidget {
    Q_OBJECT

public:
    PipelinePanel(PipelineDocument& document, PipelineJobs& jobs, QWidget* parent = nullptr);

    /// What the button beside the recipe's name offers.
    void setRecipeMenu(QMenu* menu);
    QTreeView& list() { return *m_list; }
    FeatureCatalogue& catalogue() { return *m_catalogue; }
    /// The form of the marked row.
    ParamForm* form() const;
    /// Selects the row of `key`.
    void select(int key);
    /// False, and the first row with a problem is selected, when the recipe cannot be trained on.
    bool validate();
    /// What is entered cannot be used, or the series does not fit.
    bool hasProblems() const;
    /// The first of them that a row tells, in words; empty when the form has it, or there is none.
    QString firstProblem() const;

protected:
    void changeEvent(QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    QWidget* makeHeader();
    QWidget* makeButtons();
    QAction* addRowAction(const QString& iconName, const QString& text, const QKeySequence& key);
    void connectActions();
    void connectDocument();
    void connectAudit();

    int currentKey() const;
    int currentPlace() const;
    void addFeature(const std::string& id);
    void onChanged();
    void showActions();
    void showName();
    void showSummary();

    PipelineDocument& m_document;
    PipelineJobs& m_jobs;
    PipelineModel* m_model;
    FeatureCatalogue* m_catalogue;
    PipelineDetails* m_details = nullptr;
    int m_selectedKey = 0;

    QLabel* m_name = nullptr;
    QToolButton* m_recipe = nullptr;
    QTreeView* m_list = nullptr;
    QToolButton* m_add = nullptr;
    QToolButton* m_auditButton = nullptr;
    QAction* m_addAction = nullptr;
    QAction* m_up = nullptr;
    QAction* m_down = nullptr;
    QAction* m_duplicate = nullptr;
    QAction* m_remove = nullptr;
    QAction* m_toggle = nullptr;
    QAction* m_preview = nullptr;
    QLabel* m_summary = nullptr;
    QLabel* m_verdict = nullptr;
};

}  // namespace fc::ui
