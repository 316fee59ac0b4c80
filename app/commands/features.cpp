// SPDX-License-Identifier: GPL-3.0-or-later
#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "app/bench/feature_times.h"
#include "app/commands/command.h"
#include "app/commands/output.h"
#include "app/commands/schema_text.h"
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
    std::string kind;
    std::string search;
    std::string id;
    std::string rows = "1000000";
    bool isLong = false;
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

std::vector<FeatureSpec> specsOf(const std::vector<std::string>& texts)
{
    std::vector<FeatureSpec> specs;
    for (const std::string& text : texts)
        for (FeatureSpec& spec : parseFeatures(text))
            specs.push_back(std::move(spec));
    return specs;
}

Json document(const FeatureEntry& entry)
{
    const std::unique_ptr<Feature> feature = entry.make(defaults(entry.schema));
    return {{"name", entry.id},
            {"kind", entry.kind},
            {"label", entry.label},
            {"help", entry.help},
            {"formula", entry.formula},
            {"source", entry.source},
            {"unit", entry.unit},
            {"knowledge", knowledgeName(entry.knowledge)},
            {"inputs", feature->inputs()},
            {"outputs", feature->outputs()},
            {"warm_up", feature->warmUp()},
            {"example", example(entry)},
            {"parameters", parametersJson(entry.schema)}};
}

std::string joined(const std::vector<std::string>& words)
{
    std::string text;
    for (const std::string& word : words)
        text += (text.empty() ? "" : ", ") + word;
    return text;
}

/// Everything the catalogue says about one feature.
std::string description(const FeatureEntry& entry)
{
    const std::unique_ptr<Feature> feature = entry.make(defaults(entry.schema));
    TextTable table({"feature", example(entry)});
    table.add({"name", entry.label});
    table.add({"what it is", entry.help});
    table.add({"kind", entry.kind});
    table.add({"formula", entry.formula});
    table.add({"source", entry.source});
    table.add({"unit", entry.unit});
    table.add({"reads", joined(feature->inputs())});
    table.add({"makes", joined(feature->outputs())});
    table.add({"warm-up", std::to_string(feature->warmUp()) + " rows"});
    table.add({"known", entry.knowledge == Knowledge::Future ? "ahead" : "when its row is"});
    return table.text() + (entry.schema.empty() ? "" : "\n" + schemaText(entry.schema));
}

/// Those of the kind and with the text in what is said about them; all when both are empty.
std::vector<const FeatureEntry*> chosenEntries(const Options& options)
{
    const auto& kinds = featureKinds();
    if (!options.kind.empty() && std::ranges::find(kinds, options.kind, &FeatureKind::id) == kinds.end()) {
        std::vector<std::string> known;
        for (const FeatureKind& kind : kinds)
            known.push_back(kind.id);
        throw UsageError(Message(TR("commands", "There is no kind \"%1\" of features. Those there are: %2."),
                                 options.kind, joined(known)));
    }
    std::vector<const FeatureEntry*> chosen;
    for (const FeatureEntry& entry : featureCatalogue()) {
        const std::string said = entry.id + " " + entry.label + " " + entry.help;
        if ((options.kind.empty() || entry.kind == options.kind) &&
            said.find(options.search) != std::string::npos)
            chosen.push_back(&entry);
    }
    return chosen;
}

int list(const Options& options)
{
    Json documents = Json::array();
    TextTable table({"feature", "kind", "warm-up", "known", "unit", "what it is"});
    std::string descriptions;
    for (const FeatureEntry* entry : chosenEntries(options)) {
        documents.push_back(document(*entry));
        descriptions += description(*entry) + "\n";
        table.add({example(*entry), entry->kind,
                   std::to_string(entry->make(defaults(entry->schema))->warmUp()),
                   knowledgeName(entry->knowledge), entry->unit, entry->help});
    }
    if (options.json)
        printJson(documents);
    else
        print(options.isLong ? descriptions : table.text());
    return 0;
}

int show(const Options& options)
{
    const FeatureEntry& entry = featureEntry(options.id);
    if (options.json)
        printJson(document(entry));
    else
        print(description(entry));
    return 0;
}

int bench(const Options& options)
{
    const std::int64_t rows = wholeNumber("--rows", options.rows, 1000);
    std::vector<FeatureSpec> specs = specsOf(options.features);
    if (specs.empty()) {
        for (const FeatureEntry& entry : featureCatalogue())
            specs.push_back(parseFeature(entry.id));
    }
    const FeatureTimes times = measureFeatures(specs, rows);
    const auto nanoseconds = [&](double seconds) { return 1e9 * seconds / static_cast<double>(rows); };
    if (options.json) {
        Json each = Json::array();
        for (const FeatureTimes::One& one : times.each)
            each.push_back({{"feature", one.feature}, {"seconds", one.seconds}});
        printJson({{"rows", rows},
                   {"features", specs.size()},
                   {"columns", times.columns},
                   {"seconds", times.together},
                   {"row_by_row_us", times.rowByRow},
                   {"each", each}});
        return 0;
    }
    TextTable table({"feature", "seconds", "ns per row"});
    for (const FeatureTimes::One& one : times.each)
        table.add({one.feature, shortNumber(one.seconds), shortNumber(nanoseconds(one.seconds))});
    print(table.text() + std::to_string(specs.size()) + " features, " + std::to_string(times.columns) +
          " columns over " + std::to_string(rows) + " rows in " + shortNumber(times.together) +
          " s on one core; one row more takes " + shortNumber(times.rowByRow) + " us.\n");
    return 0;
}

int compute(const Options& options)
{
    const std::vector<FeatureSpec> specs = specsOf(options.features);
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
    CLI::App* catalogue = add("list", "The catalogue.", list);
    catalogue->add_option("--kind", options->kind, "One kind only, such as momentum.")->type_name("KIND");
    catalogue->add_option("--search", options->search, "Those with this text in their name or description.")
        ->type_name("TEXT");
    catalogue->add_flag("--long", options->isLong, "Formula, source and parameters of each.");
    add("show", "One feature: formula, source, unit, warm-up, parameters.", show)
        ->add_option("id", options->id, "The feature, such as rsi.")
        ->required();
    CLI::App* speed = add("bench", "Seconds for features over made-up bars, on one core.", bench);
    speed->add_option("--rows", options->rows, "The number of bars.")->type_name("N");
    speed->add_option("--feature", options->features, "A feature; all of the catalogue when there is none.")
        ->type_name("FEATURE")
        ->allow_extra_args(false);
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
