// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/runs/run_commands.h"

#include <QDir>
#include <algorithm>

#include "engine/base/atomic_file.h"
#include "ui/main/ask.h"
#include "ui/plots/picture.h"
#include "ui/plots/price_chart.h"
#include "ui/runs/run_pages.h"
#include "ui/runs/run_presenter.h"
#include "ui/runs/runs_page.h"
#include "ui/text/text.h"

namespace fc::ui {
namespace {

constexpr int noteLimit = 200;

}  // namespace

RunCommands::RunCommands(Workspace& workspace, TrainingJob& job, RunPresenter& presenter, RunsPage& runs,
                         CheckpointsPage& checkpoints, QWidget* window)
    : QObject(window), m_workspace(workspace), m_job(job), m_presenter(presenter), m_window(window)
{
    connect(&m_background, &Background::failed, this, &RunCommands::failed);
    connect(&runs, &RunsPage::resumeRequested, this, &RunCommands::resume);
    connect(&runs, &RunsPage::renameRequested, this, &RunCommands::rename);
    connect(&runs, &RunsPage::tagRequested, this, &RunCommands::tag);
    connect(&runs, &RunsPage::noteRequested, this, &RunCommands::note);
    connect(&runs, &RunsPage::exportRequested, this, &RunCommands::exportRuns);
    connect(&runs, &RunsPage::deleteRequested, this, &RunCommands::remove);
    connect(&runs, &RunsPage::settingsRequested, this, [this](std::int64_t id) {
        if (const RunRecord* run = m_workspace.findRun(id))
            emit settingsWanted(*run);
    });
    connect(&checkpoints, &CheckpointsPage::exportRequested, this, &RunCommands::exportCheckpoint);
    connect(&checkpoints, &CheckpointsPage::resumeRequested, this, &RunCommands::resumeFrom);
    connect(&checkpoints, &CheckpointsPage::deleteRequested, this, &RunCommands::removeCheckpoint);
}

QString RunCommands::proposal(const QString& name) const
{
    QString file = name;
    for (QChar& c : file)
        if (!c.isLetterOrNumber() && c != u'-' && c != u'_' && c != u'.')
            c = u'_';
    return QDir(fromPath(m_workspace.path().parent_path())).filePath(file);
}

void RunCommands::start(const RunRecord& run, std::int64_t checkpoint, std::int64_t extraSteps)
{
    if (m_job.isActive()) {
        emit failed(
            Message(TR("engine", "Another run is training in this window. Stop it before resuming \"%1\"."),
                    run.name));
        return;
    }
    m_job.resume(m_workspace.path(), run.name, checkpoint, extraSteps);
}

void RunCommands::resume(std::int64_t id)
{
    const RunRecord* run = m_workspace.findRun(id);
    if (!run)
        return;
    if (run->state != RunState::Finished) {
        start(*run, 0, 0);
        return;
    }
    askText(m_window, tr("Resume a finished run"),
            tr("\"%1\" has done all its steps. How many more?").arg(fromUtf8(run->name)),
            QString::number(std::max<std::int64_t>(run->steps / 2, 1)),
            [this, run = *run](const QString& text) {
                const qlonglong more = text.trimmed().toLongLong();
                if (more > 0)
                    start(run, 0, more);
                else
                    emit failed(Message(
                        TR("engine", "The number of steps must be a whole number above 0, not \"%1\"."),
                        toUtf8(text)));
            });
}

void RunCommands::resumeFrom(const CheckpointRecord& checkpoint)
{
    const RunRecord* run = m_workspace.findRun(checkpoint.runId);
    if (!run)
        return;
    const QString text =
        tr("Train \"%1\" again from step %2? Its losses and checkpoints after that step are replaced.")
            .arg(fromUtf8(run->name), count(checkpoint.step));
    askConfirmation(
        m_window, tr("Resume from a checkpoint"), text, tr("Resume"), [this, run = *run, checkpoint] {
            // At the planned end there is nothing left to do; as many steps again are then a sensible choice.
            const std::int64_t more =
                checkpoint.step >= run.totalSteps ? std::max<std::int64_t>(run.totalSteps / 2, 1) : 0;
            start(run, checkpoint.id, more);
        });
}

void RunCommands::rename(std::int64_t id)
{
    const RunRecord* run = m_workspace.findRun(id);
    if (run)
        askText(m_window, tr("Rename run"), tr("Name of the run"), fromUtf8(run->name),
                [this, id](const QString& name) {
                    m_workspace.change(
                        [id, name = toUtf8(name.trimmed())](Store& store) { store.renameRun(id, name); });
                });
}

void RunCommands::tag(std::int64_t id)
{
    const RunRecord* run = m_workspace.findRun(id);
    if (!run)
        return;
    QStringList tags;
    for (const std::string& each : run->tags)
        tags << fromUtf8(each);
    askText(m_window, tr("Tags"), tr("Tags of %1, with commas between them").arg(fromUtf8(run->name)),
            tags.join(QStringLiteral(", ")), [this, run = *run](const QString& text) {
                std::vector<std::string> wanted;
                for (const QString& each : text.split(u',', Qt::SkipEmptyParts))
                    if (!each.trimmed().isEmpty())
                        wanted.push_back(toUtf8(each.trimmed()));
                m_workspace.change([run, wanted](Store& store) {
                    store.transaction([&] {
                        for (const std::string& old : run.tags)
                            store.removeTag(run.id, old);
                        for (const std::string& each : wanted)
                            store.addTag(run.id, each);
                    });
                });
            });
}

void RunCommands::note(std::int64_t id)
{
    const RunRecord* run = m_workspace.findRun(id);
    if (run)
        askText(m_window, tr("Note"), tr("Note on %1").arg(fromUtf8(run->name)), fromUtf8(run->note),
                [this, id](const QString& text) {
                    m_workspace.change(
                        [id, text = toUtf8(text.left(noteLimit))](Store& store) { store.setNote(id, text); });
                });
}

void RunCommands::remove(const std::vector<std::int64_t>& ids)
{
    if (ids.empty())
        return;
    const RunRecord* first = m_workspace.findRun(ids.front());
    const QString text =
        ids.size() == 1 && first
            ? tr("Delete \"%1\" with its losses and checkpoints? This cannot be undone.")
                  .arg(fromUtf8(first->name))
            : tr("Delete %Ln run(s) with their losses and checkpoints? This cannot be undone.", nullptr,
                 static_cast<int>(ids.size()));
    askConfirmation(m_window, tr("Delete runs"), text, tr("Delete"), [this, ids] {
        m_workspace.change([ids](Store& store) {
            store.transaction([&] {
                for (const std::int64_t id : ids)
                    store.deleteRun(id);
            });
        });
    });
}

void RunCommands::removeCheckpoint(const CheckpointRecord& checkpoint)
{
    const QString text =
        tr("Delete the checkpoint of step %1? This cannot be undone.").arg(count(checkpoint.step));
    askConfirmation(m_window, tr("Delete checkpoint"), text, tr("Delete"), [this, checkpoint] {
        m_workspace.change([id = checkpoint.id](Store& store) { store.deleteCheckpoint(id); },
                           [this, run = checkpoint.runId] { m_presenter.reload(run); });
    });
}

void RunCommands::writeInBackground(const QString& path, std::function<std::string()> make)
{
    m_background.ask(
        QString(), [path = toPath(path), make = std::move(make)] { writeFile(path, make()); },
        [this, path] { emit done(tr("Written: %1").arg(QDir::toNativeSeparators(path))); });
}

void RunCommands::exportRuns(const std::vector<std::int64_t>& ids)
{
    std::vector<RunRecord> runs;
    for (const std::int64_t id : ids)
        if (const RunRecord* run = m_workspace.findRun(id))
            runs.push_back(*run);
    askSaveFile(
        m_window, tr("Export runs"), proposal(QStringLiteral("runs.csv")), tr("CSV (*.csv)"),
        [this, runs](const QString& path) { writeInBackground(path, [runs] { return runsCsv(runs); }); });
}

void RunCommands::exportCheckpoint(const CheckpointRecord& checkpoint)
{
    const RunRecord* run = m_workspace.findRun(checkpoint.runId);
    const QString name = QStringLiteral("%1-step-%2.safetensors")
                             .arg(run ? fromUtf8(run->name) : QString())
                             .arg(checkpoint.step);
    askSaveFile(m_window, tr("Export checkpoint"), proposal(name), tr("Safetensors (*.safetensors)"),
                [this, id = checkpoint.id](const QString& path) {
                    writeInBackground(path, [workspace = m_workspace.path(), id] {
                        return Store::open(workspace, Store::Mode::ReadOnly).checkpointBytes(id);
                    });
                });
}

void RunCommands::exportForecast()
{
    const auto& forecast = m_presenter.forecast();
    if (!forecast) {
        emit failed(
            Message(TR("engine", "There is no forecast to export yet. Select a run and choose Forecast.")));
        return;
    }
    askSaveFile(m_window, tr("Export forecast"),
                proposal(fromUtf8(forecast->run) + QStringLiteral("-forecast.csv")), tr("CSV (*.csv)"),
                [this, forecast = *forecast](const QString& path) {
                    writeInBackground(path, [forecast] { return forecastCsv(forecast); });
                });
}

void RunCommands::savePicture()
{
    ForecastPicture picture = m_presenter.picture();
    if (picture.bars.rows() == 0) {
        emit failed(Message(TR("engine", "There is no chart to save yet. Choose a series first.")));
        return;
    }
    askSaveFile(m_window, tr("Save picture"), proposal(picture.bars.title + QStringLiteral(".png")),
                tr("PNG (*.png);;SVG (*.svg);;PDF (*.pdf)"), [this, picture](const QString& path) {
                    try {
                        fc::ui::savePicture(picture, path);
                        emit done(tr("Written: %1").arg(QDir::toNativeSeparators(path)));
                    } catch (const Error& error) {
                        emit failed(error.message());
                    }
                });
}

}  // namespace fc::ui
