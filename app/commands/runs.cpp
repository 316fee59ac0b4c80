// SPDX-License-Identifier: GPL-3.0-or-later
#include <CLI/CLI.hpp>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>

#include "app/commands/command.h"
#include "app/commands/output.h"
#include "app/commands/run_report.h"
#include "app/commands/run_table.h"
#include "app/commands/weight_report.h"
#include "engine/base/atomic_file.h"

namespace fc::app {

namespace {

using Json = nlohmann::ordered_json;

struct Options {
    std::string workspace;
    std::vector<std::string> runs;
    std::string run;
    std::string text;
    std::string out;
    bool json = false;
};

Store openToRead(const Options& options)
{
    return Store::open(options.workspace, Store::Mode::ReadOnly);
}

Json documents(const std::vector<RunRecord>& runs)
{
    Json list = Json::array();
    for (const RunRecord& run : runs)
        list.push_back(runDocument(run));
    return list;
}

int list(const Options& options)
{
    const std::vector<RunRecord> runs = openToRead(options).runs();
    if (options.json)
        printJson(documents(runs));
    else
        print(runs.empty() ? "The workspace has no run yet; \"forecastle train\" makes one.\n"
                           : runList(runs));
    return 0;
}

/// One object per validation: its step and the values by name.
Json layerDocuments(const std::vector<LayerRecord>& layers)
{
    Json list = Json::array();
    for (const LayerRecord& layer : layers) {
        if (list.empty() || list.back()["step"] != layer.step)
            list.push_back({{"step", layer.step}, {"values", Json::object()}});
        list.back()["values"][layer.metric] = layer.value;
    }
    return list;
}

int layers(const Options& options)
{
    const Store store = openToRead(options);
    const RunRecord run = store.run(options.run);
    const std::vector<LayerRecord> all = store.layers(run.id);
    if (options.json) {
        printJson(layerDocuments(all));
        return 0;
    }
    if (all.empty()) {
        print("The run has no layer values yet; each validation adds some.\n");
        return 0;
    }
    // Names are KIND/LAYER: one line a layer, of the newest validation.
    std::map<std::string, std::map<std::string, double>> rows;
    for (const LayerRecord& each : all) {
        const size_t slash = each.metric.find('/');
        if (each.step == all.back().step && slash != std::string::npos)
            rows[each.metric.substr(slash + 1)][each.metric.substr(0, slash)] = each.value;
    }
    TextTable table({"layer", "gradient norm", "update ratio", "dead units"});
    for (const auto& [layer, values] : rows) {
        std::vector<std::string> line = {layer};
        for (const char* kind : {"gradient_norm", "update_ratio", "dead_units"})
            line.push_back(values.contains(kind) ? shortNumber(values.at(kind)) : "-");
        table.add(line);
    }
    print("Step " + std::to_string(all.back().step) + "\n" + table.text());
    return 0;
}

int show(const Options& options)
{
    const Store store = openToRead(options);
    const RunRecord run = store.run(options.run);
    const std::vector<EventRecord> events = store.events(run.id);
    const std::optional<WeightSummary> weights = weightsOfRun(store, run);
    if (options.json) {
        Json document = runDocument(run);
        document["weights"] = weights ? weightDocument(*weights) : Json();
        document["events"] = Json::array();
        for (const EventRecord& event : events)
            document["events"].push_back(
                {{"step", event.step}, {"time", event.time}, {"kind", event.kind}, {"text", event.text}});
        document["validations"] = Json::array();
        for (const ValidationRecord& each : store.validations(run.id)) {
            document["validations"].push_back({{"step", each.step},
                                               {"epoch", each.epoch},
                                               {"train_loss", each.trainLoss},
                                               {"validation_loss", each.validationLoss}});
        }
        const Json layers = layerDocuments(store.layers(run.id));
        document["layers"] = layers.empty() ? Json() : layers.back();
        printJson(document);
        return 0;
    }
    TextTable settings({"setting", "value"});
    for (const auto& [id, value] : paramsFromJson(run.settings))
        settings.add({id, valueText(value)});
    TextTable happened({"step", "time", "event"});
    for (const EventRecord& event : events)
        happened.add({std::to_string(event.step), event.time, event.text});
    print(runText(run) + "\n" + settings.text() + "\n" + happened.text());
    if (weights)
        print("\n" + weightTable(*weights));
    if (!run.note.empty())
        print("\n" + escaped(run.note) + "\n");
    return 0;
}

int compare(const Options& options)
{
    const Store store = openToRead(options);
    std::vector<RunRecord> runs;
    for (const std::string& name : options.runs)
        runs.push_back(store.run(name));
    if (options.json)
        printJson(documents(runs));
    else
        print(comparison(runs));
    return 0;
}

int tag(const Options& options)
{
    Store store = Store::open(options.workspace);
    const RunRecord run = store.run(options.run);
    store.addTag(run.id, options.text);
    if (options.json)
        printJson(runDocument(store.run(options.run)));
    else
        print("Tagged " + escaped(run.name) + " with " + escaped(options.text) + ".\n");
    return 0;
}

int note(const Options& options)
{
    Store store = Store::open(options.workspace);
    const RunRecord run = store.run(options.run);
    store.setNote(run.id, options.text);
    if (options.json)
        printJson(runDocument(store.run(options.run)));
    else
        print("Noted on " + escaped(run.name) + ".\n");
    return 0;
}

int exportRuns(const Options& options)
{
    const std::vector<RunRecord> runs = openToRead(options).runs();
    const std::filesystem::path path(options.out);
    if (path.extension() == ".json")
        writeFile(path, documents(runs).dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
    else
        writeFile(path, runsCsv(runs));
    if (options.json)
        printJson({{"file", options.out}, {"runs", runs.size()}});
    else
        print("Wrote " + std::to_string(runs.size()) + " runs to " + displayPath(path) + ".\n");
    return 0;
}

int remove(const Options& options)
{
    Store store = Store::open(options.workspace);
    const RunRecord run = store.run(options.run);
    store.deleteRun(run.id);
    if (options.json)
        printJson({{"deleted", run.name}});
    else
        print("Deleted the run " + escaped(run.name) + " with its metrics and checkpoints.\n");
    return 0;
}

}  // namespace

Action declareRuns(CLI::App& app)
{
    const auto options = std::make_shared<Options>();
    const auto action = std::make_shared<int (*)(const Options&)>(list);
    app.add_option("workspace", options->workspace, "The workspace.")->required();
    app.add_flag("--json", options->json, "Print one JSON document.");
    app.require_subcommand(1)->fallthrough();

    const auto add = [&](const char* name, const char* help, int (*run)(const Options&)) {
        CLI::App* sub = app.add_subcommand(name, help)->fallthrough();
        sub->callback([action, run] { *action = run; });
        return sub;
    };
    const auto addForRun = [&](const char* name, const char* help, int (*run)(const Options&)) {
        CLI::App* sub = add(name, help, run);
        sub->add_option("run", options->run, "Name or number of the run.")->required();
        return sub;
    };
    add("list", "All runs.", list);
    addForRun("show", "One run: settings, metrics, events.", show);
    addForRun("layers", "Gradient norm, update ratio and dead units of each layer, at the newest validation.",
              layers);
    add("compare", "Runs side by side: metrics and the settings that differ.", compare)
        ->add_option("runs", options->runs, "Names or numbers.")
        ->required();
    addForRun("tag", "Add a tag.", tag)->add_option("tag", options->text, "The tag.")->required();
    addForRun("note", "Set the note.", note)->add_option("text", options->text, "The note.")->required();
    add("export", "Write all runs: CSV, or JSON when the file ends in .json.", exportRuns)
        ->add_option("--out", options->out, "The file to write.")
        ->required()
        ->type_name("FILE");
    addForRun("delete", "Delete a run with its metrics and checkpoints.", remove);
    return [options, action] { return (*action)(*options); };
}

}  // namespace fc::app
