// SPDX-License-Identifier: GPL-3.0-or-later
// The part of the command `series` that checks and changes: check, resample, slice, join, … and undo.
#include "app/commands/series_transforms.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "app/commands/output.h"
#include "engine/runs/transform_series.h"

namespace fc::app {

namespace {

using Json = nlohmann::ordered_json;

/// What all of these commands share.
struct Target {
    std::shared_ptr<std::string> workspace;
    std::shared_ptr<bool> json;
    std::string series;
    std::string newName;
};

void report(const Target& target, const TransformOutcome& outcome)
{
    if (*target.json) {
        Json notes = Json::array();
        for (const Message& note : outcome.notes)
            notes.push_back(note.english());
        const Json lineage = Json::parse(outcome.record.lineage, nullptr, false);
        printJson({{"series", outcome.record.name},
                   {"gone", outcome.isGone},
                   {"rows", outcome.record.rows},
                   {"first", outcome.record.first},
                   {"last", outcome.record.last},
                   {"frequency", outcome.record.frequency},
                   {"columns", outcome.record.columns},
                   {"hash", outcome.record.hash},
                   {"lineage", lineage.is_object() ? lineage : Json(nullptr)},
                   {"notes", notes}});
        return;
    }
    for (const Message& note : outcome.notes)
        say(escaped(note.english()));
    TextTable table({"series", outcome.record.name});
    table.add({"rows", std::to_string(outcome.record.rows)});
    table.add(
        {"from", outcome.record.first + " to " + outcome.record.last + ", " + outcome.record.frequency});
    print(table.text());
}

std::string joined(const std::vector<std::string>& words)
{
    std::string out;
    for (const std::string& word : words)
        out += (out.empty() ? "" : " ") + word;
    return out;
}

int check(const Target& target, const std::string& calendar)
{
    const SeriesReport report = checkStoredSeries(*target.workspace, target.series, calendar);
    if (*target.json) {
        Json findings = Json::array();
        for (const Finding& finding : report.findings)
            findings.push_back({{"code", finding.code},
                                {"severity", severityName(finding.severity)},
                                {"column", finding.column.empty() ? Json(nullptr) : Json(finding.column)},
                                {"count", finding.count},
                                {"rows", finding.rows},
                                {"text", finding.text.english()},
                                {"remedies", finding.remedies}});
        printJson({{"series", report.record.name},
                   {"rows", report.record.rows},
                   {"calendar", report.calendar},
                   {"findings", findings}});
        return 0;
    }
    print("calendar: " + report.calendar + "\n");
    if (report.findings.empty())
        print("Nothing odd was found.\n");
    for (const Finding& finding : report.findings)
        print(finding.code + " (" + severityName(finding.severity) + "): " + escaped(finding.text.english()) +
              "\n    remedies: " + joined(finding.remedies) + "\n");
    return 0;
}

std::string optionName(const std::string& id)
{
    std::string name = id;
    std::ranges::replace(name, '_', '-');
    return name;
}

/// Texts as given, by param; read when the command runs, so that wrong ones are explained as everywhere.
using Texts = std::map<std::string, std::string>;

void addParam(CLI::App& sub, const Param& param, const std::shared_ptr<Texts>& texts)
{
    const std::string name = optionName(param.spec.id);
    if (param.type() == "boolean") {
        const bool isOn = std::get<bool>(param.defaultValue);
        sub.add_flag_callback((isOn ? "--no-" : "--") + name,
                              [texts, id = param.spec.id, isOn] { (*texts)[id] = isOn ? "false" : "true"; },
                              param.spec.help);
        return;
    }
    std::string help = param.spec.help;
    if (!param.spec.choices.empty())
        help += " One of: " + joined(param.spec.choices) + ".";
    if (const std::string standard = valueText(param.defaultValue); !standard.empty())
        help += " Default: " + standard + ".";
    sub.add_option_function<std::string>(
           "--" + name, [texts, id = param.spec.id](const std::string& text) { (*texts)[id] = text; }, help)
        ->type_name("VALUE");
}

ParamValues valuesOf(const SeriesTransform& transform, const Texts& texts)
{
    ParamValues values;
    for (const auto& [id, text] : texts)
        values[id] = parseValue(*find(transform.schema, id), text);
    return values;
}

CLI::App* subcommand(CLI::App& app, const std::string& name, const std::string& help,
                     const std::shared_ptr<Target>& target)
{
    CLI::App* sub = app.add_subcommand(name, help)->fallthrough();
    sub->add_option("name", target->series, "The series.")->required();
    return sub;
}

}  // namespace

void declareTransforms(CLI::App& app, const std::shared_ptr<std::string>& workspace,
                       const std::shared_ptr<bool>& json, const std::shared_ptr<std::function<int()>>& action)
{
    const auto newTarget = [&] { return std::make_shared<Target>(Target{workspace, json, {}, {}}); };

    const auto checked = newTarget();
    const auto calendar = std::make_shared<std::string>("auto");
    CLI::App* sub =
        subcommand(app, "check", "Look for odd rows and gaps; says what can be done about each.", checked);
    sub->add_option("--calendar", *calendar,
                    "When stamps are due: auto, by_row, 24/7, business_days, or sessions such as \"mon-fri "
                    "09:30-16:00\".")
        ->type_name("CALENDAR");
    sub->callback([=] { *action = [=] { return check(*checked, *calendar); }; });

    for (const SeriesTransform& transform : seriesTransforms()) {
        const auto target = newTarget();
        const auto texts = std::make_shared<Texts>();
        const auto renamed = std::make_shared<std::string>();
        sub = subcommand(app, transform.id, transform.help, target);
        for (const Param& param : transform.schema)
            addParam(*sub, param, texts);
        if (transform.id == "rename")
            sub->add_option("--to", *renamed, "A new name for the series itself; runs keep finding it.")
                ->type_name("NAME");
        sub->add_option("--as", target->newName,
                        "Store the result under this name; else it is a new version of the series, and undo "
                        "goes back.")
            ->type_name("NAME");
        sub->callback([=, &transform] {
            *action = [=, &transform] {
                const ParamValues values = valuesOf(transform, *texts);
                TransformOutcome outcome;
                if (renamed->empty() || !values.empty())
                    outcome =
                        transformSeries({*workspace, target->series, transform.id, values, target->newName});
                if (!renamed->empty())
                    outcome.record = renameSeries(
                        *workspace, target->newName.empty() ? target->series : target->newName, *renamed);
                report(*target, outcome);
                return 0;
            };
        });
    }

    const auto undone = newTarget();
    sub = subcommand(app, "undo", "Take the last transform of a series back.", undone);
    sub->callback([=] {
        *action = [=] {
            report(*undone, undoTransform(*workspace, undone->series));
            return 0;
        };
    });
}

}  // namespace fc::app
