// SPDX-License-Identifier: GPL-3.0-or-later
#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "app/commands/command.h"
#include "app/commands/output.h"
#include "engine/base/atomic_file.h"
#include "engine/features/feature.h"
#include "engine/runs/recipe_check.h"
#include "engine/runs/recipe_json.h"

namespace fc::app {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::uintmax_t largestRecipe = 1 << 20;

struct Options {
    std::string workspace;
    std::string name;
    std::string file;
    std::string series;
    bool json = false;
};

/// A setting as text, empty for its default.
std::string settingText(const ParamValues& recipe, const char* id)
{
    const auto value = recipe.find(id);
    return value == recipe.end() ? std::string() : valueText(value->second);
}

int list(const Options& options)
{
    Json documents = Json::array();
    TextTable table({"recipe", "targets", "features", "scaler", "split"});
    for (const auto& [name, json] : Store::open(options.workspace, Store::Mode::ReadOnly).recipes()) {
        const ParamValues recipe = recipeFromJson(json);
        const std::string features = settingText(recipe, "features");
        documents.push_back({{"name", name}, {"recipe", Json::parse(json)}});
        table.add({name, settingText(recipe, "targets"), std::to_string(parseFeatures(features).size()),
                   settingText(recipe, "scaler"), settingText(recipe, "split")});
    }
    if (options.json)
        printJson(documents);
    else
        print(table.text());
    return 0;
}

int show(const Options& options)
{
    print(Store::open(options.workspace, Store::Mode::ReadOnly).recipe(options.name));
    return 0;
}

int save(const Options& options)
{
    Store store = Store::open(options.workspace);
    storeRecipe(store, options.name, readFile(options.file, largestRecipe));
    if (options.json)
        print(store.recipe(options.name));
    else
        print("Saved the recipe \"" + escaped(options.name) + "\".\n");
    return 0;
}

int remove(const Options& options)
{
    Store::open(options.workspace).deleteRecipe(options.name);
    if (options.json)
        printJson({{"deleted", options.name}});
    else
        print("Deleted the recipe \"" + escaped(options.name) + "\".\n");
    return 0;
}

int checkFit(const Options& options)
{
    const Store store = Store::open(options.workspace, Store::Mode::ReadOnly);
    const RecipeFindings found =
        checkRecipe(store.loadSeries(options.series), recipeFromJson(store.recipe(options.name)));
    Json problems = Json::array();
    for (const Message& problem : found.problems()) {
        problems.push_back(problem.english());
        say(problem.english());
    }
    if (options.json) {
        printJson({{"recipe", options.name},
                   {"series", options.series},
                   {"fits", found.fits()},
                   {"problems", problems},
                   {"warm_up", found.warmUpRows},
                   {"rows", found.rows},
                   {"windows",
                    {{"train", found.trainWindows},
                     {"validation", found.validationWindows},
                     {"test", found.testWindows}}}});
    } else if (found.fits()) {
        print("The recipe fits: " + std::to_string(found.rows) + " rows after " +
              std::to_string(found.warmUpRows) + " of warm-up; windows for training, validation and test: " +
              std::to_string(found.trainWindows) + ", " + std::to_string(found.validationWindows) + ", " +
              std::to_string(found.testWindows) + ".\n");
    }
    if (found.fits())
        return 0;
    throw Error(Message(TR("commands", "The recipe \"%1\" does not fit the series \"%2\"; see above."),
                        escaped(options.name), escaped(options.series)));
}

}  // namespace

Action declareRecipes(CLI::App& app)
{
    const auto options = std::make_shared<Options>();
    const auto action = std::make_shared<int (*)(const Options&)>(list);
    app.add_option("workspace", options->workspace, "The workspace.")->required();
    app.add_flag("--json", options->json, "Print one JSON document.");
    app.require_subcommand(1)->fallthrough();

    const auto add = [&](const char* name, const char* help, int (*run)(const Options&)) {
        CLI::App* sub = app.add_subcommand(name, help)->fallthrough();
        sub->callback([action, run] { *action = run; });
        return sub;
    };
    const auto addNamed = [&](const char* name, const char* help, int (*run)(const Options&)) {
        CLI::App* sub = add(name, help, run);
        sub->add_option("name", options->name, "The recipe.")->required();
        return sub;
    };
    add("list", "All recipes of the workspace.", list);
    addNamed("show", "The JSON object of one recipe.", show);
    addNamed("save", "Keep a recipe under a name; one of that name is replaced.", save)
        ->add_option("--file", options->file,
                     "A JSON object: features, scaler, split, length, horizon, targets.")
        ->required()
        ->type_name("FILE");
    addNamed("check", "Say whether a recipe fits a series, and what it leaves to train on.", checkFit)
        ->add_option("--series", options->series, "The series.")
        ->required()
        ->type_name("NAME");
    addNamed("delete", "Remove a recipe.", remove);
    return [options, action] { return (*action)(*options); };
}

}  // namespace fc::app
