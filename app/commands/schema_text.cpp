// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/commands/schema_text.h"

#include <nlohmann/json.hpp>

#include "app/commands/output.h"

namespace fc::app {

namespace {

using Json = nlohmann::ordered_json;

Json valueJson(const ParamValue& value)
{
    return std::visit([](const auto& plain) { return Json(plain); }, value);
}

/// Whole numbers stay whole: 8, not 8.0.
Json limit(const std::optional<double>& bound, const Param& param)
{
    if (!bound)
        return nullptr;
    return param.type() == "integer" ? Json(static_cast<std::int64_t>(*bound)) : Json(*bound);
}

Json conditionJson(const ParamCondition& when)
{
    return when.id.empty() ? Json(nullptr) : Json({{"name", when.id}, {"values", when.values}});
}

/// Longer lists of choices stand with the meaning, so that a table stays as wide as a screen.
constexpr std::size_t widestRange = 32;

std::string choicesText(const ParamSpec& spec)
{
    std::string choices;
    for (const std::string& choice : spec.choices)
        choices += (choices.empty() ? "" : "|") + choice;
    return choices;
}

}  // namespace

nlohmann::ordered_json parametersJson(const Schema& schema)
{
    Json list = Json::array();
    for (const Param& param : schema) {
        list.push_back({{"name", param.spec.id},
                        {"type", param.type()},
                        {"default", valueJson(param.defaultValue)},
                        {"minimum", limit(param.spec.min, param)},
                        {"maximum", limit(param.spec.max, param)},
                        {"choices", param.spec.choices},
                        {"unit", param.spec.unit},
                        {"label", param.spec.label},
                        {"help", param.spec.help},
                        {"when", conditionJson(param.spec.when)}});
    }
    return list;
}

std::string rangeText(const Param& param)
{
    const auto text = [&](double bound) {
        return param.type() == "integer" ? std::to_string(static_cast<std::int64_t>(bound))
                                         : formatNumber(bound);
    };
    std::string range = choicesText(param.spec);
    if (range.size() > widestRange)
        range = "see right";
    if (param.spec.min && param.spec.max)
        range = text(*param.spec.min) + " to " + text(*param.spec.max);
    else if (param.spec.min)
        range = "at least " + text(*param.spec.min);
    else if (param.spec.max)
        range = "at most " + text(*param.spec.max);
    return range + (param.spec.odd ? ", odd" : "") + (param.spec.unit.empty() ? "" : " " + param.spec.unit);
}

std::string meaning(const ParamSpec& spec)
{
    std::string text = spec.help;
    const std::string choices = choicesText(spec);
    if (choices.size() > widestRange)
        text += " One of " + choices + ".";
    return spec.when.id.empty() ? text : text + " " + sentenceOf(spec.when).english();
}

std::string schemaText(const Schema& schema)
{
    TextTable table({"setting", "type", "default", "range", "meaning"});
    for (const Param& param : schema) {
        const std::string value = valueText(param.defaultValue);
        table.add({param.spec.id, param.type(), value.empty() ? "\"\"" : value, rangeText(param),
                   meaning(param.spec)});
    }
    return table.text();
}

}  // namespace fc::app
