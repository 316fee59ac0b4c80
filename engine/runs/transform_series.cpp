// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/runs/transform_series.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/runs/services.h"

namespace fc {

namespace {

using Json = nlohmann::ordered_json;

Json parent(const SeriesRecord& record)
{
    Json out = {{"name", record.name}, {"hash", record.hash}};
    const Json lineage = Json::parse(record.lineage, nullptr, false);
    if (lineage.is_object())
        out["lineage"] = lineage;
    return out;
}

std::string lineageJson(const std::string& transform, const ParamValues& values,
                        const std::vector<SeriesRecord>& parents, const std::vector<Message>& notes)
{
    Json out = {{"operation", transform},
                {"params", Json::parse(toJson(values))},
                {"parents", Json::array()},
                {"notes", Json::array()},
                {"program", programVersion()}};
    for (const SeriesRecord& record : parents)
        out["parents"].push_back(parent(record));
    for (const Message& note : notes)
        out["notes"].push_back(note.english());
    return out.dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// Every param of the transform, so that the lineage says all.
ParamValues allValues(const SeriesTransform& transform, const ParamValues& values)
{
    check(transform.schema, values);
    ParamValues all = defaults(transform.schema);
    for (const auto& [id, value] : values)
        all[id] = value;
    return all;
}

std::string otherOf(const SeriesTransform& transform, const ParamValues& values)
{
    if (!transform.needsOther)
        return {};
    const std::string other = valueText(values.at("other"));
    if (other.empty())
        throw UsageError(Message(TR("engine", "Name the other series.")));
    return other;
}

struct Transformed {
    TransformResult result;
    std::vector<SeriesRecord> parents;
    ParamValues values;
};

Transformed apply(const Store& store, const TransformRequest& request)
{
    const SeriesTransform& transform = seriesTransform(request.transform);
    Transformed out;
    out.values = allValues(transform, request.values);
    const std::string otherName = otherOf(transform, out.values);
    out.parents.push_back(store.seriesRecord(request.series));
    const Series series = store.loadSeries(request.series);
    if (otherName.empty()) {
        out.result = transform.apply(series, nullptr, out.values);
        return out;
    }
    out.parents.push_back(store.seriesRecord(otherName));
    const Series other = store.loadSeries(otherName);
    out.result = transform.apply(series, &other, out.values);
    return out;
}

void checkUnused(const Store& store, const SeriesRecord& record)
{
    for (const RunRecord& run : store.runs(Store::Detail::Summary))
        if (run.series == record.name && run.seriesHash == record.hash)
            throw UsageError(
                Message(TR("engine",
                           "The run \"%1\" was trained on this state of the series \"%2\", which would be "
                           "lost. Delete the run first, or transform the series anew."),
                        run.name, record.name));
}

}  // namespace

TransformResult previewTransform(const TransformRequest& request)
{
    return apply(Store::open(request.workspace, Store::Mode::ReadOnly), request).result;
}

TransformOutcome transformSeries(const TransformRequest& request)
{
    Store store = Store::open(request.workspace);
    Transformed made = apply(store, request);
    Series& series = made.result.series;
    series.name = request.newName.empty() ? request.series : request.newName;
    if (series.rows() == 0)
        throw UsageError(Message(TR("engine", "No row of the series \"%1\" would be left."), request.series));
    const SeriesRecord& from = made.parents.front();
    TransformOutcome out;
    out.notes = made.result.notes;
    out.record = describeSeries(series, from.source, from.importRecipe);
    out.record.lineage = lineageJson(request.transform, made.values, made.parents, out.notes);
    store.transaction([&] {
        if (request.newName.empty() || request.newName == request.series)
            out.record.id = store.replaceSeries(series, out.record);
        else
            out.record.id = store.addSeries(series, out.record);
        store.setLineage(out.record.id, out.record.lineage);
    });
    return out;
}

TransformOutcome undoTransform(const std::filesystem::path& workspace, const std::string& series)
{
    Store store = Store::open(workspace);
    TransformOutcome out;
    store.transaction([&] {
        const SeriesRecord record = store.seriesRecord(series);
        if (record.lineage.empty())
            throw UsageError(Message(
                TR("engine",
                   "The series \"%1\" was imported and not transformed since; there is nothing to undo."),
                series));
        checkUnused(store, record);
        const Json lineage = Json::parse(record.lineage, nullptr, false);
        const std::string operation = lineage.value("operation", std::string());
        if (!store.seriesVersions(series).empty()) {
            store.restoreSeries(series);
            out.record = store.seriesRecord(series);
            out.notes.emplace_back(TR("engine", "%1 was undone; the series \"%2\" is as it was before."),
                                   operation, series);
            return;
        }
        store.deleteSeries(series);
        out.record = record;
        out.isGone = true;
        out.notes.emplace_back(TR("engine", "%1 was undone; the series \"%2\" that it had made is gone."),
                               operation, series);
    });
    return out;
}

SeriesReport checkStoredSeries(const std::filesystem::path& workspace, const std::string& name,
                               const std::string& calendar)
{
    const Store store = Store::open(workspace, Store::Mode::ReadOnly);
    const Series series = store.loadSeries(name);
    const TradingCalendar due = parseCalendar(calendar, series);
    return {store.seriesRecord(name), due.text(), checkSeries(series, due)};
}

SeriesRecord renameSeries(const std::filesystem::path& workspace, const std::string& series,
                          const std::string& newName)
{
    Store store = Store::open(workspace);
    store.renameSeries(series, newName);
    return store.seriesRecord(newName);
}

std::vector<std::string> lineageLines(const SeriesRecord& record)
{
    std::vector<std::string> lines;
    Json step = Json::parse(record.lineage, nullptr, false);
    while (step.is_object() && step.contains("operation")) {
        std::string line = step["operation"].get<std::string>() + "(";
        const Json params = step.value("params", Json::object());
        for (const auto& [id, value] : params.items()) {
            if (value == "" || value == 0 || value == false)
                continue;
            line += (line.back() == '(' ? "" : ", ") + id + "=" +
                    (value.is_string() ? value.get<std::string>() : value.dump());
        }
        const Json parents = step.value("parents", Json::array());
        line += ")";
        if (parents.empty())
            return lines;
        lines.insert(lines.begin(), line + " of " + parents[0].value("name", std::string()));
        const Json next = parents[0].value("lineage", Json());
        step = next;
    }
    return lines;
}

}  // namespace fc
