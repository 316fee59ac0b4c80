// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <memory>
#include <optional>

#include "ui/jobs/background.h"
#include "ui/jobs/training_job.h"
#include "ui/jobs/workspace.h"
#include "ui/plots/bars.h"
#include "ui/plots/picture.h"
#include "ui/runs/window_bar.h"

namespace fc::ui {

class CheckpointsPage;
class ComparisonPanel;
class EventsPage;
class LiveTraining;
class LossChart;
class MetricsPanel;
class PriceChart;

/// Shows the chosen run everywhere: its curves, numbers, checkpoints, events and forecasts, stored or live.
/// Forecasts are computed on a background thread.
class RunPresenter : public QObject {
    Q_OBJECT

public:
    struct Views {
        PriceChart* chart;
        LossChart* loss;
        MetricsPanel* metrics;
        ComparisonPanel* comparison;
        CheckpointsPage* checkpoints;
        EventsPage* events;
        WindowBar* windows;
    };

    RunPresenter(Workspace& workspace, TrainingJob& job, LiveTraining& live, const Views& views,
                 QObject* parent = nullptr);

    /// Empty: no series.
    void showSeries(const std::string& name);
    const std::string& shownSeries() const { return m_series; }
    /// 0: no run.
    void showRun(std::int64_t id);
    std::int64_t shownRun() const { return m_run.id; }
    /// Reads the run anew when it is the shown one.
    void reload(std::int64_t id);
    /// Uses these weights for the forecasts from now on.
    void showCheckpoint(const CheckpointRecord& checkpoint);
    /// The forecast from the end of the data, brought into view.
    void showForecast();

    /// Of the shown run and checkpoint, once it is computed.
    const std::optional<FutureForecast>& forecast() const { return m_forecast; }
    /// What the chart shows now.
    ForecastPicture picture() const;
    bool isBusy() const { return m_background.isBusy(); }

signals:
    /// The run was trained on another series than the shown one.
    void seriesWanted(const std::string& name);
    void forecastShown();
    void windowShown();
    void busyChanged(bool busy);
    void failed(const fc::Message& message);

private:
    void connectLive();
    void clearRun();
    void takeDetails(const RunDetails& details);
    void showStored(const RunDetails& details);
    void askDataset();
    void askForecasts();
    void askForecast();
    void askWindow();
    void takeForecast(const FutureForecast& forecast);
    void takeWindow(const WindowForecast& window);
    void drawForecasts();
    void bringIntoView();
    void onStarted(const RunRecord& run);
    void onCheckpoint();
    void onEnded();
    void onValidated(const ValidationNews& news);
    bool isLive() const;
    std::string checkpointChoice() const;

    Workspace& m_workspace;
    TrainingJob& m_job;
    LiveTraining& m_live;
    Views m_views;
    std::string m_series;
    RunRecord m_run;
    bool m_hasCurve = false;  // the stored curve is shown; live points go on from there
    std::int64_t m_checkpoint = 0;
    std::shared_ptr<const Dataset> m_dataset;
    std::optional<FutureForecast> m_forecast;
    ForecastBand m_band;
    WindowBand m_window;
    Background m_background{QStringLiteral("forecasts")};  // last: ends before what its answers use
};

}  // namespace fc::ui
