// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/runs/live_training.h"

namespace fc::ui {
namespace {

constexpr int frameMs = 33;

}  // namespace

LiveTraining::LiveTraining(TrainingJob& job, QObject* parent) : QObject(parent), m_job(job)
{
    m_timer.setInterval(frameMs);
    connect(&m_timer, &QTimer::timeout, this, &LiveTraining::drain);
    connect(&job, &TrainingJob::phaseChanged, this, [this](TrainingJob::Phase phase) {
        switch (phase) {
            case TrainingJob::Phase::Starting:
                begin();
                break;
            case TrainingJob::Phase::Idle:
                drain();
                m_timer.stop();
                break;
            case TrainingJob::Phase::Running:
            case TrainingJob::Phase::Paused:
                m_rate.reset();  // a pause must not count as slowness
                break;
            case TrainingJob::Phase::Ending:
                break;
        }
    });
    connect(&job, &TrainingJob::validated, this, [this](const ValidationNews& news) {
        m_validations.push_back({static_cast<double>(news.step), news.validationLoss});
    });
}

std::int64_t LiveTraining::runId() const
{
    return m_job.isActive() ? m_job.run().id : 0;
}

void LiveTraining::begin()
{
    m_steps.clear();
    m_validations.clear();
    m_rate.reset();
    m_timer.start();
}

void LiveTraining::drain()
{
    const std::vector<StepNews> news = m_job.takeSteps();
    if (news.empty())
        return;
    std::vector<LossPoint> points;
    points.reserve(news.size());
    for (const StepNews& step : news)
        points.push_back({static_cast<double>(step.step), step.loss});
    m_steps.insert(m_steps.end(), points.begin(), points.end());
    const StepNews& last = news.back();
    m_rate.add(last.step);
    const double rate = m_rate.stepsPerSecond();
    emit stepped(points, last, rate, static_cast<double>(last.totalSteps - last.step) / rate);
}

}  // namespace fc::ui
