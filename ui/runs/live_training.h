// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QTimer>
#include <vector>

#include "ui/jobs/rate_meter.h"
#include "ui/jobs/training_job.h"
#include "ui/plots/bars.h"

namespace fc::ui {

/// What a running training has said so far, taken from its feed 30 times a second.
class LiveTraining : public QObject {
    Q_OBJECT

public:
    explicit LiveTraining(TrainingJob& job, QObject* parent = nullptr);

    /// 0 when no run trains.
    std::int64_t runId() const;
    const std::vector<LossPoint>& steps() const { return m_steps; }
    const std::vector<LossPoint>& validations() const { return m_validations; }

signals:
    /// New training losses and the state after the last of them.
    void stepped(const std::vector<fc::ui::LossPoint>& points, const fc::StepNews& last,
                 double stepsPerSecond, double secondsLeft);

private:
    void begin();
    void drain();

    TrainingJob& m_job;
    QTimer m_timer;
    RateMeter m_rate;
    std::vector<LossPoint> m_steps;
    std::vector<LossPoint> m_validations;
};

}  // namespace fc::ui
