// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/data/series_actions.h"

#include <QAction>
#include <QMenu>

#include "ui/data/check_report.h"
#include "ui/data/transform_dialog.h"
#include "ui/text/text.h"
#include "ui/theme/icon.h"

namespace fc::ui {

SeriesActions::SeriesActions(Workspace& workspace, std::function<std::string()> series, QWidget* window)
    : QObject(window), m_workspace(workspace), m_series(std::move(series)), m_window(window)
{
    connect(&m_background, &Background::failed, this, &SeriesActions::failed);
    add(QStringLiteral("search"), tr("&Check…"), tr("Look for odd rows and gaps in the shown series"),
        [this] { check(); });
    for (const SeriesTransform& each : seriesTransforms())
        add({}, tr("%1…").arg(engineText(each.label)), engineText(each.help),
            [this, id = each.id] { transform(id); });
    add(QStringLiteral("undo"), tr("&Undo the last transform"), tr("Bring back the series as it was before"),
        [this] { undo(); });
}

void SeriesActions::add(const QString& iconName, const QString& text, const QString& help,
                        std::function<void()> act)
{
    auto* action = new QAction(text, this);
    if (!iconName.isEmpty())
        action->setIcon(icon(iconName));
    action->setStatusTip(help);
    action->setToolTip(plainToolTip(help));
    connect(action, &QAction::triggered, this, std::move(act));
    m_actions.push_back(action);
}

void SeriesActions::addTo(QMenu& menu) const
{
    menu.addSeparator();
    for (QAction* action : m_actions)
        menu.addAction(action);
}

void SeriesActions::setEnabled(bool enabled)
{
    for (QAction* action : m_actions)
        action->setEnabled(enabled);
}

std::string SeriesActions::shown()
{
    std::string name = m_series();
    if (name.empty())
        emit failed(
            Message(TR("engine", "The workspace has no series yet. Import one, or add the sample data.")));
    return name;
}

void SeriesActions::check()
{
    const std::string name = shown();
    if (name.empty())
        return;
    m_background.ask(
        QStringLiteral("check"), [path = m_workspace.path(), name] { return checkStoredSeries(path, name); },
        [this, name](const SeriesReport& report) {
            auto* dialog = new CheckReport(report, m_window);
            dialog->setAttribute(Qt::WA_DeleteOnClose);
            connect(dialog, &CheckReport::applied, this, [this, name](const std::string& remedies) {
                run({m_workspace.path(), name, "repair", {{"remedies", remedies}}, {}});
            });
            dialog->open();
        });
}

void SeriesActions::transform(const std::string& id)
{
    const std::string name = shown();
    if (name.empty())
        return;
    std::vector<std::string> others;
    for (const SeriesRecord& record : m_workspace.series())
        if (record.name != name)
            others.push_back(record.name);
    auto* dialog =
        new TransformDialog(seriesTransform(id), {m_workspace.path(), name, id, {}, {}}, others, m_window);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &TransformDialog::confirmed, this, &SeriesActions::run);
    dialog->open();
}

void SeriesActions::run(const TransformRequest& request)
{
    m_background.ask(
        QString(), [request] { return transformSeries(request); },
        [this](const TransformOutcome& outcome) { finish(outcome); });
}

void SeriesActions::undo()
{
    const std::string name = shown();
    if (name.empty())
        return;
    m_background.ask(
        QString(), [path = m_workspace.path(), name] { return undoTransform(path, name); },
        [this](const TransformOutcome& outcome) { finish(outcome); });
}

void SeriesActions::finish(const TransformOutcome& outcome)
{
    m_workspace.refresh();
    QStringList sentences;
    if (!outcome.isGone)
        sentences += tr("\"%1\" has %Ln row(s).", nullptr, static_cast<int>(outcome.record.rows))
                         .arg(fromUtf8(outcome.record.name));
    for (const Message& note : outcome.notes)
        sentences += sentence(note);
    emit done(sentences.join(u' '));
    if (!outcome.isGone)
        emit stored(outcome.record.name);
}

}  // namespace fc::ui
