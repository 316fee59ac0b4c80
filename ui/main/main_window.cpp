// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/main/main_window.h"

#include <QCloseEvent>
#include <QDir>
#include <QDockWidget>
#include <QFileInfo>
#include <QMenuBar>
#include <QMessageBox>
#include <QMimeData>
#include <QPushButton>
#include <QStackedWidget>
#include <QStatusBar>
#include <QTabWidget>

#include "engine/runs/services.h"
#include "ui/data/data_commands.h"
#include "ui/data/explore_panel.h"
#include "ui/data/series_actions.h"
#include "ui/data/series_page.h"
#include "ui/main/actions.h"
#include "ui/main/ask.h"
#include "ui/main/menus.h"
#include "ui/main/notice_bar.h"
#include "ui/main/status_line.h"
#include "ui/main/tool_bar.h"
#include "ui/main/welcome_page.h"
#include "ui/params/setup_panel.h"
#include "ui/pipeline/pipeline_panel.h"
#include "ui/pipeline/recipe_commands.h"
#include "ui/plots/loss_chart.h"
#include "ui/runs/live_training.h"
#include "ui/runs/metrics_panel.h"
#include "ui/runs/run_commands.h"
#include "ui/runs/run_pages.h"
#include "ui/runs/run_presenter.h"
#include "ui/runs/runs_page.h"
#include "ui/text/text.h"
#include "ui/theme/icon.h"

namespace fc::ui {

MainWindow::MainWindow(Theme& theme, QWidget* parent)
    : QMainWindow(parent), m_theme(theme), m_settings(loadSettings())
{
    setObjectName(QStringLiteral("mainWindow"));
    setWindowTitle(tr("Forecastle"));
    setAcceptDrops(true);
    setContentsMargins(6, 0, 6, 0);
    m_actions = new Actions(this);
    m_live = new LiveTraining(m_job, this);
    m_status = new StatusLine(*statusBar());
    buildPages();
    buildDocks();
    m_toolBar = new ToolBar(*m_actions, this);
    addToolBar(m_toolBar);
    m_menus = new Menus(*menuBar(), *m_actions, m_theme, m_docks);
    m_seriesActions->addTo(m_menus->data());
    showRecent();
    connectActions();
    connectRecipe();
    connectWorkspace();
    connectTraining();
    connectLook();
    resize(1440, 900);
    defaultLayout();
    m_defaultLayout = saveState(layoutVersion);
    restoreGeometry(m_settings.geometry);
    onPhase(TrainingJob::Phase::Idle);
    showWorkspace(false);
}

MainWindow::~MainWindow()
{
    // What posts to the pages ends before they do.
    delete m_presenter;
    delete m_runCommands;
    delete m_dataCommands;
    delete m_seriesActions;
    delete m_recipeCommands;
    m_pipelineJobs.disconnect();
    m_recipe.disconnect();
    m_recipe.undoStack().disconnect();
}

void MainWindow::openWorkspace(const std::filesystem::path& path, Workspace::Start start)
{
    if (m_job.isActive()) {
        showProblem(Message(TR("engine", "A run is training. Stop it before opening another workspace.")));
        return;
    }
    m_workspace.open(std::filesystem::absolute(path), start);
}

void MainWindow::openDemo(const std::filesystem::path& path, bool train)
{
    const auto samples = [this, train, wanted = std::filesystem::absolute(path)] {
        if (m_workspace.path() != wanted)
            return;  // opening it failed, and this is another one
        m_dataCommands->addSamples([this, train] {
            if (!train)
                return;
            const TrainRequest demo = demoRequest(m_workspace.path());
            m_toolBar->chooseModel(demo.model);
            m_setup->setSettings(demo.settings);
            chooseSeries(demo.series);
            m_job.start(demo);
        });
    };
    connect(&m_workspace, &Workspace::opened, this, samples, Qt::SingleShotConnection);
    openWorkspace(path, Workspace::Start::OpenOrCreate);
}

void MainWindow::onOpened(const QString& path)
{
    rememberWorkspace(m_settings, path);
    saveSettings(m_settings);
    showRecent();
    m_notice->clear();
    setWindowTitle(tr("%1 – Forecastle").arg(QFileInfo(path).completeBaseName()));
    m_presenter->showRun(0);
    m_presenter->showSeries({});
    showWorkspace(true);
    m_status->setMessage(QDir::toNativeSeparators(path));
}

void MainWindow::showWorkspace(bool isOpen)
{
    const bool wasOpen = m_stack->currentIndex() == 1;
    m_stack->setCurrentIndex(isOpen ? 1 : 0);
    m_toolBar->setVisible(isOpen);
    // Panels without a workspace would be empty; a layout of the person's own comes back with the workspace.
    if (!isOpen)
        for (QDockWidget* dock : m_docks)
            dock->hide();
    else if (!wasOpen)
        restoreState(m_settings.layout.isEmpty() ? m_defaultLayout : m_settings.layout, layoutVersion);
    for (QAction* action :
         {m_actions->import,       m_actions->addSamples,     m_actions->train,        m_actions->forecast,
          m_actions->resume,       m_actions->exportForecast, m_actions->savePicture,  m_actions->deleteRun,
          m_actions->exportSeries, m_actions->deleteSeries,   m_actions->filterRuns,   m_actions->fit,
          m_actions->resetLayout,  m_actions->paste,          m_actions->openRecipe,   m_actions->saveRecipe,
          m_actions->saveRecipeAs, m_actions->importRecipe,   m_actions->exportRecipe, m_actions->applyRecipe,
          m_actions->auditRecipe,  m_actions->deleteRecipe})
        action->setEnabled(isOpen);
    m_seriesActions->setEnabled(isOpen);
}

void MainWindow::onSeriesChanged()
{
    const std::string chosen = m_workspace.findSeries(m_wantedSeries) ? m_wantedSeries : m_toolBar->series();
    m_wantedSeries.clear();
    m_toolBar->setSeries(m_workspace.series());
    m_seriesPage->setSeries(m_workspace.series());
    const bool isThere = m_workspace.findSeries(chosen) != nullptr;
    if (isThere || m_workspace.series().empty())
        chooseSeries(isThere ? chosen : std::string());
    else
        chooseSeries(m_workspace.series().front().name);
}

void MainWindow::chooseSeries(const std::string& name)
{
    m_toolBar->chooseSeries(name);
    const SeriesRecord* record = m_workspace.findSeries(name);
    m_setup->setSeries(record ? std::optional(*record) : std::nullopt);
    m_presenter->showSeries(record ? name : std::string());
    m_pipelineJobs.setSeries(m_workspace.path(), record ? name : std::string(),
                             record ? record->hash : std::string());
    m_explore->setSeries(m_workspace.path(), record ? name : std::string(),
                         record ? record->columns : std::vector<std::string>());
    m_seriesPage->selectSeries(name);
    onPhase(m_job.phase());
}

void MainWindow::showExplore()
{
    m_exploreDock->show();
    m_exploreDock->raise();
    m_exploreDock->activateWindow();
}

void MainWindow::showRecent()
{
    m_menus->setRecent(m_settings.recent);
    m_welcome->setRecent(m_settings.recent);
}

void MainWindow::wantSeries(const std::string& name)
{
    if (m_workspace.findSeries(name))
        chooseSeries(name);
    else
        m_wantedSeries = name;
}

void MainWindow::useSettings(const RunRecord& run)
{
    m_toolBar->chooseModel(run.model);
    chooseSeries(run.series);
    try {
        m_setup->setSettings(paramsFromJson(run.settings), tr("Settings of %1").arg(fromUtf8(run.name)));
    } catch (const Error& error) {
        showProblem(error.message());  // settings of another version of the program
    }
}

void MainWindow::startTraining()
{
    if (m_job.isActive() || m_toolBar->series().empty())
        return;
    const bool isSound = m_setup->validate();
    if (!m_pipeline->validate() || !isSound) {
        QWidget* shown = isSound ? m_docks[0] : m_docks[1];
        shown->show();
        shown->raise();
        const QString problem = isSound ? m_pipeline->firstProblem() : QString();
        m_notice->showProblem(
            problem.isEmpty() ? tr("A setting cannot be used. The field that is marked says why.") : problem);
        return;
    }
    m_notice->clear();
    m_job.start({.workspace = m_workspace.path(),
                 .series = m_toolBar->series(),
                 .model = m_toolBar->model(),
                 .settings = m_setup->settings(),
                 .runName = {}});
}

void MainWindow::onPhase(TrainingJob::Phase phase)
{
    using Phase = TrainingJob::Phase;
    const bool active = phase != Phase::Idle;
    const bool canSteer = phase == Phase::Running || phase == Phase::Paused;
    m_actions->train->setEnabled(!active && m_workspace.isOpen() && !m_toolBar->series().empty());
    m_actions->pause->setEnabled(canSteer);
    m_actions->pause->setText(phase == Phase::Paused ? tr("Go &on") : tr("&Pause"));
    m_actions->pause->setIcon(
        icon(phase == Phase::Paused ? QStringLiteral("play") : QStringLiteral("pause")));
    m_actions->stop->setEnabled(active && phase != Phase::Ending);
    m_actions->cancel->setEnabled(active && phase != Phase::Ending);
    m_actions->resume->setEnabled(!active && m_runs->selectedRun() != 0);
    m_setup->setTraining(!m_actions->train->isEnabled());
    m_checkpoints->setTraining(active);
    m_metrics->setEditable(canSteer);
    switch (phase) {
        case Phase::Starting:
            m_status->setMessage(tr("Preparing the data…"));
            break;
        case Phase::Running:
            m_status->setMessage(tr("Training %1").arg(fromUtf8(m_job.run().name)));
            break;
        case Phase::Paused:
            m_status->setMessage(tr("Paused"));
            break;
        case Phase::Ending:
            m_status->setMessage(tr("Stopping; the metrics are being measured…"));
            break;
        case Phase::Idle:
            m_status->clearProgress();
            break;
    }
}

void MainWindow::onFinished(const RunOutcome& outcome)
{
    const QString name = fromUtf8(outcome.run.name);
    switch (outcome.reason) {
        case StopReason::Finished:
            m_status->setMessage(tr("%1 finished in %2.").arg(name, duration(outcome.run.seconds)));
            break;
        case StopReason::EarlyStopped:
            m_status->setMessage(
                tr("%1 stopped early: the validation loss no longer fell. The best weights are kept.")
                    .arg(name));
            break;
        case StopReason::Stopped:
            m_status->setMessage(tr("%1 was stopped. The best weights are kept.").arg(name));
            break;
        case StopReason::Cancelled:
            m_status->setMessage(tr("%1 was thrown away.").arg(name));
            break;
    }
    m_workspace.refresh();
    closeIfWanted();
}

void MainWindow::closeIfWanted()
{
    if (m_isClosing)
        close();
}

void MainWindow::showProblem(const Message& message)
{
    m_notice->showProblem(sentence(message));
}

void MainWindow::newWorkspace()
{
    const QString folder = m_settings.folder.isEmpty() ? QDir::homePath() : m_settings.folder;
    askSaveFile(this, tr("New workspace"), QDir(folder).filePath(tr("forecasts.forecastle")),
                tr("Forecastle workspace (*.forecastle)"), [this](const QString& path) {
                    m_settings.folder = QFileInfo(path).path();
                    openWorkspace(toPath(path), Workspace::Start::Create);
                });
}

void MainWindow::chooseWorkspace()
{
    askOpenFiles(this, tr("Open workspace"), m_settings.folder,
                 tr("Forecastle workspace (*.forecastle);;All files (*)"), false,
                 [this](const QStringList& paths) {
                     m_settings.folder = QFileInfo(paths.first()).path();
                     openWorkspace(toPath(paths.first()));
                 });
}

bool MainWindow::mayClose()
{
    if (!m_job.isActive())
        return true;
    if (m_isClosing)
        return false;
    auto* box = new QMessageBox(
        QMessageBox::Question, tr("A run is training"),
        tr("Stop the training and close? The best weights are kept, and the run can be resumed later."),
        QMessageBox::Cancel, this);
    box->setObjectName(QStringLiteral("closeQuestion"));
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setTextFormat(Qt::PlainText);
    QPushButton* stop = box->addButton(tr("Stop and close"), QMessageBox::AcceptRole);
    box->setDefaultButton(stop);
    connect(stop, &QPushButton::clicked, this, [this] {
        m_isClosing = true;
        if (m_job.isActive())
            m_job.stop();
        else
            close();
    });
    box->open();
    return false;
}

void MainWindow::closeEvent(QCloseEvent* event)
{
    if (!mayClose()) {
        event->ignore();
        return;
    }
    m_settings.geometry = saveGeometry();
    if (m_workspace.isOpen())
        m_settings.layout = saveState(layoutVersion);
    m_settings.smoothing = m_loss->smoothing();
    m_settings.logLoss = m_loss->logScale();
    saveSettings(m_settings);
    event->accept();
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event)
{
    if (m_workspace.isOpen() && event->mimeData()->hasUrls())
        event->acceptProposedAction();
}

void MainWindow::dropEvent(QDropEvent* event)
{
    QStringList paths;
    for (const QUrl& url : event->mimeData()->urls())
        if (url.isLocalFile())
            paths << url.toLocalFile();
    event->acceptProposedAction();
    m_dataCommands->import(paths);
}

}  // namespace fc::ui
