// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAction>
#include <QObject>
#include <vector>

namespace fc::ui {

/// Every action of the window: text, icon, shortcut and help in one place; menus, tool bar and the list of
/// shortcuts are made from these.
class Actions : public QObject {
    Q_OBJECT

public:
    explicit Actions(QWidget* window);

    QAction* newWorkspace;
    QAction* openWorkspace;
    QAction* import;
    QAction* exportSeries;
    QAction* exportForecast;
    QAction* savePicture;
    QAction* quit;
    QAction* addSamples;
    QAction* deleteSeries;
    QAction* exploreSeries;
    QAction* undo;
    QAction* redo;
    QAction* paste;
    QAction* openRecipe;
    QAction* saveRecipe;
    QAction* saveRecipeAs;
    QAction* importRecipe;
    QAction* exportRecipe;
    QAction* applyRecipe;
    QAction* auditRecipe;
    QAction* deleteRecipe;
    QAction* train;
    QAction* pause;
    QAction* stop;
    QAction* cancel;
    QAction* resume;
    QAction* forecast;
    QAction* deleteRun;
    QAction* filterRuns;
    QAction* fit;
    QAction* toggleTheme;
    QAction* blueOrange;
    QAction* fullScreen;
    QAction* resetLayout;
    QAction* shortcuts;
    QAction* about;
    QAction* aboutQt;

    /// In the order of the menus.
    const std::vector<QAction*>& all() const { return m_all; }

private:
    QAction* add(const QString& iconName, const QString& text, const QKeySequence& key, const QString& help);
    void addDataActions();
    void addEditActions();
    void addRecipeActions();
    void addTrainingActions();
    void addViewActions();

    QWidget* m_window;
    std::vector<QAction*> m_all;
};

}  // namespace fc::ui
