// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/io/export.h"

#include <algorithm>
#include <cassert>

#include "engine/base/message.h"

namespace fc {

namespace {

constexpr Timestamp microsPerDay = 86'400'000'000;

std::string csvField(const std::string& text)
{
    const bool plain =
        text.find_first_of(",\"\r\n") == std::string::npos && !text.starts_with(' ') && !text.ends_with(' ');
    if (plain)
        return text;
    std::string out = "\"";
    for (const char c : text) {
        out += c;
        if (c == '"')
            out += c;
    }
    return out + '"';
}

size_t sizeOf(const ExportColumn& column)
{
    return std::visit([](const auto& values) { return values.size(); }, column.values);
}

/// True for stamps that need no time of day.
bool midnightsOnly(const std::vector<Timestamp>& times)
{
    return std::ranges::all_of(times, [](Timestamp t) { return t % microsPerDay == 0; });
}

}  // namespace

std::string guardedText(const std::string& text)
{
    constexpr std::string_view dangerous("=+-@\t\r\0", 7);
    const bool guard = !text.empty() && dangerous.find(text[0]) != std::string_view::npos;
    return guard ? "'" + text : text;
}

std::string exportCsv(const std::vector<ExportColumn>& columns)
{
    std::string out;
    std::vector<bool> datesOnly;
    for (const ExportColumn& column : columns) {
        assert(sizeOf(column) == sizeOf(columns.front()));
        out += (out.empty() ? "" : ",") + csvField(guardedText(column.name));
        const auto* times = std::get_if<std::vector<Timestamp>>(&column.values);
        datesOnly.push_back(times != nullptr && midnightsOnly(*times));
    }
    out += '\n';
    for (size_t row = 0; !columns.empty() && row < sizeOf(columns.front()); ++row) {
        for (size_t c = 0; c < columns.size(); ++c) {
            if (c > 0)
                out += ',';
            if (const auto* times = std::get_if<std::vector<Timestamp>>(&columns[c].values))
                out += formatTimestamp((*times)[row], !datesOnly[c]);
            else if (const auto* numbers = std::get_if<std::vector<double>>(&columns[c].values))
                out += (*numbers)[row] == (*numbers)[row] ? formatNumber((*numbers)[row]) : "";
            else
                out += csvField(guardedText(std::get<std::vector<std::string>>(columns[c].values)[row]));
        }
        out += '\n';
    }
    return out;
}

std::string exportCsv(const Series& series)
{
    const bool taken = std::ranges::any_of(series.columns, [](const Column& c) { return c.name == "time"; });
    std::vector<ExportColumn> columns(1);
    columns[0].name = taken ? "timestamp" : "time";
    if (series.hasClock)
        columns[0].values = series.times;
    else
        columns[0].values = std::vector<double>(series.times.begin(), series.times.end());
    for (const Column& column : series.columns)
        columns.push_back({column.name, column.values});
    return exportCsv(columns);
}

}  // namespace fc
