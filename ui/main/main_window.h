// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QMainWindow>
#include <filesystem>

#include "ui/jobs/training_job.h"
#include "ui/jobs/workspace.h"
#include "ui/pipeline/pipeline_document.h"
#include "ui/pipeline/pipeline_jobs.h"
#include "ui/settings/settings.h"
#include "ui/theme/theme.h"

class QDockWidget;
class QStackedWidget;
class QTabWidget;

namespace fc::ui {

class Actions;
class CheckpointsPage;
class ComparisonPanel;
class DataCommands;
class SeriesActions;
class EventsPage;
class ExplorePanel;
class LiveTraining;
class LossChart;
class Menus;
class MetricsPanel;
class NoticeBar;
class PipelinePanel;
class PriceChart;
class RecipeCommands;
class RunCommands;
class RunPresenter;
class RunsPage;
class SeriesPage;
class SetupPanel;
class StatusLine;
class ToolBar;
class WelcomePage;
class WindowBar;

/// The workbench: arranges pages, docks and bars, and passes what was chosen from one to the other.
class MainWindow : public QMainWindow {
    Q_OBJECT

public:
    explicit MainWindow(Theme& theme, QWidget* parent = nullptr);
    ~MainWindow() override;

    void openWorkspace(const std::filesystem::path& path, Workspace::Start start = Workspace::Start::Open);
    /// Opens or makes `path`, adds the sample series, and with `train` starts the demonstration run.
    void openDemo(const std::filesystem::path& path, bool train);

    Workspace& workspace() { return m_workspace; }
    TrainingJob& job() { return m_job; }
    Actions& actions() { return *m_actions; }
    RunPresenter& presenter() { return *m_presenter; }
    SetupPanel& setup() { return *m_setup; }
    PipelineDocument& recipe() { return m_recipe; }
    PipelinePanel& pipeline() { return *m_pipeline; }
    ExplorePanel& explore() { return *m_explore; }
    RecipeCommands& recipeCommands() { return *m_recipeCommands; }
    PriceChart& chart() { return *m_chart; }
    NoticeBar& notice() { return *m_notice; }
    ToolBar& toolBar() { return *m_toolBar; }

protected:
    void closeEvent(QCloseEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;

private:
    /// Raised when docks come or go: a layout of before is then left aside.
    static constexpr int layoutVersion = 3;

    void buildPages();
    void buildDocks();
    QDockWidget* addDock(const QString& name, const QString& title, QWidget* body, Qt::DockWidgetArea area);
    void defaultLayout();
    void connectActions();
    void connectRecipe();
    void connectWorkspace();
    void connectTraining();
    void connectLook();

    void onOpened(const QString& path);
    void onSeriesChanged();
    void onPhase(TrainingJob::Phase phase);
    void onFinished(const RunOutcome& outcome);
    void chooseSeries(const std::string& name);
    void showExplore();
    /// Chooses it as soon as it is in the list.
    void wantSeries(const std::string& name);
    /// Series, model and settings of a stored run.
    void useSettings(const RunRecord& run);
    void startTraining();
    void newWorkspace();
    void chooseWorkspace();
    void showWorkspace(bool isOpen);
    void showRecent();
    void showProblem(const Message& message);
    bool mayClose();
    void closeIfWanted();

    Theme& m_theme;
    Settings m_settings;
    Workspace m_workspace;
    TrainingJob m_job;
    PipelineDocument m_recipe;
    PipelineJobs m_pipelineJobs{m_recipe};
    LiveTraining* m_live = nullptr;
    Actions* m_actions = nullptr;
    RunPresenter* m_presenter = nullptr;
    RunCommands* m_runCommands = nullptr;
    DataCommands* m_dataCommands = nullptr;
    SeriesActions* m_seriesActions = nullptr;
    RecipeCommands* m_recipeCommands = nullptr;
    StatusLine* m_status = nullptr;

    QStackedWidget* m_stack = nullptr;
    WelcomePage* m_welcome = nullptr;
    NoticeBar* m_notice = nullptr;
    PriceChart* m_chart = nullptr;
    WindowBar* m_windows = nullptr;
    LossChart* m_loss = nullptr;
    PipelinePanel* m_pipeline = nullptr;
    ExplorePanel* m_explore = nullptr;
    QDockWidget* m_exploreDock = nullptr;
    SetupPanel* m_setup = nullptr;
    MetricsPanel* m_metrics = nullptr;
    ComparisonPanel* m_comparison = nullptr;
    RunsPage* m_runs = nullptr;
    CheckpointsPage* m_checkpoints = nullptr;
    EventsPage* m_events = nullptr;
    SeriesPage* m_seriesPage = nullptr;
    QTabWidget* m_tabs = nullptr;
    ToolBar* m_toolBar = nullptr;
    Menus* m_menus = nullptr;
    std::vector<QDockWidget*> m_docks;
    QByteArray m_defaultLayout;
    std::string m_wantedSeries;
    bool m_isClosing = false;
};

}  // namespace fc::ui
