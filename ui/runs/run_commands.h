// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <vector>

#include "ui/jobs/training_job.h"
#include "ui/jobs/workspace.h"

class QWidget;

namespace fc::ui {

class CheckpointsPage;
class RunPresenter;
class RunsPage;

/// What a person can ask of stored runs and checkpoints; asks back where something would be lost.
class RunCommands : public QObject {
    Q_OBJECT

public:
    RunCommands(Workspace& workspace, TrainingJob& job, RunPresenter& presenter, RunsPage& runs,
                CheckpointsPage& checkpoints, QWidget* window);

    /// From the newest checkpoint; a finished run is asked how many steps to add.
    void resume(std::int64_t run);
    void remove(const std::vector<std::int64_t>& runs);
    void exportForecast();
    void savePicture();

signals:
    void settingsWanted(const fc::RunRecord& run);
    void done(const QString& sentence);
    void failed(const fc::Message& message);

private:
    void rename(std::int64_t run);
    void tag(std::int64_t run);
    void note(std::int64_t run);
    void exportRuns(const std::vector<std::int64_t>& runs);
    void exportCheckpoint(const CheckpointRecord& checkpoint);
    void removeCheckpoint(const CheckpointRecord& checkpoint);
    void resumeFrom(const CheckpointRecord& checkpoint);
    void start(const RunRecord& run, std::int64_t checkpoint, std::int64_t extraSteps);
    /// `make` runs in the background; its bytes become the file as a whole.
    void writeInBackground(const QString& path, std::function<std::string()> make);
    QString proposal(const QString& name) const;

    Workspace& m_workspace;
    TrainingJob& m_job;
    RunPresenter& m_presenter;
    QWidget* m_window;
    Background m_background{QStringLiteral("export")};
};

}  // namespace fc::ui
