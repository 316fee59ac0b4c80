// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/io/import_review.h"

#include <algorithm>

#include "engine/base/error.h"
#include "engine/data/fill.h"
#include "engine/data/remedies.h"
#include "engine/io/encoding.h"

namespace fc {

namespace {

/// Gives each text to the row that now has its stamp; new rows have none.
void followRows(std::vector<TextColumn>& texts, const std::vector<Timestamp>& before,
                const std::vector<Timestamp>& after)
{
    if (before == after)
        return;
    for (TextColumn& column : texts) {
        std::vector<std::string> values(after.size());
        for (std::size_t row = 0, old = 0; row < after.size(); ++row) {
            while (old < before.size() && before[old] < after[row])
                ++old;
            if (old < before.size() && before[old] == after[row])
                values[row] = std::move(column.values[old]);
        }
        column.values = std::move(values);
    }
}

void change(Series& series, const ImportOptions& options, ImportNotes& notes)
{
    for (const Message& done : applyRemedies(series, options.remedies))
        notes.warning("remedy", {}, done);
    FillRequest request;
    request.policy = missingPolicy(options.missing.value_or("keep"));
    if (request.policy == MissingPolicy::Keep)
        return;
    request.calendar = parseCalendar(options.calendar.value_or("auto"), series);
    for (const Message& done : fillMissing(series, request).notes)
        notes.warning("missing_filled", {}, done);
}

/// Rows without a clock keep their numbers while rows are dropped, so that texts can follow.
void changeRows(Series& series, std::vector<TextColumn>& texts, const ImportOptions& options,
                ImportNotes& notes)
{
    const std::vector<Timestamp> before = series.times;
    const bool hasClock = series.hasClock;
    ImportOptions asked = options;
    if (!hasClock) {
        asked.remedies.erase("gaps");
        asked.calendar = "by_row";
        series.hasClock = true;
    }
    change(series, asked, notes);
    followRows(texts, before, series.times);
    series.hasClock = hasClock;
    for (std::size_t row = 0; !hasClock && row < series.rows(); ++row)
        series.times[row] = static_cast<Timestamp>(row);
}

}  // namespace

std::vector<Finding> reviewSeries(Series& series, std::vector<TextColumn>& texts,
                                  const ImportOptions& options, const LineOfRow& lineOf, ImportNotes& notes)
{
    std::vector<Finding> findings =
        checkSeries(series, parseCalendar(options.calendar.value_or("auto"), series));
    for (Finding& finding : findings)
        for (const std::size_t row : finding.rows)
            finding.lines.push_back(lineOf(row));
    if (!options.remedies.empty() || options.missing.value_or("keep") != "keep")
        changeRows(series, texts, options, notes);
    return findings;
}

void checkReviewOptions(const ImportOptions& options)
{
    checkRemedies(options.remedies);
    missingPolicy(options.missing.value_or("keep"));
    const auto check = [](const std::optional<std::string>& value, const std::vector<std::string>& known,
                          const char* pattern) {
        if (value && std::ranges::find(known, *value) == known.end())
            throw UsageError(Message(pattern, quotedText(*value)));
    };
    check(options.onRepeatedHour, {"order", "earlier", "later"},
          TR("engine", "The rule for hours that the clock shows twice is %1. Give order, earlier or later."));
    check(options.onSkippedHour, {"error", "shift"},
          TR("engine", "The rule for hours that the clock never shows is %1. Give error or shift."));
}

}  // namespace fc
