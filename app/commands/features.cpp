// SPDX-License-Identifier: GPL-3.0-or-later
#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "app/commands/command.h"
#include "app/commands/output.h"
#include "app/commands/settings.h"
#include "engine/base/atomic_file.h"
#include "engine/features/audit.h"
#include "engine/io/export.h"
#include "engine/runs/services.h"

namespace fc::app {

namespace {

using Json = nlohmann::ordered_json;

struct Options {
    std::string workspace;
    std::string series;
    std::vector<std::string> features;
    std::string out;
    std::string recipe;
    std::string seed = "1";
    bool json = false;
};

std::string knowledgeName(Knowledge knowledge)
{
    return knowledge == Knowledge::Future ? "future" : "past";
}

/// "rsi(period=14)": how to write it, with its defaults.
std::string example(const FeatureEntry& entry)
{
    return FeatureSpec{entry.id, defaults(entry.schema)}.text();
}

int list(const Options& options)
{
    Json documents = Json::array();
    TextTable table({"feature", "warm-up", "known", "unit", "what it is"});
    for (const FeatureEntry& entry : featureCatalogue()) {
        const std::unique_ptr<Feature> feature = entry.make(defaults(entry.schema));
        Json parameters = Json::array();
        for (const Param& param : entry.schema) {
            parameters.push_back({{"name", param.spec.id},
                                  {"type", param.type()},
                                  {"default", valueText(param.defaultValue)},
                                  {"minimum", param.spec.min ? Json(*param.spec.min) : Json()},
                                  {"maximum", param.spec.max ? Json(*param.spec.max) : Json()},
                                  {"choices", param.spec.choices},
                                  {"help", param.spec.help}});
        }
        documents.push_back({{"name", entry.id},
                             {"label", entry.label},
                             {"help", entry.help},
                             {"formula", entry.formula},
                             {"source", entry.source},
                             {"unit", entry.unit},
                             {"knowledge", knowledgeName(entry.knowledge)},
                             {"outputs", feature->outputs()},
                             {"warm_up", feature->warmUp()},
                             {"example", example(entry)},
                             {"parameters", parameters}});
        table.add({example(entry), std::to_string(feature->warmUp()), knowledgeName(entry.knowledge),
                   entry.unit, entry.help});
    }
    if (options.json)
        printJson(documents);
    else
        print(table.text());
    return 0;
}

int compute(const Options& options)
{
    std::vector<FeatureSpec> specs;
    for (const std::string& text : options.features)
        for (FeatureSpec& spec : parseFeatures(text))
            specs.push_back(std::move(spec));
    const Series series = Store::open(options.workspace, Store::Mode::ReadOnly).loadSeries(options.series);
    const FeatureTable table = computeFeatures(series, specs);

    Series values;
    values.name = series.name;
    values.hasClock = series.hasClock;
    values.times = series.times;
    for (size_t i = 0; i < table.names.size(); ++i)
        values.columns.push_back({table.names[i], {}, table.columns[i]});
    writeFile(options.out, exportCsv(values));
    if (options.json) {
        printJson({{"series", options.series},
                   {"rows", values.rows()},
                   {"columns", table.names},
                   {"warm_up", table.warmUp},
                   {"file", options.out}});
    } else {
        print("Wrote " + std::to_string(table.names.size()) + " columns of " + std::to_string(values.rows()) +
              " rows to " + displayPath(options.out) + "; the first " + std::to_string(table.warmUp) +
              " rows are warm-up.\n");
    }
    return 0;
}

int audit(const Options& options)
{
    const ParamValues values =
        readSettings(recipeSchema(), {.config = options.recipe, .set = {}, .seed = {}, .threads = {}});
    const Recipe recipe = paramsFrom<Recipe>(values);
    const Series series = Store::open(options.workspace, Store::Mode::ReadOnly).loadSeries(options.series);
    const std::int64_t seed = wholeNumber("--seed", options.seed, 0);
    const std::vector<Leak> leaks = auditLookAhead(series, recipe, static_cast<std::uint64_t>(seed));
    if (options.json) {
        Json found = Json::array();
        for (const Leak& leak : leaks)
            found.push_back({{"what", leak.what}, {"row", leak.row}, {"cut_off", leak.cutOff}});
        printJson({{"series", options.series}, {"looks_ahead", !leaks.empty()}, {"leaks", found}});
    } else if (leaks.empty()) {
        print(
            "Nothing looks ahead: features, scalers and windows before each cut-off stayed the same, bit for "
            "bit.\n");
    } else {
        TextTable table({"what", "first row that changed", "cut-off row"});
        for (const Leak& leak : leaks)
            table.add({leak.what, std::to_string(leak.row), std::to_string(leak.cutOff)});
        print(table.text());
    }
    if (leaks.empty())
        return 0;
    throw Error(Message(
        TR("commands", "%1 values before a cut-off changed with the data after it; remove those features."),
        leaks.size()));
}

}  // namespace

Action declareFeatures(CLI::App& app)
{
    const auto options = std::make_shared<Options>();
    const auto action = std::make_shared<int (*)(const Options&)>(list);
    app.add_flag("--json", options->json, "Print one JSON document.");
    app.require_subcommand(1)->fallthrough();

    const auto add = [&](const char* name, const char* help, int (*run)(const Options&)) {
        CLI::App* sub = app.add_subcommand(name, help)->fallthrough();
        sub->callback([action, run] { *action = run; });
        return sub;
    };
    const auto addForSeries = [&](const char* name, const char* help, int (*run)(const Options&)) {
        CLI::App* sub = add(name, help, run);
        sub->add_option("workspace", options->workspace, "The workspace.")->required();
        sub->add_option("series", options->series, "The series.")->required();
        return sub;
    };
    add("list", "The catalogue.", list);
    CLI::App* values = addForSeries("compute", "Feature values as CSV; warm-up cells are empty.", compute);
    values
        ->add_option("--feature", options->features, "A feature such as \"rsi(period=14)\"; may be repeated.")
        ->required()
        ->type_name("FEATURE")
        ->allow_extra_args(false);
    values->add_option("--out", options->out, "The file to write.")->required()->type_name("FILE");
    CLI::App* leaks = addForSeries("audit", "Look for values that depend on later data.", audit);
    leaks
        ->add_option("--recipe", options->recipe,
                     "A JSON object: features, scaler, split, length, horizon, targets.")
        ->required()
        ->type_name("FILE");
    leaks->add_option("--seed", options->seed, "The seed of the cut-offs and the noise.")->type_name("N");
    return [options, action] { return (*action)(*options); };
}

}  // namespace fc::app
