// SPDX-License-Identifier: GPL-3.0-or-later
#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "app/commands/command.h"
#include "app/commands/output.h"
#include "app/commands/run_report.h"
#include "app/commands/settings.h"
#include "app/commands/training.h"
#include "engine/runs/recipe_json.h"

namespace fc::app {

Action declareTrain(CLI::App& app)
{
    struct Options {
        TrainRequest request;
        std::string workspace;
        std::vector<std::string> series;
        std::string recipe;
        SettingArguments settings;
        std::string events;
        bool json = false;
    };
    const auto options = std::make_shared<Options>();
    app.add_option("workspace", options->workspace, "The workspace.")->required();
    app.add_option("--series", options->series,
                   "The series to learn from; several for one model: NAME,NAME or the option again.")
        ->required()
        ->type_name("NAME");
    app.add_option("--model", options->request.model, "The model; \"models list\" names all.")
        ->required()
        ->type_name("MODEL");
    app.add_option("--recipe", options->recipe,
                   "A recipe of the workspace; --config and --set go over it. \"recipes\" lists them.")
        ->type_name("NAME");
    addSettings(app, options->settings);
    app.add_option("--name", options->request.runName, "Name of the run; MODEL-NNN by default.")
        ->type_name("NAME");
    app.add_option("--events", options->events, "Append what happens to this file, as JSON Lines.")
        ->type_name("FILE");
    app.add_flag("--json", options->json, "Print one JSON document.");
    return [options] {
        TrainRequest& request = options->request;
        request.workspace = options->workspace;
        for (const std::string& name : options->series)
            request.series += (request.series.empty() ? "" : ",") + name;
        const Schema schema = trainSchema(modelEntry(request.model));
        if (!options->recipe.empty()) {
            const Store store = Store::open(request.workspace, Store::Mode::ReadOnly);
            options->settings.base = recipeFromJson(store.recipe(options->recipe));
        }
        request.settings = readSettings(schema, options->settings);
        sayUnused(schema, request.settings);
        const TrainingEnd end =
            runTraining(options->events, [&](TrainControl& control, const RunListener& listener) {
                return trainRun(request, control, listener);
            });
        if (options->json)
            printJson(runDocument(end.outcome.run));
        else
            print(runText(end.outcome.run));
        return endStatus(end, request.workspace);
    };
}

}  // namespace fc::app
