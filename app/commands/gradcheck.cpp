// SPDX-License-Identifier: GPL-3.0-or-later
#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "app/commands/command.h"
#include "app/commands/output.h"
#include "app/commands/settings.h"
#include "engine/gradcheck/cases.h"

namespace fc::app {

namespace {

using Json = nlohmann::ordered_json;

/// What was found for one tensor.
struct Finding {
    std::string kind;
    std::string example;
    GradientMeasure measure;
    GradientVerdict verdict;
};

void check(std::vector<Finding>& findings, const std::string& kind, const std::vector<GradientCase>& cases)
{
    for (const GradientCase& example : cases) {
        for (const GradientMeasure& measure : measureGradients(example))
            findings.push_back({kind, example.name, measure, judge(measure)});
    }
}

std::vector<Finding> checkAll()
{
    std::vector<Finding> findings;
    check(findings, "operation", operationCases());
    check(findings, "layer", layerCases());
    check(findings, "loss", lossCases());
    for (const ModelEntry& entry : models())
        check(findings, "model", modelCases(entry));
    return findings;
}

std::vector<Finding> checkModel(const std::string& name, const std::vector<std::string>& set)
{
    const ModelEntry& entry = modelEntry(name);
    std::vector<Finding> findings;
    if (set.empty())
        check(findings, "model", modelCases(entry));
    else
        check(findings, "model", {modelCase(entry, readSet(entry.schema, set))});
    return findings;
}

Json document(const std::vector<Finding>& findings, int failed)
{
    Json tensors = Json::array();
    for (const Finding& each : findings) {
        const std::span<const std::int64_t> sizes = each.measure.shape.sizes();
        tensors.push_back({{"kind", each.kind},
                           {"case", each.example},
                           {"name", each.measure.name},
                           {"shape", std::vector<std::int64_t>(sizes.begin(), sizes.end())},
                           {"relative_error", each.verdict.error},
                           {"tolerance", each.verdict.tolerance},
                           {"checked", each.verdict.checked},
                           {"left_out", each.verdict.leftOut},
                           {"zero_gradient", each.measure.isFlat},
                           {"ok", each.verdict.ok}});
    }
    return {{"ok", failed == 0},
            {"failed", failed},
            {"largest_tolerance", largestTolerance},
            {"tensors", std::move(tensors)}};
}

std::string table(const std::vector<Finding>& findings)
{
    TextTable lines({"case", "tensor", "shape", "error", "tolerance", "judged", "left out", "result"});
    for (const Finding& each : findings) {
        const bool isFlat = each.measure.isFlat;
        lines.add({each.example, each.measure.name, print(each.measure.shape),
                   isFlat ? "-" : shortNumber(each.verdict.error),
                   isFlat ? "-" : shortNumber(each.verdict.tolerance), std::to_string(each.verdict.checked),
                   std::to_string(each.verdict.leftOut),
                   isFlat            ? "no gradient"
                   : each.verdict.ok ? "ok"
                                     : "wrong"});
    }
    return lines.text();
}

}  // namespace

Action declareGradcheck(CLI::App& app)
{
    struct Options {
        std::string model;
        std::vector<std::string> set;
        bool json = false;
    };
    const auto options = std::make_shared<Options>();
    app.add_option("model", options->model,
                   "The model, or \"all\" for every operation, layer, loss and model.")
        ->required();
    app.add_option("--set", options->set, "key=value: a parameter of the model.");
    app.add_flag("--json", options->json, "Print one JSON document.");
    return [options] {
        if (options->model == "all" && !options->set.empty())
            throw UsageError(
                Message(TR("commands",
                           "\"all\" checks the models as they are; --set goes with the name of one model.")));
        const std::vector<Finding> findings =
            options->model == "all" ? checkAll() : checkModel(options->model, options->set);
        int failed = 0;
        for (const Finding& each : findings)
            failed += each.verdict.ok ? 0 : 1;
        if (options->json)
            printJson(document(findings, failed));
        else
            print(table(findings));
        say(std::to_string(findings.size()) + " tensors checked, " + std::to_string(failed) + " wrong.");
        return failed == 0 ? 0 : 1;
    };
}

}  // namespace fc::app
