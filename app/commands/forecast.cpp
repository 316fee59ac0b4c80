// SPDX-License-Identifier: GPL-3.0-or-later
#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "app/commands/command.h"
#include "app/commands/output.h"
#include "app/commands/pictures.h"
#include "engine/base/atomic_file.h"
#include "engine/runs/services.h"

namespace fc::app {

namespace {

using Json = nlohmann::ordered_json;

std::string stamp(const FutureForecast& forecast, size_t step)
{
    return forecast.hasClock ? formatTimestamp(forecast.times[step]) : std::to_string(forecast.times[step]);
}

Json document(const FutureForecast& forecast)
{
    Json times = Json::array();
    for (size_t step = 0; step < forecast.times.size(); ++step)
        times.push_back(stamp(forecast, step));
    const auto perChannel = [&](const std::vector<double>& values) {
        Json byChannel = Json::object();
        for (size_t i = 0; i < values.size(); ++i)
            byChannel[forecast.channels[i % forecast.channels.size()]].push_back(values[i]);
        return byChannel;
    };
    return {{"run", forecast.run},
            {"series", forecast.series},
            {"checkpoint", forecast.checkpoint},
            {"step", forecast.step},
            {"time", times},
            {"forecast", perChannel(forecast.point)},
            {"lower_80", perChannel(forecast.lower)},
            {"upper_80", perChannel(forecast.upper)}};
}

std::string text(const FutureForecast& forecast)
{
    std::vector<std::string> header = {"time"};
    for (const std::string& channel : forecast.channels) {
        header.push_back(channel);
        header.push_back("lower 80%");
        header.push_back("upper 80%");
    }
    TextTable table(header);
    const size_t channels = forecast.channels.size();
    for (size_t step = 0; step < forecast.times.size(); ++step) {
        std::vector<std::string> row = {stamp(forecast, step)};
        for (size_t i = step * channels; i < (step + 1) * channels; ++i) {
            row.push_back(shortNumber(forecast.point[i]));
            row.push_back(i < forecast.lower.size() ? shortNumber(forecast.lower[i]) : "-");
            row.push_back(i < forecast.upper.size() ? shortNumber(forecast.upper[i]) : "-");
        }
        table.add(row);
    }
    return table.text();
}

}  // namespace

Action declareForecast(CLI::App& app)
{
    struct Options {
        std::string workspace;
        std::string run;
        std::string checkpoint = "best";
        std::string series;
        std::string out;
        std::string plot;
        bool json = false;
    };
    const auto options = std::make_shared<Options>();
    app.add_option("workspace", options->workspace, "The workspace.")->required();
    app.add_option("run", options->run, "Name or number of the run.")->required();
    app.add_option("--checkpoint", options->checkpoint, "best, last, or a checkpoint's number.")
        ->type_name("WHICH");
    app.add_option("--series", options->series, "Which of several series; the first by default.")
        ->type_name("NAME");
    app.add_option("--out", options->out, "Write the forecast as CSV.")->type_name("FILE.csv");
    app.add_option("--plot", options->plot, "Draw the forecast: .png, .svg or .pdf.")->type_name("FILE");
    app.add_flag("--json", options->json, "Print one JSON document.");
    return [options] {
        if (!options->plot.empty())
            checkPicturePath(options->plot);
        const FutureForecast forecast =
            forecastRun(options->workspace, options->run, options->checkpoint, options->series);
        if (!options->out.empty())
            writeFile(options->out, forecastCsv(forecast));
        if (!options->plot.empty())
            drawForecast(options->workspace, forecast, options->plot);
        if (options->json)
            printJson(document(forecast));
        else if (options->out.empty() && options->plot.empty())
            print(text(forecast));
        for (const std::string& path : {options->out, options->plot}) {
            if (!path.empty())
                say("Wrote " + displayPath(path) + ".");
        }
        return 0;
    };
}

}  // namespace fc::app
