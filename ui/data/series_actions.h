// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <functional>
#include <string>
#include <vector>

#include "engine/runs/transform_series.h"
#include "ui/jobs/workspace.h"

class QAction;
class QMenu;
class QWidget;

namespace fc::ui {

/// What a person can do with the shown series: check it, transform it, take a transform back. The work runs
/// in the background; each transform's dialog comes from its schema.
class SeriesActions : public QObject {
    Q_OBJECT

public:
    /// `series` names the series that is meant, empty for none.
    SeriesActions(Workspace& workspace, std::function<std::string()> series, QWidget* window);

    /// Puts its actions into a menu.
    void addTo(QMenu& menu) const;
    void setEnabled(bool enabled);
    const std::vector<QAction*>& actions() const { return m_actions; }

    void check();
    void transform(const std::string& id);
    void undo();

signals:
    void stored(const std::string& name);
    void done(const QString& sentence);
    void failed(const fc::Message& message);

private:
    void add(const QString& iconName, const QString& text, const QString& help, std::function<void()> act);
    /// The series that is meant; without one, says so.
    std::string shown();
    void run(const TransformRequest& request);
    void finish(const TransformOutcome& outcome);

    Workspace& m_workspace;
    std::function<std::string()> m_series;
    QWidget* m_window;
    std::vector<QAction*> m_actions;
    Background m_background{QStringLiteral("series")};  // last: ends before what its answers use
};

}  // namespace fc::ui
