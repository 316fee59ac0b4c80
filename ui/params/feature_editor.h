// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <vector>

#include "engine/features/feature.h"
#include "engine/models/model.h"

class QLabel;
class QListWidget;
class QMenu;
class QToolButton;
class QVBoxLayout;

namespace fc::ui {

class ParamForm;

/// The list of features of a recipe: add from the catalogue, set parameters, order, remove. Knows what the
/// chosen model can take and says so; a model without covariates gets none, and the list is kept for the next
/// model.
class FeatureEditor : public QWidget {
    Q_OBJECT

public:
    explicit FeatureEditor(QWidget* parent = nullptr);

    /// The list as a recipe writes it, without what the model cannot take.
    std::string text() const;
    /// Replaces the list. Throws UsageError when the text is no feature list.
    void setText(const std::string& text);
    void setModel(const ModelEntry& model);
    bool hasProblems() const;
    int count() const { return static_cast<int>(m_specs.size()); }

    void add(const std::string& id);
    void removeCurrent();

signals:
    void changed();

private:
    void buildMenu(QMenu& menu);
    void move(int by);
    void showSpecs(int current);
    void showCurrent();
    void takeValues();
    void showNote();
    bool isUsable(const FeatureSpec& spec) const;
    QString rowText(const FeatureSpec& spec) const;

    std::vector<FeatureSpec> m_specs;
    Capabilities m_capabilities;
    QString m_modelName;
    QString m_problem;  // of the list as a whole, such as a fast period above the slow one
    QListWidget* m_list = nullptr;
    QToolButton* m_add = nullptr;
    QToolButton* m_remove = nullptr;
    QToolButton* m_up = nullptr;
    QToolButton* m_down = nullptr;
    QLabel* m_note = nullptr;
    QLabel* m_help = nullptr;
    QVBoxLayout* m_formPlace = nullptr;
    ParamForm* m_form = nullptr;
};

}  // namespace fc::ui
