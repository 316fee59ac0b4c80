// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/params/params.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>

namespace fc {

namespace {

using Json = nlohmann::json;

std::string join(const std::vector<std::string>& parts)
{
    std::string out;
    for (const std::string& part : parts)
        out += (out.empty() ? "" : ", ") + part;
    return out;
}

bool isNumber(const ParamValue& value)
{
    return std::holds_alternative<std::int64_t>(value) || std::holds_alternative<double>(value);
}

double number(const ParamValue& value)
{
    const auto* whole = std::get_if<std::int64_t>(&value);
    return whole ? static_cast<double>(*whole) : std::get<double>(value);
}

std::optional<Message> rangeProblem(const ParamSpec& spec, double x)
{
    if (!std::isfinite(x))
        return Message(TR("engine", "%1 must be a finite number."), spec.id);
    if ((spec.min && x < *spec.min) || (spec.max && x > *spec.max)) {
        if (spec.min && spec.max)
            return Message(TR("engine", "%1 is %2; it must be from %3 to %4."), spec.id, x, *spec.min,
                           *spec.max);
        if (spec.min)
            return Message(TR("engine", "%1 is %2; it must be at least %3."), spec.id, x, *spec.min);
        return Message(TR("engine", "%1 is %2; it must be at most %3."), spec.id, x, *spec.max);
    }
    return std::nullopt;
}

std::optional<Message> problem(const Param& param, const ParamValue& value)
{
    const ParamSpec& spec = param.spec;
    if (std::holds_alternative<bool>(param.defaultValue)) {
        if (!std::holds_alternative<bool>(value))
            return Message(TR("engine", "%1 is \"%2\"; it must be true or false."), spec.id,
                           valueText(value));
        return std::nullopt;
    }
    if (std::holds_alternative<std::string>(param.defaultValue)) {
        const auto* text = std::get_if<std::string>(&value);
        if (!text)
            return Message(TR("engine", "%1 is %2; it must be text."), spec.id, valueText(value));
        if (!spec.choices.empty() && std::ranges::find(spec.choices, *text) == spec.choices.end()) {
            return Message(TR("engine", "%1 is \"%2\"; it must be one of: %3."), spec.id, *text,
                           join(spec.choices));
        }
        return std::nullopt;
    }
    if (!isNumber(value))
        return Message(TR("engine", "%1 is \"%2\"; it must be a number."), spec.id, valueText(value));
    if (std::holds_alternative<std::int64_t>(param.defaultValue)) {
        const double x = number(value);
        if (x != std::floor(x) || std::abs(x) > 2147483647.0)
            return Message(TR("engine", "%1 is %2; it must be a whole number."), spec.id, x);
        if (spec.odd && std::fmod(x, 2.0) == 0.0)
            return Message(TR("engine", "%1 is %2; it must be odd."), spec.id, x);
    }
    return rangeProblem(spec, number(value));
}

}  // namespace

std::string Param::type() const
{
    switch (defaultValue.index()) {
        case 0:
            return "boolean";
        case 1:
            return "integer";
        case 2:
            return "number";
        default:
            return spec.choices.empty() ? "text" : "choice";
    }
}

void ParamAssigner::field(int& value, const ParamSpec& spec)
{
    if (const auto it = m_values.find(spec.id); it != m_values.end())
        value = static_cast<int>(number(it->second));
}

void ParamAssigner::field(double& value, const ParamSpec& spec)
{
    if (const auto it = m_values.find(spec.id); it != m_values.end())
        value = number(it->second);
}

void ParamAssigner::field(bool& value, const ParamSpec& spec)
{
    if (const auto it = m_values.find(spec.id); it != m_values.end())
        value = std::get<bool>(it->second);
}

void ParamAssigner::field(std::string& value, const ParamSpec& spec)
{
    if (const auto it = m_values.find(spec.id); it != m_values.end())
        value = std::get<std::string>(it->second);
}

ParamValues defaults(const Schema& schema)
{
    ParamValues values;
    for (const Param& param : schema)
        values[param.spec.id] = param.defaultValue;
    return values;
}

const Param* find(const Schema& schema, std::string_view id)
{
    const auto it =
        std::ranges::find(schema, id, [](const Param& param) { return std::string_view(param.spec.id); });
    return it == schema.end() ? nullptr : &*it;
}

std::vector<Message> problems(const Schema& schema, const ParamValues& values)
{
    std::vector<Message> found;
    for (const auto& [id, value] : values) {
        const Param* param = find(schema, id);
        if (param) {
            if (auto message = problem(*param, value))
                found.push_back(*message);
            continue;
        }
        std::vector<std::string> known;
        for (const Param& each : schema)
            known.push_back(each.spec.id);
        const std::string near = nearest(id, known);
        if (near.empty())
            found.emplace_back(TR("engine", "There is no setting \"%1\". Known settings: %2."), id,
                               join(known));
        else
            found.emplace_back(TR("engine", "There is no setting \"%1\". The nearest is \"%2\"."), id, near);
    }
    return found;
}

void check(const Schema& schema, const ParamValues& values)
{
    const std::vector<Message> found = problems(schema, values);
    if (!found.empty())
        throw UsageError(found.front());
}

ParamValue parseValue(const Param& param, std::string_view text)
{
    const auto whole = [&](auto& number) {
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
        return error == std::errc() && end == text.data() + text.size() && !text.empty();
    };
    ParamValue value = std::string(text);
    if (std::holds_alternative<bool>(param.defaultValue)) {
        if (text == "true" || text == "false" || text == "1" || text == "0")
            value = text == "true" || text == "1";
    } else if (!std::holds_alternative<std::string>(param.defaultValue)) {
        std::int64_t integer = 0;
        double real = 0;
        if (whole(integer))
            value = integer;
        else if (whole(real))
            value = real;
        if (std::holds_alternative<double>(param.defaultValue) && isNumber(value))
            value = number(value);
    }
    if (const auto message = problem(param, value))
        throw UsageError(*message);
    if (std::holds_alternative<std::int64_t>(param.defaultValue))
        value = static_cast<std::int64_t>(number(value));
    return value;
}

std::string valueText(const ParamValue& value)
{
    if (const auto* flag = std::get_if<bool>(&value))
        return *flag ? "true" : "false";
    if (const auto* integer = std::get_if<std::int64_t>(&value))
        return std::to_string(*integer);
    if (const auto* real = std::get_if<double>(&value))
        return formatNumber(*real);
    return std::get<std::string>(value);
}

const Param* unusedBecauseOf(const Schema& schema, const ParamValues& values, const Param& param)
{
    const ParamCondition& when = param.spec.when;
    const Param* chooser = find(schema, when.id);
    if (!chooser)
        return nullptr;
    if (const Param* outer = unusedBecauseOf(schema, values, *chooser))
        return outer;
    const auto given = values.find(when.id);
    const std::string value = valueText(given == values.end() ? chooser->defaultValue : given->second);
    return std::ranges::find(when.values, value) == when.values.end() ? chooser : nullptr;
}

Message sentenceOf(const ParamCondition& condition)
{
    return Message(TR("engine", "Only with %1 = %2."), condition.id, join(condition.values));
}

std::string toJson(const ParamValues& values)
{
    Json json = Json::object();
    for (const auto& [id, value] : values)
        std::visit([&, &key = id](const auto& plain) { json[key] = plain; }, value);
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

ParamValues paramsFromJson(std::string_view text)
{
    const Json json = Json::parse(text, nullptr, false);
    if (!json.is_object())
        throw Error(Message(TR("engine", "The settings are not a JSON object.")));
    ParamValues values;
    for (const auto& [id, value] : json.items()) {
        if (value.is_boolean())
            values[id] = value.get<bool>();
        else if (value.is_number_integer())
            values[id] = value.get<std::int64_t>();
        else if (value.is_number())
            values[id] = value.get<double>();
        else if (value.is_string())
            values[id] = value.get<std::string>();
        else
            throw Error(
                Message(TR("engine", "The setting \"%1\" must be a number, text, true or false."), id));
    }
    return values;
}

std::string nearest(std::string_view name, const std::vector<std::string>& candidates)
{
    std::string best;
    size_t bestDistance = name.size() / 2 + 1;
    for (const std::string& candidate : candidates) {
        // Levenshtein distance, two rows.
        std::vector<size_t> row(candidate.size() + 1);
        std::iota(row.begin(), row.end(), size_t{0});
        for (size_t i = 0; i < name.size(); ++i) {
            size_t diagonal = row[0]++;
            for (size_t j = 0; j < candidate.size(); ++j) {
                const size_t replace = diagonal + (name[i] == candidate[j] ? 0 : 1);
                diagonal = row[j + 1];
                row[j + 1] = std::min({replace, diagonal + 1, row[j] + 1});
            }
        }
        if (row.back() < bestDistance) {
            bestDistance = row.back();
            best = candidate;
        }
    }
    return best;
}

}  // namespace fc
