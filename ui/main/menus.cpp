// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/main/menus.h"

#include <QActionGroup>
#include <QDir>
#include <QDockWidget>
#include <QMenuBar>

#include "ui/main/actions.h"
#include "ui/theme/icon.h"
#include "ui/theme/theme.h"

namespace fc::ui {
namespace {

/// nullptr is a separator.
QMenu* fill(QMenu* menu, std::initializer_list<QAction*> actions)
{
    for (QAction* action : actions)
        if (action)
            menu->addAction(action);
        else
            menu->addSeparator();
    return menu;
}

}  // namespace

Menus::Menus(QMenuBar& bar, Actions& a, Theme& theme, const std::vector<QDockWidget*>& docks)
    : QObject(&bar), m_theme(theme)
{
    QMenu* file = fill(bar.addMenu(tr("&File")), {a.newWorkspace, a.openWorkspace});
    m_recent = file->addMenu(icon(QStringLiteral("folder")), tr("&Recent workspaces"));
    fill(file, {nullptr, a.import, nullptr, a.exportForecast, a.savePicture, nullptr, a.quit});
    fill(bar.addMenu(tr("&Edit")), {a.undo, a.redo, nullptr, a.paste});
    m_recipe = fill(bar.addMenu(tr("&Recipe")),
                    {a.openRecipe, a.saveRecipe, a.saveRecipeAs, nullptr, a.importRecipe, a.exportRecipe,
                     nullptr, a.applyRecipe, a.auditRecipe, nullptr, a.deleteRecipe});
    m_data = fill(bar.addMenu(tr("&Data")),
                  {a.addSamples, a.exploreSeries, nullptr, a.exportSeries, a.deleteSeries});
    fill(bar.addMenu(tr("&Training")), {a.train, a.pause, a.stop, a.cancel, nullptr, a.resume, a.forecast,
                                        nullptr, a.filterRuns, a.deleteRun});
    QMenu* view = fill(bar.addMenu(tr("&View")), {a.fit, nullptr, a.toggleTheme});
    addThemes(*view);
    fill(view, {a.blueOrange, nullptr});
    for (QDockWidget* dock : docks)
        view->addAction(dock->toggleViewAction());
    fill(view, {a.resetLayout, nullptr, a.fullScreen});
    fill(bar.addMenu(tr("&Help")), {a.shortcuts, nullptr, a.about, a.aboutQt});
}

void Menus::addThemes(QMenu& view)
{
    QMenu* themes = view.addMenu(icon(QStringLiteral("theme")), tr("&Theme"));
    auto* schemes = new QActionGroup(this);
    const std::pair<QString, Scheme> choices[] = {
        {tr("As the &system"), Scheme::System}, {tr("&Dark"), Scheme::Dark}, {tr("&Light"), Scheme::Light}};
    for (const auto& [text, scheme] : choices) {
        QAction* action =
            themes->addAction(text, this, [this, wanted = scheme] { m_theme.setScheme(wanted); });
        action->setCheckable(true);
        action->setData(static_cast<int>(scheme));
        schemes->addAction(action);
    }
    const auto showChoice = [this, schemes] {
        for (QAction* action : schemes->actions())
            action->setChecked(action->data().toInt() == static_cast<int>(m_theme.scheme()));
    };
    connect(&m_theme, &Theme::changed, schemes, showChoice);
    showChoice();
}

void Menus::setRecent(const QStringList& paths)
{
    m_recent->clear();
    for (const QString& path : paths) {
        QString label = QDir::toNativeSeparators(path);
        m_recent->addAction(label.replace(u'&', QStringLiteral("&&")), this,
                            [this, path] { emit recentRequested(path); });
    }
    m_recent->setEnabled(!paths.isEmpty());
}

}  // namespace fc::ui
