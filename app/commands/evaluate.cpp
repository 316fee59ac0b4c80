// SPDX-License-Identifier: GPL-3.0-or-later
#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <memory>
#include <nlohmann/json.hpp>

#include "app/commands/command.h"
#include "app/commands/output.h"
#include "app/commands/run_report.h"
#include "engine/training/checkpoint.h"

namespace fc::app {

namespace {

constexpr std::array allParts = {Part::Train, Part::Validation, Part::Test};

/// All parts when `name` is empty.
std::vector<Part> partsOf(const std::string& name)
{
    if (name.empty())
        return {allParts.begin(), allParts.end()};
    const auto it = std::ranges::find(allParts, name, partName);
    if (it == allParts.end())
        throw UsageError(Message(TR("commands", "--split is \"%1\"; it must be train, validation or test."),
                                 escaped(name)));
    return {*it};
}

}  // namespace

Action declareEvaluate(CLI::App& app)
{
    struct Options {
        std::string workspace;
        std::string run;
        std::string split;
        std::string checkpoint = "best";
        bool json = false;
    };
    const auto options = std::make_shared<Options>();
    app.add_option("workspace", options->workspace, "The workspace.")->required();
    app.add_option("run", options->run, "Name or number of the run.")->required();
    app.add_option("--split", options->split, "train, validation or test; all of them by default.")
        ->type_name("PART");
    app.add_option("--checkpoint", options->checkpoint, "best, last, or a checkpoint's number.")
        ->type_name("WHICH");
    app.add_flag("--json", options->json, "Print one JSON document.");
    return [options] {
        const std::vector<Part> parts = partsOf(options->split);
        const Store store = Store::open(options->workspace, Store::Mode::ReadOnly);
        RunRecord run = store.run(options->run);
        const CheckpointRecord checkpoint = chosenCheckpoint(store, run, options->checkpoint);
        const std::string choice = std::to_string(checkpoint.id);
        run.metrics.clear();
        run.baselines.clear();
        for (const Part part : parts)
            addEvaluation(run, part, evaluateRun(options->workspace, options->run, choice, part));
        run.weightsSha256 = weightsDigest(store.checkpointBytes(checkpoint.id));
        if (options->json) {
            nlohmann::ordered_json document = runDocument(run);
            document["checkpoint"] = {{"id", checkpoint.id}, {"step", checkpoint.step}};
            printJson(document);
        } else {
            print("Weights of step " + std::to_string(checkpoint.step) + " of " + escaped(run.name) + "\n" +
                  metricsTable(run));
        }
        return 0;
    };
}

}  // namespace fc::app
