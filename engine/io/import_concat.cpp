// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/io/import_concat.h"

#include <algorithm>
#include <cassert>

#include "engine/io/encoding.h"
#include "engine/io/import_checks.h"
#include "engine/io/import_notes.h"

namespace fc {

namespace {

/// Where a row of the joined series comes from.
struct Origin {
    Timestamp time = 0;
    std::uint32_t part = 0;
    std::uint32_t row = 0;
};

bool fits(const ImportPart& first, const ImportPart& part, ImportNotes& notes)
{
    const auto refuse = [&](const char* code, const Message& text) {
        notes.error(code, {}, text);
        return false;
    };
    if (part.result.series.size() != 1)
        return refuse(
            "several_series",
            Message(TR("engine",
                       "The file %1 holds %2 series, so it cannot be joined to others. Import it alone."),
                    quotedText(part.file), part.result.series.size()));
    const Series& a = first.result.series.front();
    const Series& b = part.result.series.front();
    if (a.hasClock != b.hasClock || !a.hasClock)
        return refuse("no_common_time",
                      Message(TR("engine",
                                 "The files %1 and %2 have no times in common to be joined by. Give files "
                                 "with dates or times."),
                              quotedText(first.file), quotedText(part.file)));
    for (const auto& [from, to, fromFile, toFile] :
         {std::tuple(&a, &b, &first.file, &part.file), std::tuple(&b, &a, &part.file, &first.file)})
        for (const Column& column : from->columns)
            if (std::ranges::find(to->columns, column.name, &Column::name) == to->columns.end())
                return refuse(
                    "different_columns",
                    Message(TR("engine",
                               "The column %1 is in the file %2 but not in the file %3. Give files with "
                               "the same columns."),
                            quotedText(column.name), quotedText(*fromFile), quotedText(*toFile)));
    return true;
}

std::vector<Origin> inOrderOfTime(const std::vector<ImportPart>& parts)
{
    std::vector<Origin> out;
    for (std::size_t p = 0; p < parts.size(); ++p) {
        const Series& series = parts[p].result.series.front();
        for (std::size_t row = 0; row < series.rows(); ++row)
            out.push_back(
                {series.times[row], static_cast<std::uint32_t>(p), static_cast<std::uint32_t>(row)});
    }
    std::ranges::stable_sort(out, {}, &Origin::time);
    return out;
}

/// Keeps one row of each time. Within one part that was done before.
std::vector<Origin> withoutRepeats(const std::vector<ImportPart>& parts, const std::vector<Origin>& all,
                                   const std::string& rule, ImportNotes& notes)
{
    std::vector<Origin> out;
    for (const Origin& row : all) {
        if (out.empty() || out.back().time != row.time) {
            out.push_back(row);
            continue;
        }
        const std::string time = formatTimestamp(row.time);
        const std::string first = quotedText(parts[out.back().part].file);
        const std::string second = quotedText(parts[row.part].file);
        if (rule == "error")
            notes.error("duplicate_time", {},
                        Message(TR("engine",
                                   "The time %1 stands in the file %2 and again in the file %3. Delete one, "
                                   "or choose which of them to keep."),
                                time, first, second));
        else
            notes.warning("duplicate_time", {},
                          Message(TR("engine",
                                     "The time %1 stands in the file %2 and again in the file %3; that of %4 "
                                     "was kept."),
                                  time, first, second, rule == "first" ? first : second));
        if (rule == "last")
            out.back() = row;
    }
    return out;
}

Series joinedSeries(const std::vector<ImportPart>& parts, const std::vector<Origin>& rows)
{
    Series out;
    const Series& first = parts.front().result.series.front();
    out.name = first.name;
    out.hasClock = first.hasClock;
    out.timeZone = first.timeZone;
    for (const Origin& row : rows)
        out.times.push_back(row.time);
    for (const Column& column : first.columns) {
        std::vector<const std::vector<double>*> values;
        for (const ImportPart& part : parts)
            values.push_back(
                &std::ranges::find(part.result.series.front().columns, column.name, &Column::name)->values);
        out.columns.push_back({column.name, column.role, {}});
        std::vector<double>& into = out.columns.back().values;
        into.reserve(rows.size());
        for (const Origin& row : rows)
            into.push_back((*values[row.part])[row.row]);
    }
    return out;
}

}  // namespace

ImportResult concatenated(std::vector<ImportPart> parts, const ImportOptions& options)
{
    assert(!parts.empty());
    ImportNotes notes;
    ImportResult out;
    out.detected = parts.front().result.detected;
    out.columns = parts.front().result.columns;
    out.preview = parts.front().result.preview;
    for (const ImportPart& part : parts) {
        out.messages.insert(out.messages.end(), part.result.messages.begin(), part.result.messages.end());
        if (!fits(parts.front(), part, notes))
            break;
    }
    if (!notes.hasErrors()) {
        const std::vector<Origin> rows =
            withoutRepeats(parts, inOrderOfTime(parts), options.onDuplicate.value_or("last"), notes);
        if (!notes.hasErrors()) {
            out.series.push_back(joinedSeries(parts, rows));
            out.series.front().name = options.name.value_or(out.series.front().name);
            checkGaps(out.series.front(), notes);
        }
    }
    const bool refused = notes.hasErrors();
    for (ImportMessage& message : notes.take())
        out.messages.push_back(std::move(message));
    if (refused)
        out.columns.clear();
    else
        out.verdict = out.messages.empty() ? ImportVerdict::Accept : ImportVerdict::AcceptWithWarning;
    return out;
}

}  // namespace fc
