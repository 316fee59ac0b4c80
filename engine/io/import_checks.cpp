// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/io/import_checks.h"

#include <algorithm>
#include <array>
#include <string_view>

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
    if (context.firstRow == 0 && open != nullptr && high != nullptr && low != nullptr && close == nullptr)
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

void checkGaps(const Frequency& frequency, ImportNotes& notes)
{
    constexpr Timestamp week = 7LL * 86'400'000'000;
    if (frequency.gaps == 0)
        return;
    // Markets close for holidays; less than a week without trading is no news.
    if (frequency.businessDays && frequency.widestTo - frequency.widestFrom < week)
        return;
    notes.warning(
        "gaps", {},
        Message(
            TR("engine", "The step is %1, but there are gaps (%2 of them); the longest is from %3 to %4."),
            frequency.text(), frequency.gaps, formatTimestamp(frequency.widestFrom, false),
            formatTimestamp(frequency.widestTo, false)));
}

}  // namespace fc
