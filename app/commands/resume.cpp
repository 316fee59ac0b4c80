// SPDX-License-Identifier: GPL-3.0-or-later
#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "app/commands/command.h"
#include "app/commands/output.h"
#include "app/commands/run_report.h"
#include "app/commands/settings.h"
#include "app/commands/training.h"

namespace fc::app {

namespace {

struct Options {
    std::string workspace;
    std::string run;
    std::string checkpoint;
    std::string steps;
    std::string events;
    bool json = false;
};

std::int64_t numberOf(const Options& options)
{
    const Store store = Store::open(options.workspace, Store::Mode::ReadOnly);
    return chosenCheckpoint(store, store.run(options.run), options.checkpoint).id;
}

}  // namespace

Action declareResume(CLI::App& app)
{
    const auto options = std::make_shared<Options>();
    app.add_option("workspace", options->workspace, "The workspace.")->required();
    app.add_option("run", options->run, "Name or number of the run.")->required();
    app.add_option("--checkpoint", options->checkpoint,
                   "best, last, or a checkpoint's number; the newest whole one by default.")
        ->type_name("WHICH");
    app.add_option("--steps", options->steps,
                   "Train so many steps from the checkpoint on, whatever was planned.")
        ->type_name("N");
    app.add_option("--events", options->events, "Append what happens to this file, as JSON Lines.")
        ->type_name("FILE");
    app.add_flag("--json", options->json, "Print one JSON document.");
    return [options] {
        const std::int64_t checkpoint = options->checkpoint.empty() ? 0 : numberOf(*options);
        const std::int64_t steps = options->steps.empty() ? 0 : wholeNumber("--steps", options->steps, 1);
        const TrainingEnd end =
            runTraining(options->events, [&](TrainControl& control, const RunListener& listener) {
                return resumeRun(options->workspace, options->run, checkpoint, steps, control, listener);
            });
        if (options->json)
            printJson(runDocument(end.outcome.run));
        else
            print(runText(end.outcome.run));
        return endStatus(end, options->workspace);
    };
}

}  // namespace fc::app
