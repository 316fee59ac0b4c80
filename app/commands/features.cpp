// SPDX-License-Identifier: GPL-3.0-or-later
#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "app/commands/command.h"
#include "app/commands/output.h"
#include "app/commands/settings.h"
#include "engine/base/atomic_file.h"
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
    std::vector<std::string> set;
    std::string seed = "1";
    std::string cutOffs = std::to_string(AuditOptions().cutOffs);
    bool full = false;
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

std::string kindName(LeakKind kind)
{
    switch (kind) {
        case LeakKind::LooksAhead:
            return "looks_ahead";
        case LeakKind::Elsewhere:
            return "elsewhere";
        case LeakKind::Outside:
            return "outside";
    }
    return {};
}

Json document(const std::string& series, const AuditReport& report)
{
    Json found = Json::array();
    for (const Leak& leak : report.leaks)
        found.push_back({{"what", leak.what},
                         {"row", leak.row},
                         {"cut_off", leak.cutOff},
                         {"kind", kindName(leak.kind)},
                         {"text", leakText(leak).english()}});
    return {{"series", series},
            {"looks_ahead", !report.isClean()},
            {"leaks", found},
            {"first_row", report.firstRow},
            {"rows", report.rows},
            {"whole", report.isWhole},
            {"cut_offs", report.cutOffs},
            {"features", report.features},
            {"scalers", report.scalers},
            {"windows", report.windows},
            {"values", report.values},
            {"seconds", report.seconds}};
}

int audit(const Options& options)
{
    const ParamValues values = readSettings(
        recipeSchema(), {.config = options.recipe, .set = options.set, .seed = {}, .threads = {}});
    AuditOptions how{.full = options.full};
    how.seed = static_cast<std::uint64_t>(wholeNumber("--seed", options.seed, 0));
    how.cutOffs =
        static_cast<int>(std::min<std::int64_t>(wholeNumber("--cut-offs", options.cutOffs, 1), 10'000));
    const AuditReport report =
        auditSeries(options.workspace, options.series, paramsFrom<Recipe>(values), how);
    if (options.json)
        printJson(document(options.series, report));
    else if (report.isClean())
        print(verdict(report).english() + "\n");
    else
        for (const Leak& leak : report.leaks)
            print(leakText(leak).english() + "\n");
    if (report.isClean())
        return 0;
    throw Error(verdict(report));
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
        ->type_name("FILE");
    leaks
        ->add_option("--set", options->set,
                     "A setting of the recipe as key=value, over the file; may be repeated.")
        ->type_name("KEY=VALUE")
        ->allow_extra_args(false);
    leaks->add_flag("--full", options->full, "Every row of a long series, whatever time it takes.");
    leaks->add_option("--cut-offs", options->cutOffs, "Rows from which on is replaced.")->type_name("N");
    leaks->add_option("--seed", options->seed, "The seed of the cut-offs and the noise.")->type_name("N");
    return [options, action] { return (*action)(*options); };
}

}  // namespace fc::app
