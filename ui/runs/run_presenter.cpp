// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/runs/run_presenter.h"

#include "ui/plots/loss_chart.h"
#include "ui/plots/price_chart.h"
#include "ui/runs/comparison.h"
#include "ui/runs/forecast_bands.h"
#include "ui/runs/live_training.h"
#include "ui/runs/metrics_panel.h"
#include "ui/runs/run_pages.h"
#include "ui/text/text.h"

namespace fc::ui {
namespace {

std::vector<LossPoint> lossPoints(const std::vector<StepRecord>& steps)
{
    std::vector<LossPoint> points;
    points.reserve(steps.size());
    for (const StepRecord& step : steps)
        points.push_back({static_cast<double>(step.step), step.loss});
    return points;
}

std::vector<LossPoint> lossPoints(const std::vector<ValidationRecord>& validations)
{
    std::vector<LossPoint> points;
    points.reserve(validations.size());
    for (const ValidationRecord& validation : validations)
        points.push_back({static_cast<double>(validation.step), validation.validationLoss});
    return points;
}

}  // namespace

RunPresenter::RunPresenter(Workspace& workspace, TrainingJob& job, LiveTraining& live, const Views& views,
                           QObject* parent)
    : QObject(parent), m_workspace(workspace), m_job(job), m_live(live), m_views(views)
{
    connect(&m_background, &Background::failed, this, &RunPresenter::failed);
    connect(&m_background, &Background::busyChanged, this, &RunPresenter::busyChanged);
    connect(m_views.checkpoints, &CheckpointsPage::checkpointSelected, this, &RunPresenter::showCheckpoint);
    connect(m_views.windows, &WindowBar::windowChanged, this, [this](qint64 index) {
        if (isLive())
            m_job.setShownWindow(index);
        askWindow();
    });
    connect(m_views.windows, &WindowBar::modeChanged, this, [this](WindowBar::Mode mode) {
        if (mode == WindowBar::Mode::Forecast ? m_band.time.empty() : m_window.time.empty())
            askForecasts();
        drawForecasts();
        bringIntoView();
    });
    connectLive();
}

void RunPresenter::connectLive()
{
    connect(&m_job, &TrainingJob::started, this, &RunPresenter::onStarted);
    connect(&m_job, &TrainingJob::validated, this, &RunPresenter::onValidated);
    connect(&m_job, &TrainingJob::failed, this, &RunPresenter::onEnded);
    connect(&m_job, &TrainingJob::finished, this, [this](const RunOutcome& outcome) {
        if (outcome.reason != StopReason::Cancelled)
            onEnded();
        else if (outcome.run.id == m_run.id) {
            clearRun();
            m_views.windows->setMode(WindowBar::Mode::Forecast);
        }
    });
    connect(&m_job, &TrainingJob::checkpointStored, this, &RunPresenter::onCheckpoint);
    connect(&m_job, &TrainingJob::eventHappened, this, [this](const EventRecord& event) {
        if (isLive())
            m_views.events->addEvent(event);
    });
    connect(&m_live, &LiveTraining::stepped, this,
            [this](const std::vector<LossPoint>& points, const StepNews& last, double rate, double left) {
                if (!isLive() || !m_hasCurve)
                    return;
                m_views.loss->appendSteps(points);
                m_views.metrics->setStep(last, rate, left);
            });
}

bool RunPresenter::isLive() const
{
    return m_run.id != 0 && m_run.id == m_live.runId();
}

void RunPresenter::onStarted(const RunRecord& run)
{
    clearRun();
    showRun(run.id);
    m_run = run;
    m_views.windows->setMode(WindowBar::Mode::Window);
    askDataset();
}

void RunPresenter::onCheckpoint()
{
    if (!isLive())
        return;
    m_workspace.askCheckpoints(m_run.id, [this, id = m_run.id](const std::vector<CheckpointRecord>& all) {
        if (id != m_run.id)
            return;
        m_views.checkpoints->setCheckpoints(all);
        if (m_checkpoint == 0 && m_views.windows->mode() == WindowBar::Mode::Forecast)
            askForecasts();
    });
}

void RunPresenter::onEnded()
{
    if (m_run.id == 0 || m_job.run().id != m_run.id)
        return;
    m_checkpoint = 0;
    m_band = {};
    m_window = {};
    m_workspace.askDetails(m_run.id, [this](const std::shared_ptr<const RunDetails>& details) {
        if (details->run.id != m_run.id)
            return;
        takeDetails(*details);
        if (m_views.windows->mode() == WindowBar::Mode::Forecast)
            askForecasts();
        else
            m_views.windows->setMode(WindowBar::Mode::Forecast);
    });
}

void RunPresenter::onValidated(const ValidationNews& news)
{
    if (!isLive())
        return;
    if (m_hasCurve)
        m_views.loss->appendValidation({{static_cast<double>(news.step), news.validationLoss}});
    m_views.metrics->setValidation(news);
    takeWindow(news.shown);
}

void RunPresenter::showSeries(const std::string& name)
{
    if (name == m_series)
        return;
    m_series = name;
    m_views.chart->clear();
    if (name.empty())
        return;
    m_workspace.askBars(name, [this, name](Bars bars) {
        if (name != m_series)
            return;
        m_views.chart->setBars(std::move(bars));
        if (m_run.series == m_series)
            askForecasts();
    });
}

void RunPresenter::showRun(std::int64_t id)
{
    if (id == m_run.id)
        return;
    clearRun();
    if (id == 0)
        return;
    m_run.id = id;
    m_workspace.askDetails(id, [this](const std::shared_ptr<const RunDetails>& details) {
        if (details->run.id == m_run.id)
            takeDetails(*details);
    });
}

void RunPresenter::reload(std::int64_t id)
{
    if (id != m_run.id)
        return;
    clearRun();
    showRun(id);
}

ForecastPicture RunPresenter::picture() const
{
    ForecastPicture picture;
    picture.bars = m_views.chart->bars();
    if (m_views.windows->mode() == WindowBar::Mode::Forecast)
        picture.forecast = m_band;
    else
        picture.window = m_window;
    if (m_run.id != 0)
        picture.subtitle = fromUtf8(m_run.name);
    return picture;
}

void RunPresenter::clearRun()
{
    m_run = {};
    m_checkpoint = 0;
    m_hasCurve = false;
    m_dataset.reset();
    m_forecast.reset();
    m_band = {};
    m_window = {};
    m_background.drop(QStringLiteral("dataset"));
    m_background.drop(QStringLiteral("forecast"));
    m_background.drop(QStringLiteral("window"));
    m_views.loss->clear();
    m_views.loss->setRunName({});
    m_views.metrics->clear();
    m_views.comparison->clear();
    m_views.checkpoints->setCheckpoints({});
    m_views.events->setEvents({});
    m_views.windows->setWindowCount(0);
    m_views.windows->setForecastAvailable(false);
    m_views.windows->setNote({});
    drawForecasts();
}

void RunPresenter::takeDetails(const RunDetails& details)
{
    m_run = details.run;
    showStored(details);
    m_hasCurve = true;
    if (isLive()) {
        m_views.loss->appendSteps(m_live.steps());
        m_views.loss->appendValidation(m_live.validations());
    }
    if (m_run.series != m_series)
        emit seriesWanted(m_run.series);
    if (!m_dataset)
        askDataset();
}

void RunPresenter::showStored(const RunDetails& details)
{
    m_views.loss->setRun(fromUtf8(details.run.name), lossPoints(details.steps),
                         lossPoints(details.validations));
    std::optional<double> train, validation, rate;
    if (!details.validations.empty()) {
        train = details.validations.back().trainLoss;
        validation = details.validations.back().validationLoss;
    }
    if (!details.steps.empty())
        rate = details.steps.back().learningRate;
    m_views.metrics->setRun(details.run, train, validation, rate);
    m_views.comparison->setRun(details.run);
    m_views.checkpoints->setCheckpoints(details.checkpoints);
    m_views.events->setEvents(details.events);
}

void RunPresenter::showCheckpoint(const CheckpointRecord& checkpoint)
{
    if (checkpoint.runId != m_run.id || checkpoint.id == m_checkpoint)
        return;
    m_checkpoint = checkpoint.id;
    m_views.windows->setNote(tr("checkpoint of step %1").arg(count(checkpoint.step)));
    m_band = {};
    m_window = {};
    m_forecast.reset();
    askForecasts();
}

void RunPresenter::showForecast()
{
    if (m_run.id == 0) {
        emit failed(Message(TR("engine", "No run is selected. Select one; its weights make the forecast.")));
        return;
    }
    m_views.windows->setMode(WindowBar::Mode::Forecast);
    if (m_band.time.empty() && m_dataset)
        askForecast();
    bringIntoView();
}

std::string RunPresenter::checkpointChoice() const
{
    return m_checkpoint == 0 ? "best" : std::to_string(m_checkpoint);
}

void RunPresenter::askDataset()
{
    m_background.ask(
        QStringLiteral("dataset"),
        [path = m_workspace.path(), run = m_run.name] { return datasetOfRun(path, run); },
        [this](const std::shared_ptr<const Dataset>& dataset) {
            m_dataset = dataset;
            const auto windows = static_cast<qint64>(dataset->validationWindows.size());
            m_views.windows->setWindowCount(windows);
            if (isLive())
                m_job.setShownWindow(windows - 1);
            askForecasts();
        });
}

void RunPresenter::askForecasts()
{
    const bool isChartReady = m_run.series == m_series && m_views.chart->bars().rows() > 0;
    const bool hasWeights = !isLive() || m_views.checkpoints->model()->rowCount() > 0;
    if (!m_dataset || !isChartReady || !hasWeights)
        return;
    if (m_views.windows->mode() == WindowBar::Mode::Forecast)
        askForecast();
    else
        askWindow();
}

void RunPresenter::askForecast()
{
    m_background.ask(
        QStringLiteral("forecast"),
        [path = m_workspace.path(), run = m_run.name, checkpoint = checkpointChoice()] {
            return forecastRun(path, run, checkpoint);
        },
        [this](const FutureForecast& forecast) { takeForecast(forecast); });
}

void RunPresenter::askWindow()
{
    // A live run sends its own window after each validation.
    const qint64 index = m_views.windows->window();
    if (!m_dataset || index < 0 || (isLive() && m_checkpoint == 0))
        return;
    m_background.ask(
        QStringLiteral("window"),
        [path = m_workspace.path(), run = m_run.name, checkpoint = checkpointChoice(), index] {
            return forecastWindow(path, run, checkpoint, Part::Validation, index);
        },
        [this](const WindowForecast& window) { takeWindow(window); });
}

void RunPresenter::takeForecast(const FutureForecast& forecast)
{
    m_forecast = forecast;
    const auto shown = shownChannel(*m_dataset, m_views.chart->bars());
    const std::vector<double> before = m_band.time;
    m_band = shown ? forecastBand(forecast, *shown) : ForecastBand{};
    m_views.windows->setForecastAvailable(true);
    m_views.windows->setNote(shown
                                 ? tr("checkpoint of step %1").arg(count(forecast.step))
                                 : tr("The forecast column is not part of this chart; export it to see it."));
    drawForecasts();
    // Only a forecast of other times moves the view: a person may have zoomed in.
    if (m_band.time != before)
        bringIntoView();
    emit forecastShown();
}

void RunPresenter::takeWindow(const WindowForecast& window)
{
    if (!m_dataset || m_run.series != m_series || window.point.empty())
        return;
    const auto shown = shownChannel(*m_dataset, m_views.chart->bars());
    if (!shown)
        return;
    WindowBand band = windowBand(window, *m_dataset, *shown);
    const bool moved = band.time != m_window.time;
    m_window = std::move(band);
    drawForecasts();
    if (moved)
        bringIntoView();
    emit windowShown();
}

void RunPresenter::drawForecasts()
{
    const bool future = m_views.windows->mode() == WindowBar::Mode::Forecast;
    if (future && !m_band.time.empty())
        m_views.chart->setForecast(m_band);
    else
        m_views.chart->clearForecast();
    if (!future && !m_window.time.empty())
        m_views.chart->setWindowForecast(m_window);
    else
        m_views.chart->clearWindowForecast();
}

void RunPresenter::bringIntoView()
{
    constexpr int lastBars = 160;
    if (m_views.windows->mode() == WindowBar::Mode::Window) {
        if (!m_window.time.empty())
            m_views.chart->showWindowForecast();
    } else if (!m_band.time.empty()) {
        m_views.chart->showLast(lastBars);
    }
}

}  // namespace fc::ui
