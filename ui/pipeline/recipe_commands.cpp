// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pipeline/recipe_commands.h"

#include <QDir>
#include <QFileInfo>

#include "engine/base/atomic_file.h"
#include "engine/runs/recipe_json.h"
#include "ui/main/ask.h"
#include "ui/text/text.h"

namespace fc::ui {
namespace {

constexpr std::uintmax_t largestRecipe = 1 << 20;

}  // namespace

RecipeCommands::RecipeCommands(Workspace& workspace, PipelineDocument& document, PipelineJobs& jobs,
                               QWidget* window)
    : QObject(window), m_workspace(workspace), m_document(document), m_jobs(jobs), m_window(window)
{
    connect(&m_background, &Background::failed, this, &RecipeCommands::failed);
}

void RecipeCommands::chooseRecipe(const QString& title, std::function<void(const QString&)> answer)
{
    m_workspace.askRecipes([this, title, answer = std::move(answer)](const auto& recipes) {
        QStringList names;
        for (const auto& [name, json] : recipes)
            names << fromUtf8(name);
        if (names.isEmpty())
            emit failed(
                Message(TR("engine", "This workspace has no recipe yet. Save the one you are editing.")));
        else
            askChoice(m_window, title, tr("Recipes of this workspace"), names, answer);
    });
}

void RecipeCommands::open()
{
    chooseRecipe(tr("Open recipe"), [this](const QString& name) { open(toUtf8(name)); });
}

void RecipeCommands::open(const std::string& wanted)
{
    m_workspace.askRecipes([this, wanted](const auto& recipes) {
        for (const auto& [name, json] : recipes) {
            if (name != wanted)
                continue;
            try {
                take(recipeFromJson(json), fromUtf8(name), tr("Open \"%1\"").arg(fromUtf8(name)));
            } catch (const Error& error) {
                emit failed(error.message());  // written by another version of the program
            }
        }
    });
}

void RecipeCommands::take(const ParamValues& recipe, const QString& name, const QString& step)
{
    m_document.replace(recipe, name, step);
    if (!name.isEmpty())
        m_document.setSaved(name);
}

void RecipeCommands::save()
{
    if (m_document.name().isEmpty())
        saveAs();
    else
        save(m_document.name());
}

void RecipeCommands::saveAs()
{
    const QString proposal = m_document.name().isEmpty() ? tr("my recipe") : m_document.name();
    m_workspace.askRecipes([this, proposal](const auto& recipes) {
        QStringList known;
        for (const auto& [name, json] : recipes)
            known << fromUtf8(name);
        askText(m_window, tr("Save recipe"), tr("Name of the recipe"), proposal,
                [this, known](const QString& text) {
                    const QString name = text.trimmed();
                    if (name.isEmpty())
                        return;
                    if (!known.contains(name) || name == m_document.name()) {
                        save(name);
                        return;
                    }
                    askConfirmation(m_window, tr("Save recipe"),
                                    tr("There is a recipe \"%1\" already. Replace it?").arg(name),
                                    tr("Replace"), [this, name] { save(name); });
                });
    });
}

void RecipeCommands::save(const QString& name)
{
    m_workspace.change([name = toUtf8(name), json = recipeToJson(recipeOf(m_document.pipeline()))](
                           Store& store) { storeRecipe(store, name, json); },
                       [this, name, saved = m_document.pipeline()] {
                           if (m_document.pipeline() == saved)
                               m_document.setSaved(name);
                           emit done(tr("Saved the recipe \"%1\".").arg(name));
                       });
}

void RecipeCommands::remove()
{
    chooseRecipe(tr("Delete recipe"), [this](const QString& name) {
        askConfirmation(
            m_window, tr("Delete recipe"),
            tr("Delete the recipe \"%1\" from the workspace? Runs keep their settings. This cannot "
               "be undone.")
                .arg(name),
            tr("Delete"), [this, name] {
                m_workspace.change([name = toUtf8(name)](Store& store) { store.deleteRecipe(name); },
                                   [this, name] { emit done(tr("Deleted the recipe \"%1\".").arg(name)); });
            });
    });
}

void RecipeCommands::importFile(const QString& folder)
{
    askOpenFiles(m_window, tr("Import recipe"), folder, tr("Recipes (*.json);;All files (*)"), false,
                 [this](const QStringList& paths) {
                     emit folderUsed(QFileInfo(paths.first()).path());
                     readFile(paths.first());
                 });
}

void RecipeCommands::readFile(const QString& path)
{
    m_background.ask(
        QString(), [path = toPath(path)] { return recipeFromJson(fc::readFile(path, largestRecipe)); },
        [this, path](const ParamValues& recipe) {
            const QString name = QFileInfo(path).completeBaseName();
            take(recipe, {}, tr("Import \"%1\"").arg(name));
            emit done(tr("Read the recipe of %1.").arg(QDir::toNativeSeparators(path)));
        });
}

void RecipeCommands::exportFile(const QString& folder)
{
    const QString name = m_document.name().isEmpty() ? tr("recipe") : m_document.name();
    askSaveFile(m_window, tr("Export recipe"),
                QDir(folder.isEmpty() ? QDir::homePath() : folder)
                    .filePath(QString(name).replace(u'/', u'_') + QStringLiteral(".json")),
                tr("Recipe (*.json)"), [this](const QString& path) {
                    emit folderUsed(QFileInfo(path).path());
                    writeFile(path);
                });
}

void RecipeCommands::writeFile(const QString& path)
{
    m_background.ask(
        QString(),
        [path = toPath(path), json = recipeToJson(recipeOf(m_document.pipeline()))] {
            fc::writeFile(path, json);
        },
        [this, path] { emit done(tr("Written: %1").arg(QDir::toNativeSeparators(path))); });
}

void RecipeCommands::applyToSeries()
{
    QStringList names;
    for (const SeriesRecord& series : m_workspace.series())
        names << fromUtf8(series.name);
    if (names.isEmpty())
        emit failed(Message(TR("engine", "There is no series to apply the recipe to. Import a file.")));
    else
        askChoice(m_window, tr("Apply recipe"), tr("Series to use this recipe on"), names,
                  [this](const QString& name) { applyTo(toUtf8(name)); });
}

void RecipeCommands::applyTo(const std::string& series)
{
    m_jobs.askFit(m_workspace.path(), series, [this, series](const RecipeFindings& findings) {
        const std::vector<Message> problems = findings.problems();
        if (problems.empty()) {
            emit seriesWanted(series);
            emit done(tr("The recipe fits \"%1\".").arg(fromUtf8(series)));
            return;
        }
        QStringList sentences;
        for (const Message& problem : problems)
            sentences << sentence(problem);
        emit failed(Message(TR("engine", "The recipe does not fit the series \"%1\": %2"), series,
                            toUtf8(sentences.join(u' '))));
    });
}

}  // namespace fc::ui
