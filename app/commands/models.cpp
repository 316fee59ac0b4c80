// SPDX-License-Identifier: GPL-3.0-or-later
#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "app/commands/command.h"
#include "app/commands/output.h"
#include "app/commands/schema_text.h"
#include "app/commands/weight_report.h"
#include "engine/models/model.h"
#include "engine/runs/services.h"

namespace fc::app {

namespace {

using Json = nlohmann::ordered_json;

Json document(const ModelEntry& model)
{
    const Capabilities& can = model.capabilities;
    return {{"name", model.id},
            {"label", model.label},
            {"family", model.family},
            {"paper", model.paper},
            {"summary", model.summary},
            {"capabilities",
             {{"univariate", can.univariate},
              {"multivariate", can.multivariate},
              {"probabilistic", can.probabilistic},
              {"interpretable", can.interpretable},
              {"future_covariates", can.futureCovariates},
              {"past_covariates", can.pastCovariates},
              {"static_covariates", can.staticCovariates},
              {"masks", can.masks}}},
            {"parameters", parametersJson(model.schema)}};
}

std::string capabilityText(const Capabilities& can)
{
    std::string text;
    const auto add = [&](bool has, const char* name) {
        if (has)
            text += std::string(text.empty() ? "" : ", ") + name;
    };
    add(can.univariate, "univariate");
    add(can.multivariate, "multivariate");
    add(can.probabilistic, "probabilistic");
    add(can.interpretable, "interpretable");
    add(can.pastCovariates, "past covariates");
    add(can.futureCovariates, "future covariates");
    add(can.staticCovariates, "static covariates");
    add(can.masks, "missing values");
    return text;
}

std::string markdownCell(const std::string& text)
{
    std::string out;
    for (const char c : text)
        out += c == '|' ? std::string("\\|") : std::string(1, c);
    return out;
}

std::string markdown(const ModelEntry& model)
{
    std::string text = "## " + model.label + " (`" + model.id + "`)\n\n" + model.summary +
                       "\n\nFamily: " + model.family + ". Can do: " + capabilityText(model.capabilities) +
                       ".\n\nSource: " + model.paper + "\n\n";
    text += "| setting | type | default | range | meaning |\n|---|---|---|---|---|\n";
    for (const Param& param : model.schema) {
        const std::string value = valueText(param.defaultValue);
        text += "| `" + param.spec.id + "` | " + param.type() + " | " +
                (value.empty() ? "" : "`" + value + "`") + " | " + markdownCell(rangeText(param)) + " | " +
                markdownCell(meaning(param.spec)) + " |\n";
    }
    return text;
}

int list(bool json)
{
    if (json) {
        Json documents = Json::array();
        for (const ModelEntry& model : models())
            documents.push_back(document(model));
        printJson(documents);
        return 0;
    }
    TextTable table({"model", "family", "can do", "paper"});
    for (const ModelEntry& model : models())
        table.add({model.id, model.family, capabilityText(model.capabilities), model.paper});
    print(table.text());
    return 0;
}

/// What `--set` takes besides the model's own parameters.
Schema sharedSettings()
{
    Schema schema = recipeSchema();
    for (const Param& param : planSchema())
        schema.push_back(param);
    return schema;
}

/// What the model holds for a task of the usual size: 96 steps of one channel to 24.
WeightSummary usualWeights(const ModelEntry& model)
{
    Rng rng(0);
    return summary(makeModel(model, Task{}, {}, rng)->weights);
}

int show(const std::string& name, bool json, bool asMarkdown)
{
    const ModelEntry& model = modelEntry(name);
    if (json) {
        Json shown = document(model);
        shown["settings"] = parametersJson(sharedSettings());
        const Task task;
        shown["weights"] = weightDocument(usualWeights(model));
        shown["weights"]["task"] = {
            {"length", task.length}, {"horizon", task.horizon}, {"channels", task.channels}};
        printJson(shown);
    } else if (asMarkdown) {
        print(markdown(model));
    } else {
        print(model.label + " (" + model.id + ")\n" + model.summary + "\nFamily: " + model.family +
              ". Can do: " + capabilityText(model.capabilities) + ".\nSource: " + model.paper + "\n\n" +
              schemaText(model.schema) + "\nData and training:\n" + schemaText(sharedSettings()) +
              "\nWeights for 96 steps of one channel and a horizon of 24:\n" +
              weightTable(usualWeights(model)));
    }
    return 0;
}

}  // namespace

Action declareModels(CLI::App& app)
{
    struct Options {
        std::string model;
        bool list = false;
        bool json = false;
        bool markdown = false;
    };
    const auto options = std::make_shared<Options>();
    app.add_flag("--json", options->json, "Print one JSON document.");
    app.require_subcommand(1)->fallthrough();
    app.add_subcommand("list", "All models.")->fallthrough()->callback([options] { options->list = true; });
    CLI::App* one =
        app.add_subcommand("show", "One model: parameters, ranges, meaning, paper.")->fallthrough();
    one->add_option("model", options->model, "The model.")->required();
    one->add_flag("--markdown", options->markdown, "As a table for documents.");
    return [options] {
        return options->list ? list(options->json) : show(options->model, options->json, options->markdown);
    };
}

}  // namespace fc::app
