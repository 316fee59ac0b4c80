// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <array>
#include <optional>

#include "engine/store/records.h"
#include "engine/training/train.h"

class QGridLayout;
class QLabel;
class QLineEdit;

namespace fc::ui {

/// Where a run stands, as large numbers; the learning rate can be changed while it trains.
class MetricsPanel : public QWidget {
    Q_OBJECT

public:
    explicit MetricsPanel(QWidget* parent = nullptr);

    void clear();
    /// A run as stored.
    void setRun(const RunRecord& run, std::optional<double> trainLoss, std::optional<double> validationLoss,
                std::optional<double> learningRate);
    void setStep(const StepNews& news, double stepsPerSecond, double secondsLeft);
    void setValidation(const ValidationNews& news);
    /// Whether the learning rate can be changed.
    void setEditable(bool editable);

signals:
    void learningRateRequested(double rate);

private:
    enum Card { TrainLoss, ValidationLoss, Best, Step, Rate, Left, CardCount };
    QLabel* addCard(QGridLayout& grid, int place, const QString& name, const QString& help);
    void addRateCard(QGridLayout& grid);
    void takeRate();
    void showRate(double rate);

    std::array<QLabel*, CardCount> m_values{};
    QLineEdit* m_rate = nullptr;
    QLabel* m_rateProblem = nullptr;
    double m_best = 0;
    bool m_hasBest = false;
};

}  // namespace fc::ui
