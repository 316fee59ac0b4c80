// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/commands/run_table.h"

#include <cmath>
#include <map>
#include <set>

#include "app/commands/output.h"
#include "engine/data/series.h"
#include "engine/params/params.h"
#include "engine/runs/run_metrics.h"

namespace fc::app {

namespace {

/// Test MAE against the better naive baseline's: "-12%" is better by that much.
std::string againstNaive(const RunRecord& run)
{
    double best = missing;
    for (const auto& [name, metrics] : run.baselines)
        best = std::fmin(best, metricOf(metrics, "test", "mae"));
    const double own = metricOf(run.metrics, "test", "mae");
    if (!std::isfinite(own) || !std::isfinite(best) || best <= 0)
        return "-";
    const double percent = 100 * (own / best - 1);
    return (percent > 0 ? "+" : "") + shortNumber(std::round(10 * percent) / 10) + "%";
}

std::string tagText(const RunRecord& run)
{
    std::string text;
    for (const std::string& tag : run.tags)
        text += (text.empty() ? "" : ", ") + tag;
    return text;
}

/// Settings and environment as texts; the environment's keys cannot meet a setting's.
std::map<std::string, std::string> facts(const RunRecord& run)
{
    std::map<std::string, std::string> all;
    for (const auto& [id, value] : paramsFromJson(run.settings))
        all[id] = valueText(value);
    for (const auto& [id, value] : paramsFromJson(run.environment))
        all["environment " + id] = valueText(value);
    all["series"] = run.series;
    all["series hash"] = run.seriesHash;
    return all;
}

std::string factOf(const std::map<std::string, std::string>& all, const std::string& key)
{
    const auto it = all.find(key);
    return it == all.end() ? "-" : it->second;
}

}  // namespace

std::string runList(const std::vector<RunRecord>& runs)
{
    TextTable table({"run", "id", "model", "series", "state", "steps", "validation loss", "test mae",
                     "vs naive", "time", "created", "tags"});
    for (const RunRecord& run : runs) {
        table.add({run.name, std::to_string(run.id), run.model, run.series, stateName(run.state),
                   std::to_string(run.steps) + "/" + std::to_string(run.totalSteps),
                   run.bestValidationLoss ? shortNumber(*run.bestValidationLoss) : "-",
                   shortNumber(metricOf(run.metrics, "test", "mae")), againstNaive(run),
                   durationText(run.seconds), run.created, tagText(run)});
    }
    return table.text();
}

std::string comparison(const std::vector<RunRecord>& runs)
{
    std::vector<std::string> header = {""};
    for (const RunRecord& run : runs)
        header.push_back(run.name);
    TextTable table(header);
    const auto row = [&](const std::string& name, const auto& cell) {
        std::vector<std::string> cells = {name};
        for (const RunRecord& run : runs)
            cells.push_back(cell(run));
        table.add(cells);
    };
    row("model", [](const RunRecord& run) { return run.model; });
    row("weights", [](const RunRecord& run) { return std::to_string(run.parameters); });
    row("state", [](const RunRecord& run) { return stateName(run.state); });
    row("validation loss", [](const RunRecord& run) {
        return run.bestValidationLoss ? shortNumber(*run.bestValidationLoss) : "-";
    });

    std::set<std::string> metricNames;
    for (const RunRecord& run : runs) {
        if (const auto test = run.metrics.find("test"); test != run.metrics.end())
            for (const auto& [name, value] : test->second)
                metricNames.insert(name);
    }
    for (const std::string& name : metricNames)
        row("test " + name,
            [&](const RunRecord& run) { return shortNumber(metricOf(run.metrics, "test", name)); });
    row("mae vs naive", againstNaive);

    std::vector<std::map<std::string, std::string>> all;
    std::set<std::string> keys;
    for (const RunRecord& run : runs) {
        all.push_back(facts(run));
        for (const auto& [key, value] : all.back())
            keys.insert(key);
    }
    for (const std::string& key : keys) {
        std::vector<std::string> cells = {key};
        for (const auto& each : all)
            cells.push_back(factOf(each, key));
        if (std::set<std::string>(cells.begin() + 1, cells.end()).size() > 1)
            table.add(cells);
    }
    return table.text();
}

}  // namespace fc::app
