// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QToolBar>
#include <string>
#include <vector>

#include "engine/store/records.h"

class QComboBox;

namespace fc::ui {

class Actions;

/// The line of the most used actions, with the choice of series and model.
class ToolBar : public QToolBar {
    Q_OBJECT

public:
    explicit ToolBar(Actions& actions, QWidget* parent = nullptr);

    /// The chosen series stays chosen when it is in the list; otherwise none is. Says nothing.
    void setSeries(const std::vector<SeriesRecord>& series);
    /// Empty when there is none.
    std::string series() const;
    /// Says nothing.
    void chooseSeries(const std::string& name);
    std::string model() const;
    /// An unknown id is left aside.
    void chooseModel(const std::string& id);

signals:
    /// A person chose.
    void seriesChosen(const std::string& name);
    /// A person or chooseModel().
    void modelChosen(const std::string& id);

private:
    QComboBox* addChooser(const QString& name, const QString& label, const QString& help);
    void addIconAction(QAction* action);

    QComboBox* m_series;
    QComboBox* m_model;
};

}  // namespace fc::ui
