// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QLabel;
class QSlider;
class QSpinBox;
class QToolButton;

namespace fc::ui {

/// Under the chart: whether it shows the forecast from the end of the data or one validation window, and
/// which.
class WindowBar : public QWidget {
    Q_OBJECT

public:
    enum class Mode { Forecast, Window };

    explicit WindowBar(QWidget* parent = nullptr);

    Mode mode() const;
    void setMode(Mode mode);
    /// Windows 0 … count-1 can be chosen; 0 hides the choice.
    void setWindowCount(qint64 count);
    qint64 windowCount() const { return m_count; }
    /// -1 without windows.
    qint64 window() const;
    void setWindow(qint64 index);
    void setForecastAvailable(bool available);
    void setNote(const QString& text);

signals:
    void modeChanged(fc::ui::WindowBar::Mode mode);
    /// A person chose another window.
    void windowChanged(qint64 index);
    void exportRequested();
    void pictureRequested();

private:
    void showState();

    QToolButton* m_forecast;
    QToolButton* m_validation;
    QSlider* m_slider;
    QSpinBox* m_spin;
    QLabel* m_of;
    QLabel* m_note;
    QToolButton* m_export;
    QToolButton* m_picture;
    qint64 m_count = 0;
};

}  // namespace fc::ui
