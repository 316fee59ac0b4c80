// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <vector>

class QDockWidget;
class QMenu;
class QMenuBar;

namespace fc::ui {

class Actions;
class Theme;

/// The menu bar of the window.
class Menus : public QObject {
    Q_OBJECT

public:
    Menus(QMenuBar& bar, Actions& actions, Theme& theme, const std::vector<QDockWidget*>& docks);

    void setRecent(const QStringList& paths);
    /// For what is made from lists of the engine.
    QMenu& data() const { return *m_data; }
    QMenu* recipeMenu() const { return m_recipe; }

signals:
    void recentRequested(const QString& path);

private:
    void addThemes(QMenu& view);

    Theme& m_theme;
    QMenu* m_recent;
    QMenu* m_data;
    QMenu* m_recipe;
};

}  // namespace fc::ui
