// SPDX-License-Identifier: GPL-3.0-or-later
#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "app/commands/command.h"
#include "app/commands/output.h"
#include "app/commands/run_report.h"
#include "app/commands/training.h"

namespace fc::app {

Action declareReproduce(CLI::App& app)
{
    struct Options {
        std::string workspace;
        std::string run;
        std::string name;
        bool json = false;
    };
    const auto options = std::make_shared<Options>();
    app.add_option("workspace", options->workspace, "The workspace.")->required();
    app.add_option("run", options->run, "Name or number of the run to repeat.")->required();
    app.add_option("--name", options->name, "Name of the new run; RUN-again by default.")->type_name("NAME");
    app.add_flag("--json", options->json, "Print one JSON document.");
    return [options] {
        bool identical = false;
        const TrainingEnd end = runTraining({}, [&](TrainControl& control, const RunListener& listener) {
            const Reproduction again =
                reproduceRun(options->workspace, options->run, options->name, control, listener);
            identical = again.identical;
            return again.outcome;
        });
        if (end.stoppedBySignal)
            return endStatus(end, options->workspace);

        const RunRecord& run = end.outcome.run;
        if (options->json) {
            nlohmann::ordered_json document = runDocument(run);
            document["reproduces"] = options->run;
            document["identical"] = identical;
            printJson(document);
        } else {
            print(runText(run));
        }
        if (!identical) {
            throw Error(
                Message(TR("commands",
                           "The weights of %1 differ from those of %2; \"forecastle runs %3 compare %2 %1\" "
                           "shows how their settings and environments differ."),
                        escaped(run.name), escaped(options->run), escaped(options->workspace)));
        }
        say("The weights of " + escaped(run.name) + " equal those of " + escaped(options->run) +
            ", bit for bit.");
        return 0;
    };
}

}  // namespace fc::app
