// SPDX-License-Identifier: GPL-3.0-or-later
// The parts of the main window and how they hear of each other.
#include <QApplication>
#include <QDockWidget>
#include <QStackedWidget>
#include <QTabWidget>
#include <QVBoxLayout>

#include "ui/data/data_commands.h"
#include "ui/data/explore_panel.h"
#include "ui/data/series_actions.h"
#include "ui/data/series_page.h"
#include "ui/main/actions.h"
#include "ui/main/help.h"
#include "ui/main/main_window.h"
#include "ui/main/menus.h"
#include "ui/main/notice_bar.h"
#include "ui/main/status_line.h"
#include "ui/main/tool_bar.h"
#include "ui/main/welcome_page.h"
#include "ui/params/setup_panel.h"
#include "ui/pipeline/pipeline_panel.h"
#include "ui/pipeline/recipe_commands.h"
#include "ui/plots/loss_chart.h"
#include "ui/plots/price_chart.h"
#include "ui/runs/comparison.h"
#include "ui/runs/live_training.h"
#include "ui/runs/metrics_panel.h"
#include "ui/runs/run_commands.h"
#include "ui/runs/run_pages.h"
#include "ui/runs/run_presenter.h"
#include "ui/runs/runs_page.h"
#include "ui/text/text.h"
#include "ui/theme/icon.h"

namespace fc::ui {

void MainWindow::buildPages()
{
    m_stack = new QStackedWidget(this);
    m_welcome = new WelcomePage(m_stack);
    auto* page = new QWidget(m_stack);
    auto* card = new QFrame(page);
    setRole(*card, Role::Card);
    m_chart = new PriceChart(card);
    m_chart->setEmptyText(tr("No series yet.\nImport a CSV file, drop one here, or add the sample data."));
    m_windows = new WindowBar(card);
    auto* inCard = new QVBoxLayout(card);
    inCard->setContentsMargins(0, 0, 0, 0);
    inCard->setSpacing(0);
    inCard->addWidget(m_chart, 1);
    inCard->addWidget(m_windows);
    m_notice = new NoticeBar(this);
    auto* inPage = new QVBoxLayout(page);
    inPage->setContentsMargins(0, 0, 0, 0);
    inPage->addWidget(card, 1);
    m_stack->addWidget(m_welcome);
    // A hidden page counts for the least size of the window; a long list of workspaces must not make it tall.
    m_welcome->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Ignored);
    m_stack->addWidget(page);
    auto* middle = new QWidget(this);
    auto* lines = new QVBoxLayout(middle);
    lines->setContentsMargins(4, 0, 4, 4);
    lines->setSpacing(6);
    lines->addWidget(m_notice);
    lines->addWidget(m_stack, 1);
    setCentralWidget(middle);

    m_loss = new LossChart(this);
    m_loss->setEmptyText(tr("No run yet.\nPress Train, or select a run."));
    m_explore = new ExplorePanel(this);
    m_pipeline = new PipelinePanel(m_recipe, m_pipelineJobs, this);
    m_setup = new SetupPanel(m_recipe, this);
    m_metrics = new MetricsPanel(this);
    m_comparison = new ComparisonPanel(this);
    m_runs = new RunsPage(this);
    m_checkpoints = new CheckpointsPage(this);
    m_events = new EventsPage(this);
    m_seriesPage = new SeriesPage(this);
    m_presenter = new RunPresenter(
        m_workspace, m_job, *m_live,
        {m_chart, m_loss, m_metrics, m_comparison, m_checkpoints, m_events, m_windows}, this);
    m_runCommands = new RunCommands(m_workspace, m_job, *m_presenter, *m_runs, *m_checkpoints, this);
    m_dataCommands = new DataCommands(m_workspace, this);
    m_seriesActions = new SeriesActions(
        m_workspace, [this] { return m_toolBar->series(); }, this);
    m_recipeCommands = new RecipeCommands(m_workspace, m_recipe, m_pipelineJobs, this);
}

QDockWidget* MainWindow::addDock(const QString& name, const QString& title, QWidget* body,
                                 Qt::DockWidgetArea area)
{
    auto* dock = new QDockWidget(title, this);
    dock->setObjectName(name);
    dock->setFeatures(QDockWidget::DockWidgetMovable | QDockWidget::DockWidgetFloatable |
                      QDockWidget::DockWidgetClosable);
    auto* frame = new QFrame(dock);
    setRole(*frame, Role::Card);
    auto* inside = new QVBoxLayout(frame);
    inside->setContentsMargins(1, 1, 1, 1);
    inside->addWidget(body);
    dock->setWidget(frame);
    addDockWidget(area, dock);
    m_docks.push_back(dock);
    return dock;
}

void MainWindow::buildDocks()
{
    setDockOptions(AnimatedDocks | AllowNestedDocks | AllowTabbedDocks);
    setCorner(Qt::BottomLeftCorner, Qt::LeftDockWidgetArea);
    setCorner(Qt::BottomRightCorner, Qt::BottomDockWidgetArea);
    m_tabs = new QTabWidget(this);
    m_tabs->setObjectName(QStringLiteral("tabs"));
    m_tabs->setAccessibleName(tr("Runs and series"));
    m_tabs->setDocumentMode(true);
    m_tabs->addTab(m_runs, tr("Runs"));
    m_tabs->addTab(m_checkpoints, tr("Checkpoints"));
    m_tabs->addTab(m_events, tr("Events"));
    m_tabs->addTab(m_seriesPage, tr("Series"));
    auto* numbers = new QWidget(this);
    auto* inNumbers = new QVBoxLayout(numbers);
    inNumbers->setContentsMargins(0, 0, 0, 0);
    inNumbers->setSpacing(0);
    inNumbers->addWidget(m_metrics);
    inNumbers->addWidget(m_comparison, 1);
    setTabPosition(Qt::LeftDockWidgetArea, QTabWidget::North);
    QDockWidget* pipeline =
        addDock(QStringLiteral("pipelineDock"), tr("Pipeline"), m_pipeline, Qt::LeftDockWidgetArea);
    QDockWidget* setup = addDock(QStringLiteral("setupDock"), tr("Setup"), m_setup, Qt::LeftDockWidgetArea);
    tabifyDockWidget(pipeline, setup);
    addDock(QStringLiteral("metricsDock"), tr("Metrics"), numbers, Qt::RightDockWidgetArea);
    addDock(QStringLiteral("lossDock"), tr("Loss"), m_loss, Qt::BottomDockWidgetArea);
    QDockWidget* tabs =
        addDock(QStringLiteral("tabsDock"), tr("Runs and series"), m_tabs, Qt::BottomDockWidgetArea);
    splitDockWidget(m_docks[3], tabs, Qt::Horizontal);
    // A look at the data needs room of its own, and only now and then.
    m_exploreDock = addDock(QStringLiteral("dataDock"), tr("Data"), m_explore, Qt::BottomDockWidgetArea);
    m_exploreDock->hide();  // before it floats, or it would open for a moment and take the focus
    m_exploreDock->setFloating(true);
    m_exploreDock->resize(1080, 760);
}

void MainWindow::defaultLayout()
{
    m_docks[0]->raise();
    resizeDocks({m_docks[0], m_docks[2]}, {350, 400}, Qt::Horizontal);
    resizeDocks({m_docks[3], m_docks[4]}, {300, 300}, Qt::Vertical);
    resizeDocks({m_docks[3], m_docks[4]}, {500, 620}, Qt::Horizontal);
}

void MainWindow::connectActions()
{
    const auto on = [this](QAction* action, auto slot) { connect(action, &QAction::triggered, this, slot); };
    Actions& a = *m_actions;
    on(a.newWorkspace, &MainWindow::newWorkspace);
    on(a.openWorkspace, &MainWindow::chooseWorkspace);
    on(a.import, [this] { m_dataCommands->chooseFiles(m_settings.folder); });
    on(a.addSamples, [this] { m_dataCommands->addSamples(); });
    on(a.exportSeries, [this] { m_dataCommands->exportSeries(m_toolBar->series()); });
    on(a.deleteSeries, [this] { m_dataCommands->removeSeries(m_toolBar->series()); });
    on(a.exportForecast, [this] { m_runCommands->exportForecast(); });
    on(a.savePicture, [this] { m_runCommands->savePicture(); });
    on(a.quit, [this] { close(); });
    on(a.train, &MainWindow::startTraining);
    on(a.pause, [this] { m_job.phase() == TrainingJob::Phase::Paused ? m_job.proceed() : m_job.pause(); });
    on(a.stop, [this] { m_job.stop(); });
    on(a.cancel, [this] { m_job.cancel(); });
    on(a.resume, [this] { m_runCommands->resume(m_runs->selectedRun()); });
    on(a.forecast, [this] { m_presenter->showForecast(); });
    on(a.filterRuns, [this] {
        m_tabs->setCurrentWidget(m_runs);
        m_runs->focusFilter();
    });
    on(a.deleteRun, [this] { m_runCommands->remove(m_runs->selectedRuns()); });
    on(a.fit, [this] { m_chart->fit(); });
    on(a.toggleTheme, [this] { m_theme.toggle(); });
    on(a.blueOrange,
       [this](bool wanted) { m_theme.setUpDown(wanted ? UpDown::BlueOrange : UpDown::GreenRed); });
    on(a.fullScreen, [this](bool wanted) { wanted ? showFullScreen() : showNormal(); });
    on(a.resetLayout, [this] { restoreState(m_defaultLayout, layoutVersion); });
    on(a.shortcuts, [this] { showShortcuts(this, m_actions->all()); });
    on(a.about, [this] { showAbout(this); });
    on(a.aboutQt, [] { QApplication::aboutQt(); });
    connect(m_setup, &SetupPanel::trainRequested, this, &MainWindow::startTraining);
    connect(m_windows, &WindowBar::exportRequested, m_runCommands, &RunCommands::exportForecast);
    connect(m_windows, &WindowBar::pictureRequested, m_runCommands, &RunCommands::savePicture);
    connect(m_menus, &Menus::recentRequested, this,
            [this](const QString& path) { openWorkspace(toPath(path)); });
    connect(m_welcome, &WelcomePage::newRequested, this, &MainWindow::newWorkspace);
    connect(m_welcome, &WelcomePage::openRequested, this, &MainWindow::chooseWorkspace);
    connect(m_welcome, &WelcomePage::recentRequested, this,
            [this](const QString& path) { openWorkspace(toPath(path)); });
    connect(m_welcome, &WelcomePage::samplesRequested, this,
            [this] { openDemo(toPath(sampleWorkspace()), false); });
}

void MainWindow::connectRecipe()
{
    const auto on = [this](QAction* action, auto slot) { connect(action, &QAction::triggered, this, slot); };
    Actions& a = *m_actions;
    QUndoStack& steps = m_recipe.undoStack();
    on(a.paste, [this] { m_dataCommands->paste(); });
    on(a.undo, [&steps] { steps.undo(); });
    on(a.redo, [&steps] { steps.redo(); });
    connect(&steps, &QUndoStack::canUndoChanged, a.undo, &QAction::setEnabled);
    connect(&steps, &QUndoStack::canRedoChanged, a.redo, &QAction::setEnabled);
    connect(&steps, &QUndoStack::undoTextChanged, this,
            [&a](const QString& step) { a.undo->setText(tr("&Undo %1").arg(step).trimmed()); });
    connect(&steps, &QUndoStack::redoTextChanged, this,
            [&a](const QString& step) { a.redo->setText(tr("&Redo %1").arg(step).trimmed()); });
    a.undo->setEnabled(false);
    a.redo->setEnabled(false);
    RecipeCommands& commands = *m_recipeCommands;
    on(a.openRecipe, [&commands] { commands.open(); });
    on(a.saveRecipe, [&commands] { commands.save(); });
    on(a.saveRecipeAs, [&commands] { commands.saveAs(); });
    on(a.deleteRecipe, [&commands] { commands.remove(); });
    on(a.importRecipe, [this, &commands] { commands.importFile(m_settings.folder); });
    on(a.exportRecipe, [this, &commands] { commands.exportFile(m_settings.folder); });
    on(a.applyRecipe, [&commands] { commands.applyToSeries(); });
    on(a.auditRecipe, [this] { m_pipelineJobs.audit(); });
    on(a.exploreSeries, &MainWindow::showExplore);
    m_pipeline->setRecipeMenu(m_menus->recipeMenu());
    connect(&commands, &RecipeCommands::done, m_status, &StatusLine::setMessage);
    connect(&commands, &RecipeCommands::failed, this, &MainWindow::showProblem);
    connect(&commands, &RecipeCommands::seriesWanted, this, &MainWindow::chooseSeries);
    connect(&commands, &RecipeCommands::folderUsed, this,
            [this](const QString& folder) { m_settings.folder = folder; });
    connect(&m_pipelineJobs, &PipelineJobs::failed, this, &MainWindow::showProblem);
    connect(&m_pipelineJobs, &PipelineJobs::previewReady, m_chart, &PriceChart::setPreview);
    // Other bars have lost the lines of those before.
    connect(m_chart, &PriceChart::barsChanged, &m_pipelineJobs, &PipelineJobs::askPreview);
    connect(&m_recipe, &PipelineDocument::changed, this, [this] {
        const ParamValues recipe = trainingRecipeOf(m_recipe.pipeline(), m_recipe.capabilities());
        const auto features = recipe.find("features");
        m_explore->setFeatures(features == recipe.end() ? std::string() : valueText(features->second));
    });
    connect(m_explore, &ExplorePanel::busyChanged, m_status, &StatusLine::setBusy);
}

void MainWindow::connectWorkspace()
{
    connect(&m_workspace, &Workspace::opened, this, &MainWindow::onOpened);
    connect(&m_workspace, &Workspace::seriesChanged, this, &MainWindow::onSeriesChanged);
    connect(&m_workspace, &Workspace::runsChanged, this, [this] { m_runs->setRuns(m_workspace.runs()); });
    connect(&m_workspace, &Workspace::failed, this, &MainWindow::showProblem);
    connect(m_presenter, &RunPresenter::failed, this, &MainWindow::showProblem);
    connect(m_presenter, &RunPresenter::busyChanged, m_status, &StatusLine::setBusy);
    connect(m_presenter, &RunPresenter::seriesWanted, this, &MainWindow::chooseSeries);
    connect(m_runCommands, &RunCommands::failed, this, &MainWindow::showProblem);
    connect(m_runCommands, &RunCommands::done, m_status, &StatusLine::setMessage);
    connect(m_runCommands, &RunCommands::settingsWanted, this, &MainWindow::useSettings);
    connect(m_dataCommands, &DataCommands::failed, this, &MainWindow::showProblem);
    connect(m_dataCommands, &DataCommands::done, m_status, &StatusLine::setMessage);
    connect(m_dataCommands, &DataCommands::stored, this, &MainWindow::wantSeries);
    connect(m_seriesActions, &SeriesActions::failed, this, &MainWindow::showProblem);
    connect(m_seriesActions, &SeriesActions::done, m_status, &StatusLine::setMessage);
    connect(m_seriesActions, &SeriesActions::stored, this, [this](const std::string& name) {
        m_presenter->showSeries({});  // the same name, other values
        wantSeries(name);
    });
    connect(m_dataCommands, &DataCommands::folderUsed, this,
            [this](const QString& folder) { m_settings.folder = folder; });
    connect(m_seriesPage, &SeriesPage::seriesSelected, this, &MainWindow::chooseSeries);
    connect(m_seriesPage, &SeriesPage::importRequested, m_actions->import, &QAction::trigger);
    connect(m_seriesPage, &SeriesPage::samplesRequested, m_actions->addSamples, &QAction::trigger);
    connect(m_seriesPage, &SeriesPage::exportRequested, m_dataCommands, &DataCommands::exportSeries);
    connect(m_seriesPage, &SeriesPage::deleteRequested, m_dataCommands, &DataCommands::removeSeries);
    connect(m_toolBar, &ToolBar::seriesChosen, this, &MainWindow::chooseSeries);
    connect(m_toolBar, &ToolBar::modelChosen, this,
            [this](const std::string& id) { m_setup->setModel(modelEntry(id)); });
}

void MainWindow::connectTraining()
{
    connect(&m_job, &TrainingJob::phaseChanged, this, &MainWindow::onPhase);
    connect(&m_job, &TrainingJob::started, this, [this](const RunRecord& run) {
        m_status->setMessage(tr("Training %1").arg(fromUtf8(run.name)));
        m_workspace.refresh();
        m_tabs->setCurrentWidget(m_runs);
        m_runs->selectRun(run.id);
    });
    connect(&m_job, &TrainingJob::finished, this, &MainWindow::onFinished);
    connect(&m_job, &TrainingJob::failed, this, [this](const Message& message) {
        showProblem(message);
        m_status->setMessage(tr("The training ended with a problem."));
        m_workspace.refresh();
        closeIfWanted();
    });
    connect(m_live, &LiveTraining::stepped, this,
            [this](const std::vector<LossPoint>&, const StepNews& last, double rate, double left) {
                m_status->setStep(last, rate, left);
            });
    connect(m_metrics, &MetricsPanel::learningRateRequested, &m_job, &TrainingJob::setLearningRate);
    connect(m_runs, &RunsPage::runSelected, m_presenter, &RunPresenter::showRun);
    connect(m_runs, &RunsPage::runSelected, this, [this] { onPhase(m_job.phase()); });
    connect(m_runs, &RunsPage::forecastRequested, m_presenter, &RunPresenter::showForecast);
}

void MainWindow::connectLook()
{
    m_loss->setSmoothing(m_settings.smoothing);
    m_loss->setLogScale(m_settings.logLoss);
    m_theme.setScheme(m_settings.scheme);
    m_theme.setUpDown(m_settings.upDown);
    m_actions->blueOrange->setChecked(m_settings.upDown == UpDown::BlueOrange);
    connect(&m_theme, &Theme::changed, this, [this] {
        m_settings.scheme = m_theme.scheme();
        m_settings.upDown = m_theme.upDown();
        saveSettings(m_settings);
    });
}

}  // namespace fc::ui
