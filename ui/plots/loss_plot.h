// SPDX-License-Identifier: GPL-3.0-or-later
// The plot inside LossChart and loss pictures. Included by ui/plots and its tests.
#pragma once

#include <QTimer>
#include <vector>

#include "ui/plots/caption.h"
#include "ui/plots/chart_plot.h"
#include "ui/plots/loss_curve.h"
#include "ui/plots/shapes.h"

namespace fc::ui {

class LossPlot : public ChartPlot {
    Q_OBJECT
public:
    explicit LossPlot(QWidget* parent = nullptr);

    void appendSteps(const std::vector<LossPoint>& points);
    void appendValidation(const std::vector<LossPoint>& points);
    void clear();
    void setSmoothing(double weight);
    void setLogScale(bool on);
    /// All steps; goes on with new ones until the person moves the view.
    void fit() override;

    const LossCurve& train() const { return m_train; }
    const LossCurve& validation() const { return m_validation; }
    bool logScale() const { return m_logScale; }
    QCPRange stepRange() const { return across()->range(); }
    QCPRange lossRange() const { return m_loss->range(); }
    /// Segments and columns of the last drawing.
    qsizetype drawnShapes() const { return m_drawnShapes; }

    std::vector<Piece> key() const;
    /// Values at the step nearest to `step`, or the latest.
    std::vector<Piece> readOut(std::optional<double> step) const;

protected:
    bool isEmpty() const override { return m_train.size() == 0 && m_validation.size() == 0; }
    QRect dataArea() const override { return axisRect()->rect(); }
    /// Last step.
    double end() const override;
    QCPRange allowed(QCPRange range) const override;
    void fitValues() override;
    void drawCursor(QCPPainter& painter, const QPointF& cursor) const override;
    void moved() override { m_following = false; }

private:
    /// One redraw for all that happens within a thirtieth of a second.
    void refreshSoon();
    void refresh();
    bool drawsLogarithmic() const;

    void drawCurves(QCPPainter& painter);
    void drawBest(QCPPainter& painter) const;

    LossCurve m_train;
    LossCurve m_validation;
    QTimer m_timer;
    bool m_logScale = false;
    bool m_following = true;
    qsizetype m_drawnShapes = 0;
    QCPAxis* m_loss = nullptr;
};

}  // namespace fc::ui
