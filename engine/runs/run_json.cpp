// SPDX-License-Identifier: GPL-3.0-or-later
#include <nlohmann/json.hpp>

#include "engine/runs/services.h"

namespace fc {

namespace {

using Json = nlohmann::json;

/// Of each part; null for runs of programs that did not count them.
Json windowCounts(const Json& environment)
{
    if (!environment.is_object() || !environment.contains("test_windows"))
        return {};
    Json counts;
    for (const char* part : {"train", "validation", "test"})
        counts[part] = environment.value(std::string(part) + "_windows", Json());
    return counts;
}

}  // namespace

std::string programVersion()
{
    return FORECASTLE_VERSION;
}

std::string runJson(const RunRecord& run)
{
    Json json;
    json["run"] = run.name;
    json["id"] = run.id;
    json["state"] = stateName(run.state);
    json["message"] = run.message;
    json["series"] = run.series;
    json["series_hash"] = run.seriesHash;
    json["model"] = run.model;
    json["settings"] = Json::parse(run.settings, nullptr, false);
    json["environment"] = Json::parse(run.environment, nullptr, false);
    json["seed"] = run.seed;
    json["parameters"] = run.parameters;
    json["steps"] = run.steps;
    json["total_steps"] = run.totalSteps;
    json["epochs"] = run.epochs;
    json["seconds"] = run.seconds;
    json["best"] = {{"step", run.bestStep ? Json(*run.bestStep) : Json()},
                    {"validation_loss", run.bestValidationLoss ? Json(*run.bestValidationLoss) : Json()}};
    json["metrics"] = run.metrics;
    // The test part stands at the top of each baseline as well, where scripts look first.
    json["baselines"] = Json::object();
    for (const auto& [name, parts] : run.baselines) {
        Json baseline = parts;
        if (const auto test = parts.find("test"); test != parts.end())
            baseline.update(Json(test->second));
        json["baselines"][name] = baseline;
    }
    json["windows"] = windowCounts(json["environment"]);
    json["weights_sha256"] = run.weightsSha256;
    json["created"] = run.created;
    json["tags"] = run.tags;
    json["note"] = run.note;
    for (const char* key : {"settings", "environment"}) {
        if (json[key].is_discarded())
            json[key] = nullptr;
    }
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace fc
