// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/jobs/training_job.h"

#include <new>

namespace fc::ui {

TrainingJob::TrainingJob(QObject* parent) : QObject(parent) {}

TrainingJob::~TrainingJob()
{
    ++m_id;
    if (m_control)
        m_control->stop();
    if (m_thread)
        m_thread->wait();
}

void TrainingJob::start(const TrainRequest& request)
{
    launch([request](TrainControl& control, const RunListener& news) {
        return trainRun(request, control, news);
    });
}

void TrainingJob::resume(const std::filesystem::path& workspace, const std::string& run,
                         std::int64_t checkpoint, std::int64_t extraSteps)
{
    launch([=](TrainControl& control, const RunListener& news) {
        return resumeRun(workspace, run, checkpoint, extraSteps, control, news);
    });
}

void TrainingJob::launch(Body body)
{
    Q_ASSERT(!isActive());
    const quint64 id = ++m_id;
    m_control = std::make_shared<TrainControl>();
    m_feed = std::make_shared<Feed<StepNews>>();
    m_run = {};
    const auto fail = [this, id](const Message& message) {
        post(id, [this, message] {
            end();
            emit failed(message);
        });
    };
    m_thread.reset(QThread::create([this, id, fail, body = std::move(body), control = m_control,
                                    news = listener(id)] {
        try {
            const RunOutcome outcome = body(*control, news);
            post(id, [this, outcome] {
                end();
                emit finished(outcome);
            });
        } catch (const Error& error) {
            fail(error.message());
        } catch (const std::bad_alloc&) {
            fail(Message(TR(
                "engine", "There is not enough memory for this training. Choose a smaller model or batch.")));
        } catch (const std::exception& error) {
            fail(Message(TR("engine", "The training could not go on: %1."), error.what()));
        }
    }));
    m_thread->setObjectName(QStringLiteral("training"));
    setPhase(Phase::Starting);
    m_thread->start();
}

RunListener TrainingJob::listener(quint64 id)
{
    RunListener news;
    news.started = [this, id](const RunRecord& run) {
        post(id, [this, run] {
            m_run = run;
            if (m_phase == Phase::Starting)
                setPhase(Phase::Running);
            emit started(run);
        });
    };
    news.step = [feed = m_feed](const StepNews& step) { feed->push(step); };
    news.validation = [this, id](const ValidationNews& validation) {
        post(id, [this, validation] { emit validated(validation); });
    };
    news.checkpoint = [this, id](const CheckpointRecord& checkpoint) {
        post(id, [this, checkpoint] { emit checkpointStored(checkpoint); });
    };
    news.event = [this, id](const EventRecord& event) {
        post(id, [this, event] { emit eventHappened(event); });
    };
    return news;
}

void TrainingJob::post(quint64 id, std::function<void()> deliver)
{
    QMetaObject::invokeMethod(
        this,
        [this, id, deliver = std::move(deliver)] {
            if (id == m_id)
                deliver();
        },
        Qt::QueuedConnection);
}

void TrainingJob::pause()
{
    if (m_phase != Phase::Running)
        return;
    m_control->pause();
    setPhase(Phase::Paused);
}

void TrainingJob::proceed()
{
    if (m_phase != Phase::Paused)
        return;
    m_control->resume();
    setPhase(Phase::Running);
}

void TrainingJob::stop()
{
    if (!isActive())
        return;
    m_control->stop();
    setPhase(Phase::Ending);
}

void TrainingJob::cancel()
{
    if (!isActive())
        return;
    m_control->cancel();
    setPhase(Phase::Ending);
}

void TrainingJob::setLearningRate(double rate)
{
    if (isActive())
        m_control->setLearningRate(rate);
}

void TrainingJob::setShownWindow(std::int64_t index)
{
    if (isActive())
        m_control->setShownWindow(index);
}

std::vector<StepNews> TrainingJob::takeSteps()
{
    return m_feed ? m_feed->drain() : std::vector<StepNews>{};
}

void TrainingJob::setPhase(Phase phase)
{
    if (m_phase == phase)
        return;
    m_phase = phase;
    emit phaseChanged(phase);
}

void TrainingJob::end()
{
    m_thread->wait();
    setPhase(Phase::Idle);
}

}  // namespace fc::ui
