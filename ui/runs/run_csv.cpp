// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/runs/run_csv.h"

#include <set>

#include "engine/data/series.h"
#include "engine/io/export.h"

namespace fc::ui {
namespace {

using Texts = std::vector<std::string>;

template <typename Value, typename Field>
ExportColumn column(const std::string& name, const std::vector<RunRecord>& runs, Field field)
{
    std::vector<Value> values;
    for (const RunRecord& run : runs)
        values.push_back(field(run));
    return {name, std::move(values)};
}

double metric(const MetricsByPart& metrics, const std::string& part, const std::string& name)
{
    const auto found = metrics.find(part);
    if (found == metrics.end())
        return missing;
    const auto value = found->second.find(name);
    return value == found->second.end() ? missing : value->second;
}

std::string joined(const Texts& words)
{
    std::string text;
    for (const std::string& word : words)
        text += (text.empty() ? "" : " ") + word;
    return text;
}

std::set<std::string> metricNames(const std::vector<RunRecord>& runs)
{
    std::set<std::string> names;
    for (const RunRecord& run : runs)
        for (const auto& [part, metrics] : run.metrics)
            for (const auto& [name, value] : metrics)
                names.insert(name);
    return names;
}

void addMetrics(std::vector<ExportColumn>& columns, const std::vector<RunRecord>& runs)
{
    for (const std::string part : {"validation", "test"})
        for (const std::string& name : metricNames(runs)) {
            columns.push_back(column<double>(part + "_" + name, runs, [&](const RunRecord& run) {
                return metric(run.metrics, part, name);
            }));
            for (const std::string source : {"naive", "seasonal_naive"})
                columns.push_back(
                    column<double>(part + "_" + name + "_" + source, runs, [&](const RunRecord& run) {
                        const auto baseline = run.baselines.find(source);
                        return baseline == run.baselines.end() ? missing
                                                               : metric(baseline->second, part, name);
                    }));
        }
}

}  // namespace

std::string runCsv(const std::vector<RunRecord>& runs)
{
    using Run = const RunRecord&;
    std::vector<ExportColumn> columns = {
        column<std::string>("run", runs, [](Run r) { return r.name; }),
        column<std::string>("model", runs, [](Run r) { return r.model; }),
        column<std::string>("series", runs, [](Run r) { return r.series; }),
        column<std::string>("state", runs, [](Run r) { return stateName(r.state); }),
        column<std::string>("created", runs, [](Run r) { return r.created; }),
        column<double>("parameters", runs, [](Run r) { return static_cast<double>(r.parameters); }),
        column<double>("seed", runs, [](Run r) { return static_cast<double>(r.seed); }),
        column<double>("steps", runs, [](Run r) { return static_cast<double>(r.steps); }),
        column<double>("seconds", runs, [](Run r) { return r.seconds; }),
        column<double>("best_validation_loss", runs,
                       [](Run r) { return r.bestValidationLoss.value_or(missing); }),
        column<std::string>("tags", runs, [](Run r) { return joined(r.tags); }),
        column<std::string>("note", runs, [](Run r) { return r.note; }),
        column<std::string>("settings", runs, [](Run r) { return r.settings; }),
    };
    addMetrics(columns, runs);
    return exportCsv(columns);
}

}  // namespace fc::ui
