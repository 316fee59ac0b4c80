// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/main/actions.h"

#include <QWidget>

#include "ui/theme/icon.h"

namespace fc::ui {
namespace {

QKeySequence keys(const char* text)
{
    return QKeySequence(QLatin1String(text));
}

}  // namespace

Actions::Actions(QWidget* window) : QObject(window), m_window(window)
{
    addDataActions();
    addEditActions();
    addRecipeActions();
    addTrainingActions();
    addViewActions();
}

QAction* Actions::add(const QString& iconName, const QString& text, const QKeySequence& key,
                      const QString& help)
{
    auto* action = new QAction(iconName.isEmpty() ? QIcon() : icon(iconName), text, m_window);
    action->setShortcut(key);
    action->setStatusTip(help);
    action->setToolTip(key.isEmpty() ? help
                                     : tr("%1 (%2)").arg(help, key.toString(QKeySequence::NativeText)));
    m_all.push_back(action);
    return action;
}

void Actions::addDataActions()
{
    newWorkspace =
        add(QStringLiteral("new"), tr("&New workspace…"), QKeySequence::New, tr("Make an empty workspace"));
    openWorkspace = add(QStringLiteral("folder"), tr("&Open workspace…"), QKeySequence::Open,
                        tr("Open a workspace file"));
    import = add(QStringLiteral("import"), tr("&Import…"), keys("Ctrl+I"),
                 tr("Read CSV files into the workspace"));
    addSamples =
        add(QStringLiteral("data"), tr("&Add sample series"), {}, tr("Add the synthetic sample series"));
    exportSeries =
        add(QStringLiteral("export"), tr("&Export series…"), {}, tr("Write the shown series as CSV"));
    deleteSeries = add(QStringLiteral("delete"), tr("&Delete series…"), {}, tr("Remove the shown series"));
    exploreSeries = add(QStringLiteral("search"), tr("E&xplore…"), keys("Ctrl+Shift+E"),
                        tr("Distribution, autocorrelation, season and missing values of the series"));
    exportForecast = add(QStringLiteral("export"), tr("&Export forecast…"), keys("Ctrl+E"),
                         tr("Write the forecast as CSV"));
    savePicture = add(QStringLiteral("save"), tr("Save &picture…"), keys("Ctrl+Shift+P"),
                      tr("Save the chart as PNG, SVG or PDF"));
    quit = add(QStringLiteral("quit"), tr("&Quit"), keys("Ctrl+Q"), tr("Close the window"));
    quit->setMenuRole(QAction::QuitRole);
}

void Actions::addEditActions()
{
    undo = add(QStringLiteral("undo"), tr("&Undo"), QKeySequence::Undo,
               tr("Take back the last change of the recipe"));
    redo = add(QStringLiteral("redo"), tr("&Redo"), keys("Ctrl+Shift+Z"),
               tr("Make the change of the recipe again"));
    paste = add(QStringLiteral("paste"), tr("&Paste as series…"), QKeySequence::Paste,
                tr("Read the table in the clipboard into the workspace"));
}

void Actions::addRecipeActions()
{
    openRecipe = add(QStringLiteral("folder"), tr("&Open recipe…"), keys("Ctrl+Shift+O"),
                     tr("Open a recipe of this workspace"));
    saveRecipe = add(QStringLiteral("save"), tr("&Save recipe"), QKeySequence::Save,
                     tr("Keep the recipe in the workspace"));
    saveRecipeAs =
        add({}, tr("Save recipe &as…"), keys("Ctrl+Shift+S"), tr("Keep the recipe under another name"));
    importRecipe =
        add(QStringLiteral("import"), tr("&Import recipe…"), {}, tr("Read a recipe from a JSON file"));
    exportRecipe = add(QStringLiteral("export"), tr("&Export recipe…"), {},
                       tr("Write the recipe as a JSON file that the commands read"));
    applyRecipe = add(QStringLiteral("series"), tr("Apply to ano&ther series…"), {},
                      tr("Use the recipe on another series, or hear what that one lacks"));
    auditRecipe = add(QStringLiteral("audit"), tr("A&udit for look-ahead"), keys("Ctrl+Shift+A"),
                      tr("Look for values of the recipe that depend on later data"));
    deleteRecipe =
        add(QStringLiteral("delete"), tr("&Delete recipe…"), {}, tr("Remove a recipe from the workspace"));
}

void Actions::addTrainingActions()
{
    train = add(QStringLiteral("play"), tr("&Train"), keys("Ctrl+Return"),
                tr("Train the chosen model on the chosen series"));
    pause = add(QStringLiteral("pause"), tr("&Pause"), keys("Ctrl+P"), tr("Pause the training, or go on"));
    stop = add(QStringLiteral("stop"), tr("&Stop"), keys("Ctrl+."),
               tr("Stop the training and keep the best weights"));
    cancel = add(QStringLiteral("cancel"), tr("&Cancel run"), keys("Ctrl+Shift+."),
                 tr("Stop the training and throw the run away"));
    resume = add(QStringLiteral("resume"), tr("&Resume run"), keys("Ctrl+Shift+R"),
                 tr("Continue the selected run from its newest checkpoint"));
    forecast = add(QStringLiteral("forecast"), tr("&Forecast"), keys("Ctrl+F"),
                   tr("Forecast from the end of the data with the selected run"));
    filterRuns = add(QStringLiteral("search"), tr("F&ilter runs"), keys("Ctrl+Shift+F"),
                     tr("Go to the filter of the run list"));
    deleteRun =
        add(QStringLiteral("delete"), tr("&Delete runs…"), keys("Ctrl+Del"), tr("Delete the selected runs"));
}

void Actions::addViewActions()
{
    fit = add(QStringLiteral("fit"), tr("Fit &chart"), keys("Ctrl+0"), tr("Show the whole series"));
    toggleTheme = add(QStringLiteral("theme"), tr("&Dark or light"), keys("Ctrl+Shift+D"),
                      tr("Switch between dark and light"));
    blueOrange = add({}, tr("&Blue and orange bars"), {},
                     tr("Colours of rising and falling bars that everyone can tell apart"));
    blueOrange->setCheckable(true);
    fullScreen =
        add(QStringLiteral("fullscreen"), tr("&Full screen"), keys("F11"), tr("Fill the whole screen"));
    fullScreen->setCheckable(true);
    resetLayout = add({}, tr("&Reset layout"), {}, tr("All panels back to their places"));
    shortcuts =
        add(QStringLiteral("help"), tr("&Keyboard shortcuts"), keys("F1"), tr("List all keyboard shortcuts"));
    about = add(QStringLiteral("forecastle"), tr("&About Forecastle"), {}, tr("Version and licence"));
    about->setMenuRole(QAction::AboutRole);
    aboutQt = add({}, tr("About &Qt"), {}, tr("The toolkit this window is made with"));
    aboutQt->setMenuRole(QAction::AboutQtRole);
}

}  // namespace fc::ui
