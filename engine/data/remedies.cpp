// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/data/remedies.h"

#include <algorithm>
#include <cmath>

#include "engine/base/error.h"
#include "engine/data/faults.h"
#include "engine/data/fill.h"
#include "engine/data/names.h"
#include "engine/data/transforms.h"

namespace fc {

namespace {

using List = std::vector<std::pair<std::string, std::vector<std::string>>>;

/// In the order in which remedies are applied: what repairs candles before what looks at changes, holes last.
const List& remedyList()
{
    static const List list = {{"unsorted", {"keep"}},
                              {"duplicate_time", {"keep", "drop_rows"}},
                              {"high_below_low", {"keep", "swap", "set_missing", "drop_rows"}},
                              {"open_outside", {"keep", "clip", "set_missing", "drop_rows"}},
                              {"close_outside", {"keep", "clip", "set_missing", "drop_rows"}},
                              {"negative_volume", {"keep", "clip", "set_missing", "drop_rows"}},
                              {"negative_price", {"keep", "set_missing", "drop_rows"}},
                              {"zero_price", {"keep", "set_missing", "forward", "drop_rows"}},
                              {"zero_volume", {"keep", "set_missing", "drop_rows"}},
                              {"spike", {"keep", "set_missing", "forward", "drop_rows"}},
                              {"stale", {"keep", "set_missing", "drop_rows"}},
                              {"missing_values", {"keep", "forward", "linear", "nearest", "mean", "drop"}},
                              {"gaps", {"keep", "gaps", "forward", "linear", "nearest", "mean"}}};
    return list;
}

const Column* withRole(const Series& series, std::string_view role)
{
    const auto it = std::ranges::find(series.columns, role, &Column::role);
    return it == series.columns.end() ? nullptr : &*it;
}

void dropRows(Series& series, const std::vector<Fault>& faults)
{
    std::vector<bool> stays(series.rows(), true);
    for (const Fault& fault : faults)
        for (const std::size_t row : fault.rows)
            stays[row] = false;
    keepRows(series, stays);
}

void swapHighAndLow(Series& series, const Fault& fault)
{
    Column& high = series.columns[fault.column];
    Column& low = series.columns[static_cast<std::size_t>(withRole(series, "low") - series.columns.data())];
    for (const std::size_t row : fault.rows)
        std::swap(high.values[row], low.values[row]);
}

void changeCells(Series& series, const Fault& fault, const std::string& action)
{
    std::vector<double>& values = series.columns[fault.column].values;
    const Column* high = withRole(series, "high");
    const Column* low = withRole(series, "low");
    for (const std::size_t row : fault.rows) {
        if (action == "set_missing")
            values[row] = missing;
        else if (action == "forward")
            values[row] = row == 0 ? missing : values[row - 1];
        else if (fault.code == "negative_volume")
            values[row] = 0;
        else
            values[row] = std::clamp(values[row], low->values[row], high->values[row]);
    }
    // A candle whose high is below its low has two wrong prices.
    if (action == "set_missing" && fault.code == "high_below_low")
        for (const std::size_t row : fault.rows)
            series.columns[static_cast<std::size_t>(low - series.columns.data())].values[row] = missing;
}

std::vector<Message> fillWith(Series& series, const std::string& code, const std::string& action)
{
    FillRequest request;
    request.policy = missingPolicy(action);
    request.insertRows = code == "gaps";
    return fillMissing(series, request).notes;
}

}  // namespace

std::vector<std::string> remediesFor(const std::string& code)
{
    const auto it = std::ranges::find(remedyList(), code, &List::value_type::first);
    return it == remedyList().end() ? std::vector<std::string>() : it->second;
}

void checkRemedies(const Remedies& remedies)
{
    for (const auto& [code, action] : remedies) {
        const std::vector<std::string> known = remediesFor(code);
        if (known.empty()) {
            std::vector<std::string> codes;
            for (const auto& [each, actions] : remedyList())
                codes.push_back(each);
            throw UsageError(Message(TR("engine", "There is no finding \"%1\" to remedy. Give one of %2."),
                                     code, nameList(codes)));
        }
        if (std::ranges::find(known, action) == known.end())
            throw UsageError(Message(TR("engine", "\"%1\" is no remedy for %2. Give one of %3."), action,
                                     code, nameList(known)));
    }
}

std::vector<Message> applyRemedies(Series& series, const Remedies& remedies)
{
    checkRemedies(remedies);
    std::vector<Message> notes;
    for (const auto& [code, actions] : remedyList()) {
        const auto chosen = remedies.find(code);
        if (chosen == remedies.end() || chosen->second == "keep")
            continue;
        const std::string& action = chosen->second;
        if (code == "gaps" || code == "missing_values") {
            for (Message& note : fillWith(series, code, action))
                notes.push_back(std::move(note));
            continue;
        }
        const std::vector<Fault> faults = findFaults(series, code);
        std::int64_t count = 0;
        for (const Fault& fault : faults) {
            count += static_cast<std::int64_t>(fault.rows.size());
            if (action == "swap")
                swapHighAndLow(series, fault);
            else if (action != "drop_rows")
                changeCells(series, fault, action);
        }
        const std::size_t rows = series.rows();
        if (action == "drop_rows" && count > 0)
            dropRows(series, faults);
        notes.emplace_back(
            action == "drop_rows"
                ? Message(TR("engine", "%1: %2 rows were dropped."), code, rows - series.rows())
                : Message(TR("engine", "%1: %2 was applied to %3 cells."), code, action, count));
    }
    return notes;
}

}  // namespace fc
