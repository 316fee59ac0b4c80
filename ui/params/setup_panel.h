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

class FeatureEditor;
class ParamForm;

/// What a training is asked with: the series and model that were chosen elsewhere, and all settings in four
/// groups.
class SetupPanel : public QWidget {
    Q_OBJECT

public:
    explicit SetupPanel(QWidget* parent = nullptr);

    void setSeries(const std::optional<SeriesRecord>& series);
    /// Keeps the settings of data, features and training; those of the model start at their defaults.
    void setModel(const ModelEntry& model);
    /// Settings as `train --set` takes them, only those that differ from the defaults.
    ParamValues settings() const;
    /// Takes over the settings of a stored run; those it does not name go to their defaults.
    void setSettings(const ParamValues& settings);
    /// True when everything can be used; otherwise the first field with a problem gets the focus.
    bool validate();

    ParamForm* dataForm() const { return m_data; }
    ParamForm* trainingForm() const { return m_training; }
    ParamForm* modelForm() const { return m_model; }
    FeatureEditor* features() const { return m_features; }
    void setTraining(bool active);

signals:
    void trainRequested();

private:
    QWidget* makeHeader();
    QWidget* makeGroup(QWidget* content);
    void showTabs();
    void showBadges(const Capabilities& capabilities);
    bool hasProblems(int group) const;

    QLabel* m_seriesLabel = nullptr;
    QLabel* m_modelLabel = nullptr;
    QLabel* m_summary = nullptr;
    QWidget* m_badges = nullptr;
    QTabWidget* m_groups = nullptr;
    ParamForm* m_data = nullptr;
    FeatureEditor* m_features = nullptr;
    ParamForm* m_training = nullptr;
    ParamForm* m_model = nullptr;
    QVBoxLayout* m_modelPlace = nullptr;
    QPushButton* m_train = nullptr;
    QPushButton* m_reset = nullptr;
};

}  // namespace fc::ui
