// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <optional>

#include "engine/models/model.h"
#include "engine/params/params.h"
#include "engine/store/records.h"

class QHBoxLayout;
class QLabel;
class QPushButton;
class QTabWidget;
class QVBoxLayout;

namespace fc::ui {

class ParamForm;
class PipelineDocument;

/// What a training is asked with: the series, model and recipe that were chosen elsewhere, and the settings
/// of training and model.
class SetupPanel : public QWidget {
    Q_OBJECT

public:
    /// `recipe` gives and takes the settings that concern data; it outlives the panel.
    explicit SetupPanel(PipelineDocument& recipe, QWidget* parent = nullptr);

    void setSeries(const std::optional<SeriesRecord>& series);
    /// Keeps the recipe and the settings of training; those of the model start at their defaults.
    void setModel(const ModelEntry& model);
    /// Settings as `train --set` takes them, only those that differ from the defaults.
    ParamValues settings() const;
    /// Takes over the settings of a stored run; those it does not name go to their defaults.
    void setSettings(const ParamValues& settings, const QString& recipeStep = {});
    /// True when everything can be used; otherwise the first field with a problem gets the focus.
    bool validate();

    ParamForm* trainingForm() const { return m_training; }
    ParamForm* modelForm() const { return m_model; }
    void setTraining(bool active);

signals:
    void trainRequested();

private:
    QWidget* makeHeader();
    QWidget* makeGroup(QWidget* content);
    void showTabs();
    void showBadges(const Capabilities& capabilities);
    bool hasProblems(int group) const;

    PipelineDocument& m_recipe;
    QLabel* m_seriesLabel = nullptr;
    QLabel* m_modelLabel = nullptr;
    QLabel* m_summary = nullptr;
    QWidget* m_badges = nullptr;
    QTabWidget* m_groups = nullptr;
    ParamForm* m_training = nullptr;
    ParamForm* m_model = nullptr;
    QVBoxLayout* m_modelPlace = nullptr;
    QPushButton* m_train = nullptr;
    QPushButton* m_reset = nullptr;
};

}  // namespace fc::ui
