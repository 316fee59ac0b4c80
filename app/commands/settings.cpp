// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/commands/settings.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <optional>
#include <utility>

#include "app/commands/output.h"
#include "engine/base/atomic_file.h"
#include "engine/runs/recipe_json.h"

namespace fc::app {

namespace {

constexpr std::uintmax_t configLimit = 1 << 20;

/// The value of one key, or UsageError when there is no such key.
ParamValue parse(const Schema& schema, const std::string& id, const std::string& text)
{
    const Param* param = find(schema, id);
    if (param == nullptr)
        check(schema, {{id, text}});
    return parseValue(*param, text);
}

ParamValues readConfig(const Schema& schema, const std::string& path)
{
    std::optional<ParamValues> values = settingsFromJson(schema, readFile(path, configLimit));
    if (!values) {
        throw Error(
            Message(TR("commands", "The settings file %1 is not a JSON object such as {\"epochs\": 10}."),
                    displayPath(path)));
    }
    return std::move(*values);
}

}  // namespace

void addSettings(CLI::App& app, SettingArguments& arguments)
{
    app.add_option("--set", arguments.set,
                   "A setting as key=value; may be repeated. \"models show MODEL\" lists the keys.")
        ->type_name("KEY=VALUE")
        ->allow_extra_args(false);
    app.add_option("--config", arguments.config, "A JSON object of settings; --set goes over it.")
        ->type_name("FILE");
    app.add_option("--seed", arguments.seed, "The seed of everything random.")->type_name("N");
    app.add_option("--threads", arguments.threads, "Threads to use; all cores by default.")->type_name("N");
}

ParamValues readSet(const Schema& schema, const std::vector<std::string>& set)
{
    ParamValues values;
    for (const std::string& each : set) {
        const size_t equals = each.find('=');
        if (equals == std::string::npos || equals == 0) {
            throw UsageError(
                Message(TR("commands", "\"%1\" is not a setting; write --set key=value."), escaped(each)));
        }
        const std::string id = each.substr(0, equals);
        values[id] = parse(schema, id, each.substr(equals + 1));
    }
    return values;
}

ParamValues readSettings(const Schema& schema, const SettingArguments& arguments)
{
    ParamValues values = arguments.base;
    if (!arguments.config.empty())
        for (auto& [id, value] : readConfig(schema, arguments.config))
            values[id] = std::move(value);
    for (const auto& [id, value] : readSet(schema, arguments.set))
        values[id] = value;
    if (!arguments.seed.empty())
        values["seed"] = parse(schema, "seed", arguments.seed);
    if (!arguments.threads.empty())
        values["threads"] = parse(schema, "threads", arguments.threads);
    check(schema, values);
    return values;
}

void sayUnused(const Schema& schema, const ParamValues& given)
{
    // In the order of the schema, as a person reads them elsewhere.
    std::vector<std::pair<const Param*, std::string>> unused;
    for (const Param& param : schema) {
        const Param* choice = given.contains(param.spec.id) ? unusedBecauseOf(schema, given, param) : nullptr;
        if (!choice)
            continue;
        const auto known = std::ranges::find(unused, choice, [](const auto& each) { return each.first; });
        if (known == unused.end())
            unused.emplace_back(choice, param.spec.id);
        else
            known->second += ", " + param.spec.id;
    }
    for (const auto& [choice, ids] : unused) {
        const auto it = given.find(choice->spec.id);
        const std::string value = valueText(it == given.end() ? choice->defaultValue : it->second);
        const bool several = ids.find(',') != std::string::npos;
        say(Message(several ? TR("commands", "%1 are not used by %2=%3.")
                            : TR("commands", "%1 is not used by %2=%3."),
                    ids, choice->spec.id, value)
                .english());
    }
}

std::int64_t wholeNumber(const std::string& option, const std::string& text, std::int64_t minimum)
{
    const Param param = {{.id = option, .label = {}, .help = {}, .min = static_cast<double>(minimum)},
                         std::int64_t{minimum}};
    return std::get<std::int64_t>(parseValue(param, text));
}

}  // namespace fc::app
