// SPDX-License-Identifier: GPL-3.0-or-later
#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "app/commands/command.h"
#include "app/commands/output.h"
#include "app/commands/settings.h"
#include "app/commands/series_transforms.h"
#include "engine/base/atomic_file.h"
#include "engine/data/split.h"
#include "engine/features/dataset.h"
#include "engine/io/export.h"
#include "engine/metrics/metrics.h"
#include "engine/runs/transform_series.h"
#include "engine/store/store.h"

namespace fc::app {

namespace {

using Json = nlohmann::ordered_json;

struct Options {
    std::string workspace;
    std::string name;
    std::string out;
    std::string cutOffs;
    std::string step;
    std::string horizon;
    std::string validation;
    std::string window = "expanding";
    std::string purge = "0";
    std::string embargo = "0";
    bool json = false;
};

Json document(const SeriesRecord& record)
{
    return {{"name", record.name},
            {"rows", record.rows},
            {"first", record.first},
            {"last", record.last},
            {"frequency", record.frequency},
            {"time_zone", record.timeZone},
            {"columns", record.columns},
            {"synthetic", record.synthetic},
            {"source", record.source},
            {"created", record.created},
            {"hash", record.hash}};
}

int list(const Options& options)
{
    const std::vector<SeriesRecord> all = Store::open(options.workspace, Store::Mode::ReadOnly).seriesList();
    if (options.json) {
        Json documents = Json::array();
        for (const SeriesRecord& record : all)
            documents.push_back(document(record));
        printJson(documents);
        return 0;
    }
    TextTable table({"name", "rows", "first", "last", "frequency", "columns"});
    for (const SeriesRecord& record : all) {
        std::string columns;
        for (const std::string& column : record.columns)
            columns += (columns.empty() ? "" : ", ") + column;
        table.add(
            {record.name, std::to_string(record.rows), record.first, record.last, record.frequency, columns});
    }
    print(all.empty() ? "The workspace has no series yet; \"forecastle import\" reads some.\n"
                      : table.text());
    return 0;
}

struct ColumnSummary {
    std::string name;
    std::int64_t missing = 0;
    std::vector<double> sorted;
};

ColumnSummary summarize(const Column& column)
{
    ColumnSummary summary;
    summary.name = column.name;
    for (const double value : column.values) {
        if (std::isnan(value))
            ++summary.missing;
        else
            summary.sorted.push_back(value);
    }
    std::ranges::sort(summary.sorted);
    return summary;
}

int show(const Options& options)
{
    const Store store = Store::open(options.workspace, Store::Mode::ReadOnly);
    const SeriesRecord record = store.seriesRecord(options.name);
    const Series series = store.loadSeries(options.name);
    Json columns = Json::array();
    TextTable table({"column", "missing", "minimum", "median", "maximum"});
    for (const Column& column : series.columns) {
        const ColumnSummary summary = summarize(column);
        const auto at = [&](double probability) {
            return summary.sorted.empty() ? missing : quantile(summary.sorted, probability);
        };
        columns.push_back({{"name", summary.name},
                           {"role", column.role},
                           {"missing", summary.missing},
                           {"minimum", at(0)},
                           {"median", at(0.5)},
                           {"maximum", at(1)}});
        table.add({summary.name, std::to_string(summary.missing), shortNumber(at(0)), shortNumber(at(0.5)),
                   shortNumber(at(1))});
    }
    if (options.json) {
        Json json = document(record);
        json["import_recipe"] = Json::parse(record.importRecipe, nullptr, false);
        if (json["import_recipe"].is_discarded())
            json["import_recipe"] = nullptr;
        json["column_summary"] = columns;
        json["lineage"] = Json::parse(record.lineage, nullptr, false);
        if (json["lineage"].is_discarded())
            json["lineage"] = nullptr;
        json["versions"] = store.seriesVersions(options.name).size();
        printJson(json);
        return 0;
    }
    TextTable head({"series", record.name + (record.synthetic ? " (synthetic)" : "")});
    head.add({"rows", std::to_string(record.rows)});
    head.add({"from", record.first + " to " + record.last + ", " + record.frequency});
    head.add({"source", record.source});
    head.add({"hash", record.hash});
    for (const std::string& line : lineageLines(record))
        head.add({"made by", line});
    print(head.text() + "\n" + table.text());
    return 0;
}

int exportSeries(const Options& options)
{
    const Series series = Store::open(options.workspace, Store::Mode::ReadOnly).loadSeries(options.name);
    writeFile(options.out, exportCsv(series));
    const std::string path = displayPath(options.out);
    if (options.json)
        printJson({{"series", options.name}, {"rows", series.rows()}, {"file", options.out}});
    else
        print("Wrote " + std::to_string(series.rows()) + " rows to " + path + ".\n");
    return 0;
}

CutOffs planOf(const Options& options)
{
    CutOffs plan;
    const std::string rolling = "rolling:";
    if (options.window.starts_with(rolling))
        plan.rolling = wholeNumber("--window", options.window.substr(rolling.size()), 1);
    else if (options.window != "expanding")
        throw UsageError(Message(TR("commands",
                                    "--window is \"%1\"; it must be expanding, or rolling:N with the "
                                    "number of rows to train on."),
                                 escaped(options.window)));
    plan.count = wholeNumber("--cut-offs", options.cutOffs, 1);
    plan.test = options.horizon.empty() ? Recipe().horizon : wholeNumber("--horizon", options.horizon, 1);
    plan.step = options.step.empty() ? plan.test : wholeNumber("--step", options.step, 1);
    plan.validation =
        options.validation.empty() ? plan.test : wholeNumber("--validation", options.validation, 0);
    plan.purge = wholeNumber("--purge", options.purge, 0);
    plan.embargo = wholeNumber("--embargo", options.embargo, 0);
    return plan;
}

int splits(const Options& options)
{
    const CutOffs plan = planOf(options);
    const Series series = Store::open(options.workspace, Store::Mode::ReadOnly).loadSeries(options.name);
    const auto stamp = [&](std::int64_t row) {
        const Timestamp time = series.times[static_cast<size_t>(row)];
        return series.hasClock ? formatTimestamp(time, false) : std::to_string(time);
    };
    Json documents = Json::array();
    TextTable table({"cut-off", "from", "train", "validation", "test"});
    for (const Split& split : cutOffSplits(static_cast<std::int64_t>(series.rows()), plan)) {
        Json json;
        std::vector<std::string> cells = {std::to_string(documents.size() + 1), stamp(split.test.begin)};
        for (const auto& [part, range] :
             {std::pair(Part::Train, split.train), std::pair(Part::Validation, split.validation),
              std::pair(Part::Test, split.test)}) {
            const bool any = range.count() > 0;
            json[partName(part)] = {{"begin", range.begin},
                                    {"end", range.end},
                                    {"first", any ? Json(stamp(range.begin)) : Json()},
                                    {"last", any ? Json(stamp(range.end - 1)) : Json()}};
            cells.push_back(any ? std::to_string(range.begin + 1) + " - " + std::to_string(range.end) : "-");
        }
        documents.push_back(json);
        table.add(cells);
    }
    if (options.json)
        printJson({{"series", options.name}, {"rows", series.rows()}, {"splits", documents}});
    else
        print(table.text());
    return 0;
}

int remove(const Options& options)
{
    Store store = Store::open(options.workspace);
    store.deleteSeries(store.seriesRecord(options.name).name);
    if (options.json)
        printJson({{"deleted", options.name}});
    else
        print("Deleted the series " + escaped(options.name) + ".\n");
    return 0;
}

}  // namespace

Action declareSeries(CLI::App& app)
{
    const auto options = std::make_shared<Options>();
    const auto action = std::make_shared<std::function<int()>>();
    app.add_option("workspace", options->workspace, "The workspace.")->required();
    app.add_flag("--json", options->json, "Print one JSON document.");
    app.require_subcommand(1)->fallthrough();

    const auto add = [&](const char* name, const char* help, int (*run)(const Options&)) {
        CLI::App* sub = app.add_subcommand(name, help)->fallthrough();
        sub->callback([=] { *action = [=] { return run(*options); }; });
        return sub;
    };
    const auto addNamed = [&](const char* name, const char* help, int (*run)(const Options&)) {
        CLI::App* sub = add(name, help, run);
        sub->add_option("name", options->name, "The series.")->required();
        return sub;
    };
    add("list", "All series.", list);
    addNamed("show", "One series and its columns.", show);
    addNamed("export", "Write a series as CSV.", exportSeries)
        ->add_option("--out", options->out, "The file to write.")
        ->required()
        ->type_name("FILE");
    CLI::App* cuts = addNamed("splits", "The parts of a backtest, cut-off by cut-off.", splits);
    cuts->add_option("--cut-offs", options->cutOffs, "How many.")->required()->type_name("N");
    cuts->add_option("--step", options->step, "Rows from one to the next; the horizon by default.")
        ->type_name("N");
    cuts->add_option("--window", options->window, "expanding, or rolling:N to train on N rows.")
        ->type_name("WINDOW");
    cuts->add_option("--horizon", options->horizon, "Rows forecast after each; 24 by default.")
        ->type_name("N");
    cuts->add_option("--validation", options->validation, "Rows to validate on; the horizon by default.")
        ->type_name("N");
    cuts->add_option("--purge", options->purge, "Rows left out at the end of a part.")->type_name("N");
    cuts->add_option("--embargo", options->embargo, "Rows left out at the start of a part.")->type_name("N");
    addNamed("delete", "Delete a series; runs trained on it stay.", remove);
    declareTransforms(app, {options, &options->workspace}, {options, &options->json}, action);
    return [options, action] { return (*action)(); };
}

}  // namespace fc::app
