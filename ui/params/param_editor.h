// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "engine/params/params.h"

class QLabel;
class QToolButton;

namespace fc::ui {

/// One parameter: an editor for its type, a mark and a reset button when it differs from the default, and
/// under it what is wrong with the value. Text and numbers are typed freely, so that a wrong value can be
/// seen and explained.
class ParamEditor : public QWidget {
    Q_OBJECT

public:
    explicit ParamEditor(const Param& param, QWidget* parent = nullptr);

    const Param& param() const { return m_param; }
    /// What was entered; the default where the text is no value of the type.
    const ParamValue& value() const { return m_value; }
    void setValue(const ParamValue& value);
    void reset() { setValue(m_param.defaultValue); }
    bool isChanged() const { return m_value != m_param.defaultValue; }
    /// The sentence shown under the editor; empty = all is well.
    const QString& problem() const { return m_problem; }
    /// The widget that takes the focus.
    QWidget* field() const { return m_field; }

signals:
    void changed();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    QWidget* makeField();
    QWidget* makeText();
    void showValue();
    void takeText(const QString& text);
    void take(const ParamValue& value);
    void check();
    void showState();

    Param m_param;
    ParamValue m_value;
    QString m_problem;
    QWidget* m_field = nullptr;
    QToolButton* m_reset = nullptr;
    QLabel* m_problemLabel = nullptr;
    bool m_showing = false;
};

/// What a person reads when pointing at a parameter: help, range, default.
QString paramHelp(const Param& param);

}  // namespace fc::ui
