// SPDX-License-Identifier: GPL-3.0-or-later
#include <map>
#include <set>

#include "engine/io/export.h"
#include "engine/runs/run_metrics.h"
#include "engine/runs/services.h"

namespace fc {

namespace {

std::string tagText(const RunRecord& run)
{
    std::string text;
    for (const std::string& tag : run.tags)
        text += (text.empty() ? "" : " ") + tag;
    return text;
}

/// Collects columns of one value per run.
class Columns {
public:
    explicit Columns(const std::vector<RunRecord>& runs) : m_runs(runs) {}

    template <typename Of>
    void text(const std::string& name, const Of& of)
    {
        std::vector<std::string> values;
        for (const RunRecord& run : m_runs)
            values.push_back(of(run));
        m_columns.push_back({name, std::move(values)});
    }

    template <typename Of>
    void number(const std::string& name, const Of& of)
    {
        std::vector<double> values;
        for (const RunRecord& run : m_runs)
            values.push_back(static_cast<double>(of(run)));
        m_columns.push_back({name, std::move(values)});
    }

    void metrics();
    void settings();

    std::string csv() const { return exportCsv(m_columns); }

private:
    const std::vector<RunRecord>& m_runs;
    std::vector<ExportColumn> m_columns;
};

void Columns::metrics()
{
    std::set<std::pair<std::string, std::string>> names;
    for (const RunRecord& run : m_runs) {
        for (const auto& [part, metrics] : run.metrics) {
            for (const auto& [name, value] : metrics)
                names.emplace(part, name);
        }
    }
    for (const auto& each : names) {
        const std::string column = each.first + "_" + each.second;
        number(column, [&](const RunRecord& run) { return metricOf(run.metrics, each.first, each.second); });
        for (const std::string baseline : {"naive", "seasonal_naive"}) {
            number(column + "_" + baseline, [&](const RunRecord& run) {
                const auto of = run.baselines.find(baseline);
                return of == run.baselines.end() ? missing : metricOf(of->second, each.first, each.second);
            });
        }
    }
}

void Columns::settings()
{
    std::vector<ParamValues> all;
    std::set<std::string> ids;
    for (const RunRecord& run : m_runs) {
        all.push_back(paramsFromJson(run.settings));
        for (const auto& [id, value] : all.back())
            ids.insert(id);
    }
    for (const std::string& id : ids) {
        std::vector<std::string> values;
        for (const ParamValues& settings : all) {
            const auto value = settings.find(id);
            values.push_back(value == settings.end() ? std::string() : valueText(value->second));
        }
        m_columns.push_back({id, std::move(values)});
    }
}

}  // namespace

double metricOf(const MetricsByPart& metrics, const std::string& part, const std::string& name)
{
    const auto found = metrics.find(part);
    if (found == metrics.end())
        return missing;
    const auto metric = found->second.find(name);
    return metric == found->second.end() ? missing : metric->second;
}

std::string runsCsv(const std::vector<RunRecord>& runs)
{
    Columns columns(runs);
    columns.text("run", [](const RunRecord& run) { return run.name; });
    columns.number("id", [](const RunRecord& run) { return run.id; });
    columns.text("model", [](const RunRecord& run) { return run.model; });
    columns.text("series", [](const RunRecord& run) { return run.series; });
    columns.text("series_hash", [](const RunRecord& run) { return run.seriesHash; });
    columns.text("state", [](const RunRecord& run) { return stateName(run.state); });
    columns.text("created", [](const RunRecord& run) { return run.created; });
    columns.number("parameters", [](const RunRecord& run) { return run.parameters; });
    columns.number("steps", [](const RunRecord& run) { return run.steps; });
    columns.number("epochs", [](const RunRecord& run) { return run.epochs; });
    columns.number("seconds", [](const RunRecord& run) { return run.seconds; });
    columns.number("best_step", [](const RunRecord& run) {
        return run.bestStep ? static_cast<double>(*run.bestStep) : missing;
    });
    columns.number("best_validation_loss",
                   [](const RunRecord& run) { return run.bestValidationLoss.value_or(missing); });
    columns.text("weights_sha256", [](const RunRecord& run) { return run.weightsSha256; });
    columns.text("tags", tagText);
    columns.text("note", [](const RunRecord& run) { return run.note; });
    columns.metrics();
    columns.settings();
    return columns.csv();
}

}  // namespace fc
