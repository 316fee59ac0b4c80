// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

#include "engine/training/train.h"

class QLabel;
class QProgressBar;
class QStatusBar;

namespace fc::ui {

/// The bottom line of the window: what goes on, and how far a training is.
class StatusLine : public QObject {
    Q_OBJECT

public:
    explicit StatusLine(QStatusBar& bar);

    void setMessage(const QString& text);
    void setBusy(bool busy);
    void setStep(const StepNews& news, double stepsPerSecond, double secondsLeft);
    void clearProgress();

private:
    QLabel* m_message;
    QLabel* m_busy;
    QLabel* m_step;
    QProgressBar* m_progress;
};

}  // namespace fc::ui
