// SPDX-License-Identifier: GPL-3.0-or-later
#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "app/commands/command.h"
#include "app/commands/output.h"
#include "app/commands/pictures.h"
#include "app/commands/run_report.h"
#include "app/commands/settings.h"
#include "app/commands/training.h"
#include "engine/base/atomic_file.h"

namespace fc::app {

namespace {

namespace fs = std::filesystem;

void makeFolder(const fs::path& folder)
{
    std::error_code reason;
    fs::create_directories(folder, reason);
    if (!fs::is_directory(folder)) {
        throw Error(Message(TR("commands", "The folder %1 cannot be made: %2."), displayPath(folder),
                            reason ? reason.message() : "a file of that name is there"));
    }
}

int demo(const fs::path& workspace, const fs::path& folder, const SettingArguments& arguments, bool json)
{
    makeFolder(folder);
    if (workspace.has_parent_path())
        makeFolder(workspace.parent_path());
    Store::openOrCreate(workspace);
    addSamples(workspace);
    TrainRequest request = demoRequest(workspace);
    for (const auto& [id, value] : readSettings(trainSchema(modelEntry(request.model)), arguments))
        request.settings[id] = value;
    const TrainingEnd end = runTraining({}, [&](TrainControl& control, const RunListener& listener) {
        return trainRun(request, control, listener);
    });
    const int status = endStatus(end, workspace);
    if (status != 0)
        return status;

    const RunRecord& run = end.outcome.run;
    const FutureForecast forecast = forecastRun(workspace, run.name);
    writeFile(folder / "forecast.csv", forecastCsv(forecast));
    drawForecast(workspace, forecast, (folder / "forecast.png").string());
    drawLoss(workspace, run, (folder / "loss.png").string());
    if (json) {
        nlohmann::ordered_json document = runDocument(run);
        document["workspace"] = workspace.string();
        document["files"] = {(folder / "forecast.png").string(), (folder / "loss.png").string(),
                             (folder / "forecast.csv").string()};
        printJson(document);
    } else {
        print(runText(run) + "\nWrote forecast.png, loss.png and forecast.csv to " + displayPath(folder) +
              "; the workspace is " + displayPath(workspace) + ".\n");
    }
    return 0;
}

}  // namespace

Action declareDemo(CLI::App& app)
{
    struct Options {
        std::string workspace;
        std::string out = "forecastle-demo";
        SettingArguments settings;
        bool json = false;
    };
    const auto options = std::make_shared<Options>();
    app.add_option("workspace", options->workspace,
                   "The workspace, made when missing; DIR/demo.forecastle by default.");
    app.add_option("--out", options->out, "The folder for forecast.png, loss.png and forecast.csv.")
        ->type_name("DIR");
    addSettings(app, options->settings);
    app.add_flag("--json", options->json, "Print one JSON document.");
    return [options] {
        const fs::path folder = options->out;
        const fs::path workspace =
            options->workspace.empty() ? folder / "demo.forecastle" : fs::path(options->workspace);
        return demo(workspace, folder, options->settings, options->json);
    };
}

}  // namespace fc::app
