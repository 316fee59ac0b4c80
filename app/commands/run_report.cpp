// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/commands/run_report.h"

#include <array>
#include <nlohmann/json.hpp>

#include "app/commands/output.h"

namespace fc::app {

namespace {

std::string value(const Metrics& metrics, const std::string& name)
{
    const auto it = metrics.find(name);
    return it == metrics.end() ? "-" : shortNumber(it->second);
}

const Metrics& part(const MetricsByPart& metrics, const std::string& name)
{
    static const Metrics none;
    const auto it = metrics.find(name);
    return it == metrics.end() ? none : it->second;
}

const MetricsByPart& baseline(const RunRecord& run, const std::string& name)
{
    static const MetricsByPart none;
    const auto it = run.baselines.find(name);
    return it == run.baselines.end() ? none : it->second;
}

}  // namespace

std::string metricsTable(const RunRecord& run)
{
    static const std::array<const char*, 9> order = {
        "mae", "mse", "rmse", "mape", "smape", "mase", "r2", "bias", "directional_accuracy"};
    TextTable table({"part", "metric", run.model, "naive", "seasonal naive"});
    for (const char* name : {"train", "validation", "test"}) {
        const Metrics& own = part(run.metrics, name);
        const Metrics& naive = part(baseline(run, "naive"), name);
        const Metrics& seasonal = part(baseline(run, "seasonal_naive"), name);
        if (own.empty())
            continue;
        for (const char* metric : order)
            table.add({name, metric, value(own, metric), value(naive, metric), value(seasonal, metric)});
        for (const char* metric : {"crps", "pinball", "coverage_80"}) {
            if (own.contains(metric))
                table.add({name, metric, value(own, metric), value(naive, metric), value(seasonal, metric)});
        }
    }
    return table.text();
}

std::string runText(const RunRecord& run)
{
    TextTable table({"run", run.name});
    table.add({"model", run.model + ", " + std::to_string(run.parameters) + " weights"});
    table.add({"series", run.series});
    table.add({"state", stateName(run.state) + (run.message.empty() ? "" : ": " + run.message)});
    table.add({"steps", std::to_string(run.steps) + " of " + std::to_string(run.totalSteps) + ", " +
                            std::to_string(run.epochs) + " epochs, " + durationText(run.seconds)});
    if (run.bestStep && run.bestValidationLoss) {
        table.add({"best", "step " + std::to_string(*run.bestStep) + ", validation loss " +
                               shortNumber(*run.bestValidationLoss)});
    }
    table.add({"weights", run.weightsSha256});
    return table.text() + (run.metrics.empty() ? "" : "\n" + metricsTable(run));
}

nlohmann::ordered_json runDocument(const RunRecord& run)
{
    return nlohmann::ordered_json::parse(runJson(run));
}

void addEvaluation(RunRecord& run, Part part, const PartEvaluation& evaluation)
{
    run.metrics[partName(part)] = evaluation.model;
    for (const auto& [name, metrics] : evaluation.baselines)
        run.baselines[name][partName(part)] = metrics;
}

}  // namespace fc::app
