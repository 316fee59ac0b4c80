// SPDX-License-Identifier: GPL-3.0-or-later
#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "app/commands/command.h"
#include "app/commands/output.h"
#include "engine/base/atomic_file.h"
#include "engine/io/export.h"
#include "engine/metrics/metrics.h"
#include "engine/store/store.h"

namespace fc::app {

namespace {

using Json = nlohmann::ordered_json;

struct Options {
    std::string workspace;
    std::string name;
    std::string out;
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
        printJson(json);
        return 0;
    }
    TextTable head({"series", record.name + (record.synthetic ? " (synthetic)" : "")});
    head.add({"rows", std::to_string(record.rows)});
    head.add({"from", record.first + " to " + record.last + ", " + record.frequency});
    head.add({"source", record.source});
    head.add({"hash", record.hash});
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
    const auto action = std::make_shared<int (*)(const Options&)>(list);
    app.add_option("workspace", options->workspace, "The workspace.")->required();
    app.add_flag("--json", options->json, "Print one JSON document.");
    app.require_subcommand(1)->fallthrough();

    const auto add = [&](const char* name, const char* help, int (*run)(const Options&)) {
        CLI::App* sub = app.add_subcommand(name, help)->fallthrough();
        sub->callback([action, run] { *action = run; });
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
    addNamed("delete", "Delete a series; runs trained on it stay.", remove);
    return [options, action] { return (*action)(*options); };
}

}  // namespace fc::app
