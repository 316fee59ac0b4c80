// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/commands/weight_report.h"

#include <nlohmann/json.hpp>

#include "app/commands/output.h"

namespace fc::app {

namespace {

using Json = nlohmann::ordered_json;

void addCounts(Json& target, const WeightCounts& counts)
{
    target["total"] = counts.total;
    target["trainable"] = counts.trainable;
    target["frozen"] = counts.frozen;
    target["buffers"] = counts.buffers;
    target["bytes"] = counts.bytes;
}

std::vector<std::string> row(const std::string& name, const std::string& weights, const WeightCounts& counts)
{
    return {name,
            weights,
            std::to_string(counts.total),
            std::to_string(counts.trainable),
            std::to_string(counts.frozen),
            std::to_string(counts.bytes)};
}

}  // namespace

std::string weightTable(const WeightSummary& summary)
{
    TextTable table({"layer", "weights", "numbers", "trained", "frozen", "bytes"});
    for (const LayerSummary& layer : summary.layers)
        table.add(row(layer.name, layer.weights, layer.sizes));
    table.add(row("total", "", summary.total));
    return table.text();
}

Json weightDocument(const WeightSummary& summary)
{
    Json document;
    addCounts(document, summary.total);
    document["layers"] = Json::array();
    for (const LayerSummary& layer : summary.layers) {
        Json each = {{"name", layer.name}, {"weights", layer.weights}};
        addCounts(each, layer.sizes);
        document["layers"].push_back(each);
    }
    return document;
}

}  // namespace fc::app
