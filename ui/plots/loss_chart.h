// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <optional>
#include <vector>

#include "ui/plots/bars.h"

class QCheckBox;
class QLabel;
class QSlider;

namespace fc::ui {

class Caption;
class LossPlot;

/// Training loss, raw and smoothed, and validation loss with its best point marked. Fed in batches while a
/// run trains, or once for a stored run; redraws at most 30 times a second. Mouse: wheel zooms along the
/// steps, drag moves, double click shows all and follows again.
class LossChart : public QWidget {
    Q_OBJECT
public:
    explicit LossChart(QWidget* parent = nullptr);

    /// Adds points in order of step. A step that is there already throws away what lies at and after it, as a
    /// resumed run writes those anew.
    void appendSteps(const std::vector<LossPoint>& points);
    void appendValidation(const std::vector<LossPoint>& points);
    /// Shows a stored run instead of what was there.
    void setRun(const QString& name, const std::vector<LossPoint>& steps,
                const std::vector<LossPoint>& validation);
    void clear();
    /// Shown at the left of the header; empty for none.
    void setRunName(const QString& name);
    /// Shown in the middle while there are no points.
    void setEmptyText(const QString& text);

    /// Weight of the past in the moving average, 0 (none) ... 0.999.
    void setSmoothing(double weight);
    double smoothing() const;
    void setLogScale(bool on);
    bool logScale() const;
    /// All steps, and on with new ones.
    void fit();

    QSize sizeHint() const override { return {900, 240}; }
    QSize minimumSizeHint() const override { return {280, 140}; }

signals:
    void smoothingChanged(double weight);
    void logScaleChanged(bool on);

protected:
    void changeEvent(QEvent* event) override;
    void showEvent(QShowEvent* event) override;

private:
    void restyle();
    void readOut(std::optional<double> step);

    LossPlot* m_plot;
    QLabel* m_title;
    Caption* m_values;
    QSlider* m_smoothing;
    QCheckBox* m_log;
    std::optional<double> m_step;  ///< under the mouse
};

}  // namespace fc::ui
