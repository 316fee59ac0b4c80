// SPDX-License-Identifier: GPL-3.0-or-later
// The import's options and outcome as JSON.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "engine/base/error.h"
#include "engine/io/encoding.h"
#include "engine/io/import.h"

namespace fc {

namespace {

using Json = nlohmann::ordered_json;

/// First and last rows of a long table; everything of a short one.
constexpr size_t shownAtEachEnd = 1000;

template <typename T, typename ToJson>
Json values(const std::vector<T>& all, const ToJson& toJson)
{
    Json out = Json::array();
    for (size_t i = 0; i < all.size(); ++i) {
        if (all.size() > 2 * shownAtEachEnd && i == shownAtEachEnd)
            i = all.size() - shownAtEachEnd;
        out.push_back(toJson(all[i]));
    }
    return out;
}

Json dataJson(const ImportResult& result)
{
    Json data = Json::object();
    if (result.seriesCount() == 0)
        return data;
    const Series& all = result.records();
    std::set<std::string> names;
    const auto isNew = [&](const std::string& name) { return names.insert(name).second; };
    isNew("time");
    data["time"] =
        values(all.times, [&](Timestamp t) { return all.hasClock ? Json(formatTimestamp(t)) : Json(t); });
    auto& members = data.get_ref<Json::object_t&>();
    for (const Column& column : all.columns)
        if (isNew(column.name))
            members.emplace_back(column.name, values(column.values, [](double x) {
                                     return x == x ? Json(x) : Json(nullptr);
                                 }));
    for (const TextColumn& column : result.texts)
        if (isNew(column.name))
            members.emplace_back(column.name,
                                 values(column.values, [](const std::string& text) { return Json(text); }));
    return data;
}

/// The calendar is known of series in memory only.
Json seriesJson(const SeriesShape& series, const Json& calendar)
{
    const auto stamp = [&](const std::optional<Timestamp>& t) {
        return !t ? Json(nullptr) : series.hasClock ? Json(formatTimestamp(*t)) : Json(*t);
    };
    return {{"name", series.name},
            {"rows", series.rows},
            {"first", stamp(series.first)},
            {"last", stamp(series.last)},
            {"frequency", series.frequency.text()},
            {"time_zone", series.timeZone},
            {"calendar", calendar}};
}

Json findingJson(const Finding& finding, const std::string& series)
{
    return {{"series", series},
            {"code", finding.code},
            {"severity", severityName(finding.severity)},
            {"column", finding.column.empty() ? Json(nullptr) : Json(finding.column)},
            {"count", finding.count},
            {"lines", finding.lines},
            {"text", finding.text.english()},
            {"remedies", finding.remedies}};
}

std::string dumped(const Json& json)
{
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Json optionsJson(const ImportOptions& options)
{
    Json out = Json::object();
    const auto text = [&](const char* key, const std::optional<std::string>& value) {
        if (value)
            out[key] = *value;
    };
    const auto mark = [&](const char* key, const std::optional<char>& value) {
        if (value)
            out[key] = std::string(1, *value);
    };
    text("name", options.name);
    mark("delimiter", options.delimiter);
    mark("decimal", options.decimal);
    if (options.headerLine)
        out["header_line"] = *options.headerLine;
    text("date_format", options.dateFormat);
    text("time_zone", options.timeZone);
    text("on_repeated_hour", options.onRepeatedHour);
    text("on_skipped_hour", options.onSkippedHour);
    if (!options.roles.empty())
        out["roles"] = options.roles;
    if (!options.types.empty())
        out["types"] = options.types;
    text("on_duplicate", options.onDuplicate);
    if (!options.remedies.empty())
        out["remedies"] = options.remedies;
    text("missing", options.missing);
    text("calendar", options.calendar);
    text("encoding", options.encoding);
    text("member", options.member);
    text("sheet", options.sheet);
    text("table", options.table);
    return out;
}

}  // namespace

std::string toJson(const ImportOptions& options)
{
    return dumped(optionsJson(options));
}

ImportOptions importOptionsFromJson(const std::string& json)
{
    ImportOptions out;
    try {
        const Json in = Json::parse(json);
        const auto text = [&](const char* key, std::optional<std::string>& to) {
            if (in.contains(key))
                to = in.at(key).get<std::string>();
        };
        const auto mark = [&](const char* key, std::optional<char>& to) {
            if (in.contains(key))
                to = in.at(key).get<std::string>().at(0);
        };
        text("name", out.name);
        mark("delimiter", out.delimiter);
        mark("decimal", out.decimal);
        if (in.contains("header_line"))
            out.headerLine = in.at("header_line").get<std::int64_t>();
        text("date_format", out.dateFormat);
        text("time_zone", out.timeZone);
        text("on_repeated_hour", out.onRepeatedHour);
        text("on_skipped_hour", out.onSkippedHour);
        if (in.contains("roles"))
            out.roles = in.at("roles").get<std::map<std::string, std::string>>();
        if (in.contains("types"))
            out.types = in.at("types").get<std::map<std::string, std::string>>();
        text("on_duplicate", out.onDuplicate);
        if (in.contains("remedies"))
            out.remedies = in.at("remedies").get<std::map<std::string, std::string>>();
        text("missing", out.missing);
        text("calendar", out.calendar);
        text("encoding", out.encoding);
        text("member", out.member);
        text("sheet", out.sheet);
        text("table", out.table);
    } catch (const std::exception&) {
        throw UsageError(Message(TR("engine", "This is no import recipe: %1."), quotedText(json)));
    }
    return out;
}

std::string importDocument(const ImportResult& result, bool withData)
{
    Json messages = Json::array();
    for (const ImportMessage& m : result.messages)
        messages.push_back({{"severity", m.isError ? "error" : "warning"},
                            {"line", m.line ? Json(*m.line) : Json(nullptr)},
                            {"column", m.column ? Json(*m.column) : Json(nullptr)},
                            {"code", m.code},
                            {"text", m.text.english()}});
    Json series = Json::array();
    for (const Series& one : result.series)
        series.push_back(seriesJson(shapeOf(one), detectCalendar(one).text()));
    for (const SeriesShape& one : result.shapes)
        series.push_back(seriesJson(one, nullptr));
    Json findings = Json::array();
    for (std::size_t s = 0; s < result.findings.size(); ++s)
        for (const Finding& finding : result.findings[s])
            findings.push_back(findingJson(finding, result.series[s].name));
    Json out = {{"verdict", verdictName(result.verdict)},
                {"rows", result.rows()},
                {"columns", result.columns},
                {"messages", std::move(messages)},
                {"series", std::move(series)},
                {"findings", std::move(findings)},
                {"recipe", optionsJson(result.detected)}};
    if (withData)
        out["data"] = dataJson(result);
    return dumped(out);
}

}  // namespace fc
