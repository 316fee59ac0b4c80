// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QThread>
#include <functional>
#include <memory>
#include <vector>

#include "engine/base/feed.h"
#include "engine/runs/services.h"

namespace fc::ui {

/// A training seen from the screen: one thread around runs/trainRun or resumeRun. Signals arrive on this
/// object's thread; per-step numbers wait in a feed until takeSteps().
class TrainingJob : public QObject {
    Q_OBJECT

public:
    enum class Phase { Idle, Starting, Running, Paused, Ending };
    Q_ENUM(Phase)

    explicit TrainingJob(QObject* parent = nullptr);
    /// Stops after the current step, keeps the run, and waits.
    ~TrainingJob() override;

    Phase phase() const { return m_phase; }
    bool isActive() const { return m_phase != Phase::Idle; }
    /// The run in training, or an empty record before its row exists.
    const RunRecord& run() const { return m_run; }

    /// Expects isActive() to be false.
    void start(const TrainRequest& request);
    /// Continues `run` from `checkpoint` (0 = the newest).
    void resume(const std::filesystem::path& workspace, const std::string& run, std::int64_t checkpoint,
                std::int64_t extraSteps);
    void pause();
    void proceed();
    void stop();
    /// Ends after this step and throws the run away.
    void cancel();
    void setLearningRate(double rate);
    /// The validation window to forecast from now on.
    void setShownWindow(std::int64_t index);

    /// All steps since the last call, thinned when nobody took them for long.
    std::vector<StepNews> takeSteps();

signals:
    void phaseChanged(fc::ui::TrainingJob::Phase phase);
    void started(const fc::RunRecord& run);
    void validated(const fc::ValidationNews& news);
    void checkpointStored(const fc::CheckpointRecord& checkpoint);
    void eventHappened(const fc::EventRecord& event);
    void finished(const fc::RunOutcome& outcome);
    void failed(const fc::Message& message);

private:
    using Body = std::function<RunOutcome(TrainControl&, const RunListener&)>;
    void launch(Body body);
    RunListener listener(quint64 id);
    /// Queues `deliver` for this object's thread; dropped when another training began meanwhile.
    void post(quint64 id, std::function<void()> deliver);
    void setPhase(Phase phase);
    void end();

    std::unique_ptr<QThread> m_thread;
    std::shared_ptr<TrainControl> m_control;
    std::shared_ptr<Feed<StepNews>> m_feed;
    RunRecord m_run;
    Phase m_phase = Phase::Idle;
    quint64 m_id = 0;
};

}  // namespace fc::ui
