// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <memory>
#include <string>
#include <vector>

#include "engine/runs/explore.h"
#include "ui/jobs/background.h"

class QComboBox;
class QLabel;
class QLineEdit;
class QSpinBox;
class QTabWidget;

namespace fc::ui {

class StatPlot;

/// A first look at a series: distribution, dependence on its past, season, other columns, missing values, and
/// what features say about it. Asks a background thread; a newer question makes the older one obsolete.
class ExplorePanel : public QWidget {
    Q_OBJECT

public:
    explicit ExplorePanel(QWidget* parent = nullptr);
    ~ExplorePanel() override;

    /// The series to look at; an empty name clears the panel. Nothing is computed while the panel is hidden.
    void setSeries(const std::filesystem::path& workspace, const std::string& name,
                   const std::vector<std::string>& columns);
    /// The features to score: those of the recipe.
    void setFeatures(const std::string& features);
    const Exploration* shown() const { return m_shown.get(); }

signals:
    /// Something new is shown.
    void explored();
    void busyChanged(bool busy);

protected:
    void showEvent(QShowEvent* event) override;

private:
    void build();
    void ask();
    void present(Exploration exploration);
    void showNumbers();
    void showDistribution();
    void showDependence();
    void showSeason();
    void showOthers();
    void showMissing();
    void showFeatures();
    StatPlot* addPlot(QWidget* page, const QString& title);

    std::filesystem::path m_workspace;
    std::string m_series;
    std::string m_features;
    bool m_stale = false;
    std::shared_ptr<Exploration> m_shown;
    std::shared_ptr<CancelToken> m_cancel;

    QComboBox* m_column;
    QSpinBox* m_lags;
    QSpinBox* m_horizon;
    QComboBox* m_scored;
    QComboBox* m_other;
    QLabel* m_title;
    QLabel* m_numbers;
    QLabel* m_verdict;
    QTabWidget* m_tabs;
    StatPlot* m_values;
    StatPlot* m_changes;
    StatPlot* m_acf;
    StatPlot* m_pacf;
    StatPlot* m_parts;
    QLabel* m_seasonText;
    StatPlot* m_crossing;
    StatPlot* m_missing;
    StatPlot* m_information;
    Background m_background{QStringLiteral("explore")};
};

}  // namespace fc::ui
