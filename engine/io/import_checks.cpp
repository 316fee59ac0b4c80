// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/io/import_checks.h"

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <numeric>
#include <set>
#include <string_view>
#include <unordered_map>

#include "engine/base/error.h"
#include "engine/io/encoding.h"

namespace fc {

namespace {

const ImportedColumn* withRole(const std::vector<ImportedColumn>& columns, std::string_view role)
{
    const auto it =
        std::ranges::find_if(columns, [&](const ImportedColumn& c) { return c.info.role == role; });
    return it == columns.end() ? nullptr : &*it;
}

std::int64_t lineOf(const ImportContext& context, size_t row)
{
    return context.table.line(context.rows[row]);
}

/// Number of different ids when every row of a stamp has its own; 0 when the column cannot be an id.
size_t idsIn(const ImportedColumn& column, const TimeAxis& axis, const std::vector<std::uint32_t>& sorted)
{
    std::set<std::string_view> all;
    std::set<std::string_view> here;
    for (size_t i = 0; i < sorted.size(); ++i) {
        if (i > 0 && axis.values[sorted[i]] != axis.values[sorted[i - 1]])
            here.clear();
        if (!here.insert(column.texts[sorted[i]]).second)
            return 0;
        all.insert(column.texts[sorted[i]]);
    }
    return all.size();
}

std::optional<size_t> findId(const TimeAxis& axis, const std::vector<ImportedColumn>& columns,
                             const std::vector<std::uint32_t>& sorted)
{
    for (size_t c = 0; c < columns.size(); ++c)
        if (columns[c].info.role == "id")
            return c;
    size_t repeated = 0;
    for (size_t i = 1; i < sorted.size(); ++i)
        repeated += axis.values[sorted[i]] == axis.values[sorted[i - 1]];
    if (repeated * 3 < sorted.size())
        return std::nullopt;
    std::optional<size_t> best;
    size_t fewest = sorted.size() / 2 + 1;  // an id comes back; a note does not
    for (size_t c = 0; c < columns.size(); ++c) {
        if (columns[c].info.type != ImportColumnType::Text)
            continue;
        const size_t ids = idsIn(columns[c], axis, sorted);
        if (ids > 1 && ids < fewest) {
            fewest = ids;
            best = c;
        }
    }
    return best;
}

/// Notes the first row that is out of order. A file that runs backwards throughout is in order, newest first.
void noteUnsorted(const ImportContext& context, const TimeAxis& axis, const TimeColumns& times)
{
    const std::vector<std::int64_t>& v = axis.values;
    if (!times.time || std::ranges::is_sorted(v) || std::ranges::is_sorted(v, std::greater<>()))
        return;
    size_t rising = 0;
    size_t falling = 0;
    for (size_t i = 1; i < v.size(); ++i) {
        rising += v[i] > v[i - 1];
        falling += v[i] < v[i - 1];
    }
    size_t row = 1;
    while (rising >= falling ? v[row] >= v[row - 1] : v[row] <= v[row - 1])
        ++row;
    context.notes.warning(
        "unsorted", context.place(row, *times.time),
        Message(TR("engine", "The rows are not in the order of time, first in line %1; they were sorted."),
                lineOf(context, row)));
}

enum class Keep { First, Last, Error };

Keep keepOf(const ImportOptions& options)
{
    const std::string wanted = options.onDuplicate.value_or("last");
    if (wanted == "first")
        return Keep::First;
    if (wanted == "last")
        return Keep::Last;
    if (wanted == "error")
        return Keep::Error;
    throw UsageError(Message(TR("engine", "The rule for repeated times is %1. Give first, last or error."),
                             quotedText(wanted)));
}

void noteDuplicate(const ImportContext& context, const TimeColumns& times, size_t earlier, size_t later,
                   Keep keep)
{
    const ImportPlace place =
        times.time ? context.place(later, *times.time) : ImportPlace{lineOf(context, later), {}};
    const std::string cell = times.time ? quotedText(context.cell(later, *times.time)) : std::string();
    switch (keep) {
        case Keep::Error:
            context.notes.error(
                "duplicate_time", place,
                Message(TR("engine",
                           "The time %1 stands in line %2 and again in line %3. Delete one, or choose "
                           "which of them to keep."),
                        cell, lineOf(context, earlier), *place.line));
            return;
        case Keep::First:
        case Keep::Last:
            context.notes.warning(
                "duplicate_time", place,
                Message(TR("engine", "The time %1 stands in line %2 and again in line %3; line %4 was kept."),
                        cell, lineOf(context, earlier), *place.line,
                        keep == Keep::First ? lineOf(context, earlier) : *place.line));
    }
}

}  // namespace

void checkCandles(const ImportContext& context, const std::vector<ImportedColumn>& columns)
{
    const ImportedColumn* open = withRole(columns, "open");
    const ImportedColumn* high = withRole(columns, "high");
    const ImportedColumn* low = withRole(columns, "low");
    const ImportedColumn* close = withRole(columns, "close");
    const ImportedColumn* volume = withRole(columns, "volume");
    const auto warn = [&](const char* code, size_t row, const ImportedColumn& column, const char* text,
                          double a, double b) {
        const ImportPlace place = context.place(row, column.index);
        context.notes.warning(code, place, Message(text, *place.line, a, b));
    };
    if (open != nullptr && high != nullptr && low != nullptr && close == nullptr)
        context.notes.warning(
            "no_close", {},
            Message(TR("engine", "There is an open, a high and a low, but no close column.")));
    for (size_t row = 0; row < context.rows.size(); ++row) {
        const auto outside = [&](const ImportedColumn* column) {
            return column != nullptr && high != nullptr && low != nullptr &&
                   (column->numbers[row] > high->numbers[row] || column->numbers[row] < low->numbers[row]);
        };
        if (high != nullptr && low != nullptr && high->numbers[row] < low->numbers[row]) {
            warn("high_below_low", row, *high, TR("engine", "In line %1 the high %2 is below the low %3."),
                 high->numbers[row], low->numbers[row]);
        } else {
            for (const ImportedColumn* column : {open, close})
                if (outside(column))
                    context.notes.warning(
                        column == open ? "open_outside" : "close_outside", context.place(row, column->index),
                        Message(TR("engine", "In line %1 the %2 %3 lies outside low %4 and high %5."),
                                lineOf(context, row), column->info.role, column->numbers[row],
                                low->numbers[row], high->numbers[row]));
        }
        if (volume != nullptr && volume->numbers[row] < 0)
            warn("negative_volume", row, *volume, TR("engine", "In line %1 the volume %2 is negative."),
                 volume->numbers[row], 0);
        if (close != nullptr && open != nullptr && close->numbers[row] <= 0)
            warn(
                "nonpositive_price", row, *close,
                TR("engine", "In line %1 the close is %2; logarithms and percentages of it are not defined."),
                close->numbers[row], 0);
    }
}

void checkGaps(const Series& series, ImportNotes& notes)
{
    constexpr Timestamp week = 7LL * 86'400'000'000;
    const Frequency frequency = detectFrequency(series);
    if (frequency.gaps == 0)
        return;
    size_t longest = 1;
    for (size_t i = 2; i < series.times.size(); ++i)
        if (series.times[i] - series.times[i - 1] > series.times[longest] - series.times[longest - 1])
            longest = i;
    // Markets close for holidays; less than a week without trading is no news.
    if (frequency.businessDays && series.times[longest] - series.times[longest - 1] < week)
        return;
    notes.warning(
        "gaps", {},
        Message(
            TR("engine", "The step is %1, but there are gaps (%2 of them); the longest is from %3 to %4."),
            frequency.text(), frequency.gaps, formatTimestamp(series.times[longest - 1], false),
            formatTimestamp(series.times[longest], false)));
}

RowOrder orderRows(const ImportContext& context, const TimeAxis& axis, const TimeColumns& times,
                   const std::vector<ImportedColumn>& columns)
{
    const Keep keep = keepOf(context.options);
    std::vector<std::uint32_t> sorted(context.rows.size());
    std::iota(sorted.begin(), sorted.end(), 0U);
    const auto before = [&](std::uint32_t a, std::uint32_t b) { return axis.values[a] < axis.values[b]; };
    if (!std::ranges::is_sorted(axis.values))
        std::ranges::stable_sort(sorted, before);
    RowOrder out;
    out.idColumn = findId(axis, columns, sorted);
    if (!out.idColumn)
        noteUnsorted(context, axis, times);
    out.rows.reserve(sorted.size());
    for (size_t begin = 0, end = 0; begin < sorted.size(); begin = end) {
        for (end = begin + 1; end < sorted.size() && axis.values[sorted[end]] == axis.values[sorted[begin]];)
            ++end;
        std::map<std::string_view, std::uint32_t> kept;  // one for each id, a single one without ids
        for (size_t i = begin; i < end; ++i) {
            const std::uint32_t row = sorted[i];
            if (end - begin == 1) {
                out.rows.push_back(row);
                break;
            }
            const auto [it, isNew] =
                kept.emplace(out.idColumn ? columns[*out.idColumn].texts[row] : std::string_view(), row);
            if (isNew)
                continue;
            noteDuplicate(context, times, it->second, row, keep);
            if (keep == Keep::Last)
                it->second = row;
        }
        const size_t firstOfStamp = out.rows.size();
        for (const auto& [id, row] : kept)
            out.rows.push_back(row);
        std::ranges::sort(out.rows.begin() + static_cast<std::ptrdiff_t>(firstOfStamp), out.rows.end());
    }
    return out;
}

}  // namespace fc
