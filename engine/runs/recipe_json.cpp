// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/runs/recipe_json.h"

#include <nlohmann/json.hpp>

#include "engine/features/feature_list.h"
#include "engine/runs/services.h"

namespace fc {

namespace {

using Json = nlohmann::ordered_json;

constexpr int indent = 2;

std::string listText(const Json& list)
{
    std::string text;
    for (const Json& item : list)
        text += (text.empty() ? "" : ",") + (item.is_string() ? item.get<std::string>() : item.dump());
    return text;
}

Json toJson(const ParamValue& value)
{
    return std::visit([](const auto& plain) { return Json(plain); }, value);
}

}  // namespace

std::optional<ParamValues> settingsFromJson(const Schema& schema, std::string_view text)
{
    Json json = Json::parse(text, nullptr, false);
    if (!json.is_object())
        return std::nullopt;
    for (auto& [key, value] : json.items()) {
        if (value.is_array())
            value = listText(value);
    }
    ParamValues values = paramsFromJson(json.dump(-1, ' ', false, Json::error_handler_t::replace));
    check(schema, values);
    return values;
}

ParamValues recipeFromJson(std::string_view json)
{
    std::optional<ParamValues> values = settingsFromJson(recipeSchema(), json);
    if (!values) {
        throw UsageError(Message(TR("engine", "This is no recipe. A recipe is a JSON object such as %1."),
                                 "{\"features\": [\"rsi(period=14)\"], \"scaler\": \"standard\"}"));
    }
    if (const auto features = values->find("features"); features != values->end()) {
        std::string canonical;
        for (const ListedFeature& each : parseFeatureList(std::get<std::string>(features->second)))
            canonical += (canonical.empty() ? "" : ", ") + each.text();
        features->second = canonical;
    }
    return std::move(*values);
}

std::string recipeToJson(const ParamValues& recipe)
{
    Json json = Json::object();
    for (const Param& param : recipeSchema()) {
        const auto value = recipe.find(param.spec.id);
        if (value == recipe.end())
            continue;
        if (param.spec.id != "features") {
            json[param.spec.id] = toJson(value->second);
            continue;
        }
        json["features"] = Json::array();
        for (const ListedFeature& each : parseFeatureList(std::get<std::string>(value->second)))
            json["features"].push_back(each.text());
    }
    return json.dump(indent, ' ', false, Json::error_handler_t::replace) + "\n";
}

void storeRecipe(Store& store, const std::string& name, std::string_view json)
{
    store.saveRecipe(name, recipeToJson(recipeFromJson(json)));
}

}  // namespace fc
